"""The server processes of one command, for each other: whichever is asked for the metrics answers for all.

Each listens on a free port of loopback and leaves a note of it, with a secret, in the data folder, which is its
owner's alone.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from groupchat.server.metrics import Snapshot

FOLDER = "processes"
TIMEOUT_SECONDS = 1.0
LONGEST_LINE_BYTES = 1 << 20


class Neighbours:
    """This process among those that share the data folder."""

    def __init__(self, data: Path, snapshot: Callable[[], Snapshot]) -> None:
        self._folder = data / FOLDER
        self._snapshot = snapshot
        self._secret = secrets.token_urlsafe(24)
        self._note = self._folder / str(os.getpid())
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._tell, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        with suppress(OSError):  # a full disk is no reason not to start; the others then answer without us
            self._folder.mkdir(mode=0o700, exist_ok=True)
            self._note.write_text(json.dumps({"port": port, "secret": self._secret}))

    def stop(self) -> None:
        self._note.unlink(missing_ok=True)
        if self._server is not None:
            self._server.close()

    async def snapshots(self) -> list[Snapshot]:
        """Our own, and that of every other process that answers in time."""
        notes = await asyncio.to_thread(self._notes)
        found = await asyncio.gather(*(_ask(port, secret) for port, secret in notes))
        return [self._snapshot(), *(one for one in found if one is not None)]

    def _notes(self) -> list[tuple[int, str]]:
        """Port and secret of every other process; notes whose process is gone are thrown away."""
        notes = []
        for note in self._folder.glob("[0-9]*"):
            if note == self._note:
                continue
            try:
                os.kill(int(note.name), 0)
                known = json.loads(note.read_text())
                notes.append((int(known["port"]), str(known["secret"])))
            except ProcessLookupError:
                note.unlink(missing_ok=True)  # it ended without a chance to take its note along
            except (OSError, ValueError, KeyError):
                continue
        return notes

    async def _tell(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(TIMEOUT_SECONDS):
                secret = await reader.readline()
                if secrets.compare_digest(secret.strip(), self._secret.encode()):
                    writer.write(json.dumps(self._snapshot()).encode() + b"\n")
                    await writer.drain()
        except (OSError, ValueError):  # gone, too slow, or not one of us
            pass
        finally:
            writer.close()


async def _ask(port: int, secret: str) -> Snapshot | None:
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=LONGEST_LINE_BYTES)
            try:
                writer.write(secret.encode() + b"\n")
                line = await reader.readline()
            finally:
                writer.close()
        snapshot: Snapshot = json.loads(line)
    except (OSError, ValueError):
        return None
    return snapshot
