"""The rules, a method each. Whoever is asked answers None where it is allowed, else the refusal: why not, what to do.

A site overrides them with a subclass, which `GROUPCHAT["PERMISSIONS"]` names (docs/embedding.md).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from groupchat.errors import ChatError, Forbidden, NotFound, RateLimited
from groupchat.models import Membership, Message, Person, Room
from groupchat.permissions.standing import (
    Rank,
    administers_site,
    is_banned,
    is_joined,
    is_newcomer,
    is_silenced,
    owns_site,
    raided_until,
    rank_of,
)

Refusal = ChatError | None


class Rules:
    """Who may do what. `person` is None for whoever has no row yet, `membership` for whoever was never in the room.

    A rule about a room begins with whether one may read it; so a refusal never tells of a room what one may not know.
    That everybody reads an open room is its kind, not a rule: lists and live sockets go by that.
    """

    # --- in a room -------------------------------------------------------------------------------------------------

    def read(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """An open room is read by everyone who is not banned from it, any other by its members. Guests who were
        let into one room find no other.
        """
        if room.deleted_at is not None:
            return _no_such_room()
        if is_joined(membership):
            return None
        if not room.is_open or (person is not None and person.is_confined and person.only_room != room.pk):
            return _no_such_room()
        return _banned(membership) if is_banned(membership) else None

    def join(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Whoever may read an open room may join it, but while it is shut to newcomers; into others one is brought."""
        refusal = self.read(person, room, membership)
        if refusal is not None or is_joined(membership):
            return refusal
        return _archived(room) or _no_guests(person, room) or _raided(person, room)

    def leave(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Any room but a conversation of two, in which nobody would be left to talk to. Who is out may say so again."""
        if membership is not None and not is_joined(membership):
            return None
        if room.kind == Room.Kind.DIRECT and is_joined(membership):
            return Forbidden("A conversation of two can't be left.", why="conversation")
        return self.read(person, room, membership)

    def post(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Whoever reads may write, and so joins an open room; who keeps a room writes
        its announcements, and while it is locked.
        """
        refusal = self.read(person, room, membership) or _archived(room)
        if refusal is not None:
            return refusal
        if membership is not None and membership.role == Membership.Role.READER and is_joined(membership):
            return Forbidden("You may read this room, but not write into it.", why="reader")
        if not is_joined(membership) and (refusal := _no_guests(person, room)) is not None:
            return refusal
        if is_silenced(membership):
            return _silenced(membership)
        if room.kind == Room.Kind.ANNOUNCEMENT and rank_of(person, membership) < Rank.MODERATOR:
            return Forbidden("Only its owners and moderators write into this room.", why="announcement")
        if room.locked and rank_of(person, membership) < Rank.MODERATOR:
            return Forbidden("This room is locked: only its owners and moderators write at present.", why="locked")
        return None if is_joined(membership) else _raided(person, room)

    def pace(self, person: Person | None, room: Room, membership: Membership | None, now: datetime) -> Refusal:
        """In a slow room a message every `Room.slow_mode` seconds, but for those who keep it. Asked of a post, behind
        the lock of the room.
        """
        last = membership.last_post_at if membership is not None else None
        if last is None or rank_of(person, membership) >= Rank.MODERATOR:
            return None
        wait = room.slow_mode - (now - last).total_seconds()
        if wait <= 0:
            return None
        words = f"In this room everybody writes a message every {room.slow_mode} seconds."
        return RateLimited(words, why="slow", retry_after=min(wait, room.slow_mode))

    def link(self, person: Person | None, room: Room, membership: Membership | None, now: datetime) -> Refusal:
        """While a room is shut to newcomers, those who are new to the site post no links into it."""
        until = raided_until(room)
        if until is None or not is_newcomer(person, now) or rank_of(person, membership) >= Rank.MODERATOR:
            return None
        return Forbidden("Who is new here posts no links into this room for a time.", why="newcomer", until=until)

    def keep_order(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Its owners and moderators make it slow, lock it, and shut it to newcomers."""
        return (
            self.read(person, room, membership)
            or _conversation(room)
            or _ranks(person, membership, Rank.MODERATOR, "Only its owners and moderators keep the order here.")
        )

    def manage(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Its name, topic and kind, its archive and its end; an archived room is managed as any other."""
        return (
            self.read(person, room, membership)
            or _conversation(room)
            or _ranks(person, membership, Rank.OWNER, "Only the owner of the room may change it.")
        )

    def restore(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """A deleted room comes back at the word of those who may delete it; for others it is not there."""
        if room.deleted_at is None and (refusal := self.read(person, room, membership)) is not None:
            return refusal
        return None if rank_of(person, membership) >= Rank.OWNER else _no_such_room()

    def invite(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Into an open room its members bring others, into a private one, or one that is shut to newcomers, its owners
        and moderators.
        """
        by_members = room.is_open and raided_until(room) is None
        least = Rank.MEMBER if by_members else Rank.MODERATOR
        words = "Join this room first." if by_members else "Only its owners and moderators bring others in."
        return (
            self.read(person, room, membership)
            or _conversation(room)
            or _archived(room)
            or _confined(person)
            or _ranks(person, membership, least, words)
        )

    def make_link(self, person: Person | None, room: Room, membership: Membership | None, role: str) -> Refusal:
        """Who may bring others in makes links for it; that one makes moderators, only its owners say."""
        refusal = self.invite(person, room, membership)
        if refusal is None and role == Membership.Role.MODERATOR:
            return _ranks(person, membership, Rank.OWNER, "Only the owner of the room may say who moderates it.")
        return refusal

    def end_link(self, person: Person | None, room: Room, membership: Membership | None, maker_id: int) -> Refusal:
        """One's own; and everybody's, for those who keep the room."""
        refusal = self.read(person, room, membership)
        if refusal is not None or (person is not None and person.pk == maker_id):
            return refusal
        return _ranks(person, membership, Rank.MODERATOR, "Only its maker, or who keeps the room, may end a link.")

    def come_by_link(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Whoever holds a link comes in. Who was banned does not; nor who was sent out of a room that is not open."""
        if room.deleted_at is not None:
            return _no_such_room()
        if is_joined(membership):
            return None
        if is_banned(membership):
            return _banned(membership)
        if membership is not None and membership.state == Membership.State.KICKED and not room.is_open:
            return Forbidden("You were removed from this room. Ask those who keep it to bring you in.", why="removed")
        return _archived(room) or _no_guests(person, room)

    def remove(
        self, person: Person | None, room: Room, membership: Membership | None, target: Membership | None = None
    ) -> Refusal:
        """Owners and moderators send out those who rank below them. Without a `target`: whether there may be one."""
        refusal = (
            self.read(person, room, membership)
            or _conversation(room)
            or _ranks(person, membership, Rank.MODERATOR, "Only its owners and moderators send somebody out.")
        )
        if refusal is None and target is not None and rank_of(target.person, target) >= rank_of(person, membership):
            return Forbidden("You may send out those who rank below you.", why="rank")
        return refusal

    def give_role(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Its owners say who is what in a room."""
        return (
            self.read(person, room, membership)
            or _conversation(room)
            or _ranks(person, membership, Rank.OWNER, "Only the owner of the room may say who is what in it.")
        )

    # --- messages --------------------------------------------------------------------------------------------------

    def edit(self, person: Person | None, message: Message, membership: Membership | None) -> Refusal:
        """One's own, as long as one may write there."""
        if person is None or message.author_id != person.pk:
            return Forbidden("Only its author may edit a message.", why="author")
        return _deleted(message) or self.post(person, message.room, membership)

    def delete(self, person: Person | None, message: Message, membership: Membership | None) -> Refusal:
        """One's own; in a room that one keeps, everybody's."""
        if person is not None and message.author_id == person.pk:
            return None
        words = "Only its author, or who keeps the room, may delete a message."
        return _ranks(person, membership, Rank.MODERATOR, words)

    def react(self, person: Person | None, message: Message, membership: Membership | None) -> Refusal:
        """The members who may write there, and to announcements all of them; so whoever only looks into an open room
        joins it first.
        """
        refusal = _deleted(message) or self.post(person, message.room, membership)
        if refusal is not None and refusal.why == "announcement" and not message.room.locked:
            refusal = None
        if refusal is None and not is_joined(membership):
            return Forbidden("Join this room first.", why="member")
        return refusal

    def pin(self, person: Person | None, message: Message, membership: Membership | None) -> Refusal:
        """Its members who may write there say what the room keeps in sight."""
        refusal = _deleted(message) or self.post(person, message.room, membership)
        if refusal is None and not is_joined(membership):
            return Forbidden("Join this room first.", why="member")
        return refusal

    def see_versions(self, person: Person | None, message: Message, membership: Membership | None) -> Refusal:
        """What it said before: its author, and those who keep the room."""
        if person is not None and message.author_id == person.pk:
            return _deleted(message)
        words = "Only its author, and who keeps the room, may see what a message said before."
        return _ranks(person, membership, Rank.MODERATOR, words) or _deleted(message)

    def report(self, person: Person | None, message: Message, membership: Membership | None) -> Refusal:
        """A member asks those who keep the room to look at what another one wrote."""
        if not is_joined(membership):
            return Forbidden("Join this room first.", why="rank")
        if person is not None and message.author_id == person.pk:
            return Forbidden("Your own message you can delete.", why="author")
        return _deleted(message)

    def see_reports(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Of a room those who keep it; of a conversation the site's owners, who see what was reported, and no more."""
        if room.is_conversation and room.deleted_at is None and rank_of(person, None) >= Rank.SITE_OWNER:
            return None
        return (
            self.read(person, room, membership)
            or _conversation(room)
            or _ranks(person, membership, Rank.MODERATOR, "Only its owners and moderators look at reports.")
        )

    # --- rooms -----------------------------------------------------------------------------------------------------

    def make_room(self, person: Person, kind: str) -> Refusal:
        """Everybody makes rooms, of every kind; but for guests who were let into one room."""
        return _confined(person)

    def invite_to_site(self, person: Person | None) -> Refusal:
        """Its owners bring others to the site."""
        return None if owns_site(person) else Forbidden("Only owners of the site bring others to it.", why="rank")

    def converse(self, person: Person, others: Collection[Person], in_common: Collection[int]) -> Refusal:
        """Who has an account writes to everybody, a guest to those with whom they share a room: `in_common`."""
        if person.is_confined:
            return _confined(person)
        if person.kind != Person.Kind.GUEST or all(one.pk in in_common for one in others):
            return None
        return Forbidden("As a guest you may write to those with whom you are in a room.", why="guest")

    # --- the site --------------------------------------------------------------------------------------------------

    def administer(self, person: Person | None, target: Person | None = None) -> Refusal:
        """Owners and administrators look after the site: its people, rooms and audit log. To those who rank as they do,
        or above, they do nothing, nor to themselves. Without a `target`: whether they look after it at all.
        """
        if person is None or not person.is_admitted or not administers_site(person):
            return NotFound("There is no such page.")
        if target is None:
            return None
        above = target.pk == person.pk or owns_site(target) or (administers_site(target) and not owns_site(person))
        return Forbidden("You may do this to those who rank below you.", why="rank") if above else None

    def make_admin(self, person: Person | None, target: Person) -> Refusal:
        """Owners of the site say who else administers it: somebody with an account."""
        refusal = self.administer(person, target)
        if refusal is not None:
            return refusal
        if not owns_site(person):
            return Forbidden("Only an owner of the site may say who administers it.", why="rank")
        if target.kind != Person.Kind.USER:
            return Forbidden("Only somebody with an account administers the site.", why="guest")
        return None


def _no_such_room() -> NotFound:
    return NotFound("There is no such room.")


def _confined(person: Person | None) -> Refusal:
    if person is None or not person.is_confined:
        return None
    return Forbidden("As a guest you were invited into one room. Sign up to do more.", why="one_room")


def _no_guests(person: Person | None, room: Room) -> Refusal:
    if room.guests or (person is not None and person.kind != Person.Kind.GUEST):
        return None
    return Forbidden("Guests don't come into this room. Sign in first.", why="no_guests")


def _banned(membership: Membership | None) -> Forbidden:
    until = membership.banned_until if membership is not None else None
    reason = membership.reason if membership is not None else ""
    words = "You were banned from this room." if until is None else "You were banned from this room for a time."
    return Forbidden(words, why="banned", until=until, reason=reason)


def _silenced(membership: Membership | None) -> Forbidden:
    assert membership is not None
    words = "You may not write into this room for a time."
    return Forbidden(words, why="silenced", until=membership.silenced_until, reason=membership.reason)


def _archived(room: Room) -> Refusal:
    if room.archived_at is None:
        return None
    return Forbidden("This room is archived. Its owner can open it again.", why="archived")


def _raided(person: Person | None, room: Room) -> Refusal:
    until = raided_until(room)
    if until is None or rank_of(person, None) >= Rank.MODERATOR:
        return None
    return Forbidden("Nobody new comes into this room for a time.", why="raid", until=until)


def _conversation(room: Room) -> Refusal:
    if not room.is_conversation:
        return None
    return Forbidden("A conversation stays as it is, between its people.", why="conversation")


def _ranks(person: Person | None, membership: Membership | None, least: Rank, words: str) -> Refusal:
    return None if rank_of(person, membership) >= least else Forbidden(words, why="rank")


def _deleted(message: Message) -> Refusal:
    return NotFound("This message was deleted.") if message.deleted_at is not None else None
