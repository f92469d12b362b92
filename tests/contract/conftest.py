"""The same servers and people as for the realtime tests."""

from __future__ import annotations

from tests.realtime.conftest import life, options, server, servers, stage, user

__all__ = ["life", "options", "server", "servers", "stage", "user"]
