"""Rooms over HTTP: which there are, and which one has a name."""

from __future__ import annotations

from groupchat import directory, submission, timeline
from groupchat.api.answers import Answer
from groupchat.api.requests import Limit, Place, Query, Request, WholeNumber
from groupchat.models import Person
from groupchat.permissions import is_joined, require_read
from groupchat.protocol import RoomState
from groupchat.resources import room_state


class WhichRooms(Query):
    """Those behind the room with the id `after`."""

    after: WholeNumber = 0
    limit: Limit = 50


async def list_rooms(request: Request, person: Person, place: Place) -> Answer:
    """`GET …/rooms`: a page of the rooms that one may read, in order of id."""
    which = request.asked(WhichRooms)
    page = await submission.read(_page, person, which)
    return Answer(200, {"rooms": page.rooms, "next": page.next})


async def show_room(request: Request, person: Person, place: Place) -> Answer:
    """`GET …/rooms/<id>` or `…/rooms/by-name/<name>`: the room as it is now."""
    return Answer(200, await submission.read(_state, person, place))


def _page(person: Person, which: WhichRooms) -> directory.RoomsPage:
    return directory.rooms(person, after=which.after, limit=which.limit)


def _state(person: Person, place: Place) -> RoomState:
    room = place.find()
    membership = timeline.membership_in(room.pk, person)
    return room_state(require_read(person, room, membership), membership if is_joined(membership) else None)
