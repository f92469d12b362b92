"""Limits of how often something may be done: the table of all of them, and the bucket that each is.

Those in the table are counted where all processes see it (`actions.limits`). What is asked with every frame of a socket
stays in memory: `Bucket`, in a table of `Buckets`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from groupchat.conf import conf

# Commands that may come at once for each one that may come in the long run, before a client is taken for a flood.
FLOOD_FACTOR = 10
MAX_BUCKETS = 20_000

MINUTE_SECONDS = 60.0
HOUR_SECONDS = 3_600.0
DAY_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class Limit:
    """So many (`option` of Conf) in so many `seconds`, of each `per`: at once, and then as they grow again one by one.

    `guards` a secret: somebody may try to guess it, so it is counted even while the store of the counts is down. Any
    other limit lets everybody through then, for it only keeps away floods.
    """

    name: str
    option: str
    seconds: float
    per: Literal["person", "account", "address", "mail address", "room"]
    guards: bool = False

    @property
    def most(self) -> int:
        """0: no limit."""
        return int(getattr(conf(), self.option))


_TABLE = (
    Limit("guest.new", "max_new_guests_per_minute", MINUTE_SECONDS, "address"),
    Limit("me.rename", "max_renames_per_hour", HOUR_SECONDS, "person"),
    Limit("me.handle", "max_handles_per_hour", HOUR_SECONDS, "person"),
    Limit("me.delete", "max_deletions_per_day", DAY_SECONDS, "account"),
    Limit("picture", "max_pictures_per_hour", HOUR_SECONDS, "person"),
    Limit("room.new", "max_new_rooms_per_hour", HOUR_SECONDS, "person"),
    Limit("room.new.guest", "max_guest_rooms_per_hour", HOUR_SECONDS, "person"),
    Limit("room.new.address", "max_guest_rooms_per_hour_of_address", HOUR_SECONDS, "address"),
    Limit("room.invite", "max_invitations_per_hour", HOUR_SECONDS, "person"),
    Limit("invite.make", "max_invite_links_per_hour", HOUR_SECONDS, "person"),
    Limit("post.newcomer", "max_newcomer_posts_per_minute", MINUTE_SECONDS, "person"),
    Limit("link.newcomer", "max_newcomer_links_per_hour", HOUR_SECONDS, "person"),
    Limit("message.report", "max_reports_per_hour", HOUR_SECONDS, "person"),
    Limit("report.act", "max_report_acts_per_minute", MINUTE_SECONDS, "person"),
    Limit("command.run", "max_commands_run_per_minute", MINUTE_SECONDS, "person"),
    Limit("room.rename", "max_room_renames_per_hour", HOUR_SECONDS, "room"),
    Limit("password.account", "max_wrong_passwords_per_hour", HOUR_SECONDS, "account", guards=True),
    Limit("password.address", "max_wrong_passwords_per_hour_of_address", HOUR_SECONDS, "address", guards=True),
    Limit("code", "max_wrong_codes_per_hour", HOUR_SECONDS, "account", guards=True),
    Limit("link", "max_wrong_links_per_hour", HOUR_SECONDS, "address", guards=True),
    Limit("token", "max_wrong_tokens_per_minute", MINUTE_SECONDS, "address", guards=True),
    Limit("export", "max_exports_per_hour", HOUR_SECONDS, "person"),
    Limit("sign_up", "max_sign_ups_per_hour", HOUR_SECONDS, "address"),
    Limit("mail", "max_account_mails_per_hour", HOUR_SECONDS, "mail address"),
    Limit("mail.address", "max_account_mails_per_hour_of_address", HOUR_SECONDS, "address"),
)
LIMITS: Mapping[str, Limit] = {limit.name: limit for limit in _TABLE}


class Bucket:
    """Lets `burst` through at once and `rate` per second after it; a rate of 0 lets everything through."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, *, rate: float, burst: int, now: float) -> None:
        self._rate = rate
        self._burst = max(burst, 1)
        self._tokens = float(self._burst)
        self._at = now

    def take(self, now: float) -> float:
        """Take one token: 0.0, or the seconds to wait until there is one (none is taken then)."""
        if not self._rate:
            return 0.0
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0.0
        return (1 - self._tokens) / self._rate

    def is_whole(self, now: float) -> bool:
        """Whether it is as good as a new one."""
        return not self._rate or self._tokens + (now - self._at) * self._rate >= self._burst


class Buckets:
    """By whom they are of, the bucket of a socket's limit and the far larger one past which a client is flooding.

    Bounded: from MAX_BUCKETS on, those that are whole again are forgotten.
    """

    def __init__(self) -> None:
        self._of: dict[str, tuple[Bucket, Bucket]] = {}
        self._most = MAX_BUCKETS

    def __len__(self) -> int:
        return len(self._of)

    def of(self, key: str, now: float) -> tuple[Bucket, Bucket]:
        found = self._of.get(key)
        if found is None:
            if len(self._of) >= self._most:
                self._of = {one: kept for one, kept in self._of.items() if not _are_whole(kept, now)}
                self._most = max(MAX_BUCKETS, 2 * len(self._of))  # or a crowd would pay for it at each arrival
            rate, burst = conf().max_commands_per_second, conf().max_commands_burst
            found = self._of[key] = (
                Bucket(rate=rate, burst=burst, now=now),
                Bucket(rate=rate * FLOOD_FACTOR, burst=burst * FLOOD_FACTOR, now=now),
            )
        return found

    def forget_whole(self, key: str, now: float) -> None:
        """What was used up of an allowance stays so; one that is as good as new need not be kept."""
        kept = self._of.get(key)
        if kept is not None and _are_whole(kept, now):
            del self._of[key]

    def share(self, key: str, to: str) -> None:
        """Somebody is called otherwise from now on, with what is left to them."""
        if key in self._of:
            self._of.setdefault(to, self._of[key])


def _are_whole(buckets: tuple[Bucket, Bucket], now: float) -> bool:
    return all(bucket.is_whole(now) for bucket in buckets)
