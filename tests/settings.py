"""The settings of the tests: the server's own, in a data folder that is gone afterwards.

`DATABASE_URL` and `REDIS_URL`, when set, are used as the server would use them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_FOLDER = Path(tempfile.mkdtemp(prefix="groupchat-tests-"))
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("GROUPCHAT_")]:
    del os.environ[_name]  # what the developer's shell says of a server is not meant for the tests
os.environ["GROUPCHAT_DATA"] = str(_FOLDER)

from groupchat.server.settings import *  # noqa: E402, F403
from groupchat.server.settings import DATABASES  # noqa: E402

# A file, as in real life: threads and processes see the same database.
DATABASES["default"]["TEST"] = (
    {"NAME": str(_FOLDER / "test.sqlite3")} if "sqlite" in DATABASES["default"]["ENGINE"] else {}
)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # made to be quick
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ALLOWED_HOSTS = ["*"]
