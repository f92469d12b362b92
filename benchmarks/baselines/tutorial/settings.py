"""Settings of the classic design: the Channels tutorial with its Redis layer, and SQLite as durable as ours."""

from __future__ import annotations

import os
from pathlib import Path

SECRET_KEY = "only for the bench: this server keeps nothing of value"
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "channels",
    "benchmarks.baselines.tutorial",
]
MIDDLEWARE: list[str] = []
ROOT_URLCONF = "benchmarks.baselines.tutorial.asgi"
ASGI_APPLICATION = "benchmarks.baselines.tutorial.asgi.application"
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(os.environ["TUTORIAL_DATA"]) / "tutorial.sqlite3",
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }
}
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        # redis-py 8 gives up on a silent connection after 5 s, and with it the consumer that waits on it; and it
        # refuses the hundred-and-first connection. Either would cost this baseline sockets.
        "CONFIG": {
            "hosts": [{"address": os.environ["TUTORIAL_REDIS_URL"], "socket_timeout": None, "max_connections": 100_000}]
        },
    }
}
