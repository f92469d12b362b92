"""What `groupchat doctor` finds, and what of it can be found before Django is awake."""

from __future__ import annotations

import stat
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from groupchat.server import folder

State = Literal["ok", "look", "wrong"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`ok`; `look`: works, and may not be meant; `wrong`: does not work, or is not safe."""

    about: str
    state: State
    words: str

    def as_json(self) -> dict[str, str]:
        """`{"about", "state", "words"}`."""
        return asdict(self)


def rights(data: Path) -> list[Finding]:
    """Who else on this machine may read what lies in the data folder. Before anything repairs it."""
    open_to_others = [
        path
        for path in (data, data / folder.SECRET_KEY_FILE, *sorted(data.glob("*.sqlite3*")))
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if not open_to_others:
        return [Finding("rights", "ok", f"Only its owner can read {data}.")]
    return [
        Finding("rights", "wrong", f"Others on this machine can read {path}: chmod go= {path}")
        for path in open_to_others
    ]
