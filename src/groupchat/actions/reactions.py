"""Reactions: what people put to a message with an emoji, of many in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypedDict

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import lock_rooms, save_changes
from groupchat.conf import conf
from groupchat.emoji import require_emoji
from groupchat.errors import ChatError, LimitReached, NotFound
from groupchat.models import Message, MessageReaction, Person
from groupchat.parts import REACTIONS
from groupchat.permissions import comes_with_account, floor_of, require_active, require_react, require_read


class Reacting(TypedDict):
    """Whether somebody's reaction with this emoji is to be there (`on`)."""

    person: Person
    room_id: int
    number: int
    emoji: str
    on: bool


_Place = tuple[int, int]  # room, number
_Key = tuple[int, int, int, str]  # room, number, person, emoji


def react(*, person: Person, room_id: int, number: int, emoji: str, on: bool) -> int:
    """React to a message, or take that back; what is so already changes nothing. Gives the seq of the message."""
    outcome = react_all([Reacting(person=person, room_id=room_id, number=number, emoji=emoji, on=on)])[0]
    if isinstance(outcome, ChatError):
        raise outcome
    return outcome


def react_all(wishes: Sequence[Reacting], *, now: datetime | None = None) -> list[int | ChatError]:
    """As `react`, for many in one transaction with a fixed number of statements. A message changes once, however many
    react to it: it takes one seq, and its room says so once.
    """
    with transaction.atomic():
        return _Batch(wishes, now or timezone.now()).carry_out()


class _Batch:
    def __init__(self, wishes: Sequence[Reacting], now: datetime) -> None:
        self._wishes = wishes
        self._now = now
        self._statements = BulkSql()
        self._changes = lock_rooms((wish["room_id"] for wish in wishes), self._statements)
        pairs = {(wish["room_id"], wish["person"].pk) for wish in wishes}
        self._memberships, self._people = self._statements.memberships(pairs)
        self._messages = self._read_messages()
        self._there, self._emoji = self._read_reactions()
        self._mine: dict[tuple[int, int, int], set[str]] = defaultdict(set)  # by room, number and person
        for room_id, number, person_id, emoji in self._there:
            self._mine[room_id, number, person_id].add(emoji)
        self._new: dict[_Key, MessageReaction] = {}
        self._gone: dict[_Key, int] = {}  # the primary keys

    def carry_out(self) -> list[int | ChatError]:
        refusals = [self._take(wish) for wish in self._wishes]
        self._save()
        return [
            refusal or self._messages[wish["room_id"], wish["number"]].seq
            for wish, refusal in zip(self._wishes, refusals, strict=True)
        ]

    def _read_messages(self) -> dict[_Place, Message]:
        places = _at((wish["room_id"], wish["number"]) for wish in self._wishes)
        return {(one.room_id, one.number): one for one in Message.objects.filter(places).select_related("author")}

    def _read_reactions(self) -> tuple[dict[_Key, int], dict[_Place, set[str]]]:
        """Those that these people have by now, and the different emoji of each message."""
        reacted = [place for place, message in self._messages.items() if _has_some(message)]
        emoji: dict[_Place, set[str]] = defaultdict(set)
        if not reacted:
            return {}, emoji
        rows = MessageReaction.objects.filter(_at(reacted))
        for room_id, number, one in rows.values_list("room_id", "number", "emoji").distinct():
            emoji[room_id, number].add(one)
        mine = rows.filter(person_id__in={wish["person"].pk for wish in self._wishes})
        there = {tuple(key): pk for *key, pk in mine.values_list("room_id", "number", "person_id", "emoji", "pk")}
        return there, emoji  # type: ignore[return-value]

    def _take(self, wish: Reacting) -> ChatError | None:
        try:
            self._require(wish)
            self._put(wish)
        except ChatError as error:
            return error
        return None

    def _require(self, wish: Reacting) -> None:
        person = self._people.get(wish["person"].pk, wish["person"])
        if person.merged_into_id is not None:
            raise comes_with_account()
        require_active(person)
        change = self._changes.get(wish["room_id"])
        membership = self._memberships.get((wish["room_id"], person.pk))
        room = require_read(person, change.room if change else None, membership)
        message = self._messages.get((room.pk, wish["number"]))
        if message is None or message.number < floor_of(room, membership):
            raise NotFound("There is no such message in this room.")
        message.room = room
        require_react(person, message, membership)
        require_emoji(wish["emoji"])

    def _put(self, wish: Reacting) -> None:
        place, emoji = (wish["room_id"], wish["number"]), wish["emoji"]
        mine = self._mine[*place, wish["person"].pk]
        key = (*place, wish["person"].pk, emoji)
        if wish["on"] == (emoji in mine):
            return
        if not wish["on"]:
            mine.remove(emoji)
            if self._new.pop(key, None) is None:
                self._gone[key] = self._there[key]
            return
        _require_room_for(emoji, mine, self._emoji[place])
        mine.add(emoji)
        self._emoji[place].add(emoji)
        if self._gone.pop(key, None) is None:
            self._new[key] = MessageReaction(
                room_id=key[0], number=key[1], person_id=key[2], emoji=key[3], at=self._now
            )

    def _save(self) -> None:
        touched = {key[:2] for key in (*self._new, *self._gone)}
        if not touched:
            return
        if self._gone:
            MessageReaction.objects.filter(pk__in=self._gone.values()).delete()
        MessageReaction.objects.bulk_create(self._new.values())
        bare = self._left_bare()
        changed = [self._messages[place] for place in sorted(touched)]
        for message in changed:
            bits = message.parts or 0
            is_bare = (message.room_id, message.number) in bare
            message.parts = (bits & ~REACTIONS.bit if is_bare else bits | REACTIONS.bit) or None
            self._changes[message.room_id].changed(message, message.author)
        Message.objects.bulk_update(changed, ["seq", "parts"])
        save_changes(self._changes.values(), self._statements)

    def _left_bare(self) -> set[_Place]:
        """Those messages of which the last reaction went."""
        places = {key[:2] for key in self._gone}
        if not places:
            return set()
        left = MessageReaction.objects.filter(_at(places)).values_list("room_id", "number").distinct()
        return places - set(left)


def _require_room_for(emoji: str, mine: Collection[str], of_all: Collection[str]) -> None:
    """Whether one more of mine, who has these at the message, fits beside those of all; raises LimitReached."""
    most, most_of_all = conf().max_reactions_per_person, conf().max_reactions_per_message
    if most and len(mine) >= most:
        raise LimitReached(f"You can react to a message with {most} different emoji at most.", field="emoji")
    if most_of_all and emoji not in of_all and len(of_all) >= most_of_all:
        raise LimitReached(f"A message holds {most_of_all} different emoji at most. Use one of these.", field="emoji")


def _at(places: Iterable[_Place]) -> Q:
    """Rows of these messages."""
    numbers: dict[int, set[int]] = defaultdict(set)
    for room_id, number in places:
        numbers[room_id].add(number)
    found = Q(pk__in=())
    for room_id in sorted(numbers):
        found |= Q(room_id=room_id, number__in=numbers[room_id])
    return found


def _has_some(message: Message) -> bool:
    return bool((message.parts or 0) & REACTIONS.bit)


CHUNK = 100  # reactions that become another's in one transaction: nobody can write into the room meanwhile


@transaction.atomic
def take_reactions(*, room_id: int, guest_id: int, person_id: int) -> bool:
    """Some of a guest's reactions become the person's, but for those that the person has, too; whether there may be
    more.
    """
    mine = MessageReaction.objects.filter(room_id=room_id, person_id=guest_id).order_by("pk")
    if not mine.exists():
        return False
    change = lock_rooms([room_id])[room_id]
    taken = list(mine[:CHUNK])
    numbers = {one.number for one in taken}
    theirs = MessageReaction.objects.filter(room_id=room_id, number__in=numbers, person_id=person_id)
    had = set(theirs.values_list("number", "emoji"))
    doubled = [one.pk for one in taken if (one.number, one.emoji) in had]
    MessageReaction.objects.filter(pk__in=doubled).delete()
    MessageReaction.objects.filter(pk__in=[one.pk for one in taken]).update(person_id=person_id)
    messages = Message.objects.filter(room_id=room_id, number__in=numbers, deleted_at=None).select_related("author")
    changed = list(messages.order_by("number"))
    for message in changed:
        change.changed(message, message.author)
    Message.objects.bulk_update(changed, ["seq"])
    change.save()
    return len(taken) == CHUNK
