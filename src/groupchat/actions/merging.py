"""What a guest wrote, and their rooms, become those of somebody who has an account and a person already.

`merge_guest` decides it, in one transaction: from then on nobody is this guest. The rest is an effect, room by room and
some messages at a time: it may end anywhere and begin anew, and what is done already is not done again.

In each room the membership goes first, under the lock of the room. A post that still took the guest for one holds that
lock; whoever posts later sees that they are merged. So behind it nothing new of the guest's comes into the room.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from groupchat import handlers
from groupchat.actions.agendas import take_agenda
from groupchat.actions.blocks import take_blocks
from groupchat.actions.bulk_sql import BulkSql
from groupchat.actions.counters import RoomChange, changed_mine, changed_sessions, lock_people, lock_rooms
from groupchat.actions.effects import record
from groupchat.actions.pins import take_pins
from groupchat.actions.reactions import take_reactions
from groupchat.actions.reporting import take_reports
from groupchat.actions.threads import recount, roots_of
from groupchat.drafts import is_space
from groupchat.errors import Forbidden, Invalid
from groupchat.events import Event, GuestMerged, MemberJoined, MemberLeft
from groupchat.models import InviteLink, Membership, Message, Notice, Person, Room, Token
from groupchat.permissions import Rank, is_joined, rank_in_room, require_active
from groupchat.reading import ahead_of, raise_mark, read_ahead
from groupchat.unread import uncounted_of

HANDLER = "merge_guest"
CHUNK = 100  # messages or notices that change in one transaction: nobody can write into the room meanwhile
SLICE = 5_000  # messages of a room that are looked through at once: no index knows an author's
_TAKEN = (Membership.State.LEFT, Membership.Role.MEMBER, False)
PAUSE_SECONDS = 0.01  # between two transactions, for those who wait for the database


def merge_guest(*, guest: Person, into: Person, now: datetime | None = None) -> None:
    """Let everything of this guest become `into`'s. Doing it again changes nothing.

    What they wrote and their rooms follow after the commit, as an effect; their tokens act for `into` at once. Whether
    they were an owner of the site stays behind. Raises Invalid where the one is no guest or the other has no account,
    Forbidden where one of them is not let in.
    """
    with transaction.atomic():
        people = lock_people([guest.pk, into.pk])
        guest, into = people[guest.pk], people[into.pk]
        if guest.merged_into_id == into.pk:
            return
        if guest.kind != Person.Kind.GUEST or guest.has_account or into.user_id is None:
            raise Invalid("Only a guest can become a part of somebody, and only of somebody with an account.")
        require_active(into)
        require_active(guest)
        if guest.is_void_guest:
            raise Forbidden("You signed out.")
        guest.merged_into = into
        guest.account_active = False
        guest.signed_out_at = now or timezone.now()
        guest.save(update_fields=["merged_into", "account_active", "signed_out_at"])
        Token.objects.filter(person=guest).update(person=into)
        InviteLink.objects.filter(maker=guest).update(maker=into)
        changed_sessions(guest.pk)
        record([GuestMerged(guest.pk, into.pk)], now=now)


def connect() -> None:
    """Add the handler that does the rest of a merge. It never gives up: half a person is nobody's wish."""
    handlers.HANDLERS[HANDLER] = handlers.Handler(
        run=_on_event, wants=lambda kind: kind is GuestMerged, key=handlers.unordered, most_attempts=0
    )


def _on_event(event: Event, effect_id: int) -> None:
    assert isinstance(event, GuestMerged)
    carry_out(guest_id=event.guest_id, person_id=event.person_id)


def carry_out(*, guest_id: int, person_id: int) -> None:
    """The rest of a merge. Called again, it goes on where it ended."""
    take_blocks(guest_id=guest_id, person_id=person_id)  # before a conversation goes over to them
    mine = Membership.objects.filter(person_id=guest_id).order_by("room_id")
    for room_id in list(mine.values_list("room_id", flat=True)):
        take_membership(room_id=room_id, guest_id=guest_id, person_id=person_id)
        behind: int | None = 0
        while behind is not None:
            behind = take_messages(room_id=room_id, guest_id=guest_id, person_id=person_id, behind=behind)
        while take_notices(room_id=room_id, guest_id=guest_id, person_id=person_id):
            pass
        while take_reactions(room_id=room_id, guest_id=guest_id, person_id=person_id):
            pass
        take_pins(room_id=room_id, guest_id=guest_id, person_id=person_id)
    take_agenda(guest_id=guest_id, person_id=person_id)
    take_reports(guest_id=guest_id, person_id=person_id)
    for room_id in list(Room.objects.filter(created_by_id=guest_id).values_list("pk", flat=True)):
        Room.objects.filter(pk=room_id).update(created_by_id=person_id)


@transaction.atomic
def take_membership(*, room_id: int, guest_id: int, person_id: int) -> None:
    """The guest's membership becomes the person's: the better role, the higher read mark, pinned if either was.

    Where the person was in by themselves, or was sent out, it stays so; else they are in, or out, as the guest was.
    """
    statements = BulkSql()
    change = lock_rooms([room_id], statements).get(room_id)
    if change is None:
        return
    people = lock_people([guest_id, person_id])
    memberships = {
        one.person_id: one for one in Membership.objects.filter(room_id=room_id, person_id__in=[guest_id, person_id])
    }
    theirs, had = memberships[guest_id], memberships.get(person_id)
    was_in = had is not None and is_joined(had)
    merged = _merged(change.room, people[person_id], theirs, had)
    happened: list[Event] = []
    if had is None or (merged.role, merged.state) != (had.role, had.state):
        change.changed(merged, people[person_id])
    if is_joined(merged) and not was_in:
        happened.append(MemberJoined(room_id, person_id))
    if is_joined(theirs):
        happened.append(MemberLeft(room_id, guest_id))
    # Nothing is left to take, so a second time takes nothing.
    is_taken = (theirs.state, theirs.role, theirs.pinned) == _TAKEN
    if not is_taken:
        theirs.state, theirs.role, theirs.pinned = _TAKEN
        theirs.draft = ""
        change.changed(theirs, people[guest_id])
        theirs.save()
    _take_conversation(change, guest_id, person_id)
    is_news = had is None or _own(merged) != _own(had)
    if is_news:
        merged.save()
    change.save()
    if not is_taken:
        changed_mine(guest_id, [theirs])
    if is_news and (was_in or is_joined(merged)):
        is_in = is_joined(merged)
        skipped = uncounted_of([(change.room, merged)]) if is_in else {}
        changed_mine(person_id, [merged], [change.room] if is_in else [], uncounted=skipped)
    record(happened, statements=statements)


def _merged(room: Room, person: Person, theirs: Membership, had: Membership | None) -> Membership:
    merged = Membership(room=room, person=person, state=Membership.State.LEFT, notify=theirs.notify)
    if had is not None:
        for field in Membership._meta.concrete_fields:
            setattr(merged, field.attname, getattr(had, field.attname))
        merged._state.adding = False
    was_in = is_joined(merged)
    rules = is_joined(theirs) and theirs.role == Membership.Role.OWNER
    if had is None or had.state == Membership.State.LEFT or rules:
        # A guest who had left, and whom another run left behind, says nothing about who is in.
        merged.state, merged.banned_until, merged.reason = theirs.state, theirs.banned_until, theirs.reason
    was_reader = had is not None and had.role == Membership.Role.READER and not rank_in_room(theirs) > Rank.MEMBER
    if is_joined(merged) and not was_reader and rank_in_room(theirs) > (rank_in_room(had) if was_in else Rank.NOBODY):
        merged.role = theirs.role
    # What either of them could see, and no more.
    seen_from = [one.floor for one in (theirs, had) if one is not None and is_joined(one)]
    merged.floor = min(seen_from, default=max(theirs.floor, merged.floor))
    merged.silenced_until = max(filter(None, (merged.silenced_until, theirs.silenced_until)), default=None)
    merged.last_post_at = max(filter(None, (merged.last_post_at, theirs.last_post_at)), default=None)
    raise_mark(merged, theirs.last_read_number)
    read_ahead(merged, ahead_of(theirs))
    merged.draft = _draft(merged, theirs)
    merged.pinned = merged.pinned or theirs.pinned  # its place is the person's own, if it has one
    return merged


def _draft(merged: Membership, theirs: Membership) -> str:
    """One's own; else the guest's, as far as one's drafts together may be so long. Who is out of a room has none."""
    if not is_joined(merged):
        return ""
    if merged.draft or not theirs.draft:
        return merged.draft
    return theirs.draft if is_space(merged, theirs.draft) else ""


def _take_conversation(change: RoomChange, guest_id: int, person_id: int) -> None:
    """Where the guest was one of those between whom the room is, the person is it now: unless they have a conversation
    with the same people already. Then there are two, and `converse` finds theirs.
    """
    room = change.room
    if guest_id not in room.people_ids:
        return
    ids = sorted({person_id, *room.people_ids} - {guest_id})
    key = "-".join(map(str, ids))
    if len(ids) < len(room.people_ids) or Room.objects.filter(people_key=key).exists():
        return
    room.people_key = key
    Room.objects.filter(pk=room.pk).update(people_key=key)
    change.changed_info()


def _own(membership: Membership) -> list[object]:
    return [getattr(membership, field) for field in Membership.OWN]


def take_messages(*, room_id: int, guest_id: int, person_id: int, behind: int) -> int | None:
    """Some of the guest's messages behind this number become the person's. Gives the number behind which to go on."""
    found = Message.objects.filter(room_id=room_id, author_id=guest_id, number__gt=behind)
    numbers = list(found.filter(number__lte=behind + SLICE).order_by("number").values_list("number", flat=True)[:CHUNK])
    if numbers:
        with transaction.atomic():
            change = lock_rooms([room_id]).get(room_id)
            if change is not None:
                _write_anew(change, guest_id, Person.objects.get(pk=person_id), numbers)
                change.save()
        time.sleep(PAUSE_SECONDS)
    if len(numbers) == CHUNK:
        return numbers[-1]
    last = Room.objects.filter(pk=room_id).values_list("last_number", flat=True).first() or 0
    return behind + SLICE if behind + SLICE < last else None


def _write_anew(change: RoomChange, guest_id: int, person: Person, numbers: Sequence[int]) -> None:
    room_id = change.room.pk
    found = Message.objects.filter(room_id=room_id, author_id=guest_id, number__in=numbers)
    messages = list(found.order_by("number"))  # read anew: an owner may just have deleted one
    ids = [message.client_message_id for message in messages]
    of_person = Message.objects.filter(client_message_id__in=ids, author=person, room_id=room_id)
    taken = set(of_person.values_list("client_message_id", flat=True))
    membership = Membership.objects.select_for_update(of=("self",)).get(room_id=room_id, person=person)
    for message in messages:
        message.author = person
        if message.client_message_id in taken:
            message.client_message_id = id_after_merge(message.client_message_id, guest_id)
        # One's own is never unread, and takes the mark along as a post does: each device does the same by itself.
        if message.number == membership.last_read_number + 1:
            raise_mark(membership, message.number)
        elif message.number > membership.last_read_number:
            message.ahead = True
        change.changed(message, person)
    Message.objects.bulk_update(messages, ["author", "client_message_id", "ahead", "seq"])
    recount(change, roots_of(messages))
    membership.save(update_fields=["last_read_number", "read_ahead"])


def id_after_merge(client_message_id: str, guest_id: int) -> str:
    """As what a guest's message goes on where the person wrote one with the same id: always the same, so that a retry
    of the guest's finds it.
    """
    return "merged-" + hashlib.sha256(f"{guest_id} {client_message_id}".encode()).hexdigest()[:48]


@transaction.atomic
def take_notices(*, room_id: int, guest_id: int, person_id: int) -> bool:
    """Some of the guest's quiet lines become the person's; whether there may be more."""
    mine = Notice.objects.filter(room_id=room_id, actor_id=guest_id).order_by("seq")
    if not mine.exists():
        return False
    change = lock_rooms([room_id])[room_id]
    person = Person.objects.get(pk=person_id)
    notices = list(mine[:CHUNK])
    for notice in notices:
        notice.actor = person
        change.changed(notice, person)
        notice.save(update_fields=["actor", "seq"])
    change.save()
    return len(notices) == CHUNK
