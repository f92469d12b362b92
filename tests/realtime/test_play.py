"""What people do with each other, on every kind of server."""

from __future__ import annotations

import pytest
from tests.play import Stage

pytestmark = pytest.mark.usefixtures("any_server")


def test_what_one_says_the_others_hear(stage: Stage) -> None:
    alice, bob = stage.guests("alice", "bob")
    alice.enters("lobby")
    bob.enters("lobby")
    alice.posts("hi")
    bob.sees("hi")
    bob.posts("hello")
    alice.sees("hi", "hello")
    alice.sees_members(alice, bob)
