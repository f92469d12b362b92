"""Looks at a server's settings and at what it stands on, and says in one line each what is well and what is not."""

from __future__ import annotations

import shutil
import smtplib
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta

import redis
from django.conf import settings
from django.core import checks
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from groupchat.actions.limit_stores import DATABASE, Draw, StoreDown, store_at
from groupchat.conf import conf
from groupchat.network import is_loopback
from groupchat.server import copying, folder, owner, preparation
from groupchat.server.environment import Environment
from groupchat.server.faults import CannotStart
from groupchat.server.findings import Finding, State

LITTLE_DISK_BYTES, NO_DISK_BYTES = 1 << 30, 100 << 20
OLD_BACKUP = timedelta(days=7)
CLOCK_LOOK_SECONDS, CLOCK_WRONG_SECONDS = 2.0, 30.0
ANSWER_SECONDS = 5
# Django's advice that does not fit: TLS ends at the proxy, which redirects; whether a whole domain is TLS only for ever
# is the operator's to say.
_NOT_OURS = {"security.W005", "security.W008", "security.W021"}


def examine(environment: Environment) -> list[Finding]:
    """Everything else, with a Django that is awake."""
    found: list[Finding] = []
    for look in LOOKS:
        try:
            found += look(environment)
        except (CannotStart, DatabaseError, OSError) as error:
            found.append(Finding(look.__name__.strip("_"), "wrong", " ".join(str(error).split())))
    return found


def _settings(environment: Environment) -> Iterable[Finding]:
    for name in environment.unknown:
        yield Finding("settings", "look", f"There is no option {name}: a slip of the pen?")
    if settings.DEBUG:
        yield Finding(
            "settings", "wrong", "DEBUG is on: whoever makes a mistake happen reads the program and its secrets."
        )
    if not environment.unknown and not settings.DEBUG:
        yield Finding("settings", "ok", "All variables are known, and DEBUG is off.")


def _key(environment: Environment) -> Iterable[Finding]:
    where = "GROUPCHAT_SECRET_KEY" if environment.secret_key else str(environment.data / folder.SECRET_KEY_FILE)
    yield Finding("key", "ok", f"The secret key comes from {where}. Keep a copy: without it everybody signs in again.")


def _address(environment: Environment) -> Iterable[Finding]:
    url = environment.url
    if url is None and not is_loopback(environment.host):
        yield Finding("address", "wrong", "GROUPCHAT_URL must say where people find the server.")
    elif url is None:
        yield Finding("address", "look", "Only this machine reaches the server: GROUPCHAT_URL opens it to others.")
    elif url.is_secure:
        yield Finding("address", "ok", f"People find it at {url}, by TLS.")
        if not conf().trusted_proxies:
            yield Finding(
                "proxy", "wrong", "GROUPCHAT_TRUSTED_PROXIES is 0: behind the proxy all people have one address."
            )
    elif is_loopback(url.host):
        yield Finding("address", "ok", f"People on this machine find it at {url}.")
    else:
        yield Finding("address", "wrong", f"{url} has no TLS: passwords and messages can be read on their way.")


def _django(environment: Environment) -> Iterable[Finding]:
    is_public = environment.url is not None and environment.url.is_secure
    messages = [
        one
        for one in checks.run_checks(include_deployment_checks=is_public, databases=["default"])
        if one.id not in _NOT_OURS and not one.is_silenced()
    ]
    for one in messages:
        words = " ".join(f"{one.msg} {one.hint or ''}".split())
        yield Finding("checks", "wrong" if one.level >= checks.ERROR else "look", f"{words} ({one.id})")
    if not messages:
        yield Finding("checks", "ok", "Django and the chat find nothing to say about the settings.")


def _database(environment: Environment) -> Iterable[Finding]:
    preparation.check_database()
    if plan := _open_steps():
        yield Finding(
            "database", "look", f"{len(plan)} steps of migration are open: groupchat migrate, or the next start."
        )
    else:
        yield Finding("database", "ok", f"{connection.display_name} answers, and its tables are up to date.")


def _open_steps() -> Sequence[object]:
    """The migrations that were not made yet: without its tables, some can't be asked."""
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def _clock(environment: Environment) -> Iterable[Finding]:
    if connection.vendor != "postgresql":
        yield Finding("clock", "ok", "The database has this machine's clock.")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        apart = abs(float(cursor.fetchone()[0]) - time.time())
    state: State = "ok" if apart < CLOCK_LOOK_SECONDS else "look" if apart < CLOCK_WRONG_SECONDS else "wrong"
    advice = "" if state == "ok" else " Let both take their time from the network (NTP)."
    yield Finding("clock", state, f"This machine's clock and the database's are {apart:.1f} seconds apart.{advice}")


def _broker(environment: Environment) -> Iterable[Finding]:
    preparation.check_broker(environment.redis_url)
    if environment.redis_url is not None:
        yield Finding("broker", "ok", "The server at REDIS_URL answers.")
    elif environment.workers == 1:
        yield Finding("broker", "ok", "One process needs none.")
    else:
        yield Finding("broker", "ok", "Processes of one command have a private one; several machines need REDIS_URL.")


def _limits(environment: Environment) -> Iterable[Finding]:
    if _open_steps():
        return
    place = conf().limits_store
    name = "the database" if place == DATABASE else "Redis"
    draw = Draw("groupchat:doctor", 0.001, 1_000)
    try:
        store_at(place).take(draw, time.time())
        store_at(place).give_back(draw)
    except (StoreDown, DatabaseError, redis.RedisError) as error:
        words = f"Limits can't be counted in {name}: {' '.join(str(error).split())}"
        yield Finding("limits", "wrong", words)
    else:
        yield Finding("limits", "ok", f"Limits are counted in {name}, for all processes together.")


def _disk(environment: Environment) -> Iterable[Finding]:
    free = shutil.disk_usage(environment.data).free
    state: State = "wrong" if free < NO_DISK_BYTES else "look" if free < LITTLE_DISK_BYTES else "ok"
    yield Finding("disk", state, f"{free / (1 << 30):.1f} GiB are free where the data folder lies.")


def _mail(environment: Environment) -> Iterable[Finding]:
    if not environment.sends_mail:
        yield Finding(
            "mail", "look", "There is no mail server: nobody gets a new password by mail (GROUPCHAT_EMAIL_URL)."
        )
        return
    options = environment.mailer["OPTIONS"]
    kind = smtplib.SMTP_SSL if options["use_ssl"] else smtplib.SMTP
    where = f"{options['host']}:{options['port']}"
    try:
        with kind(options["host"], options["port"], timeout=ANSWER_SECONDS) as server:
            if options["use_tls"]:
                server.starttls()
            if options["username"]:
                server.login(options["username"], options["password"])
    except (OSError, smtplib.SMTPException) as error:
        yield Finding("mail", "wrong", f"The mail server at {where} does not take us: {' '.join(str(error).split())}")
        return
    is_clear = not (options["use_ssl"] or options["use_tls"] or is_loopback(options["host"]))
    words = "It speaks no TLS: use smtps:// or smtp+starttls://." if is_clear else "It takes us."
    yield Finding("mail", "look" if is_clear else "ok", f"The mail server at {where} answers. {words}")


def _backup(environment: Environment) -> Iterable[Finding]:
    if connection.vendor != "sqlite":
        yield Finding("backup", "ok", "Of PostgreSQL, pg_dump makes copies; whether it runs can't be seen from here.")
        return
    age = copying.last_copy_age(environment.data)
    if age is None:
        yield Finding("backup", "look", "No copy was ever made by groupchat backup. It runs beside the server.")
    elif age > OLD_BACKUP:
        yield Finding("backup", "look", f"The last copy by groupchat backup is {age.days} days old.")
    else:
        yield Finding(
            "backup", "ok", f"The last copy by groupchat backup is {age.total_seconds() / 3600:.0f} hours old."
        )


def _owner(environment: Environment) -> Iterable[Finding]:
    if _open_steps():
        return
    if owner.has_owner():
        yield Finding("owner", "ok", "Somebody owns the site.")
    else:
        yield Finding("owner", "look", "Nobody owns the site yet: groupchat owner-link prints a link.")


LOOKS: tuple[Callable[[Environment], Iterable[Finding]], ...] = (
    _settings,
    _key,
    _address,
    _django,
    _database,
    _clock,
    _broker,
    _limits,
    _disk,
    _mail,
    _backup,
    _owner,
)
