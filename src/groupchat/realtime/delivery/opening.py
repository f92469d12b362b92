"""What many ask for at the same moment when they come into a room: read once for all of them, and encoded once.

Each function answers a batch of questions, in their order; an answer that is an exception is raised to whoever asked.
Synchronous; runs in a reading thread.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from groupchat import timeline, unread
from groupchat.actions.bulk_sql import BulkSql
from groupchat.conf import conf
from groupchat.errors import ChatError, Invalid, NotFound
from groupchat.models import Membership, Person, Room, RoomName
from groupchat.parts import with_mine
from groupchat.permissions import floor_of, is_joined, require_read
from groupchat.protocol import RoomState
from groupchat.realtime.delivery.publish import classic_posts
from groupchat.realtime.fanout.frames import Chunk, Frame
from groupchat.resources import room_state
from groupchat.text import fold

_NO_ROOM = "There is no such room."
REMEMBERED_SECONDS = 10.0  # an address of a public room
MOST_ADDRESSES = 10_000  # of public rooms that a process remembers


class Asked(NamedTuple):
    """A room, by its id or by its slug, and who asks."""

    person: Person | None
    room: int | None = None
    slug: str | None = None


class Stood(NamedTuple):
    """Where a room stood at some moment; `is_open`: everybody might hear it then."""

    room: int
    seq: int
    last_number: int
    is_open: bool = False


class PublicRooms:
    """Which open room an address leads to: for a while, to no other one (a room that was never written in goes, and a
    former name may become free). So whoever has no row, and is not banned anywhere, needs not ask again as long as
    somebody hears the room, and it was not closed: the hub is told of that.
    """

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._ids: dict[str, tuple[int, float]] = {}
        self._now = now

    def learn(self, slug: str, state: RoomState) -> None:
        if state["room"]["kind"] in Room.OPEN:
            if len(self._ids) >= MOST_ADDRESSES:
                self._ids.clear()
            self._ids[slug] = state["room"]["id"], self._now() + REMEMBERED_SECONDS

    def get(self, slug: str) -> int | None:
        room_id, until = self._ids.get(slug, (None, 0.0))
        return room_id if self._now() < until else None


def rooms(questions: Sequence[Asked]) -> list[RoomState | Exception]:
    """Each room as it is now, with one's membership in it; NotFound, Forbidden or Invalid where one may not read it."""
    ids = {question.room for question in questions if question.room is not None}
    slugs = {question.slug for question in questions if question.room is None and question.slug is not None}
    by_id = Room.objects.in_bulk(ids) if ids else {}
    by_slug = _by_slug(slugs)
    found = [
        by_id.get(question.room) if question.room is not None else by_slug.get(question.slug or "")
        for question in questions
    ]
    memberships = _memberships(
        (room.pk, question.person) for room, question in zip(found, questions, strict=True) if room is not None
    )
    here = {room.pk: room for room in found if room is not None}
    skipped = unread.uncounted_of((here[room_id], one) for (room_id, _), one in memberships.items() if is_joined(one))
    return [_state(room, question, memberships, skipped) for room, question in zip(found, questions, strict=True)]


def _state(
    room: Room | None,
    question: Asked,
    memberships: Mapping[tuple[int, int], Membership],
    skipped: Mapping[tuple[int, int], unread.Ranges],
) -> RoomState | Exception:
    if question.room is None and question.slug is None:
        return Invalid("Name a room, by its id or its slug.", field="room")
    membership = _of(memberships, room, question.person)
    try:
        room = require_read(question.person, room, membership)
    except ChatError as error:
        return error
    if membership is None or not is_joined(membership):
        return room_state(room, None)
    return room_state(room, membership, skipped.get((membership.person_id, room.pk), ()))


def _by_slug(slugs: Collection[str]) -> dict[str, Room]:
    """By the present address, or an old name that leads there."""
    wanted = {slug for slug in slugs if "\0" not in slug}  # PostgreSQL would not even look
    if not wanted:
        return {}
    found = {room.slug: room for room in BulkSql().rooms_by_slug(wanted)}
    keys = {fold(slug) for slug in wanted - found.keys()}
    if keys:
        names = {name.key: name.room for name in RoomName.objects.filter(key__in=keys).select_related("room")}
        found |= {slug: names[fold(slug)] for slug in wanted - found.keys() if fold(slug) in names}
    return found


def _memberships(pairs: Iterable[tuple[int, Person | None]]) -> dict[tuple[int, int], Membership]:
    """By room and person, of those who are somebody."""
    wanted = {(room_id, person.pk) for room_id, person in pairs if person is not None}
    if not wanted:
        return {}
    found: dict[tuple[int, int], Membership] = {}
    for room_id, group in groupby(sorted(wanted), key=lambda pair: pair[0]):
        for membership in Membership.objects.filter(room_id=room_id, person_id__in=[person for _, person in group]):
            found[room_id, membership.person_id] = membership
    return found


def _of(
    memberships: Mapping[tuple[int, int], Membership], room: Room | None, person: Person | None
) -> Membership | None:
    return memberships.get((room.pk, person.pk)) if room is not None and person is not None else None


class Behind(NamedTuple):
    """Somebody who listens at the tutorial's address, and was sent all posts up to the message `last_number`.

    `heard_from` is as for `permissions.floor_of`: they may have waited for a room that only just came to this address.
    """

    person: Person | None
    room: int
    last_number: int
    heard_from: int | None = None


class Posts(NamedTuple):
    """The posts up to `last_number`, ready to be sent; where `is_whole`, the room's last one when it stood at `seq`."""

    seq: int
    last_number: int
    is_whole: bool
    chunk: Chunk | None


def posts(questions: Sequence[Behind]) -> list[Posts | Exception]:
    """What was said since, for each of these; with a limit: whoever is further behind asks again."""
    lowest: dict[int, int] = {}
    for question in questions:
        lowest[question.room] = min(question.last_number, lowest.get(question.room, question.last_number))
    pages: dict[int, _Page] = {}
    known: dict[tuple[int, int], Posts] = {}
    answers: list[Posts | Exception] = []
    for question, found in zip(questions, _readable(questions), strict=True):
        if isinstance(found, Exception):
            answers.append(found)
            continue
        room, behind = found.room, max(question.last_number, found.floor - 1)
        key = (question.room, behind)
        if key not in known:
            page = pages.get(room.pk) or pages.setdefault(room.pk, _page(room, lowest[room.pk]))
            if behind >= page.reached:
                page = _page(room, behind)
            known[key] = _posts(room, page, behind)
        answers.append(known[key])
    return answers


class _Page(NamedTuple):
    reached: int
    posts: Sequence[tuple[int, Frame]]


def _page(room: Room, after: int) -> _Page:
    if after >= room.last_number:
        return _Page(room.last_number, ())
    page = timeline.page(room, after=after, limit=conf().max_page_messages or timeline.ALL_OF_THEM)
    reached = page.messages[-1]["number"] if page.messages else room.last_number
    return _Page(reached, classic_posts(page.messages, {one["id"]: one for one in page.people}, room.last_number))


def _posts(room: Room, page: _Page, last_number: int) -> Posts:
    frames = [frame for number, frame in page.posts if number > last_number]
    return Posts(room.seq, page.reached, page.reached >= room.last_number, Chunk(frames) if frames else None)


class Range(NamedTuple):
    """A page of a room's history, as `timeline.page` takes it, and who asks; `heard_from` is as for
    `permissions.floor_of`.
    """

    person: Person | None
    room: int
    before: int | None
    after: int | None
    around: int | None
    limit: int
    heard_from: int | None = None


def pages(questions: Sequence[Range]) -> list[timeline.Page | Exception]:
    """Each page, where one may read the room; those who ask for the same one get the same."""

    def read(room: Room, question: Range, floor: int) -> timeline.Page:
        _, _, before, after, around, limit, _ = question
        return timeline.page(room, before=before, after=after, around=around, limit=limit, floor=floor)

    found = _each_once(questions, read)
    return [_for_reader(page, question.person) for page, question in zip(found, questions, strict=True)]


def _for_reader(page: timeline.Page | Exception, person: Person | None) -> timeline.Page | Exception:
    """With what is this reader's own in it: a statement where a message does not name all who reacted."""
    if isinstance(page, Exception):
        return page
    messages = with_mine(page.room, page.messages, person.pk if person is not None else None)
    return page if messages is page.messages else replace(page, messages=messages)


class Roll(NamedTuple):
    """A page of a room's members, as `timeline.members` takes it, and who asks."""

    person: Person | None
    room: int
    after: int
    limit: int


def members(questions: Sequence[Roll]) -> list[timeline.MembersPage | Exception]:
    """As `pages`."""
    return _each_once(
        questions, lambda room, question, floor: timeline.members(room, after=question.after, limit=question.limit)
    )


_Q = TypeVar("_Q", Range, Roll)
_A = TypeVar("_A")


def _each_once(questions: Sequence[_Q], read: Callable[[Room, _Q, int], _A]) -> list[_A | Exception]:
    """What is read for each question, where one may read its room, from which floor on; once for all who ask the same
    and may see the same.
    """
    known: dict[tuple[Any, ...], _A] = {}
    answers: list[_A | Exception] = []
    for question, place in zip(questions, _readable(questions), strict=True):
        if isinstance(place, Exception):
            answers.append(place)
            continue
        what: tuple[Any, ...] = question
        key = (*what[1:6], place.floor)  # whoever asks
        if key not in known:
            known[key] = read(place.room, question, place.floor)
        answers.append(known[key])
    return answers


class _Readable(NamedTuple):
    room: Room
    floor: int  # 0 where no number is asked about


def _readable(questions: Sequence[Behind | Range | Roll]) -> list[_Readable | ChatError]:
    """The room of each question and the first number that one may read there, or why one may not."""
    rooms = Room.objects.in_bulk({question.room for question in questions})
    memberships = _memberships((question.room, question.person) for question in questions)
    answers: list[_Readable | ChatError] = []
    for question in questions:
        room = rooms.get(question.room)
        membership = _of(memberships, room, question.person)
        try:
            room = require_read(question.person, room, membership)
        except ChatError as error:
            answers.append(error)
        else:
            answers.append(_Readable(room, _floor(room, membership, question)))
    return answers


def _floor(room: Room, membership: Membership | None, question: Behind | Range | Roll) -> int:
    if isinstance(question, Roll):
        return 0
    return floor_of(room, membership, heard_from=question.heard_from)


def people(ids: Sequence[int]) -> list[Person | Exception]:
    """The people with these ids, as they are now."""
    found = Person.objects.in_bulk(set(ids))
    return [found.get(person_id) or NotFound("There is no such person any more.") for person_id in ids]
