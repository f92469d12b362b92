"""Errors as a client is told of them."""

from __future__ import annotations

import pytest

from groupchat.errors import CLOSE_RULES, ERRORS, ChatError, Close, Invalid, RateLimited


def test_an_error_says_what_there_is_to_say() -> None:
    assert Invalid("No.").as_json() == {"code": "invalid", "message": "No."}
    assert Invalid("No.", field="body").as_json() == {"code": "invalid", "message": "No.", "field": "body"}


@pytest.mark.parametrize(("seconds", "told"), [(0.1, 0.1), (0.1001, 0.101), (0.0000001, 0.001), (3.0, 3.0)])
def test_waiting_as_long_as_told_is_never_too_short(seconds: float, told: float) -> None:
    assert RateLimited("Slow down.", retry_after=seconds).as_json()["retry_after"] == told


def test_every_error_has_a_code_of_its_own() -> None:
    assert len({error.code for error in ERRORS}) == len(ERRORS)
    assert set(ERRORS) == set(ChatError.__subclasses__())
    assert all(400 <= error.status <= 503 for error in ERRORS)


def test_every_close_code_says_when_to_come_back_and_its_range_agrees() -> None:
    assert set(CLOSE_RULES) == set(Close)
    ranges = {40: "never", 41: "later", 42: "now"}
    for code, rule in CLOSE_RULES.items():
        if code >= 4000:
            assert rule.reconnect == ranges[code // 100]
        assert len(rule.reason.encode()) <= 123, "a close frame holds no more"
