"""The rules, a method each. Whoever is asked answers None where it is allowed, else the refusal: why not, what to do.

A site overrides them with a subclass, which `GROUPCHAT["PERMISSIONS"]` names (docs/embedding.md).
"""

from __future__ import annotations

from collections.abc import Collection

from groupchat.errors import ChatError, Forbidden, NotFound
from groupchat.models import Membership, Message, Person, Room
from groupchat.permissions.standing import Rank, is_banned, is_joined, is_silenced, rank_of

Refusal = ChatError | None


class Rules:
    """Who may do what. `person` is None for whoever has no row yet, `membership` for whoever was never in the room.

    A rule about a room begins with whether one may read it; so a refusal never tells of a room what one may not know.
    That everybody reads an open room is its kind, not a rule: lists and live sockets go by that.
    """

    # --- in a room -------------------------------------------------------------------------------------------------

    def read(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """An open room is read by everyone who is not banned from it, any other by its members."""
        if room.deleted_at is not None:
            return _no_such_room()
        if is_joined(membership):
            return None
        if not room.is_open:
            return _no_such_room()
        return _banned(membership) if is_banned(membership) else None

    def join(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Whoever may read an open room may join it; into others one is brought."""
        return self.read(person, room, membership) or (None if is_joined(membership) else _archived(room))

    def leave(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Any room but a conversation of two, in which nobody would be left to talk to. Who is out may say so again."""
        if membership is not None and not is_joined(membership):
            return None
        if room.kind == Room.Kind.DIRECT and is_joined(membership):
            return Forbidden("A conversation of two can't be left.", why="conversation")
        return self.read(person, room, membership)

    def post(self, person: Person | None, room: Room, membership: Membership | None) -> Refusal:
        """Whoever reads may write, and so joins an open room; who keeps a room writes its announcements."""
        refusal = self.read(person, room, membership) or _archived(room)
        if refusal is not None:
            return refusal
        if membership is not None and membership.role == Membership.Role.READER and is_joined(membership):
            return Forbidden("You may read this room, but not write into it.", why="reader")
        if is_silenced(membership):
            return _silenced(membership)
        if room.kind == Room.Kind.ANNOUNCEMENT and rank_of(person, membership) < Rank.MODERATOR:
            return Forbidden("Only its owners and moderators write into this room.", why="announcement")
        return None

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
        """Into an open room its members bring others, into a private one its owners and moderators."""
        least = Rank.MEMBER if room.is_open else Rank.MODERATOR
        words = "Join this room first." if room.is_open else "Only its owners and moderators bring others in."
        return (
            self.read(person, room, membership)
            or _conversation(room)
            or _archived(room)
            or _ranks(person, membership, least, words)
        )

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
        """The members who may write there; so whoever only looks into an open room joins it first."""
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

    # --- rooms -----------------------------------------------------------------------------------------------------

    def make_room(self, person: Person, kind: str) -> Refusal:
        """Everybody makes rooms, of every kind."""
        return None

    def converse(self, person: Person, others: Collection[Person], in_common: Collection[int]) -> Refusal:
        """Who has an account writes to everybody, a guest to those with whom they share a room: `in_common`."""
        if person.kind != Person.Kind.GUEST or all(one.pk in in_common for one in others):
            return None
        return Forbidden("As a guest you may write to those with whom you are in a room.", why="guest")


def _no_such_room() -> NotFound:
    return NotFound("There is no such room.")


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


def _conversation(room: Room) -> Refusal:
    if not room.is_conversation:
        return None
    return Forbidden("A conversation stays as it is, between its people.", why="conversation")


def _ranks(person: Person | None, membership: Membership | None, least: Rank, words: str) -> Refusal:
    return None if rank_of(person, membership) >= least else Forbidden(words, why="rank")


def _deleted(message: Message) -> Refusal:
    return NotFound("This message was deleted.") if message.deleted_at is not None else None
