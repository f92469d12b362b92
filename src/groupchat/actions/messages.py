"""Messages: post (a batch at a time), edit, delete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from groupchat.access import access, not_invited
from groupchat.actions import audit, blocks
from groupchat.actions.bulk_sql import BulkSql, NewRow
from groupchat.actions.counters import (
    changed_mine,
    changing_room,
    lock_people,
    lock_rooms,
    publish_mine,
    save_changes,
)
from groupchat.actions.effects import is_wanted, record
from groupchat.actions.memberships import raise_marks
from groupchat.actions.merging import id_after_merge
from groupchat.actions.newcomers import require_patience
from groupchat.actions.people import Guest, new_guest, person_of_guest, taken_from
from groupchat.actions.posts import Arrival, Post, Posted, answer_again, posted_as, written
from groupchat.actions.rooms import admit
from groupchat.actions.threads import Answers
from groupchat.actions.tombstones import make_tombstones
from groupchat.attempts import Deleting, Editing, Joining, Posting, ask, joining, posting
from groupchat.conf import conf
from groupchat.errors import ChatError, Invalid
from groupchat.events import Event, MemberJoined, MessageDeleted, MessageEdited, MessagePosted
from groupchat.markup import render, stamp
from groupchat.models import Membership, Message, Person, Room
from groupchat.parts import bits_of, check_parts, keep_version, new_parts
from groupchat.permissions import (
    comes_with_account,
    is_joined,
    require_active,
    require_delete,
    require_edit,
    require_pace,
    require_post,
)
from groupchat.reading import raise_mark
from groupchat.resources import moment, new_message, with_parts
from groupchat.text import clean_body, clean_client_message_id
from groupchat.timeline import message_in

__all__ = ["Arrival", "Post", "Posted", "delete", "edit", "post"]

_Once = tuple[str, int, int]  # client_message_id, author, room
_Known = tuple[Posted, str | None]  # and what it said, as far as that is still known


def post(posts: Sequence[Post], *, now: datetime | None = None) -> list[Posted | ChatError]:
    """Post a batch in one transaction; the answers stand in the order of the posts.

    A refusal is that post's own answer. Raises only what the database raises; nothing of the batch is written then.
    """
    checked = [_checked(post) for post in posts]
    # Before the transaction: what takes its time must hold no lock.
    htmls = [None if refusal else render(post.body) for post, refusal in zip(posts, checked, strict=True)]
    gone: set[int] = set()
    while True:
        try:
            with transaction.atomic():
                return _Batch(posts, checked, htmls, now or timezone.now(), gone).post()
        except _WentMeanwhile as error:
            gone |= error.people  # so this ends


def _checked(post: Post) -> ChatError | None:
    try:
        clean_body(post.body)
        clean_client_message_id(post.client_message_id)
        if post.seen is not None and post.seen < 0:
            raise Invalid("seen: a number of this room, or 0.", field="seen")
    except ChatError as error:
        return error
    return None


class _WentMeanwhile(Exception):
    """These people were about to join, and are not let in any more: they would be members for ever."""

    def __init__(self, people: set[int]) -> None:
        super().__init__(people)
        self.people = people


class _Batch:
    def __init__(
        self,
        posts: Sequence[Post],
        refusals: Sequence[ChatError | None],
        htmls: Sequence[str | None],
        now: datetime,
        gone: set[int],
    ) -> None:
        self._posts = posts
        self._htmls = htmls
        self._gone = gone
        self._answers: list[Posted | ChatError | None] = list(refusals)
        self._now = now
        self._at = moment(now)
        self._statements = BulkSql()
        self._written: list[NewRow] = []
        self._parts: list[tuple[int, int, Mapping[str, Any]]] = []  # of those among the written that have some
        self._joined: dict[int, list[Membership]] = defaultdict(list)
        self._made: dict[int, Arrival] = {}  # the people whose rows this batch made: nobody else knows of them
        # Marks that nobody must be told of, by (room, person); by person and room, those that their devices must hear.
        self._followed: dict[tuple[int, int], int] = {}
        self._seen: dict[int, dict[int, int]] = defaultdict(dict)
        self._has_newcomers = conf().newcomer_hours > 0
        self._slowed: set[tuple[int, int]] = set()  # who wrote into a slow room: room, person

    def post(self) -> list[Posted | ChatError]:
        good = [index for index, answer in enumerate(self._answers) if answer is None]
        self._changes = lock_rooms((self._posts[index].room_id for index in good), self._statements)
        # Behind the lock: another process may just have made the row of this guest, with the very same message.
        guests = {author for index in good if isinstance(author := self._posts[index].author, Guest)}
        self._guests, self._void = self._statements.guests({guest.id for guest in guests})
        newcomers = [guest for guest in guests if guest.id not in self._guests]
        self._lets_in_strangers = not newcomers or not access().invited
        self._taken = taken_from(guests=newcomers, statements=self._statements)
        pairs = {
            (self._posts[index].room_id, author_id)
            for index in good
            if (author_id := self._author_id(self._posts[index])) is not None
        }
        self._memberships, self._people = self._statements.memberships(pairs)
        self._unheard = blocks.unheard(_by_room(pairs), {pk: one.room for pk, one in self._changes.items()})
        self._known = self._find_known([self._posts[index] for index in good])
        self._answers_to = Answers((self._posts[index] for index in good), self._changes, self._statements)
        for index in good:
            self._answers[index] = self._post_one(self._posts[index], self._htmls[index])
        self._save()
        return [answer for answer in self._answers if answer is not None]

    def _author_id(self, post: Post) -> int | None:
        """The author's id; None for a guest who has no row yet."""
        return self._guests.get(post.author.id) if isinstance(post.author, Guest) else post.author.pk

    def _find_known(self, posts: Sequence[Post]) -> dict[_Once, _Known]:
        found = self._statements.stored(
            {client_message_id for post in posts for client_message_id, *_ in self._once(post)}
        )
        wanted = {once for post in posts for once in self._once(post)} if found else set()
        keys = [key for *once, key in found if tuple(once) in wanted]
        known = Message.objects.filter(pk__in=keys) if keys else ()
        return {
            (message.client_message_id, message.author_id, message.room_id): (posted_as(message), written(message))
            for message in known
        }

    def _once(self, post: Post) -> list[_Once]:
        """As what this very post may be there already; in the name of another, too, whose the guest's messages are by
        now, or soon.
        """
        author_id = self._author_id(post)
        if author_id is None:
            return []
        once = [(post.client_message_id, author_id, post.room_id)]
        author = self._people.get(author_id)
        if author is not None and (merged_into := author.merged_into_id) is not None:
            moved = id_after_merge(post.client_message_id, author_id)
            once += [(moved, merged_into, post.room_id), (post.client_message_id, merged_into, post.room_id)]
        return once

    def _post_one(self, post: Post, html: str | None) -> Posted | ChatError:
        author_id = self._author_id(post)
        for once in self._once(post):
            if (known := self._known.get(once)) is not None:
                return answer_again(post, *known)
        try:
            change = self._changes.get(post.room_id)
            membership = self._memberships.get((post.room_id, author_id)) if author_id is not None else None
            room = require_post(self._person_of(author_id), change.room if change else None, membership)
            if (post.room_id, author_id) in self._unheard:
                raise blocks.not_heard()
            if room.slow_mode:
                require_pace(self._person_of(author_id), room, membership, self._now)
            if post.at_door and self._has_newcomers:
                of = author_id if author_id is not None else post.author.id
                who = self._person_of(author_id)
                require_patience(who, room, membership, post.body, of=of, now=self._now)
            if post.parts:
                check_parts(post.parts, room)
            self._ask(post, room, self._person_of(author_id), membership)
            author = self._people[author_id] if author_id is not None else self._arrive(post.author)
            if author.pk in self._gone:
                author.account_active = False
            if author.merged_into_id is not None or (isinstance(post.author, Guest) and post.author.id in self._void):
                raise comes_with_account()
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
        resource = new_message(
            number=number,
            seq=seq,
            author=author_id,
            body=post.body,
            at=self._at,
            client_message_id=post.client_message_id,
            html=html,
        )
        bits = None
        if post.parts:
            parts = self._answers_to.placed(post.parts, room_id=post.room_id, number=number, author_id=author_id)
            resource = with_parts(resource, parts)
            bits = bits_of(parts)
            self._parts.append((post.room_id, number, parts))
        change.wrote(resource, author, self._now)
        self._mark(membership, number, post.seen)
        if room.slow_mode:
            membership.last_post_at = self._now
            self._slowed.add((post.room_id, author_id))
        ahead = None if membership.last_read_number == number else True
        row = (post.room_id, number, seq, author_id, post.body, post.client_message_id, ahead, bits)
        self._written.append((*row, html, stamp(post.body)))
        arrival = self._made.get(author_id)
        posted = Posted(post.room_id, number, seq, self._now, author_id, duplicate=False, arrival=arrival)
        self._known[post.client_message_id, author_id, post.room_id] = posted, post.body
        return posted

    def _ask(self, post: Post, room: Room, person: Person | None, membership: Membership | None) -> None:
        """Posts are many: where no site listens, nothing is made for it."""
        if joining.has_listeners() and not is_joined(membership):
            ask(Joining(room, person))
        if posting.has_listeners():
            ask(Posting(room, person, post.author.name, post.body))

    def _person_of(self, author_id: int | None) -> Person | None:
        return self._people[author_id] if author_id is not None else None

    def _mark(self, membership: Membership, number: int, seen: int | None) -> None:
        """What the writer had seen is read, and their own message with it where it follows directly. Writing is not
        reading: where something lies between, it stays unread.

        More than there was before this message nobody has seen: such a number is of another life of the room.
        """
        room_id, person_id = membership.room_id, membership.person_id
        if seen is not None and membership.last_read_number < seen < number:
            raise_mark(membership, seen)
            self._seen[person_id][room_id] = membership.last_read_number
        if membership.last_read_number == number - 1:
            raise_mark(membership, number)
            if room_id in self._seen.get(person_id, ()):
                self._seen[person_id][room_id] = number
            else:
                self._followed[room_id, person_id] = number

    def _arrive(self, guest: Person | Guest) -> Person:
        """A guest's row is made when their first message is sure to be taken."""
        assert isinstance(guest, Guest)
        if not self._lets_in_strangers:
            raise not_invited()
        made = new_guest(guest=guest, statements=self._statements, taken=self._taken)
        if made is not None:
            self._made[made.pk] = Arrival(made)
        author = made or person_of_guest(guest=guest)
        self._guests[guest.id] = author.pk
        self._people[author.pk] = author
        return author

    def _save(self) -> None:
        if not self._written:
            return
        made = self._made.keys()
        came = {person_id: joined for person_id, joined in self._joined.items() if person_id not in made}
        seen = {person_id: marks for person_id, marks in self._seen.items() if person_id not in made}
        if people := came.keys() | seen.keys():
            locked = lock_people(people)
            went = {person_id for person_id, person in locked.items() if not person.is_admitted}
            if went:
                raise _WentMeanwhile(went)
        for memberships in came.values():
            for membership in memberships:
                membership.save()
        self._save_made()
        self._statements.insert_messages(self._written, self._now)
        if self._parts:
            self._statements.insert_parts(new_parts(self._parts))
            self._answers_to.save(self._now)
        save_changes(self._changes.values(), self._statements)
        for person_id, arrival in self._made.items():
            memberships = self._joined[person_id]
            arrival.mine = publish_mine(person_id, 0, len(memberships), memberships, self._rooms_of(memberships))
        for person_id in sorted(came):
            changed_mine(person_id, came[person_id], self._rooms_of(came[person_id]))
        for person_id in sorted(seen):
            raise_marks(person_id, seen[person_id])
        self._statements.mark_posted(sorted(pair for pair in self._slowed if pair[1] not in made), self._now)
        self._statements.mark_read({pair: to for pair, to in self._followed.items() if pair[1] not in made})
        if self._joined or is_wanted(MessagePosted):
            record(self._happened(), statements=self._statements, now=self._now)

    def _happened(self) -> Iterator[Event]:
        for person_id, memberships in self._joined.items():
            for membership in memberships:
                yield MemberJoined(membership.room_id, person_id)
        for room_id, number, _, author_id, *_ in self._written:
            yield MessagePosted(room_id, number, author_id)

    def _rooms_of(self, memberships: Sequence[Membership]) -> list[Room]:
        return [self._changes[membership.room_id].room for membership in memberships]

    def _save_made(self) -> None:
        """What is known of the new people's memberships by now, all their marks with it."""
        for person_id in self._made:
            for seq, membership in enumerate(self._joined[person_id], 1):
                membership.person_seq = seq
        self._statements.insert_memberships([one for person_id in self._made for one in self._joined[person_id]])
        self._statements.set_person_seqs({person_id: len(self._joined[person_id]) for person_id in self._made})


def edit(
    *, person: Person, room_id: int, number: int, body: str, now: datetime | None = None, at_door: bool = False
) -> Message:
    """Change what one wrote; the same body again changes nothing. `at_door` is as of a post."""
    clean_body(body)
    require_active(person)
    html = render(body)
    with changing_room(room_id) as change:
        message, membership = message_in(change.room, number, person)
        require_edit(person, message, membership)
        if body == message.body:
            return message
        if blocks.unheard({room_id: [person.pk]}, {room_id: change.room}):
            raise blocks.not_heard()
        if at_door:
            require_patience(person, change.room, membership, body, of=person.pk, now=now or timezone.now())
        ask(Editing(message, person, body))
        keep_version(message)
        message.body, message.html, message.rendered = body, html, stamp(body)
        message.edited_at = now or timezone.now()
        change.changed(message, message.author)
        message.save(update_fields=["body", "html", "rendered", "edited_at", "seq", "parts"])
        record([MessageEdited(room_id, number, message.author_id)])
    return message


def delete(*, person: Person, room_id: int, number: int, now: datetime | None = None) -> Message:
    """Take a message away; a tombstone without its body stays. Deleting it again changes nothing."""
    require_active(person)
    with changing_room(room_id) as change:
        message, membership = message_in(change.room, number, person)
        require_delete(person, message, membership)
        if message.deleted_at is not None:
            return message
        ask(Deleting(message, person))
        make_tombstones(change, [message], now or timezone.now())
        if message.author_id != person.pk:
            audit.note("delete message", by=person, room=change.room, person=message.author, before={"number": number})
        record([MessageDeleted(room_id, number, message.author_id, person.pk)])
    return message


def _by_room(pairs: Collection[tuple[int, int]]) -> dict[int, list[int]]:
    authors: dict[int, list[int]] = {}
    for room_id, author_id in pairs:
        authors.setdefault(room_id, []).append(author_id)
    return authors
