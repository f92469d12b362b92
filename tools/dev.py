"""`make dev`: a server for whoever changes it. It starts anew after every change, and has invented people and rooms.

    python tools/dev.py [--data .dev] [--port 8000] [--watch src]

Its data lie in a folder of their own: a server's `./data` is never touched. Errors of pages come with their traceback,
the log tells everything, and Python's warnings are shown. An open page connects again by itself; reload it to see a
change of the client.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
SUFFIXES = {".css", ".html", ".js", ".mo", ".py", ".svg", ".txt"}
LOOK_SECONDS = 0.5
STOP_SECONDS = 15.0


def main() -> None:
    parser = argparse.ArgumentParser(description="Run a server that starts anew after every change.")
    parser.add_argument("--data", type=Path, default=ROOT / ".dev", help="the data folder [default: .dev]")
    parser.add_argument("--port", default="8000", help="0 takes any free one [default: 8000]")
    parser.add_argument("--watch", type=Path, default=ROOT / "src", help="the folder of what may change [default: src]")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)  # the child that is started anew
    options = parser.parse_args()
    if options.serve:
        serve_invented(options.data)
    else:
        watch(options.data.absolute(), port=options.port, folder=options.watch.absolute())


def watch(data: Path, *, port: str, folder: Path) -> None:
    """Serve until SIGTERM or SIGINT. A server that ends by itself (a slip of the pen) waits for the next change."""
    asked = False

    def end(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    while not asked:
        seen = times(folder)
        child = start(data, port=port)
        told = False
        while not asked and times(folder) == seen:
            if child.poll() is not None and not told:
                told = True
                print(f"The server ended with {child.returncode}; it starts again after the next change.", flush=True)
            time.sleep(LOOK_SECONDS)
        if not asked:
            print("Something changed: the server starts anew.", flush=True)
        stop(child)


def start(data: Path, *, port: str) -> subprocess.Popen[bytes]:
    ours = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("GROUPCHAT_", "DJANGO_")) and name not in ("DATABASE_URL", "REDIS_URL")
    }
    ours |= {"GROUPCHAT_DATA": str(data), "GROUPCHAT_PORT": port, "GROUPCHAT_LOG_LEVEL": "debug"}
    command = [sys.executable, "-W", "default", __file__, "--serve", "--data", str(data)]
    return subprocess.Popen(command, env=ours, stdin=subprocess.DEVNULL, start_new_session=True)


def stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def times(folder: Path) -> dict[str, int]:
    """When each file that matters was written last."""
    found = {}
    for base, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            path = os.path.join(base, name)
            if os.path.splitext(name)[1] in SUFFIXES and os.path.exists(path):
                found[path] = os.stat(path).st_mtime_ns
    return found


def serve_invented(data: Path) -> None:
    from groupchat.server.commands.serve import serve
    from groupchat.server.setup import set_up

    environment = set_up(data=data)
    from django.conf import settings
    from invented import PASSWORD, USERS, invent

    from groupchat.server import preparation

    settings.DEBUG = True
    preparation.migrate(environment.data)
    invent()
    names = ", ".join(user.username for user in USERS)
    print(f"Sign in as {names} (the first owns the site), each with the password: {PASSWORD}", flush=True)
    serve()


if __name__ == "__main__":
    main()
