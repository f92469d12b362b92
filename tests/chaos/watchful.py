"""A server that asks silent sockets for a sign of life more often: `python -m tests.chaos.watchful SECONDS serve …`."""

from __future__ import annotations

import sys

from groupchat.server.setup import set_up


def main() -> None:
    seconds = float(sys.argv.pop(1))
    set_up()
    from groupchat.realtime import runtime

    runtime.KEEPER_SECONDS = seconds
    from groupchat.server.cli import main as serve

    serve()


if __name__ == "__main__":
    main()
