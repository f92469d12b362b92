"""What the system checks say of settings that would leave the chat's pages or sockets half working."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from groupchat.site_checks import REQUEST, SIGNED_COOKIES, check_site


def misspelt(settings: Any) -> None:
    settings.GROUPCHAT = {"GUEST": True}


def wrong_value(settings: Any) -> None:
    settings.GROUPCHAT = {"GUESTS": "yes"}


def no_users(settings: Any) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "contrib.auth" not in one]


def no_sessions(settings: Any) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if "contrib.sessions" not in one]


def no_request(settings: Any) -> None:
    (engine,) = settings.TEMPLATES
    processors = [one for one in engine["OPTIONS"]["context_processors"] if one != REQUEST]
    settings.TEMPLATES = [{**engine, "OPTIONS": {"context_processors": processors}}]


def nowhere_to_sign_in(settings: Any) -> None:
    settings.GROUPCHAT = {}
    settings.ROOT_URLCONF = "groupchat.urls"
    settings.LOGIN_URL = "/nowhere/"


def signed_cookies(settings: Any) -> None:
    settings.SESSION_ENGINE = SIGNED_COOKIES


def no_redis(settings: Any) -> None:
    settings.CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}


@pytest.mark.parametrize(
    ("change", "expected", "hint"),
    [
        (misspelt, "groupchat.E002", "did you mean GUESTS?"),
        (wrong_value, "groupchat.E002", "True or False"),
        (no_redis, "groupchat.E003", "groupchat[redis]"),
        (no_users, "groupchat.W007", "contrib.auth.middleware"),
        (no_sessions, "groupchat.W007", "contrib.sessions.middleware"),
        (no_request, "groupchat.W008", "context_processors.request"),
        (nowhere_to_sign_in, "groupchat.W009", "'/nowhere/'"),
        (signed_cookies, "groupchat.W010", "database or the cache"),
    ],
)
def test_each_is_said_with_a_way_out(
    change: Callable[[Any], None], expected: str, hint: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    if change is no_redis:
        monkeypatch.setitem(sys.modules, "channels_redis", None)
    change(settings)
    (told,) = check_site()
    assert told.id == expected
    assert hint in f"{told.msg} {told.hint}"


def test_a_site_as_it_should_be_hears_nothing() -> None:
    assert check_site() == []


def test_a_site_without_pillow_is_told_so_unless_it_wants_no_pictures(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groupchat.site_checks.can_read", lambda: False)
    settings.GROUPCHAT = {"GUESTS": True}
    assert [found.id for found in check_site()] == ["groupchat.I001"]
    settings.GROUPCHAT = {"GUESTS": True, "MAX_PICTURE_BYTES": 0}
    assert check_site() == []
