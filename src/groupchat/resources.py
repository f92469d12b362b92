"""Models as they stand on the wire."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import cast

from groupchat.models import Membership, Message, Notice, Person, Room
from groupchat.protocol import (
    MemberResource,
    MembershipResource,
    MessageResource,
    NoticeResource,
    PersonResource,
    RoomResource,
    RoomState,
)


def moment(at: datetime) -> str:
    """ISO 8601 in UTC with milliseconds."""
    if at.tzinfo is not UTC:
        at = at.astimezone(UTC)
    return f"{at.isoformat(timespec='milliseconds')[:-6]}Z"


def person_resource(person: Person) -> PersonResource:
    return cast(
        PersonResource,
        {
            "id": person.pk,
            "kind": str(person.kind),
            "handle": person.handle,
            "name": person.name,
            "version": person.version,
        },
    )


def people_resources(people: Iterable[Person]) -> list[PersonResource]:
    return [person_resource(person) for person in people]


def room_resource(room: Room) -> RoomResource:
    return cast(
        RoomResource,
        {
            "id": room.pk,
            "seq": room.info_seq,
            "slug": room.slug,
            "name": room.name,
            "kind": str(room.kind),
            "topic": room.topic,
            "first_number": room.first_number,
            "created_at": moment(room.created_at),
        },
    )


def member_resource(membership: Membership) -> MemberResource:
    return cast(
        MemberResource,
        {
            "person": membership.person_id,
            "seq": membership.seq,
            "role": str(membership.role),
            "state": str(membership.state),
        },
    )


def membership_resource(membership: Membership) -> MembershipResource:
    return cast(
        MembershipResource,
        {
            "room": membership.room_id,
            "seq": membership.person_seq,
            "role": str(membership.role),
            "state": str(membership.state),
            "last_read_number": membership.last_read_number,
            "notify": str(membership.notify),
        },
    )


def room_state(room: Room, membership: Membership | None) -> RoomState:
    return {
        "room": room_resource(room),
        "seq": room.seq,
        "last_number": room.last_number,
        "me": membership_resource(membership) if membership is not None else None,
    }


def message_resource(message: Message) -> MessageResource:
    resource: MessageResource = {
        "number": message.number,
        "seq": message.seq,
        "author": message.author_id,
        "body": message.body,
        "at": moment(message.at),
        "client_message_id": message.client_message_id,
    }
    if message.edited_at is not None:
        resource["edited_at"] = moment(message.edited_at)
    if message.deleted_at is not None:
        resource["deleted_at"] = moment(message.deleted_at)
    return resource


def notice_resource(notice: Notice) -> NoticeResource:
    return cast(
        NoticeResource,
        {
            "after": notice.after,
            "kind": str(notice.kind),
            "seq": notice.seq,
            "actor": notice.actor_id,
            "text": notice.text,
            "at": moment(notice.at),
        },
    )
