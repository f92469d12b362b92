"""Messages: post (a batch at a time), edit, delete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from groupchat.actions.counters import RoomChange, changed_mine, changing_room, lock_people, lock_rooms, save_changes
from groupchat.actions.people import Guest, person_of_guest
from groupchat.actions.rooms import admit
from groupchat.actions.statements import Statements
from groupchat.errors import ChatError, NotFound
from groupchat.models import Membership, Message, Person
from groupchat.permissions import is_joined, require_active, require_delete, require_edit, require_post, require_read
from groupchat.protocol import MessageResource
from groupchat.resources import moment
from groupchat.text import clean_body, clean_client_message_id

# What a page of numbers needs to say when one is not there.
_NO_MESSAGE = "There is no such message in this room."


@dataclass(frozen=True, slots=True)
class Post:
    """What somebody wants to say. A guest without a row yet becomes a person by it."""

    room_id: int
    author: Person | Guest
    body: str
    client_message_id: str


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands. `duplicate`: it was there already, the post was a retry."""

    room_id: int
    number: int
    seq: int
    at: datetime
    author_id: int
    duplicate: bool


_Once = tuple[str, int, int]  # client_message_id, author, room


def post(posts: Sequence[Post], *, now: datetime | None = None) -> list[Posted | ChatError]:
    """Post a batch in one transaction; the answers stand in the order of the posts.

    A refusal is that post's own answer. Raises only what the database raises; nothing of the batch is written then.
    """
    checked = [_checked(post) for post in posts]
    with transaction.atomic():
        return _Batch(posts, checked, now or timezone.now()).post()


def _checked(post: Post) -> ChatError | None:
    try:
        clean_body(post.body)
        clean_client_message_id(post.client_message_id)
    except ChatError as error:
        return error
    return None


class _Batch:
    def __init__(self, posts: Sequence[Post], refusals: Sequence[ChatError | None], now: datetime) -> None:
        self._posts = posts
        self._answers: list[Posted | ChatError | None] = list(refusals)
        self._now = now
        self._at = moment(now)
        self._statements = Statements()
        self._written: list[tuple[int, int, int, int, str, str]] = []
        self._joined: dict[int, list[Membership]] = defaultdict(list)
        self._read: dict[tuple[int, int], int] = {}

    def post(self) -> list[Posted | ChatError]:
        good = [index for index, answer in enumerate(self._answers) if answer is None]
        self._changes = lock_rooms((self._posts[index].room_id for index in good), self._statements)
        # Behind the lock: another process may just have made the row of this guest, with the very same message.
        self._guests = self._find_guests(self._posts[index].author for index in good)
        pairs = {
            (self._posts[index].room_id, author_id)
            for index in good
            if (author_id := self._author_id(self._posts[index])) is not None
        }
        self._known = self._find_known([self._posts[index] for index in good])
        self._memberships, self._people = self._statements.memberships(pairs)
        for index in good:
            self._answers[index] = self._post_one(self._posts[index])
        self._save()
        return [answer for answer in self._answers if answer is not None]

    def _find_guests(self, authors: Iterable[Person | Guest]) -> dict[UUID, int]:
        wanted = {author.id for author in authors if isinstance(author, Guest)}
        if not wanted:
            return {}
        found = Person.objects.filter(guest_id__in=wanted).values_list("guest_id", "pk")
        return {guest_id: person_id for guest_id, person_id in found if guest_id is not None}

    def _author_id(self, post: Post) -> int | None:
        """The author's id; None for a guest who has no row yet."""
        return self._guests.get(post.author.id) if isinstance(post.author, Guest) else post.author.pk

    def _find_known(self, posts: Sequence[Post]) -> dict[_Once, Posted]:
        found = self._statements.stored({post.client_message_id for post in posts})
        wanted = {(post.client_message_id, self._author_id(post), post.room_id) for post in posts} if found else set()
        keys = [key for *once, key in found if tuple(once) in wanted]
        known = Message.objects.filter(pk__in=keys) if keys else ()
        return {
            (message.client_message_id, message.author_id, message.room_id): _duplicate(message) for message in known
        }

    def _post_one(self, post: Post) -> Posted | ChatError:
        author_id = self._author_id(post)
        if author_id is not None:
            known = self._known.get((post.client_message_id, author_id, post.room_id))
            if known is not None:
                return known
        try:
            change = self._changes.get(post.room_id)
            membership = self._memberships.get((post.room_id, author_id)) if author_id is not None else None
            require_post(change.room if change else None, membership)
            author = self._people[author_id] if author_id is not None else self._arrive(post.author)
            require_active(author)
        except ChatError as error:
            return error
        assert change is not None  # require_post raised otherwise
        author_id = author.pk
        if membership is None or not is_joined(membership):
            membership = admit(change, author, membership)
            self._memberships[post.room_id, author_id] = membership
            self._joined[author_id].append(membership)
        number, seq = change.next_number(), change.next_seq()
        resource: MessageResource = {
            "number": number,
            "seq": seq,
            "author": author_id,
            "body": post.body,
            "at": self._at,
            "client_message_id": post.client_message_id,
        }
        change.wrote(resource, author, self._now)
        membership.last_read_number = number
        self._read[post.room_id, author_id] = number
        self._written.append((post.room_id, number, seq, author_id, post.body, post.client_message_id))
        posted = Posted(post.room_id, number, seq, self._now, author_id, duplicate=False)
        self._known[post.client_message_id, author_id, post.room_id] = replace(posted, duplicate=True)
        return posted

    def _arrive(self, guest: Person | Guest) -> Person:
        """A guest's row is made when their first message is sure to be taken."""
        assert isinstance(guest, Guest)
        author = person_of_guest(guest=guest)
        self._guests[guest.id] = author.pk
        self._people[author.pk] = author
        return author

    def _save(self) -> None:
        if not self._written:
            return
        if self._joined:
            lock_people(self._joined)
        for memberships in self._joined.values():
            for membership in memberships:
                membership.save()
        self._statements.insert_messages(self._written, self._now)
        save_changes(self._changes.values(), self._statements)
        for person_id in sorted(self._joined):
            memberships = self._joined[person_id]
            changed_mine(person_id, memberships, [self._changes[member.room_id].room for member in memberships])
        self._statements.mark_read(self._read)


def edit(*, person: Person, room_id: int, number: int, body: str, now: datetime | None = None) -> Message:
    """Change what one wrote; the same body again changes nothing."""
    clean_body(body)
    require_active(person)
    with changing_room(room_id) as change:
        message, _ = _find(change, person, number)
        require_edit(message, person)
        if body == message.body:
            return message
        message.body = body
        message.edited_at = now or timezone.now()
        change.changed_message(message, message.author)
        message.save(update_fields=["body", "edited_at", "seq"])
    return message


def delete(*, person: Person, room_id: int, number: int, now: datetime | None = None) -> Message:
    """Take a message away; a tombstone without its body stays. Deleting it again changes nothing."""
    require_active(person)
    with changing_room(room_id) as change:
        message, membership = _find(change, person, number)
        require_delete(message, person, membership)
        if message.deleted_at is not None:
            return message
        message.body = ""
        message.edited_at = None
        message.deleted_at = now or timezone.now()
        change.changed_message(message, message.author)
        message.save(update_fields=["body", "edited_at", "deleted_at", "seq"])
    return message


def _find(change: RoomChange, person: Person, number: int) -> tuple[Message, Membership | None]:
    membership = Membership.objects.filter(room=change.room, person=person).first()
    require_read(change.room, membership)
    message = Message.objects.filter(room=change.room, number=number).select_related("author").first()
    if message is None:
        raise NotFound(_NO_MESSAGE)
    return message, membership


def _duplicate(message: Message) -> Posted:
    return Posted(message.room_id, message.number, message.seq, message.at, message.author_id, duplicate=True)
