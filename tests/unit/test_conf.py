"""The options of an embedding site."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from groupchat.conf import Conf, conf


def test_defaults(settings: Any) -> None:
    settings.GROUPCHAT = {}
    assert conf() == Conf()
    assert not conf().guests


def test_options_are_read_anew_when_a_test_sets_them(settings: Any) -> None:
    settings.GROUPCHAT = {"MAX_BODY_CHARACTERS": 12, "GUESTS": True}
    assert (conf().max_body_characters, conf().guests) == (12, True)
    assert conf().max_topic_characters == Conf().max_topic_characters
    given = settings.GROUPCHAT
    conf()
    assert given == {"MAX_BODY_CHARACTERS": 12, "GUESTS": True}


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"MAX_BODY_CHARACTERS": "12"}, "MAX_BODY_CHARACTERS"),
        ({"MAX_BODY_CHARACTERS": True}, "MAX_BODY_CHARACTERS"),
        ({"MAX_BODY_CHARACTERS": -1}, "whole number"),
        ({"MAX_BODY_CHARACTERS": 1.5}, "whole number"),
        ({"GUESTS": 1}, "True or False"),
        ({"SITE_NAME": ""}, "SITE_NAME.*1 to 60 characters"),
        ({"SITE_NAME": " Tea"}, "SITE_NAME"),
        ({"SITE_NAME": "Tea\u202e"}, "not drawn"),
        ({"SITE_NAME": 7}, "SITE_NAME"),
        ({"MAX_BODY": 1}, "Unknown keys.*MAX_BODY"),
    ],
)
def test_wrong_options_are_named(options: dict[str, Any], told: str, settings: Any) -> None:
    settings.GROUPCHAT = options
    with pytest.raises(ImproperlyConfigured, match=told):
        conf()
