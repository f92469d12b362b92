"""Servers to ask."""

from __future__ import annotations

# pytest finds fixtures by the names in this module
from tests.chaos.conftest import fleet, folder, is_long, nodes, postgres, prepared, seed, valkey

__all__ = ["fleet", "folder", "is_long", "nodes", "postgres", "prepared", "seed", "valkey"]
