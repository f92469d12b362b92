"""The folder `embedded` runs with the settings of the embedding site only (test_suites.py starts that run)."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("DJANGO_SETTINGS_MODULE") == "tests.projects.embedded_settings" else ["embedded"]
