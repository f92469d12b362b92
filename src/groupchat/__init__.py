"""Group Chat: self-hosted, real-time group chat on Django and Django Channels."""

__version__ = "0.1.0"
