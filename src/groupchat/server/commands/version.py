"""`groupchat version`."""

from __future__ import annotations

import platform

import django

from groupchat import __version__


def version() -> None:
    """Print the versions of Group Chat, Django and Python."""
    print(f"Group Chat {__version__}, Django {django.__version__}, Python {platform.python_version()}")
