"""From a commit to the screens: encodes what was published, once a process, and hands it to the hubs of this
process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, cast

from groupchat.floors import above, lowest, lowest_shown
from groupchat.protocol import ChangesFrame, ClassicFrame, MessageResource, PersonResource, encode
from groupchat.publication import MyChanges, RoomChanges, published
from groupchat.realtime.fanout.frames import Frame
from groupchat.realtime.fanout.topics import Named, Publication, TopicKey

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
    people = {person["id"]: person for person in changes.people}
    return Publication(
        key=TopicKey("room", frame["room"]),
        since=frame["since"],
        to=frame["to"],
        last_number=frame["last_number"],
        encode=encoder((Frame(encode(frame)),), lambda: frame, people),
        named=named(changes.people),
        introduce=introduction_of(people),
        out=changes.out,
        only=changes.only,
        floors=changes.floors,
        history=history_of(frame),
        lowest=lowest(frame),
        above=above_of(lambda: changes),
    )


def history_of(frame: ChangesFrame) -> str | None:
    """What the room shows newcomers, where a frame tells its facts."""
    return frame["info"]["history"] if "info" in frame else None


def above_of(read: Callable[[], RoomChanges]) -> Callable[[int], Publication]:
    """What of these changes goes to those with a floor: encoded once for all floors that hide the same."""
    made: dict[int | None, Publication] = {}

    def above_floor(floor: int) -> Publication:
        changes = read()
        shown = lowest_shown(changes.frame, floor)
        if shown not in made:
            made[shown] = as_publication(above(changes, floor))
        return made[shown]

    return above_floor


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


def introduction_of(people: dict[int, PersonResource]) -> Callable[[Iterable[int]], Frame]:
    def introduce(ids: Iterable[int]) -> Frame:
        return people_frame([people[one] for one in ids])

    return introduce


def people_frame(people: Sequence[PersonResource]) -> Frame:
    return Frame(encode({"type": "people", "people": people}))


def encoder(
    native: Sequence[Frame], read: Callable[[], ChangesFrame], people: Mapping[int, PersonResource]
) -> Callable[[str, int], Sequence[Frame]]:
    """A room's changes for each dialect; `read` gives the frame, and is called once, if somebody needs it."""
    posts: list[tuple[int, Frame]] | None = None

    def encode_for(dialect: str, last_number: int) -> Sequence[Frame]:
        nonlocal posts
        if dialect == "native":
            return native
        if posts is None:
            frame = read()
            posts = classic_posts(frame.get("messages", ()), people, frame["last_number"])
        return [post for number, post in posts if number > last_number]

    return encode_for


def classic_posts(
    messages: Iterable[MessageResource], people: Mapping[int, PersonResource], last_number: int
) -> list[tuple[int, Frame]]:
    """The posts among these, in order of number, as the tutorial's clients read them.

    Those above `last_number`, the room's where it was read, are left out: what was read may hold newer ones, and they
    come with the range that they belong to.
    """
    return [
        (message["number"], Frame(encode(classic_frame(message, people))))
        for message in sorted(messages, key=lambda message: message["number"])
        if message["number"] <= last_number and "deleted_at" not in message
    ]


def classic_frame(message: MessageResource, people: Mapping[int, PersonResource]) -> ClassicFrame:
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
