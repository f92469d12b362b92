"""Members as the site says them: brought in, sent out and given roles by code that decides by itself, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from groupchat.actions import audit
from groupchat.actions.counters import RoomChange, changed_ours, lock_people, lock_room
from groupchat.actions.effects import record
from groupchat.actions.owners import give_on, heir_of_many
from groupchat.actions.people import people_of
from groupchat.actions.rooms.coming import admit
from groupchat.errors import Invalid, NotFound
from groupchat.events import MemberJoined, MemberRemoved, RoleGiven
from groupchat.models import Membership, Person, Room
from groupchat.permissions import is_banned, is_joined

SYNCED_AT_ONCE = 200  # people in one transaction: nobody can write into the room meanwhile

People = Iterable[Any] | Mapping[Any, str]
"""People or users of the site; as a mapping, with the role of each."""


@dataclass(frozen=True, slots=True)
class Synced:
    """Ids of the people who are in now and were not, who were and are not, and whose role is another one."""

    added: Sequence[int]
    removed: Sequence[int]
    changed: Sequence[int]


def sync(*, room: Room, people: People) -> Synced:
    """Let exactly these be the members: people or users of the site, or a mapping of them to their roles.

    Who is in already keeps their mark, and without a mapping their role. Who is banned or switched off is not brought
    in, and bots that are not named stay. Some hundred people take a few statements; of more, some at a time.
    Raises NotFound for a room that was deleted, Invalid for a role that there is not.
    """
    wanted = _roles(people)
    members = Membership.objects.filter(room=room, state=Membership.State.JOINED)
    strangers = members.exclude(person__kind=Person.Kind.BOT).exclude(person_id__in=wanted)
    going = list(strangers.order_by("person_id").values_list("person_id", flat=True))
    roles = isinstance(people, Mapping)
    return _in_parts(room, wanted, going, hands_on=not roles)


def add(*, room: Room, people: People) -> Synced:
    """Let these be members, too. Said again, it changes nothing. Raises as `sync`."""
    return _in_parts(room, _roles(people), [], hands_on=False)


def remove(*, room: Room, people: Iterable[Any]) -> Synced:
    """Let these be members no more; what they wrote stays. Where the last owner goes, the next in line has the room."""
    return _in_parts(room, {}, sorted(_roles(people)), hands_on=True)


def _roles(people: People) -> dict[int, str | None]:
    """By person id, in its order; None where nobody says a role."""
    roles = dict(people) if isinstance(people, Mapping) else dict.fromkeys(people)
    if wrong := {role for role in roles.values() if role is not None} - set(Membership.Role.values):
        known = ", ".join(Membership.Role.values)
        raise Invalid(f"role: one of {known}, not {', '.join(sorted(map(str, wrong)))}.", field="role")
    persons = people_of(list(roles))
    return dict(sorted((person.pk, role) for person, role in zip(persons, roles.values(), strict=True)))


def _in_parts(room: Room, wanted: Mapping[int, str | None], going: Sequence[int], *, hands_on: bool) -> Synced:
    added: list[int] = []
    removed: list[int] = []
    changed: list[int] = []
    # Who comes before who goes: the room is never without anybody between two parts.
    for some in _parts(list(wanted)):
        part = _bring_in(room.pk, {person_id: wanted[person_id] for person_id in some})
        added += part.added
        changed += part.changed
    for gone in _parts(going):
        removed += _send_out(room.pk, gone, hands_on=hands_on)
    return Synced(added, removed, changed)


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for begin in range(0, len(ids), SYNCED_AT_ONCE):
        yield ids[begin : begin + SYNCED_AT_ONCE]


@transaction.atomic
def _bring_in(room_id: int, wanted: Mapping[int, str | None]) -> Synced:
    change = _lock(room_id)
    locked = {pk: person for pk, person in lock_people(wanted).items() if person.is_admitted}
    known = {one.person_id: one for one in Membership.objects.filter(room_id=room_id, person_id__in=locked)}
    came: list[Membership] = []
    others: list[Membership] = []
    for person_id, person in locked.items():
        membership, role = known.get(person_id), wanted[person_id]
        if is_banned(membership):
            continue
        if membership is None or not is_joined(membership):
            membership = admit(change, person, membership)
            membership.role = membership.role if role is None else Membership.Role(role)
            came.append(membership)
        elif role is not None and membership.role != role:
            membership.role = Membership.Role(role)
            change.changed(membership, person)
            others.append(membership)
    change.save()
    changed_ours([*came, *others], locked, rooms=[change.room])
    ids = [[one.person_id for one in some] for some in (came, others)]
    _say(change.room, "sync in", ids[0])
    record([MemberJoined(room_id, person_id) for person_id in ids[0]])
    record([RoleGiven(room_id, person_id, None) for person_id in ids[1]])
    return Synced(ids[0], [], ids[1])


@transaction.atomic
def _send_out(room_id: int, going: Sequence[int], *, hands_on: bool) -> list[int]:
    change = _lock(room_id)
    heir = heir_of_many(room_id, going) if hands_on else None
    locked = lock_people([*going, *([heir.person_id] if heir is not None else [])])
    # Read behind the locks: a mark may have moved until then.
    joined = Membership.objects.filter(room_id=room_id, person_id__in=going, state=Membership.State.JOINED)
    gone = list(joined.order_by("person_id"))
    for membership in gone:
        membership.goes_out(Membership.State.KICKED)
        change.changed(membership, locked[membership.person_id])
    if heir is not None:
        give_on(change, heir, locked[heir.person_id])
    change.save()
    changed_ours([*gone, *([heir] if heir is not None else [])], locked)
    ids = [one.person_id for one in gone]
    _say(change.room, "sync out", ids)
    record([MemberRemoved(room_id, person_id, None) for person_id in ids])
    return ids


def _lock(room_id: int) -> RoomChange:
    change = lock_room(room_id)
    if change.room.deleted_at is not None:
        raise NotFound("This room was deleted.")
    return change


def _say(room: Room, act: str, ids: Sequence[int]) -> None:
    if ids:
        audit.note(act, by=None, room=room, after={"people": list(ids)})
