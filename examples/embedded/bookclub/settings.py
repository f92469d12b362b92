"""The settings of the book club. What the chat needs of them is marked."""

from __future__ import annotations

import os
from pathlib import Path

BASE = Path(__file__).resolve().parent.parent

DEBUG = os.environ.get("DEBUG", "1") == "1"
SECRET_KEY = os.environ.get("SECRET_KEY", "anybody may read this key: give a real site another one")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "").split()  # with DEBUG, an empty list means this machine

INSTALLED_APPS = [
    "bookclub",  # before the chat: its templates/groupchat/base.html is the one that is used
    "groupchat",  # the chat: models, actions, sockets
    "groupchat.web",  # the chat: pages and the client
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",  # the chat's pages ask it for their nonce
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

ROOT_URLCONF = "bookclub.urls"
ASGI_APPLICATION = "bookclub.asgi.application"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DATABASE", BASE / "bookclub.sqlite3"),
        # The chat: IMMEDIATE lets a post wait for its turn; the write-ahead log lets readers read meanwhile; FULL
        # makes what was acknowledged survive a power cut.
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "bookclub.Reader"
LOGIN_URL = "login"  # the chat sends strangers here
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "front"

STATIC_URL = "/static/"
LANGUAGE_CODE = "en"
USE_TZ = True

# The chat: one process needs no layer. With several, name one here (docs/scaling.md).
# CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": […]}}}

GROUPCHAT: dict[str, bool | int] = {}  # the chat's options; without any, only readers with an account come in
