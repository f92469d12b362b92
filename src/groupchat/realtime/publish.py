"""From a commit to the screens: encodes what was published, once a process, and hands it to the hubs of this
process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

from groupchat.protocol import ChangesFrame, ClassicFrame, MessageResource, PersonResource, encode
from groupchat.publication import MyChanges, RoomChanges, published
from groupchat.realtime.frames import Frame
from groupchat.realtime.topics import Named, Publication, TopicKey

Listener = Callable[[Publication], None]
_listeners: set[Listener] = set()


def listen(listener: Listener) -> None:
    """Call `listener` in the thread of every commit of this process."""
    _listeners.add(listener)


def ignore(listener: Listener) -> None:
    _listeners.discard(listener)


def _on_published(changes: RoomChanges | MyChanges, **_: Any) -> None:
    if not _listeners:
        return  # no hub runs here (a shell, a command): the sweeps of the others find it
    publication = as_publication(changes)
    for listener in list(_listeners):
        listener(publication)


def connect() -> None:
    published.connect(_on_published, dispatch_uid="groupchat.realtime")


def as_publication(changes: RoomChanges | MyChanges) -> Publication:
    """What the hub takes; the frame is encoded here, in the calling thread."""
    if isinstance(changes, MyChanges):
        return my_publication(changes)
    frame = changes.frame
    native = (Frame(encode(frame)),)
    people = {person["id"]: person for person in changes.people}

    def encode_for(dialect: str, last_number: int) -> Sequence[Frame]:
        return native if dialect == "native" else classic_frames(frame, people, last_number)

    return Publication(
        key=TopicKey("room", frame["room"]),
        since=frame["since"],
        to=frame["to"],
        # What was read may hold messages that are newer than the room's row.
        last_number=max([frame["last_number"], *(message["number"] for message in frame.get("messages", ()))]),
        encode=encode_for,
        named=named(changes.people),
        tell=teller(people),
        out=changes.out,
    )


def my_publication(changes: MyChanges) -> Publication:
    native = (Frame(encode(changes.frame)),)
    return Publication(
        key=TopicKey("me", changes.frame["me"]),
        since=changes.frame["since"],
        to=changes.frame["to"],
        last_number=0,
        encode=lambda dialect, last_number: native if dialect == "native" else (),
        sessions=changes.sessions,
    )


def named(people: Iterable[PersonResource]) -> tuple[Named, ...]:
    return tuple(Named(person["id"], person["version"]) for person in people)


def teller(people: dict[int, PersonResource]) -> Callable[[Iterable[int]], Frame]:
    def tell(ids: Iterable[int]) -> Frame:
        return people_frame([people[one] for one in ids])

    return tell


def people_frame(people: Sequence[PersonResource]) -> Frame:
    return Frame(encode({"type": "people", "people": people}))


def classic_frames(frame: ChangesFrame, people: dict[int, PersonResource], last_number: int) -> list[Frame]:
    """The posts among the changes that are new to whoever stands behind `last_number`, as the tutorial's clients
    read them.
    """
    return [
        Frame(encode(classic_frame(message, people)))
        for message in sorted(frame.get("messages", ()), key=lambda message: message["number"])
        if message["number"] > last_number and "deleted_at" not in message
    ]


def classic_frame(message: MessageResource, people: dict[int, PersonResource]) -> ClassicFrame:
    author = people.get(message["author"])
    return cast(
        ClassicFrame,
        {
            "message": message["body"],
            "username": author["name"] if author else "",
            "number": message["number"],
            "seq": message["seq"],
            "at": message["at"],
        },
    )
