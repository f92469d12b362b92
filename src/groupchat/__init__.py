"""Group Chat: self-hosted, real-time group chat on Django and Django Channels."""

from groupchat.slash import Say, command

__version__ = "0.1.0"

__all__ = ["Say", "command"]
