"""Limits that all processes count together: asked before what is worth guessing or flooding.

`ratelimit.LIMITS` names them. Where their store does not answer, those that guard a secret are counted in the database,
without which no secret could be compared either; where that fails, so does what was asked for. All others then let
everybody through: they only keep away floods.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from django.conf import settings
from django.db import DatabaseError, connections, router, transaction

from groupchat.actions import audit
from groupchat.actions.limit_stores import DATABASE, Draw, LimitStore, StoreDown, store_at
from groupchat.conf import conf
from groupchat.errors import Forbidden, RateLimited
from groupchat.models import Allowance, Person
from groupchat.network import counted_as
from groupchat.permissions import owns_site, require_administer
from groupchat.ratelimit import LIMITS, Limit
from groupchat.text import fold

logger = logging.getLogger("groupchat.limits")

R = TypeVar("R")

DOWN_SECONDS = 5.0  # for so long a store that did not answer is not asked again: whoever waits for it holds up others
FORGOTTEN_AT_ONCE = 1_000
MOST_REFUSED = 10_000  # of whom a process remembers that it has to refuse them


@dataclass(frozen=True, slots=True)
class Asked:
    """One of a limit, by its name in `LIMITS`, and of whom: an address, a primary key, …

    Of an address that says nothing about who it is (empty, the machine's own) nothing is counted.
    """

    limit: str
    of: object


def take(*asked: Asked, count: int = 1, now: float | None = None) -> float:
    """Take `count` of each, or nothing: 0.0, or the seconds to wait."""
    now = time.time() if now is None else now
    taken: list[Asked] = []
    for one in asked:
        wait = _take(one, count, now)
        if wait:
            give_back(*taken, count=count)
            return wait
        taken.append(one)
    return 0.0


def give_back(*asked: Asked, count: int = 1) -> None:
    """As if they had not been taken: what was tried was no guess."""
    for one in asked:
        limit = LIMITS[one.limit]
        draw = _draw(limit, one.of, count)
        if draw is not None:
            _refused.pop(draw.key, None)
            _through(limit, partial(_give_back, draw), None)


def lift(*asked: Asked, by: Person, of: str) -> None:
    """Let these have the whole allowance again, at the word of whoever looks after the site: `of` whom, as typed."""
    require_administer(by)
    if not owns_site(by) and any(LIMITS[one.limit].guards for one in asked):
        raise Forbidden("What guards passwords and codes is lifted by owners of the site alone.", why="rank")
    for one in asked:
        give_back(one, count=LIMITS[one.limit].most)
    audit.note("lift limit", by=by, before={"limit": asked[0].limit, "of": of})


def require(*asked: Asked, message: str, why: str | None = None, now: float | None = None) -> None:
    """Take one of each; raises RateLimited, with this message, and then took nothing."""
    wait = take(*asked, now=now)
    if wait:
        raise RateLimited(message, retry_after=wait, why=why)


def newcomers(addresses: Sequence[str], *, now: float | None = None) -> list[bool | Exception]:
    """Count a new guest of each of these addresses, with few statements; whether each may come."""
    places: dict[str, list[int]] = {}
    for place, address in enumerate(addresses):
        places.setdefault(counted_as(address), []).append(place)
    answers: list[bool | Exception] = [True] * len(addresses)
    with transaction.atomic() if conf().limits_store == DATABASE else nullcontext():
        for address, some in places.items():
            if len(some) > 1 and not take(Asked("guest.new", address), count=len(some), now=now):
                continue
            for place in some:
                answers[place] = not take(Asked("guest.new", address), now=now)
    return answers


def require_newcomer(address: str, *, now: float | None = None) -> None:
    """Count a new guest of this address: each costs nothing and has an allowance of its own. Raises RateLimited."""
    require(
        Asked("guest.new", address), message="Too many newcomers from your network. Try again in a moment.", now=now
    )


def require_new_room(person: Person, *, address: str = "", now: float | None = None) -> None:
    """Count a room that this person makes; raises RateLimited. Owners of the site make as many as they like.

    A guest is another one with the next cookie: so those of one address are counted together, too.
    """
    if person.is_owner:
        return
    asked = [Asked("room.new", person.pk)]
    if person.kind == Person.Kind.GUEST:
        asked = [Asked("room.new.guest", person.pk), Asked("room.new.address", address)]
    require(
        *asked,
        message="Many rooms were made just now, by you or from your network. Use one of them, or wait a while.",
        now=now,
    )


def require_invitations(person: Person, *, people: int, now: float | None = None) -> None:
    """Count so many people whom this person brings into a room; raises RateLimited. Owners of the site bring in as many
    as they like.
    """
    if person.is_owner:
        return
    wait = take(Asked("room.invite", person.pk), count=people, now=now)
    if wait:
        raise RateLimited("You brought many people into rooms just now. Wait a while.", retry_after=wait)


def require_new_link(person: Person, *, now: float | None = None) -> None:
    """Count an invite link that this person makes; raises RateLimited. Owners of the site make as many as they like."""
    if not person.is_owner:
        message = "You made many invite links just now. Use one of them, or wait a while."
        require(Asked("invite.make", person.pk), message=message, now=now)


def require_report(person: Person, *, now: float | None = None) -> None:
    """Count a report that this person makes; raises RateLimited."""
    require(Asked("message.report", person.pk), message="You reported many messages just now. Wait a while.", now=now)


def require_report_act(person: Person, *, now: float | None = None) -> None:
    """Count a report that this person claims or resolves; raises RateLimited."""
    message = "You worked off many reports just now. Wait a moment."
    require(Asked("report.act", person.pk), message=message, now=now)


def require_command(person: Person, *, now: float | None = None) -> None:
    """Count a slash command of the site that this person runs; raises RateLimited."""
    require(Asked("command.run", person.pk), message="You ran many commands just now. Wait a moment.", now=now)


def require_deletion(person: Person, *, now: float | None = None) -> None:
    """Count that a user of the site deletes who they are here: they come again as somebody new, with new limits. Raises
    RateLimited.
    """
    if person.user_id is not None:
        message = "You deleted who you were here a short while ago. Try again tomorrow."
        require(Asked("me.delete", f"user:{person.user_id}"), message=message, why="deleted_before", now=now)


def require_new_name(person: Person, *, room_id: int, now: float | None = None) -> None:
    """Count another name of this room, whoever gives it; raises RateLimited. Owners of the site name as they like."""
    if not person.is_owner:
        message = "This room had many names just now. Keep this one for a while."
        require(Asked("room.rename", room_id), message=message, now=now)


def require_fewer_wrong_tokens(address: str, *, now: float | None = None) -> None:
    """Count a token that came from this address and is not in force; raises RateLimited.

    Right ones are not counted, nor kept out: nobody guesses a token, but each try costs a look at the database.
    """
    require(Asked("token", address), message="Many wrong tokens came from your network. Wait a while.", now=now)


class Guess:
    """Something that may have been guessed."""

    is_right = False

    def right(self) -> None:
        self.is_right = True


@contextmanager
def guessing(*asked: Asked, message: str) -> Iterator[Guess]:
    """Take one of each before something is compared with a secret; it is given back where that was `right`.

    Counted before, not after: of guesses at the same moment, too, only so many are tried. Raises RateLimited.
    """
    require(*asked, message=message)
    guess = Guess()
    yield guess
    if guess.is_right:
        give_back(*asked)


def forget_whole(*, now: float | None = None) -> bool:
    """Take away rows that say nothing any more, some at a time; whether there may be more."""
    now = time.time() if now is None else now
    whole = Allowance.objects.filter(full_at__lte=now).order_by("full_at")
    keys = list(whole.values_list("key", flat=True)[:FORGOTTEN_AT_ONCE])
    Allowance.objects.filter(key__in=keys, full_at__lte=now).delete()
    return len(keys) == FORGOTTEN_AT_ONCE


def forget_refusals() -> None:
    """Ask the store anew about everybody, and about the store itself: for tests, whose keys come again."""
    _refused.clear()
    _down_until.clear()


# --- how ------------------------------------------------------------------------------------------------------------


def _give_back(draw: Draw, store: LimitStore) -> None:
    store.give_back(draw)


# By key, until when the store has refused this process: a flood must not keep the database busy with refusing it.
_refused: dict[str, float] = {}


def _take(one: Asked, count: int, now: float) -> float:
    limit = LIMITS[one.limit]
    draw = _draw(limit, one.of, count)
    if draw is None:
        return 0.0
    known = _refused.get(draw.key, 0.0) - now
    if 0 < known <= draw.interval:  # else the clock was set anew
        return known
    wait = _through(limit, lambda store: store.take(draw, now), 0.0)
    if wait and count == 1:
        if len(_refused) >= MOST_REFUSED:
            _refused.clear()
        _refused[draw.key] = now + wait
    return wait


def _draw(limit: Limit, of: object, count: int) -> Draw | None:
    """None where there is nothing to count."""
    most = limit.most
    whose = str(of)
    if limit.per == "address":
        whose = counted_as(whose)
    elif limit.per in ("account", "mail address"):
        whose = fold(whose)
    if not most or not whose:
        return None
    hashed = hmac.new(settings.SECRET_KEY.encode(), f"groupchat.limits\0{whose}".encode(), hashlib.sha256).hexdigest()
    return Draw(f"groupchat:{limit.name}:{hashed[:32]}", limit.seconds / most, most, count)


_down_until: dict[str, float] = {}  # by the option `limits_store`


def _through(limit: Limit, work: Callable[[LimitStore], R], otherwise: R) -> R:
    place = conf().limits_store
    if place != DATABASE and time.monotonic() >= _down_until.get(place, 0.0):
        try:
            return work(store_at(place))
        except StoreDown as error:
            _down_until[place] = time.monotonic() + DOWN_SECONDS
            logger.warning(
                "The store of the limits does not answer (%s). What guards a secret is counted in the database"
                " meanwhile, and nothing else is limited.",
                error,
            )
    if place != DATABASE and not limit.guards:
        return otherwise
    try:
        return work(store_at(DATABASE))
    except DatabaseError:
        # In a transaction nothing goes on after an error anyway.
        if limit.guards or connections[router.db_for_write(Allowance)].in_atomic_block:
            raise
        return otherwise
