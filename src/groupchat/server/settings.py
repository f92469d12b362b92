"""Django's settings of `groupchat serve`. What they say of the machine comes from the environment module alone."""

from __future__ import annotations

import hashlib
from pathlib import Path

import django
from django.conf import global_settings

from groupchat.server import environment, folder

ENVIRONMENT = environment.read_environment()
_PACKAGE = Path(__file__).resolve().parent.parent

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key or folder.secret_key(ENVIRONMENT.data)


def _fingerprint(secret: str) -> str:
    """Names the server, on all its machines, to those who share a Redis with it."""
    return hashlib.sha256(b"groupchat.layer\0" + secret.encode()).hexdigest()[:16]


GROUPCHAT = ENVIRONMENT.options

INSTALLED_APPS = [
    "groupchat",
    "groupchat.web",
    "allauth.mfa",  # before the server, which shows it in its own way in the admin
    "groupchat.server",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "groupchat.server.compression.Compression",
    "groupchat.web.security.SecurityHeaders",
    "groupchat.server.cookies.FormerSession",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "groupchat.server.doors.Doors",
    "groupchat.server.two_factor.Required",
]

ROOT_URLCONF = "groupchat.server.urls"
CSRF_FAILURE_VIEW = "groupchat.web.errors.csrf_failure"
ASGI_APPLICATION = "groupchat.server.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_PACKAGE / "server" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "groupchat.server.accounts.for_pages",
            ]
        },
    }
]

# --- what it stands on --------------------------------------------------------------------------------------------

DATABASES = {"default": ENVIRONMENT.database}

CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        # Redis publishes past the borders of its numbered databases: two chats that share one must not hear each other.
        "CONFIG": {"hosts": [ENVIRONMENT.redis_url], "prefix": f"groupchat-{_fingerprint(SECRET_KEY)}"},
    }
    if ENVIRONMENT.redis_url
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}

DEFAULT_FROM_EMAIL = ENVIRONMENT.mail_sender
if django.VERSION >= (6, 1):
    MAILERS = {"default": ENVIRONMENT.mailer}
else:
    EMAIL_BACKEND = ENVIRONMENT.mailer["BACKEND"]
    EMAIL_HOST = ENVIRONMENT.mailer["OPTIONS"].get("host", "localhost")
    EMAIL_PORT = ENVIRONMENT.mailer["OPTIONS"].get("port", 25)
    EMAIL_HOST_USER = ENVIRONMENT.mailer["OPTIONS"].get("username", "")
    EMAIL_HOST_PASSWORD = ENVIRONMENT.mailer["OPTIONS"].get("password", "")
    EMAIL_USE_SSL = ENVIRONMENT.mailer["OPTIONS"].get("use_ssl", False)
    EMAIL_USE_TLS = ENVIRONMENT.mailer["OPTIONS"].get("use_tls", False)
    EMAIL_TIMEOUT = ENVIRONMENT.mailer["OPTIONS"].get("timeout")

# --- where people find it -----------------------------------------------------------------------------------------

_LOOPBACK = ["localhost", ".localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*_LOOPBACK, ENVIRONMENT.url.bracketed_host] if ENVIRONMENT.url else _LOOPBACK
CSRF_TRUSTED_ORIGINS = [str(ENVIRONMENT.url)] if ENVIRONMENT.url else []

_SECURE = ENVIRONMENT.url is not None and ENVIRONMENT.url.is_secure
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _SECURE
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
# A browser keeps the cookies of a host for all of its ports: each server has names of its own.
_COOKIES = f"groupchat_{_fingerprint(SECRET_KEY)[:8]}"
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIES}_session", f"{_COOKIES}_csrf"
LANGUAGE_COOKIE_NAME = f"{_COOKIES}_language"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # its cookie has no name of one's own
SESSION_COOKIE_AGE = 60 * 24 * 3600
SECURE_HSTS_SECONDS = ENVIRONMENT.hsts_seconds if _SECURE else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# --- accounts -----------------------------------------------------------------------------------------------------

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "groupchat:home"
ACCOUNT_ADAPTER = "groupchat.server.accounts.Accounts"
ACCOUNT_FORMS = {
    "login": "groupchat.server.forms.SignIn",
    "signup": "groupchat.server.forms.SignUp",
    "add_email": "groupchat.server.forms.AddAddress",
    "reset_password": "groupchat.server.forms.LostPassword",
    "reset_password_from_key": "groupchat.server.forms.NewPassword",
    "set_password": "groupchat.server.forms.FirstPassword",
    "change_password": "groupchat.server.forms.ChangePassword",
    "reauthenticate": "groupchat.server.forms.SameAgain",
}
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"  # a server without mail works; an address is for a lost password
ACCOUNT_RATE_LIMITS = False  # its counts are of one process; ours are not (`server/doors.py`)
# A sign-up with a mail address that has an account looks like any other: nobody learns who is here.
ACCOUNT_PREVENT_ENUMERATION = "strict"
ACCOUNT_LOGOUT_REDIRECT_URL = "groupchat:home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if _SECURE else "http"
ACCOUNT_USERNAME_MIN_LENGTH = 2
MFA_ADAPTER = "groupchat.server.two_factor.TwoFactor"
MFA_FORMS = {
    "authenticate": "groupchat.server.two_factor.EnterCode",
    "reauthenticate": "groupchat.server.two_factor.SameAgainByCode",
    "activate_totp": "groupchat.server.two_factor.FirstCode",
}
MFA_ALLOW_UNVERIFIED_EMAIL = True  # an address is for a lost password, and need not be confirmed
MFA_TOTP_TOLERANCE = 1  # a clock may be half a minute off
ACCOUNT_USER_DISPLAY = "groupchat.server.accounts.name_in_a_sentence"

# --- static files and words ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = ENVIRONMENT.data / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "groupchat.server.static.VersionedStaticFiles"},
}
MEDIA_ROOT = ENVIRONMENT.data / "files"

LANGUAGE_CODE = ENVIRONMENT.language
LANGUAGES = [(code, name) for code, name in global_settings.LANGUAGES if code in environment.LANGUAGES]
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "groupchat.server.logs.OneLine",
            "format": "{asctime} {levelname:<7} {name}: {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "groupchat": {"level": ENVIRONMENT.log_level.upper()},
        "uvicorn": {"level": "WARNING"},
        # a logger that reaches a handler has uvicorn compose a line for each request, though nobody writes it
        "uvicorn.access": {"handlers": [], "propagate": False},
        # a request for a page that is not there is no event
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}

# Django 6.1: without a mail server mails are printed. `groupchat doctor` says in its own words that there is none.
SILENCED_SYSTEM_CHECKS = ["mail.E001"]
