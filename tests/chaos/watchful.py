"""A server with short times: `python -m tests.chaos.watchful SILENT HEAD serve …`, in seconds: between two looks at
those who are silent, and at those who did not finish a request's head.
"""

from __future__ import annotations

import sys

from groupchat.server.setup import set_up


def main() -> None:
    silent, head = float(sys.argv.pop(1)), int(sys.argv.pop(1))
    set_up()
    from groupchat.realtime import runtime
    from groupchat.server import serving

    runtime.HEARTBEAT_SECONDS, serving.HEAD_SECONDS = silent, head
    from groupchat.server.cli import main as serve

    serve()


if __name__ == "__main__":
    main()
