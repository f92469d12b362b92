"""Effects: what is to be done about a change, written down with it, and worked off later, at least once.

A worker takes some (`claim`), lets their handlers run outside any transaction (`perform`), and reports what came of it
(`settle`). What it has taken is its own for the time of a lease, which it may make longer (`renew`); when it dies, the
lease runs out, and another one takes it.

Of one kind and key only the first may be taken, and what follows it in the same claim. What waits behind one that
somebody holds is put off when a worker comes across it, and made due again when that one is settled.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from groupchat import events
from groupchat.actions.bulk_sql import BulkSql
from groupchat.events import Event
from groupchat.handlers import HANDLERS, UNKNOWN, Handler, wanting
from groupchat.models import Effect

logger = logging.getLogger("groupchat.effects")

RUN = 50  # of one order, how many become due together when the one before them is done
BLOCKED_SECONDS = 10.0  # what waits behind another of its order looks again after this time, then after twice as long
LONGEST_BLOCKED_SECONDS = 320.0
MAX_ERROR_CHARACTERS = 2_000
COUNTED = 10_000  # of what waits, as many are counted

Order = tuple[str, str]  # kind and key


@dataclass(frozen=True, slots=True)
class Claimed:
    """An effect that this worker may run now. `attempt` counts from 1, and says whose lease it is."""

    id: int
    kind: str
    event: str
    payload: str
    key: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Claim:
    """What a worker got, in the order in which to run it; `looked_at`: of how many that were due."""

    claimed: list[Claimed]
    looked_at: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an effect: done; failed with an error; or not even begun."""

    claimed: Claimed
    error: str | None = None
    is_begun: bool = True


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much there is. From COUNTED on, `waiting` stays there, and the oldest is that of those who are due first."""

    waiting: int
    failed: int
    oldest_seconds: float


# --- writing them down ----------------------------------------------------------------------------------------------

_listeners: set[Callable[[], None]] = set()


def listen(listener: Callable[[], None]) -> None:
    """Call `listener` after each commit of this process that wrote effects down, in its thread."""
    _listeners.add(listener)


def ignore(listener: Callable[[], None]) -> None:
    _listeners.discard(listener)


def is_wanted(kind: type[Event]) -> bool:
    """Whether to make such events at all. Most often nobody wants them, and then a change must pay nothing for it."""
    return any(handler.wants(kind) for handler in HANDLERS.values())


def record(happened: Iterable[Event], *, statements: BulkSql | None = None, now: datetime | None = None) -> None:
    """Write down what is to be done about these events, in one statement, or in none where nobody wants them.

    Call it inside the transaction that made them happen.
    """
    handlers: dict[type[Event], list[tuple[str, Handler]]] = {}
    rows = []
    for event in happened:
        kind = type(event)
        if kind not in handlers:
            handlers[kind] = wanting(kind)
        if handlers[kind]:
            name, payload = events.NAMES[kind], events.encode(event)
            rows += [(handler_name, name, payload, handler.key(event)) for handler_name, handler in handlers[kind]]
    if rows:
        (statements or BulkSql()).insert_effects(rows, now or timezone.now())
        transaction.on_commit(_tell, robust=True)


def _tell() -> None:
    for listener in list(_listeners):
        listener()


# --- working them off -----------------------------------------------------------------------------------------------


def is_due(*, now: datetime | None = None) -> bool:
    """Whether there is one to take: a look at the first entry of an index."""
    return _open().filter(due_at__lte=now or timezone.now()).exists()


def claim(*, most: int, lease_seconds: float, now: datetime | None = None) -> Claim:
    """Take some that are due, and count it as an attempt."""
    now = now or timezone.now()
    given_up: set[Order] = set()
    with transaction.atomic():
        due = _look(most, now)
        claimed: list[Effect] = []
        blocked: list[Effect] = []
        taken: set[int] = set()
        for effect in sorted(due, key=lambda one: one.pk):
            before: int | None = effect.before if effect.key else None  # type: ignore[attr-defined]  # of the annotation
            if before is not None and before not in taken:
                blocked.append(effect)
            elif _handler(effect.kind).has_failed(effect.attempts):  # a crash ended the last attempt
                _give_up(effect.pk, "The process ended while it ran.", now)
                given_up.add((effect.kind, effect.key))
            else:
                claimed.append(effect)
                taken.add(effect.pk)
        _put_off(blocked, now)
        until = now + timedelta(seconds=lease_seconds)
        ours = Effect.objects.filter(pk__in=[effect.pk for effect in claimed])
        ours.update(due_at=until, leased_until=until, attempts=F("attempts") + 1)
    _make_due(given_up, now)
    return Claim([_claimed(effect) for effect in claimed], len(due))


def _look(most: int, now: datetime) -> Sequence[Effect]:
    """Those that are due, locked, each with the id of the one before it in its order (`before`).

    Where one was taken before and never settled, its process died, perhaps by it. Then it comes alone: in company it
    would use up the attempts of the others, too.
    """
    due = list(
        _open()
        .filter(due_at__lte=now)
        .annotate(before=_before())
        .order_by("due_at", "pk")
        .select_for_update(skip_locked=True, of=("self",))[: max(most, 1)]
    )
    if due and due[0].leased_until is not None:
        return due[:1]
    return [effect for effect in due if effect.leased_until is None]


def _put_off(blocked: Sequence[Effect], now: datetime) -> None:
    """They look again in a while, for the longer the older they are: so a long queue behind one is seldom written.

    If a process died that had taken them, it was not by them: they were not their order's first.
    """
    # Asked again, behind our locks: the one before may be gone, and whoever took it away would wake nobody any more.
    ids = [effect.pk for effect in blocked]
    still = set(_open().filter(pk__in=ids).annotate(before=_before()).exclude(before=None).values_list("pk", flat=True))
    by_pause: dict[float, list[int]] = defaultdict(list)
    for effect in blocked:
        if effect.pk in still:
            by_pause[_blocked_pause((now - effect.created_at).total_seconds())].append(effect.pk)
    for pause, some in by_pause.items():  # few: each is twice the one before
        Effect.objects.filter(pk__in=some).update(due_at=now + timedelta(seconds=pause), leased_until=None)


def _blocked_pause(age: float) -> float:
    pause = BLOCKED_SECONDS
    while pause < min(age, LONGEST_BLOCKED_SECONDS):
        pause *= 2
    return pause


def _claimed(effect: Effect) -> Claimed:
    return Claimed(effect.pk, effect.kind, effect.event, effect.payload, effect.key, effect.attempts + 1)


def perform(claimed: Claimed) -> Outcome:
    """Let its handler run; whatever that raises is the outcome."""
    try:
        event = events.decode(claimed.event, claimed.payload)
        HANDLERS[claimed.kind].run(event, claimed.id)
    except Exception as error:
        told = f"{type(error).__name__}: {error}"
        logger.warning(
            "Effect %d (%s for %s) failed, attempt %d: %s",
            claimed.id,
            claimed.event,
            claimed.kind,
            claimed.attempt,
            told,
        )
        return Outcome(claimed, told)
    return Outcome(claimed)


def settle(outcomes: Sequence[Outcome], *, now: datetime | None = None) -> None:
    """Write down what came of effects.

    What is done is gone, even where the lease was lost meanwhile. Anything else counts only while it is still ours.
    """
    now = now or timezone.now()
    done = [outcome.claimed for outcome in outcomes if outcome.is_begun and outcome.error is None]
    ended = {(claimed.kind, claimed.key) for claimed in done}
    with transaction.atomic():
        Effect.objects.filter(pk__in=[claimed.id for claimed in done]).delete()
        for outcome in outcomes:
            claimed = outcome.claimed
            ours = Effect.objects.filter(pk=claimed.id, attempts=claimed.attempt, failed_at=None)
            if not outcome.is_begun:
                ours.update(attempts=F("attempts") - 1, due_at=now, leased_until=None)
            elif outcome.error is not None:
                handler = _handler(claimed.kind)
                if not handler.has_failed(claimed.attempt):
                    due_at = now + timedelta(seconds=handler.pause(claimed.attempt))
                    ours.update(due_at=due_at, leased_until=None, last_error=outcome.error[:MAX_ERROR_CHARACTERS])
                elif _give_up(claimed.id, outcome.error, now, attempt=claimed.attempt):
                    ended.add((claimed.kind, claimed.key))
    _make_due(ended, now)


def renew(held: Collection[Claimed], *, lease_seconds: float, now: datetime | None = None) -> set[int]:
    """Hold these for longer; the ids of those that are still ours."""
    until = (now or timezone.now()) + timedelta(seconds=lease_seconds)
    kept = set()
    for claimed in held:
        ours = Effect.objects.filter(pk=claimed.id, attempts=claimed.attempt, failed_at=None)
        if ours.update(due_at=until, leased_until=until):
            kept.add(claimed.id)
    return kept


def _give_up(effect_id: int, error: str, now: datetime, *, attempt: int | None = None) -> bool:
    given_up = Effect.objects.filter(pk=effect_id, failed_at=None)
    if attempt is not None:
        given_up = given_up.filter(attempts=attempt)
    logger.error("Effect %d has failed for good: %s", effect_id, error)
    return bool(given_up.update(failed_at=now, leased_until=None, last_error=error[:MAX_ERROR_CHARACTERS]))


def _make_due(ended: Collection[Order], now: datetime) -> None:
    """What is first in these orders by now, and some behind it. What somebody holds is left alone.

    Call it after the commit that took away what was first: a worker that still saw it there has locked what it puts
    off, and we wait for that. So the first is written whatever we read of it.
    """
    for kind, key in sorted(ended):
        if not key:
            continue
        ids = list(_open().filter(kind=kind, key=key).order_by("pk").values_list("pk", flat=True)[:RUN])
        if ids:
            waiting = Effect.objects.filter(pk__in=ids, leased_until=None, failed_at=None)
            waiting.filter(Q(pk=ids[0]) | Q(due_at__gt=now)).update(due_at=now)


def work_off(*, now: datetime | None = None) -> int:
    """Run everything that is due, here and now, for a script or a test; how many were run."""
    count = 0
    while True:
        claim_ = claim(most=RUN, lease_seconds=3600, now=now)
        stopped: set[Order] = set()
        for claimed in claim_.claimed:
            order = (claimed.kind, claimed.key)
            outcome = Outcome(claimed, is_begun=False) if claimed.key and order in stopped else perform(claimed)
            if outcome.error is not None:
                stopped.add(order)
            settle([outcome], now=now)
            count += outcome.is_begun
        if not claim_.looked_at:
            return count


# --- what people see of it ------------------------------------------------------------------------------------------


def try_again(*, effects: Iterable[int], now: datetime | None = None) -> int:
    """Let these be due at once, and count their attempts anew; those that a worker holds are left out. How many."""
    now = now or timezone.now()
    count = _free(effects, now).update(due_at=now, leased_until=None, failed_at=None, attempts=0)
    transaction.on_commit(_tell, robust=True)
    return count


def drop(*, effects: Iterable[int], now: datetime | None = None) -> int:
    """Let these never be done; those that a worker holds are left out. How many."""
    now = now or timezone.now()
    with transaction.atomic():
        free = _free(effects, now)
        orders = set(free.values_list("kind", "key"))
        count, _ = free.delete()
    _make_due(orders, now)
    transaction.on_commit(_tell, robust=True)
    return count


def backlog(*, now: datetime | None = None) -> Backlog:
    """How many wait and have failed, and the age of the oldest that waits."""
    now = now or timezone.now()
    waiting = _open().order_by("due_at", "pk")[:COUNTED].aggregate(count=Count("pk"), oldest=Min("created_at"))
    failed = Effect.objects.filter(failed_at__isnull=False)[:COUNTED].count()
    oldest = (now - waiting["oldest"]).total_seconds() if waiting["oldest"] else 0.0
    return Backlog(waiting["count"], failed, max(oldest, 0.0))


def _before() -> Subquery:
    """The id of the one before it in its order."""
    same = _open().filter(kind=OuterRef("kind"), key=OuterRef("key"), pk__lt=OuterRef("pk"))
    return Subquery(same.order_by("-pk").values("pk")[:1])


def _free(effects: Iterable[int], now: datetime) -> QuerySet[Effect]:
    return Effect.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), pk__in=list(effects))


def _open() -> QuerySet[Effect]:
    return Effect.objects.filter(failed_at=None)


def _handler(kind: str) -> Handler:
    return HANDLERS.get(kind, UNKNOWN)
