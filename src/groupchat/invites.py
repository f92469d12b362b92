"""Invite links: found by their secret, and listed for those who may make them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from groupchat.errors import NotFound
from groupchat.models import InviteLink, Membership, Person, Room, ServerState
from groupchat.permissions import may_make_link, require_make_link
from groupchat.protocol import InviteLinkResource, PersonResource
from groupchat.resources import moment, people_resources
from groupchat.timeline import membership_in

LINKS_AT_ONCE = 100


def digest_of(token: str) -> str:
    # A long random secret needs no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def in_force(*, now: datetime | None = None) -> QuerySet[InviteLink]:
    """Those that neither ended nor expired nor are used up; whether their makers still may is not asked."""
    now = now or timezone.now()
    lasts = Q(expires_at=None) | Q(expires_at__gt=now)
    is_left = Q(most_uses=None) | Q(uses__lt=F("most_uses"))
    return InviteLink.objects.filter(lasts, is_left, ended_at=None)


def link_of(token: str, *, now: datetime | None = None) -> InviteLink:
    """The link with this secret, with its room and its maker, while it holds; raises NotFound."""
    found = in_force(now=now).filter(digest=digest_of(token)).select_related("room", "maker").first()
    if found is None or not _hold([found]):
        raise no_longer()
    return found


def no_longer() -> NotFound:
    return NotFound("This invite link does not hold any more. Ask for a new one.", why="link")


@dataclass(frozen=True, slots=True)
class LinksPage:
    """The links that hold, in order of id; `next` is where the next page begins."""

    room: int | None
    links: Sequence[InviteLinkResource]
    people: Sequence[PersonResource]
    next: int | None


def links(person: Person | None, room_id: int | None, *, after: int = 0) -> LinksPage:
    """A page of the links to a room, or (None) to the site, behind the link `after`; without their secrets, which
    nobody knows. Raises NotFound and Forbidden.
    """
    room = Room.objects.filter(pk=room_id).first() if room_id is not None else None
    if room_id is not None and room is None:
        raise NotFound("There is no such room.")
    mine = membership_in(room_id, person) if room_id is not None else None
    require_make_link(person, room, mine, Membership.Role.MEMBER)
    page = in_force().filter(room=room, pk__gt=after).select_related("room", "maker").order_by("pk")
    found = list(page[: LINKS_AT_ONCE + 1])
    more, found = len(found) > LINKS_AT_ONCE, found[:LINKS_AT_ONCE]
    held = _hold(found)
    return LinksPage(
        room=room_id,
        links=list(map(link_resource, held)),
        people=people_resources({link.maker_id: link.maker for link in held}.values()),
        next=found[-1].pk if more else None,
    )


def number_that_hold(room: Room | None, *, now: datetime | None = None) -> int:
    """How many links lead into this room, or (None) to the site: those that `links` lists."""
    return len(_hold(list(in_force(now=now).filter(room=room).select_related("room", "maker"))))


def links_to_site() -> list[InviteLink]:
    """Those that hold, with their makers, for a page of the site's owners."""
    found = in_force().filter(room=None).select_related("room", "maker").order_by("pk")
    return _hold(list(found[:LINKS_AT_ONCE]))


def link_resource(link: InviteLink) -> InviteLinkResource:
    return {
        "id": link.pk,
        "maker": link.maker_id,
        "role": "moderator" if link.role == "moderator" else "reader" if link.role == "reader" else "member",
        "uses": link.uses,
        "most_uses": link.most_uses,
        "made_at": moment(link.made_at),
        "expires_at": moment(link.expires_at) if link.expires_at is not None else None,
    }


def _hold(links: Sequence[InviteLink]) -> list[InviteLink]:
    """Those among these whose makers may make them today, too: who lost the right, or left, brings in nobody more."""
    theirs = {(one.room_id, one.person_id): one for one in _of_makers(links)}
    shut_until = ServerState.objects.filter(pk=ServerState.ONLY).values_list("raid_until", flat=True).first()
    for link in links:
        if link.room is not None:
            link.room.site_raid_until = shut_until
    return [
        link
        for link in links
        if may_make_link(link.maker, link.room, theirs.get((link.room_id or 0, link.maker_id)), link.role)
    ]


def _of_makers(links: Iterable[InviteLink]) -> Iterable[Membership]:
    rooms = {link.room_id for link in links if link.room_id is not None}
    makers = {link.maker_id for link in links}
    return Membership.objects.filter(room_id__in=rooms, person_id__in=makers) if rooms else ()
