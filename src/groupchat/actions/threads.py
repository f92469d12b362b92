"""Threads: what a message tells of its answers, and who follows them.

An answer to an answer belongs to the same root, which stands in its row, so no chain is walked. What is told of a
thread is one row, written with the batch of posts that adds to it, however many they are; its root takes a seq once a
batch. A batch without an answer pays nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from groupchat.actions.counters import RoomChange
from groupchat.actions.posts import Post
from groupchat.conf import conf
from groupchat.models import Message, MessageReply, MessageThread
from groupchat.parts import REPLY, THREAD

_Place = tuple[int, int]  # room, number
_TOLD = ["count", "people", "last_number", "last_at"]


class Answers:
    """The answers among a batch of posts: to which root each belongs, and what they add to its thread."""

    def __init__(self, posts: Iterable[Post]) -> None:
        answered = {(post.room_id, to) for post in posts if post.parts and (to := post.parts.get(REPLY.key))}
        self._roots = _roots_at(answered) if answered else {}
        self._new: dict[_Place, list[tuple[int, int]]] = defaultdict(list)  # by root, each with its author

    def placed(self, said: Mapping[str, Any], *, room_id: int, number: int, author_id: int) -> Mapping[str, Any]:
        """The parts of a post that was taken, with its root where that is not what it answers."""
        to = said.get(REPLY.key)
        if to is None:
            return said
        root = self._roots.get((room_id, to), to)
        self._roots[room_id, number] = root  # the next post of this batch may answer this one
        self._new[room_id, root].append((number, author_id))
        return said if root == to else {**said, "root": root}

    def save(self, changes: Mapping[int, RoomChange], now: datetime) -> None:
        """Say it at the roots, behind their locked rooms, when the messages are written: in a fixed number of
        statements, and none without an answer.
        """
        if not self._new:
            return
        had = {(one.room_id, one.number): one for one in MessageThread.objects.filter(_at(self._new))}
        _save([_longer(place, had.get(place), answers, now) for place, answers in self._new.items()])
        _say(changes, self._new)


def roots_of(messages: Sequence[Message]) -> set[int]:
    """The roots of those among these messages of a room that are answers. Ask before what hangs on them is gone."""
    numbers = [message.number for message in messages if (message.parts or 0) & REPLY.bit]
    if not numbers:
        return set()
    found = MessageReply.objects.filter(room_id=messages[0].room_id, number__in=numbers)
    return {root for root in found.values_list("root", flat=True) if root is not None}


def recount(change: RoomChange, roots: Collection[int]) -> None:
    """Say at these roots of a locked room what is told of their answers by now: some were deleted, or are another's."""
    if not roots:
        return
    room_id = change.room.pk
    answers = MessageReply.objects.filter(room_id=room_id, root__in=roots)
    counted = {row["root"]: row for row in answers.values("root").annotate(count=Count("pk"), last=Max("number"))}
    of_answer = Message.objects.filter(room_id=room_id, number=OuterRef("number"))
    authors = answers.annotate(author=Subquery(of_answer.values("author_id"))).values_list("root", "author")
    people: dict[int, list[int]] = defaultdict(list)
    for root, author_id, _ in authors.annotate(first=Min("number")).order_by("first"):
        people[root or 0].append(author_id)
    lasts = Message.objects.filter(room_id=room_id, number__in=[row["last"] for row in counted.values()])
    last_at = dict(lasts.values_list("number", "at"))
    threads = [
        MessageThread(
            room_id=room_id,
            number=root,
            count=row["count"],
            people=_first(people[root]),
            last_number=row["last"],
            last_at=last_at[row["last"]],
        )
        for root, row in counted.items()
        if root is not None
    ]
    ended = set(roots) - counted.keys()
    MessageThread.objects.filter(room_id=room_id, number__in=ended).delete()
    _save(threads)
    _say({room_id: change}, {(room_id, root) for root in roots}, ended={(room_id, root) for root in ended})


def _roots_at(places: Collection[_Place]) -> dict[_Place, int]:
    """The roots of those among these messages that are answers themselves."""
    rows = MessageReply.objects.filter(_at(places)).annotate(first=Coalesce("root", F("to")))
    return {(room_id, number): root for room_id, number, root in rows.values_list("room_id", "number", "first")}


def _longer(
    place: _Place, had: MessageThread | None, answers: Sequence[tuple[int, int]], now: datetime
) -> MessageThread:
    """What is told of a thread with these answers more, each with its author."""
    return MessageThread(
        room_id=place[0],
        number=place[1],
        count=(had.count if had else 0) + len(answers),
        people=_first([*(had.people if had else ()), *(author_id for _, author_id in answers)]),
        last_number=answers[-1][0],
        last_at=now,
    )


def _save(threads: Sequence[MessageThread]) -> None:
    MessageThread.objects.bulk_create(
        threads, update_conflicts=True, unique_fields=["room", "number"], update_fields=_TOLD
    )


def _say(changes: Mapping[int, RoomChange], roots: Collection[_Place], ended: Collection[_Place] = ()) -> None:
    """Give the roots a new seq."""
    messages = list(Message.objects.filter(_at(roots)).select_related("author").order_by("room_id", "number"))
    for message in messages:
        bits = message.parts or 0
        is_ended = (message.room_id, message.number) in ended
        message.parts = (bits & ~THREAD.bit if is_ended else bits | THREAD.bit) or None
        changes[message.room_id].changed(message, message.author)
    Message.objects.bulk_update(messages, ["seq", "parts"])


def _first(people: Iterable[int]) -> list[int]:
    """The first few of them, each once."""
    most = conf().max_thread_people
    return list(dict.fromkeys(people))[: most or None]


def _at(places: Iterable[_Place]) -> Q:
    """Rows of these messages."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for room_id, number in places:
        numbers[room_id].add(number)
    found = Q(pk__in=())
    for room_id in sorted(numbers):
        found |= Q(room_id=room_id, number__in=numbers[room_id])
    return found
