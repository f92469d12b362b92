"""Whose subscription ends with what was published. Pure, like the hub."""

from __future__ import annotations

from collections.abc import Iterable

from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.topics import Publication, Reset, Topic, goes


def gone_out(topic: Topic, what: Publication | Reset) -> list[Connection]:
    """Those who went out: they were told so by the frame. Who came (back) since then stays."""
    if not what.out:
        return []
    return [connection for connection, since in _subscribers(topic) if goes(connection.person_id, what, since)]


def shut_out(topic: Topic, what: Publication | Reset) -> list[Connection]:
    """Those who heard a room that is closed to them from `what` on: this frame is not for them any more.

    Who subscribed when it was closed already was let in.
    """
    if what.only is None:
        return []
    return [
        connection for connection, since in _subscribers(topic) if since < what.to and not may_hear(connection, what)
    ]


def may_hear(connection: Connection, what: Publication | Reset) -> bool:
    return what.only is None or connection.person_id in what.only


def _subscribers(topic: Topic) -> Iterable[tuple[Connection, int]]:
    for of_dialect in topic.subscribers.values():
        yield from of_dialect.items()
