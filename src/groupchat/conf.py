"""The one reader of ``settings.GROUPCHAT``.

Every option is a field of :class:`Conf`; its upper-case name is the key in ``settings.GROUPCHAT`` and, behind
``GROUPCHAT_``, the environment variable that ``groupchat serve`` reads. A limit of 0 means: no limit.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed


@dataclass(frozen=True, slots=True)
class Conf:
    """All options of the chat, with the defaults of an embedding site."""

    # who may come in
    guests: bool = False  # people without an account may take part under a name

    max_new_guests_per_minute: int = 60  # of one address, per process; the machine's own addresses are not counted

    # limits of words
    max_body_characters: int = 8_000
    max_room_name_characters: int = 80
    max_topic_characters: int = 250
    max_person_name_characters: int = 50

    # limits of a socket
    max_frame_bytes: int = 64 * 1024
    max_commands_per_second: int = 10  # per person and process, after a burst
    max_commands_burst: int = 50
    max_connections_per_user: int = 20
    max_connections_per_address: int = 200
    max_rooms_per_connection: int = 500
    max_outbox_bytes: int = 1024 * 1024  # unsent bytes of one socket; past it the socket is closed as slow
    trusted_proxies: int = 0  # how many proxies in front add to X-Forwarded-For; the address is taken from there

    # limits of reading
    max_page_messages: int = 100
    max_page_members: int = 200
    max_changes: int = 1_000  # entities one `changes` may carry; more means `reset`
    max_positions: int = 50  # rooms whose changes one `hello` may ask for; the others are reset

    # posting
    max_post_batch: int = 256  # posts in one transaction
    max_posts_waiting: int = 10_000  # posts waiting for a transaction in this process; past it: overloaded

    # between processes
    max_publications_waiting: int = 10_000  # publications waiting for the broker; past it the sweep delivers
    max_broker_bytes: int = 32 * 1024  # a larger frame travels as a doorbell: "look at the database"
    gap_wait_milliseconds: int = 50  # how long a frame that came too early waits for the one before it
    sweep_milliseconds: int = 500  # how often each process compares its positions with the database


def _load() -> Conf:
    given: dict[str, Any] = dict(getattr(settings, "GROUPCHAT", {}))
    values: dict[str, Any] = {}
    for field in fields(Conf):
        key = field.name.upper()
        if key not in given:
            continue
        value = given.pop(key)
        wanted = bool if field.type == "bool" else int
        if not isinstance(value, wanted) or (wanted is int and (isinstance(value, bool) or value < 0)):
            kind = "True or False" if wanted is bool else "a whole number, 0 or more"
            raise ImproperlyConfigured(f'GROUPCHAT["{key}"] must be {kind}, not {value!r}.')
        values[field.name] = value
    if given:
        known = ", ".join(field.name.upper() for field in fields(Conf))
        raise ImproperlyConfigured(f"Unknown keys in GROUPCHAT: {', '.join(sorted(given))}. Known: {known}.")
    return Conf(**values)


_loaded: Conf | None = None


def conf() -> Conf:
    """The options in force; read once, and again when a test overrides the settings."""
    global _loaded
    if _loaded is None:
        _loaded = _load()
    return _loaded


def _forget(*, setting: str, **_: Any) -> None:
    global _loaded
    if setting == "GROUPCHAT":
        _loaded = None


setting_changed.connect(_forget)
