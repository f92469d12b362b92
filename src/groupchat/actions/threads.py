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

from django.db.models import Count, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import RoomChange
from groupchat.actions.posts import Post
from groupchat.actions.thread_sql import Place, Root
from groupchat.conf import conf
from groupchat.models import Message, MessageReply, MessageThread
from groupchat.parts import REPLY, THREAD, thread_resource


class Answers:
    """The answers among a batch of posts: to which root each belongs, and what they add to its thread."""

    def __init__(self, posts: Iterable[Post], changes: Mapping[int, RoomChange], statements: BulkSql) -> None:
        self._changes = changes
        self._statements = statements
        answered = {(post.room_id, to) for post in posts if post.parts and (to := post.parts.get(REPLY.key))}
        there = statements.roots([place for place in answered if self._was_there(place)])
        self._roots = {place: root.number for place, root in there.items()}
        self._read = {(place[0], root.number): root for place, root in there.items()}
        self._new: dict[Place, list[tuple[int, int]]] = defaultdict(list)  # by root, each with its author

    def placed(self, said: Mapping[str, Any], *, room_id: int, number: int, author_id: int) -> Mapping[str, Any]:
        """The parts of a post that was taken, with its root where that is not what it answers."""
        to = said.get(REPLY.key)
        if to is None:
            return said
        root = self._roots.get((room_id, to), to)
        self._roots[room_id, number] = root  # the next post of this batch may answer this one
        self._new[room_id, root].append((number, author_id))
        return said if root == to else {**said, "root": root}

    def save(self, now: datetime) -> None:
        """Say it at the roots, behind their locked rooms, when the messages and their parts are written: in a fixed
        number of statements, and none without an answer.
        """
        self._read |= self._statements.roots(self._new.keys() - self._read.keys())  # those of this very batch
        threads = []
        uncounted: dict[int, set[int]] = defaultdict(set)
        for place in sorted(self._new):
            root = self._read.get(place, Root(place[1]))
            if root.uncounted:
                uncounted[place[0]].add(place[1])
            else:
                threads.append(_longer(place, root.thread, self._new[place], now))
        self._statements.save_threads(threads)
        self._say(threads)
        for room_id, roots in uncounted.items():
            recount(self._changes[room_id], roots)

    def _was_there(self, place: Place) -> bool:
        """Whether this message was there before the batch, as far as its room counts."""
        change = self._changes.get(place[0])
        return change is not None and change.room.first_number <= place[1] <= change.room.last_number

    def _say(self, threads: Sequence[MessageThread]) -> None:
        """Give their roots a new seq."""
        told = []
        for thread in threads:
            message = self._read[thread.room_id, thread.number].message
            if message is None:
                continue  # retention took it
            message.parts = (message.parts or 0) | THREAD.bit
            message.known_parts = {THREAD.key: thread_resource(thread)}
            self._changes[thread.room_id].changed(message, message.author)
            told.append(message)
        self._statements.set_parts(told)


def roots_of(messages: Sequence[Message]) -> set[int]:
    """The roots of those among these messages of a room that are answers. Ask before what hangs on them is gone."""
    numbers = [message.number for message in messages if (message.parts or 0) & REPLY.bit]
    if not numbers:
        return set()
    found = MessageReply.objects.filter(room_id=messages[0].room_id, number__in=numbers)
    return set(found.values_list(Coalesce("root", F("to")), flat=True))


def recount(change: RoomChange, roots: Collection[int]) -> None:
    """Say at these roots of a locked room what is told of their answers by now: some were deleted, or are another's,
    or an older version of the code wrote them and said no root.
    """
    if not roots:
        return
    room_id = change.room.pk
    MessageReply.objects.filter(room_id=room_id, to__in=roots, root=None).update(root=F("to"))
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
    change.statements.save_threads(threads)
    _say(change, roots, ended)


def _longer(
    place: Place, had: MessageThread | None, answers: Sequence[tuple[int, int]], now: datetime
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


def _say(change: RoomChange, roots: Collection[int], ended: Collection[int]) -> None:
    """Give the roots a new seq."""
    of_room = Message.objects.filter(room_id=change.room.pk, number__in=roots)
    messages = list(of_room.select_related("author").order_by("number"))
    for message in messages:
        bits = message.parts or 0
        message.parts = (bits & ~THREAD.bit if message.number in ended else bits | THREAD.bit) or None
        change.changed(message, message.author)
    Message.objects.bulk_update(messages, ["seq", "parts"])


def _first(people: Iterable[int]) -> list[int]:
    """The first few of them, each once."""
    most = conf().max_thread_people
    return list(dict.fromkeys(people))[: most or None]
