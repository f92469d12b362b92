"""Addresses as they stand in the environment: the public one, the database's and the mail server's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from groupchat.server.faults import BadEnvironment

# per connection; FULL is what makes an acknowledged message durable
SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA cache_size=-16384",  # KiB, given back with the connection
    "PRAGMA mmap_size=268435456",
    "PRAGMA journal_size_limit=67108864",  # the log shrinks again after a burst
    "PRAGMA temp_store=MEMORY",
)
SQLITE_BUSY_SECONDS = 10

POSTGRES_CONNECT_SECONDS = 5
POSTGRES_LOCK_TIMEOUT = "5s"

SMTP_PORTS = {"smtp": 25, "smtps": 465, "smtp+starttls": 587}
SMTP_TIMEOUT_SECONDS = 10


@dataclass(frozen=True, slots=True)
class PublicAddress:
    """Where people find the server, say https://chat.example.org."""

    scheme: str
    host: str  # without brackets, lower case
    port: int | None  # None: the scheme's own

    @classmethod
    def parse(cls, raw: str) -> PublicAddress:
        """Raises BadEnvironment for anything but a scheme and a host (and a port)."""
        try:
            parts = urlsplit(raw)
            host, port = parts.hostname, parts.port
        except ValueError:
            host, port, parts = None, None, urlsplit("")
        if parts.scheme not in ("http", "https") or not host or any(c.isspace() for c in host):
            raise BadEnvironment(f"GROUPCHAT_URL must be an address like https://chat.example.org, not {raw!r}.")
        if parts.path.strip("/") or parts.query or parts.fragment or parts.username or parts.password:
            raise BadEnvironment(f"GROUPCHAT_URL takes a host of its own, without a path or a user: {raw!r}.")
        own_port = {"http": 80, "https": 443}[parts.scheme]
        return cls(scheme=parts.scheme, host=host, port=None if port == own_port else port)

    @property
    def is_secure(self) -> bool:
        return self.scheme == "https"

    @property
    def bracketed_host(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def netloc(self) -> str:
        return self.bracketed_host + (f":{self.port}" if self.port else "")

    def __str__(self) -> str:
        return f"{self.scheme}://{self.netloc}"


def database_settings(url: str, *, data: Path) -> dict[str, Any]:
    """`settings.DATABASES["default"]` for DATABASE_URL; without one, SQLite in the data folder."""
    if not url:
        return _sqlite(data / "groupchat.sqlite3")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadEnvironment("DATABASE_URL is not an address.") from None
    if parts.scheme == "sqlite":
        path = unquote(parts.path)[1:]  # four slashes before an absolute path
        if not path:
            raise BadEnvironment("DATABASE_URL must name a file: sqlite:////var/lib/groupchat/chat.sqlite3.")
        return _sqlite(Path(path).absolute())
    if parts.scheme not in ("postgres", "postgresql"):
        raise BadEnvironment("DATABASE_URL must look like postgres://user:password@host:5432/name, or sqlite:////path.")
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise BadEnvironment("DATABASE_URL names no database: postgres://user:password@host:5432/name.")
    options: dict[str, Any] = dict(parse_qsl(parts.query))  # sslmode and whatever else libpq knows
    options.setdefault("connect_timeout", POSTGRES_CONNECT_SECONDS)
    options["options"] = f"-c lock_timeout={POSTGRES_LOCK_TIMEOUT} {options.get('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or unquote(parts.hostname or ""),  # ?host=/run/postgresql is a socket's folder
        "PORT": str(port or ""),
        # A request gives its connection back at once. The realtime side holds a few of its own, by itself.
        "CONN_MAX_AGE": 0,
        "OPTIONS": options,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",  # a transaction that reads first could not wait for the write lock
            "timeout": SQLITE_BUSY_SECONDS,
            "init_command": "; ".join(SQLITE_PRAGMAS),
        },
    }


def mailer(url: str) -> dict[str, Any]:
    """The mail backend and its options. Without GROUPCHAT_EMAIL_URL, mails are printed where the server was started."""
    if not url:
        return {"BACKEND": "django.core.mail.backends.console.EmailBackend", "OPTIONS": {}}
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in SMTP_PORTS or not parts.hostname:
        raise BadEnvironment(
            "GROUPCHAT_EMAIL_URL must look like smtp+starttls://user:password@host:587, smtps://… or smtp://…."
        )
    return {
        "BACKEND": "groupchat.server.mail.BackgroundSmtp",
        "OPTIONS": {
            "host": parts.hostname,
            "port": port or SMTP_PORTS[parts.scheme],
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            "use_tls": parts.scheme == "smtp+starttls",
            "timeout": SMTP_TIMEOUT_SECONDS,
        },
    }
