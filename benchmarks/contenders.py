"""Who runs in a comparison: how each server is started and spoken to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import baselines
from benchmarks.voices import TutorialVoice
from groupchat.load import wire
from groupchat.load.served import Served
from groupchat.load.voices import Voice


@dataclass(frozen=True, slots=True)
class Contender:
    """A baseline: `start` raises Absent where it cannot run here."""

    key: str
    label: str
    start: Callable[[Path], Served]
    voice: Callable[[], Voice]
    heavy: bool = False  # it cannot carry the load of the others; it is given a lighter one


OURS, OURS_DEFLATE = "ours", "ours_deflate"
LABELS = {OURS: "Group Chat", OURS_DEFLATE: "Group Chat, permessage-deflate"}


def all_contenders(*, install: bool) -> list[Contender]:
    return [
        Contender("floor", "C: epoll and write", baselines.start_floor, Voice),
        Contender("uvloop", "bare uvloop protocol", baselines.start_bare_uvloop, Voice),
        Contender("node", "node, ws", lambda folder: baselines.start_node(folder, install=install), Voice),
        Contender(
            "asgi", "uvicorn, send per socket", lambda folder: baselines.start_plain_asgi(folder, deflate=False), Voice
        ),
        Contender(
            "asgi_deflate",
            "uvicorn with its own deflate",
            lambda folder: baselines.start_plain_asgi(folder, deflate=True),
            lambda: Voice(extensions=wire.DEFLATE),
        ),
        Contender(
            "classic",
            "classic Channels on Daphne",
            lambda folder: baselines.start_classic(folder, server="daphne", install=install),
            TutorialVoice,
            heavy=True,
        ),
        Contender(
            "classic_uvicorn",
            "classic Channels on uvicorn",
            lambda folder: baselines.start_classic(folder, server="uvicorn"),
            TutorialVoice,
            heavy=True,
        ),
    ]
