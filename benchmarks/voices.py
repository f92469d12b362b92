"""How the servers beside ours are spoken to, and ours at its tutorial protocol."""

from __future__ import annotations

import json

from groupchat.load import wire
from groupchat.load.swarm import Client, Swarm
from groupchat.load.tally import Heard
from groupchat.load.voices import Voice


class TutorialVoice(Voice):
    """The protocol of the Channels tutorial: `{"message": "hi"}` both ways."""

    name = "tutorial"

    folder = "chat"

    def __init__(self, *, room: str = "bench", extensions: str | None = None) -> None:
        super().__init__(extensions=extensions)
        self.path = f"/ws/{self.folder}/{room}/"

    def post(self, client: Client, body: bytes, *, room: int, stamp: int) -> None:
        client.send(b'{"message": "%b"}' % body)


class AcknowledgingVoice(TutorialVoice):
    """The tutorial with a table: a post is answered with its `ref` once its row is written."""

    name = "tutorial with acreate"
    folder = "kept"

    def post(self, client: Client, body: bytes, *, room: int, stamp: int) -> None:
        client.send(b'{"message": "%b", "ref": %d}' % (body, stamp))

    def read(self, payload: bytes) -> Heard:
        told = json.loads(payload)
        if "ref" in told:
            return Heard(payload=payload, control=wire.TEXT, told=told)
        return Heard(payload=payload, tallies=self._stamps(payload))

    def answered(self, client: Client, heard: Heard, at: int) -> None:
        if heard.told["ref"] in self.tallies:
            self.tallies[heard.told["ref"]].acknowledged = at


class ClassicVoice(TutorialVoice):
    """Our tutorial protocol: the tutorial's protocol, with `seq` beside the message."""

    name = "groupchat, tutorial protocol"

    def read(self, payload: bytes) -> Heard:
        told = json.loads(payload)
        if "error" in told:
            return Heard(payload=payload, control=wire.TEXT, told=told)
        return Heard(payload=payload, tallies=self._stamps(payload))

    def answered(self, client: Client, heard: Heard, at: int) -> None:
        if "error" in heard.told:
            client.swarm.troubles[f"error {heard.told['error']['code']}"] += 1


def unheard(swarm: Swarm) -> str:
    """What went wrong in a run, in one line; empty where nothing did."""
    parts = [f"{kind}: {count}" for kind, count in sorted(swarm.troubles.items())]
    parts += [f"closed {code}: {count}" for code, count in sorted(swarm.closed.items()) if code != 1000]
    return ", ".join(parts)
