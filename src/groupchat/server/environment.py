"""The one reader of the environment.

`groupchat serve` writes its options into the environment before it comes here, so a worker process, the shell and any
management command see the same settings as the server.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from email.utils import formataddr
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import to_language
from environs import Env

from groupchat.conf import Conf, check_text
from groupchat.server.addresses import PublicAddress, database_settings, mailer
from groupchat.server.faults import BadEnvironment

MIN_SECRET_KEY_CHARACTERS = 32
MIN_SECRET_KEY_DIFFERENT = 10
MIN_METRICS_TOKEN_CHARACTERS = 16

LOCALE = Path(__file__).resolve().parent.parent / "locale"
LANGUAGES: tuple[str, ...] = ("en", *sorted(to_language(path.name) for path in LOCALE.iterdir() if path.is_dir()))
LOG_LEVELS = ("debug", "info", "warning", "error")

# what is not an option of Conf but ours all the same
VARIABLES = {
    "GROUPCHAT_DATA",
    "GROUPCHAT_EMAIL_FROM",
    "GROUPCHAT_EMAIL_URL",
    "GROUPCHAT_HOST",
    "GROUPCHAT_HSTS_SECONDS",
    "GROUPCHAT_LANGUAGE",
    "GROUPCHAT_LOG_LEVEL",
    "GROUPCHAT_MAIL_GIVE_UP_SECONDS",
    "GROUPCHAT_MAIL_RETRY_SECONDS",
    "GROUPCHAT_MAX_HEAD_BYTES",
    "GROUPCHAT_MAX_MAILS_WAITING",
    "GROUPCHAT_METRICS_TOKEN",
    "GROUPCHAT_PORT",
    "GROUPCHAT_REQUIRE_TWO_FACTOR",
    "GROUPCHAT_SECRET_KEY",
    "GROUPCHAT_SHUTDOWN_SECONDS",
    "GROUPCHAT_SIGNUP",
    "GROUPCHAT_TIME_ZONE",
    "GROUPCHAT_URL",
    "GROUPCHAT_WORKERS",
}


@dataclass(frozen=True, slots=True)
class Environment:
    """Everything that the environment says, checked."""

    data: Path  # absolute; not yet made
    host: str
    port: int  # 0: any free one
    workers: int  # 0: one per core
    url: PublicAddress | None  # where people find the server; None: on this machine only
    secret_key: str | None  # None: the data folder's own
    database: dict[str, Any]  # settings.DATABASES["default"]
    redis_url: str | None
    metrics_token: str | None  # opens /metrics to whoever brings it; None: to this machine only
    mailer: dict[str, Any]  # BACKEND and OPTIONS
    mail_sender: str
    max_mails_waiting: int  # in each process; 0: no limit
    mail_retry_seconds: int  # before the first new try; each pause is twice the one before
    mail_give_up_seconds: int
    require_two_factor: str  # of "owners", of all "accounts", or of nobody: ""
    signup: bool  # whoever comes may make an account
    hsts_seconds: int
    shutdown_seconds: int  # 0: as long as it takes
    max_head_bytes: int  # 0: no limit
    language: str
    time_zone: str
    log_level: str
    options: dict[str, bool | int | str]  # settings.GROUPCHAT
    unknown: tuple[str, ...]  # variables that look like ours and are not: a slip of the pen, most likely

    @property
    def sends_mail(self) -> bool:
        """Whether there is a mail server."""
        return bool(self.mailer["OPTIONS"])


def read_environment() -> Environment:
    """What the environment says now; raises BadEnvironment with the name of the variable in question."""
    env = Env()
    data = Path(_text(env, "GROUPCHAT_DATA", "data")).expanduser().absolute()
    url = _url(env)
    redis_url = _redis_url(env)
    options = _options(env, behind_a_proxy=url is not None and url.is_secure, redis_url=redis_url)
    return Environment(
        data=data,
        host=_text(env, "GROUPCHAT_HOST", "127.0.0.1"),
        port=_number(env, "GROUPCHAT_PORT", 8000, highest=65535),
        workers=_workers(env),
        url=url,
        secret_key=_secret_key(env),
        database=database_settings(_text(env, "DATABASE_URL", ""), data=data),
        redis_url=redis_url,
        metrics_token=_metrics_token(env),
        mailer=mailer(_text(env, "GROUPCHAT_EMAIL_URL", "")),
        mail_sender=_text(env, "GROUPCHAT_EMAIL_FROM", _sender(str(options["SITE_NAME"]), url)),
        max_mails_waiting=_number(env, "GROUPCHAT_MAX_MAILS_WAITING", 1_000),
        mail_retry_seconds=_number(env, "GROUPCHAT_MAIL_RETRY_SECONDS", 5),
        mail_give_up_seconds=_number(env, "GROUPCHAT_MAIL_GIVE_UP_SECONDS", 24 * 3600),
        require_two_factor=_one_of(env, "GROUPCHAT_REQUIRE_TWO_FACTOR", ("", "owners", "accounts"), ""),
        signup=_flag(env, "GROUPCHAT_SIGNUP", True),
        hsts_seconds=_number(env, "GROUPCHAT_HSTS_SECONDS", 30 * 24 * 3600),
        shutdown_seconds=_number(env, "GROUPCHAT_SHUTDOWN_SECONDS", 6),
        max_head_bytes=_number(env, "GROUPCHAT_MAX_HEAD_BYTES", 32 * 1024),
        language=_one_of(env, "GROUPCHAT_LANGUAGE", LANGUAGES, "en"),
        time_zone=_time_zone(env),
        log_level=_one_of(env, "GROUPCHAT_LOG_LEVEL", LOG_LEVELS, "info"),
        options=options,
        unknown=_unknown(),
    )


def _text(env: Env, name: str, default: str) -> str:
    """`GROUPCHAT_URL=` in a unit file means: not set."""
    return env.str(name, "").strip() or default


def _number(env: Env, name: str, default: int, *, highest: int | None = None) -> int:
    raw = _text(env, name, str(default))
    if not raw.isascii() or not raw.isdigit() or (highest is not None and int(raw) > highest):
        upto = f"from 0 to {highest}" if highest is not None else "0 or more"
        raise BadEnvironment(f"{name} must be a whole number, {upto}, not {raw!r}.")
    return int(raw)


def _flag(env: Env, name: str, default: bool) -> bool:
    raw = _text(env, name, str(default)).lower()
    if raw not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise BadEnvironment(f"{name} must be true or false, not {raw!r}.")
    return raw in ("1", "true", "yes", "on")


def _one_of(env: Env, name: str, allowed: tuple[str, ...], default: str) -> str:
    value = _text(env, name, default).lower()
    if value not in allowed:
        raise BadEnvironment(f"{name} must be one of {', '.join(allowed)}, not {value!r}.")
    return value


def _workers(env: Env) -> int:
    if _text(env, "GROUPCHAT_WORKERS", "1").lower() == "auto":
        return 0
    workers = _number(env, "GROUPCHAT_WORKERS", 1)
    if not workers:
        raise BadEnvironment("GROUPCHAT_WORKERS must be a number from 1, or auto.")
    return workers


def _sender(site_name: str, url: PublicAddress | None) -> str:
    return formataddr((site_name, f"noreply@{url.host if url else 'localhost'}"))


def _url(env: Env) -> PublicAddress | None:
    raw = _text(env, "GROUPCHAT_URL", "")
    return PublicAddress.parse(raw) if raw else None


def _secret_key(env: Env) -> str | None:
    key = _text(env, "GROUPCHAT_SECRET_KEY", "")
    if not key:
        return None
    if len(key) < MIN_SECRET_KEY_CHARACTERS or len(set(key)) < MIN_SECRET_KEY_DIFFERENT or "insecure" in key:
        raise BadEnvironment(
            f"GROUPCHAT_SECRET_KEY is too weak: it takes {MIN_SECRET_KEY_CHARACTERS} random characters or more."
            " Leave it out, and one is made in the data folder."
        )
    return key


def _redis_url(env: Env) -> str | None:
    raw = _text(env, "REDIS_URL", "")
    if not raw:
        return None
    try:
        parts: SplitResult = urlsplit(raw)
        fits = bool(parts.path) if parts.scheme == "unix" else bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits, parts = False, urlsplit("")
    if not fits or parts.scheme not in ("redis", "rediss", "unix"):
        raise BadEnvironment("REDIS_URL must look like redis://host:6379/0, rediss://… or unix:///path/to/socket.")
    return raw


def _metrics_token(env: Env) -> str | None:
    token = _text(env, "GROUPCHAT_METRICS_TOKEN", "")
    if token and (len(token) < MIN_METRICS_TOKEN_CHARACTERS or not token.isascii()):
        raise BadEnvironment(
            f"GROUPCHAT_METRICS_TOKEN takes {MIN_METRICS_TOKEN_CHARACTERS} letters, digits and signs or more."
        )
    return token or None


def _time_zone(env: Env) -> str:
    name = _text(env, "GROUPCHAT_TIME_ZONE", "UTC")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        raise BadEnvironment(f"GROUPCHAT_TIME_ZONE: there is no time zone {name!r}.") from None
    return name


def _options(env: Env, *, behind_a_proxy: bool, redis_url: str | None) -> dict[str, bool | int | str]:
    # Guests are welcome at a server of its own; and as it never speaks TLS itself, an https address means that one
    # proxy stands in front. Without that, all the world would share the limits of one address.
    defaults: dict[str, bool | int | str] = {
        "guests": True,
        "delete_users": True,
        "trusted_proxies": 1 if behind_a_proxy else 0,
        "empty_room_hours": 72,
        "limits_store": redis_url or "database",
    }
    options: dict[str, bool | int | str] = {}
    for field in fields(Conf):
        name = f"GROUPCHAT_{field.name.upper()}"
        default = defaults.get(field.name, field.default)
        value: bool | int | str
        match field.type:
            case "bool":
                value = _flag(env, name, bool(default))
            case "int":
                value = _number(env, name, int(default))  # type: ignore[arg-type]
            case kind:
                value = _line(env, name, str(default), kind=str(kind))
        options[field.name.upper()] = value
    return options


def _line(env: Env, name: str, default: str, *, kind: str) -> str:
    try:
        return check_text(kind, _text(env, name, default), name)
    except ImproperlyConfigured as error:
        raise BadEnvironment(str(error)) from None


def _unknown() -> tuple[str, ...]:
    known = VARIABLES | {f"GROUPCHAT_{field.name.upper()}" for field in fields(Conf)}
    return tuple(sorted(name for name in os.environ if name.startswith("GROUPCHAT_") and name not in known))
