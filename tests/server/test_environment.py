"""The environment: what it may say, and which words come back when it says something else."""

from __future__ import annotations

from dataclasses import fields
from email.header import decode_header, make_header
from email.utils import getaddresses
from pathlib import Path

import pytest
from django.core.mail import EmailMessage

from groupchat.conf import Conf
from groupchat.server.addresses import PublicAddress, database_settings, mailer
from groupchat.server.environment import read_environment
from groupchat.server.faults import BadEnvironment


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GROUPCHAT_DATA", "DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)


def test_an_empty_environment_is_a_server_on_this_machine() -> None:
    found = read_environment()
    assert (found.host, found.port, found.workers) == ("127.0.0.1", 8000, 1)
    assert found.url is None
    assert found.data == Path.cwd() / "data"
    assert found.options["GUESTS"] is True
    assert found.options["TRUSTED_PROXIES"] == 0
    assert found.unknown == ()


def test_every_option_of_the_chat_has_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: dict[str, bool | int | str] = {}
    for place, field in enumerate(fields(Conf)):
        values: dict[str, bool | int | str] = {
            "bool": False,
            "int": place,
            "str": f"path/{place}/",
            "Line": f"No. {place}",
            "Dotted": f"shop.rules.Rules{place}",
            "Store": f"redis://127.0.0.1:{place + 1}/0",
            "Access": "invited",
            "Source": f"shop.chat.name_of_{place}",
        }
        value = wanted[field.name.upper()] = values[str(field.type)]
        monkeypatch.setenv(f"GROUPCHAT_{field.name.upper()}", "no" if value is False else str(value))
    assert read_environment().options == wanted


@pytest.mark.parametrize("name", ["Tea House", 'The "Tea" House, Inc.', "Teehäuschen", "בית תה"])
def test_mails_come_from_the_site(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUPCHAT_SITE_NAME", name)
    monkeypatch.setenv("GROUPCHAT_URL", "https://chat.example.org")
    sender = read_environment().mail_sender
    told = EmailMessage("a subject", "a text", sender, ["ada@example.org"]).message()["From"]
    (written,) = getaddresses([str(make_header(decode_header(told)))])
    assert written == (name, "noreply@chat.example.org")


def test_an_https_address_means_one_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUPCHAT_URL", "https://chat.example.org")
    assert read_environment().options["TRUSTED_PROXIES"] == 1
    monkeypatch.setenv("GROUPCHAT_TRUSTED_PROXIES", "2")
    assert read_environment().options["TRUSTED_PROXIES"] == 2


def test_a_variable_that_is_set_to_nothing_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GROUPCHAT_URL", "GROUPCHAT_PORT", "DATABASE_URL", "REDIS_URL", "GROUPCHAT_SECRET_KEY"):
        monkeypatch.setenv(name, "")
    assert read_environment().port == 8000


def test_a_misspelt_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUPCHAT_MAX_BODY_CHARATERS", "1")
    assert read_environment().unknown == ("GROUPCHAT_MAX_BODY_CHARATERS",)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GROUPCHAT_PORT", "eighty"),
        ("GROUPCHAT_PORT", "65536"),
        ("GROUPCHAT_PORT", "-1"),
        ("GROUPCHAT_WORKERS", "0"),
        ("GROUPCHAT_WORKERS", "many"),
        ("GROUPCHAT_SOCKET_PATH", "/ws/"),
        ("GROUPCHAT_SOCKET_PATH", "ws"),
        ("GROUPCHAT_SOCKET_PATH", "a room/"),
        ("GROUPCHAT_SITE_NAME", "x" * 61),
        ("GROUPCHAT_SITE_NAME", "Tea\nHouse"),
        ("GROUPCHAT_SITE_NAME", "Tea\u202eHouse"),
        ("GROUPCHAT_URL", "chat.example.org"),
        ("GROUPCHAT_URL", "ftp://chat.example.org"),
        ("GROUPCHAT_URL", "https://chat.example.org/chat"),
        ("GROUPCHAT_URL", "https://me@chat.example.org"),
        ("GROUPCHAT_URL", "https://chat.example.org:port"),
        ("GROUPCHAT_URL", "https://[::1"),
        ("GROUPCHAT_SECRET_KEY", "short"),
        ("GROUPCHAT_SECRET_KEY", "a" * 60),
        ("GROUPCHAT_SECRET_KEY", "django-insecure-0123456789abcdefghijklmnopqrstuvwxyz"),
        ("GROUPCHAT_GUESTS", "perhaps"),
        ("GROUPCHAT_MAX_COMMANDS_PER_SECOND", "1.5"),
        ("GROUPCHAT_MAX_FRAME_BYTES", "-5"),
        ("GROUPCHAT_REQUIRE_TWO_FACTOR", "everybody"),
        ("GROUPCHAT_SIGNUP", "2"),
        ("GROUPCHAT_TIME_ZONE", "Nowhere/Here"),
        ("GROUPCHAT_TIME_ZONE", "../etc/passwd"),
        ("GROUPCHAT_LANGUAGE", "tlh"),
        ("GROUPCHAT_LOG_LEVEL", "loud"),
        ("GROUPCHAT_EMAIL_URL", "mail.example.org"),
        ("DATABASE_URL", "mysql://localhost/chat"),
        ("DATABASE_URL", "postgres://localhost"),
        ("DATABASE_URL", "postgres://localhost:port/chat"),
        ("DATABASE_URL", "sqlite://"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://"),
        ("REDIS_URL", "redis://host:port"),
        ("REDIS_URL", "unix://"),
    ],
)
def test_what_cannot_be_is_refused_by_name(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadEnvironment) as refusal:
        read_environment()
    assert name in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_refused_key_or_password_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GROUPCHAT_SECRET_KEY", "hunter2hunter2")
    with pytest.raises(BadEnvironment) as refusal:
        read_environment()
    assert "hunter2" not in str(refusal.value)
    monkeypatch.delenv("GROUPCHAT_SECRET_KEY")
    monkeypatch.setenv("DATABASE_URL", "mysql://me:hunter2@localhost/chat")
    with pytest.raises(BadEnvironment) as refusal:
        read_environment()
    assert "hunter2" not in str(refusal.value)


@pytest.mark.parametrize(
    ("raw", "written", "host"),
    [
        ("https://chat.example.org", "https://chat.example.org", "chat.example.org"),
        ("https://Chat.Example.org:443/", "https://chat.example.org", "chat.example.org"),
        ("http://chat.lan:8080", "http://chat.lan:8080", "chat.lan"),
        ("http://[2001:db8::1]:8080", "http://[2001:db8::1]:8080", "[2001:db8::1]"),
    ],
)
def test_a_public_address(raw: str, written: str, host: str) -> None:
    address = PublicAddress.parse(raw)
    assert str(address) == written
    assert address.bracketed_host == host


def test_postgres_settings() -> None:
    found = database_settings("postgres://me:p%40ss@db.example:5433/chat?sslmode=require", data=Path("/nowhere"))
    assert (found["NAME"], found["USER"], found["PASSWORD"]) == ("chat", "me", "p@ss")
    assert (found["HOST"], found["PORT"], found["CONN_MAX_AGE"]) == ("db.example", "5433", 0)
    assert found["OPTIONS"]["sslmode"] == "require"
    assert "lock_timeout" in found["OPTIONS"]["options"]


def test_postgres_by_a_socket_and_with_options_of_ones_own() -> None:
    found = database_settings(
        "postgresql:///chat?host=/run/postgresql&options=-c%20statement_timeout%3D1s", data=Path("/nowhere")
    )
    assert found["HOST"] == "/run/postgresql"
    assert "statement_timeout=1s" in found["OPTIONS"]["options"]
    assert "host" not in found["OPTIONS"]


def test_sqlite_elsewhere() -> None:
    assert database_settings("sqlite:////srv/my%20chat.db", data=Path("/nowhere"))["NAME"] == "/srv/my chat.db"


@pytest.mark.parametrize(
    ("url", "port", "ssl", "tls"),
    [
        ("smtp://mail.example", 25, False, False),
        ("smtps://mail.example", 465, True, False),
        ("smtp+starttls://me:p%40ss@mail.example", 587, False, True),
    ],
)
def test_mail(url: str, port: int, ssl: bool, tls: bool) -> None:
    options = mailer(url)["OPTIONS"]
    assert (options["port"], options["use_ssl"], options["use_tls"]) == (port, ssl, tls)
    assert options["password"] == ("p@ss" if "@mail" in url else "")
