"""A server that is gone between a commit and its publication: `python -m tests.chaos.crashing AFTER serve …`."""

from __future__ import annotations

import os
import sys
from typing import Any

from groupchat.publication import published


def main() -> None:
    """The publication with the number AFTER is not sent: its commit is the last thing that this process does."""
    left = int(sys.argv.pop(1))
    send = published.send

    def send_or_die(*arguments: Any, **named: Any) -> Any:
        nonlocal left
        left -= 1
        if left <= 0:
            os._exit(137)
        return send(*arguments, **named)

    published.send = send_or_die  # type: ignore[method-assign]
    from groupchat.server.cli import main as serve

    serve()


if __name__ == "__main__":
    main()
