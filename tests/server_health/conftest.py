"""Servers to ask."""

from __future__ import annotations

# pytest finds fixtures by the names in this module
from tests.chaos.conftest import fleet, folder, nodes, postgres, prepared, valkey

__all__ = ["fleet", "folder", "nodes", "postgres", "prepared", "valkey"]
