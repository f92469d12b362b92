"""A server that is gone between a commit and its publication: `python -m tests.chaos.crashing AFTER serve …`."""

from __future__ import annotations

import os
import sys
from typing import Any

from groupchat.publication import published


def main() -> None:
    """The publication with the number AFTER is not sent: its commit is the last thing that this process does."""
    left = int(sys.argv.pop(1))

    def live_or_die(**_: Any) -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os._exit(137)

    published.connect(live_or_die, weak=False)  # before everybody else's receiver
    from groupchat.server.cli import main as serve

    serve()


if __name__ == "__main__":
    main()
