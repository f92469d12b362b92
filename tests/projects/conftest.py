"""The folder `embedded` runs with the settings of the embedding site only (test_suites.py starts that run)."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from tests.projects.club import MAKE_READERS, PASSWORD, READERS, manage, run

collect_ignore = [] if os.environ.get("DJANGO_SETTINGS_MODULE") == "tests.projects.embedded_settings" else ["embedded"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the site's database, migrated, with two readers and an editor."""
    folder = tmp_path_factory.mktemp("club")
    manage(folder, "migrate", "--verbosity=0")
    run(folder, MAKE_READERS, json.dumps(READERS), PASSWORD)
    manage(folder, "createsuperuser", "--noinput", "--email=editor@example.org", DJANGO_SUPERUSER_PASSWORD=PASSWORD)
    return folder
