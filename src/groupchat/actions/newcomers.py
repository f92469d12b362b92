"""What newcomers wait for, and the door of the whole site."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from groupchat.actions import audit, limits
from groupchat.actions.limits import Asked
from groupchat.conf import conf
from groupchat.errors import Forbidden, Invalid, RateLimited
from groupchat.models import Membership, Person, Room, ServerState
from groupchat.permissions import Rank, is_newcomer, owns_site, rank_of, require_active, require_link
from groupchat.resources import moment
from groupchat.text import has_link


def require_patience(
    person: Person | None, room: Room, membership: Membership | None, body: str, *, of: object, now: datetime
) -> None:
    """What a newcomer is about to write, at a door: counted for them (`of`: their key), which takes one of each.

    Raises RateLimited, and Forbidden where they may post no link now. For all others it costs a comparison.
    """
    if not is_newcomer(person, now) or rank_of(person, membership) >= Rank.MODERATOR:
        return
    asked = [Asked("post.newcomer", of)]
    if has_link(body):
        require_link(person, room, membership, now)
        asked.append(Asked("link.newcomer", of))
    wait = limits.take(*asked)
    if wait:
        words = "You are new here: a few messages a minute, and few links. Wait a moment."
        raise RateLimited(words, why="newcomer", retry_after=wait)


@transaction.atomic
def shut_site(*, person: Person, seconds: int | None, now: datetime | None = None) -> datetime | None:
    """For so many seconds nobody new comes into any open room, 0 lets them in again, None changes nothing. Gives until
    when it holds.
    """
    require_active(person)
    if not owns_site(person):
        raise Forbidden("Only the owners of the site may do that.", why="rank")
    now = now or timezone.now()
    state = ServerState.objects.select_for_update().get_or_create(id=ServerState.ONLY)[0]
    holds = state.raid_until if state.raid_until is not None and state.raid_until > now else None
    if seconds is None:
        return holds
    most = conf().max_raid_seconds
    if seconds < 0 or (most and seconds > most):
        raise Invalid(f"seconds: from 0 to {most}." if most else "seconds: 0 or more.", field="seconds")
    until = now + timedelta(seconds=seconds) if seconds else None
    if until is None and holds is None:
        return None
    state.raid_until = until
    state.save(update_fields=["raid_until"])
    told = [{"raid_until": moment(at) if at is not None else None} for at in (holds, until)]
    audit.note("shut site" if until is not None else "open site", by=person, before=told[0], after=told[1])
    return until
