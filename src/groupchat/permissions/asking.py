"""Asking the rules that are in force, by whoever is about to do something."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import cache

from django.utils.module_loading import import_string

from groupchat.conf import conf
from groupchat.errors import Forbidden, NotFound, Unavailable
from groupchat.models import Membership, Message, Person, Room
from groupchat.permissions.rules import Refusal, Rules


def rules() -> Rules:
    """Those of the site, or ours."""
    return _rules(conf().permissions)


@cache
def _rules(path: str) -> Rules:
    made: Rules = import_string(path)()
    return made


def can_read(person: Person | None, room: Room, membership: Membership | None) -> bool:
    return rules().read(person, room, membership) is None


def require_read(person: Person | None, room: Room | None, membership: Membership | None) -> Room:
    return _room(room, rules().read(person, room, membership) if room is not None else None)


def require_join(person: Person | None, room: Room | None, membership: Membership | None) -> Room:
    return _room(room, rules().join(person, room, membership) if room is not None else None)


def require_leave(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().leave(person, room, membership))


def require_post(person: Person | None, room: Room | None, membership: Membership | None) -> Room:
    return _room(room, rules().post(person, room, membership) if room is not None else None)


def require_pace(person: Person | None, room: Room, membership: Membership | None, now: datetime) -> None:
    _require(rules().pace(person, room, membership, now))


def require_link(person: Person | None, room: Room, membership: Membership | None, now: datetime) -> None:
    _require(rules().link(person, room, membership, now))


def require_keep_order(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().keep_order(person, room, membership))


def require_manage(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().manage(person, room, membership))


def require_restore(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().restore(person, room, membership))


def require_invite(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().invite(person, room, membership))


def require_make_link(person: Person | None, room: Room | None, membership: Membership | None, role: str) -> None:
    """Of a room, or where there is none, of the site."""
    _require(rules().invite_to_site(person) if room is None else rules().make_link(person, room, membership, role))


def require_end_link(person: Person | None, room: Room | None, membership: Membership | None, maker_id: int) -> None:
    """Of a room, or where there is none, of the site."""
    _require(rules().invite_to_site(person) if room is None else rules().end_link(person, room, membership, maker_id))


def may_make_link(person: Person, room: Room | None, membership: Membership | None, role: str) -> bool:
    """Whether a link that this person made holds as far as they are concerned."""
    refusal = rules().invite_to_site(person) if room is None else rules().make_link(person, room, membership, role)
    return person.is_admitted and refusal is None


def require_come_by_link(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().come_by_link(person, room, membership))


def require_remove(
    person: Person | None, room: Room, membership: Membership | None, target: Membership | None = None
) -> None:
    _require(rules().remove(person, room, membership, target))


def require_give_role(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().give_role(person, room, membership))


def require_edit(person: Person | None, message: Message, membership: Membership | None) -> None:
    _require(rules().edit(person, message, membership))


def require_delete(person: Person | None, message: Message, membership: Membership | None) -> None:
    _require(rules().delete(person, message, membership))


def require_report(person: Person | None, message: Message, membership: Membership | None) -> None:
    _require(rules().report(person, message, membership))


def require_see_reports(person: Person | None, room: Room, membership: Membership | None) -> None:
    _require(rules().see_reports(person, room, membership))


def require_versions(person: Person | None, message: Message, membership: Membership | None) -> None:
    _require(rules().see_versions(person, message, membership))


def require_react(person: Person | None, message: Message, membership: Membership | None) -> None:
    _require(rules().react(person, message, membership))


def require_pin(person: Person | None, message: Message, membership: Membership | None) -> None:
    _require(rules().pin(person, message, membership))


def require_make_room(person: Person, kind: str) -> None:
    _require(rules().make_room(person, kind))


def require_administer(person: Person | None, target: Person | None = None) -> None:
    _require(rules().administer(person, target))


def require_make_admin(person: Person | None, target: Person) -> None:
    _require(rules().make_admin(person, target))


def require_converse(person: Person, others: Collection[Person], in_common: Collection[int]) -> None:
    _require(rules().converse(person, others, in_common))


def require_active(person: Person) -> None:
    """Whoever is switched off, or gone, does nothing at all."""
    if not person.is_admitted:
        signed_out = person.kind == Person.Kind.GUEST and person.is_active
        raise Forbidden("You signed out." if signed_out else "Your account is switched off.")


def require_no_account(guest: Person) -> None:
    """Whoever shows a guest's cookie is not the person whom this guest became by an account."""
    if guest.is_void_guest and guest.has_account:
        raise comes_with_account()


def comes_with_account() -> Unavailable:
    """The refusal of a guest who has an account by now, and comes back with it."""
    return Unavailable("You have an account by now. Come back with it, and send the same again.", retry_after=1.0)


def _require(refusal: Refusal) -> None:
    if refusal is not None:
        raise refusal


def _room(room: Room | None, refusal: Refusal) -> Room:
    _require(refusal)
    if room is None:
        raise NotFound("There is no such room.")
    return room
