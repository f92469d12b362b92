"""The settings of examples/embedded, as the chat's suites run with them: the site's own but for what tests need."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="bookclub-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["DATABASE"] = str(_FOLDER / "bookclub.sqlite3")

from bookclub.settings import *  # noqa: E402, F403
from bookclub.settings import DATABASES  # noqa: E402

# A file, as in real life: threads and processes see the same database.
DATABASES["default"]["TEST"] = {"NAME": str(_FOLDER / "test.sqlite3")}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # made to be quick
ALLOWED_HOSTS = ["*"]

if os.environ.get("WITH_GUESTS"):  # the chat's suites try the guests' doors, too
    GROUPCHAT = {"GUESTS": True}
