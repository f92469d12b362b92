"""Where limits are counted: in the database, or in a Redis. Both tell the same, for all processes together.

An allowance is one number, the moment at which it is whole again. Taking something puts that off by the time in which
it grows again; who would put it off by more than the whole allowance is refused. Each does so in one step that nobody
can come between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.db import connections, router

from groupchat.models import Allowance

DATABASE = "database"  # as the option `limits_store` names it
REDIS_SECONDS = 0.5  # for an answer: a post may wait behind it
ROUNDING_SECONDS = 1e-5  # a moment of today, as a float, is exact to a quarter of a microsecond


class StoreDown(Exception):
    """It does not answer; nothing was counted, or nobody knows."""


@dataclass(frozen=True, slots=True)
class Draw:
    """To take `count` of an allowance that grows by one every `interval` seconds, up to `burst`."""

    key: str
    interval: float
    burst: int
    count: int = 1


class LimitStore(Protocol):
    def take(self, draw: Draw, now: float) -> float:
        """0.0, or the seconds to wait until there is enough (nothing is taken then). Raises StoreDown."""

    def give_back(self, draw: Draw) -> None:
        """As if it had not been taken. Raises StoreDown."""


# `held` is capped: after a clock that went wrong, nobody waits for longer than a whole allowance takes.
_HELD = "{greatest}({least}(held.full_at, %s), %s)"
_TAKE = """
INSERT INTO {table} AS held (key, full_at) VALUES (%s, %s)
ON CONFLICT (key) DO UPDATE SET full_at = {held} + %s WHERE {held} + %s <= %s
RETURNING full_at
"""


class DatabaseStore:
    """A row for each allowance that is not whole."""

    def take(self, draw: Draw, now: float) -> float:
        connection = connections[router.db_for_write(Allowance)]
        names = ("GREATEST", "LEAST") if connection.vendor == "postgresql" else ("MAX", "MIN")
        held = _HELD.format(greatest=names[0], least=names[1])
        sql = _TAKE.format(table=Allowance._meta.db_table, held=held)
        cost, whole = draw.interval * draw.count, now + draw.interval * draw.burst
        if draw.count > draw.burst:
            return cost
        with connection.cursor() as cursor:
            cursor.execute(sql, [draw.key, now + cost, whole, now, cost, whole, now, cost, whole + ROUNDING_SECONDS])
            if cursor.fetchall():  # all of it: SQLite ends the statement, and its lock, with the last row
                return 0.0
        full_at = Allowance.objects.using(connection.alias).filter(key=draw.key).values_list("full_at", flat=True)
        return max(min(full_at.first() or now, whole) + cost - whole, ROUNDING_SECONDS)

    def give_back(self, draw: Draw) -> None:
        connection = connections[router.db_for_write(Allowance)]
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {Allowance._meta.db_table} SET full_at = full_at - %s WHERE key = %s",
                [draw.interval * draw.count, draw.key],
            )


_LUA = """
local now, cost, whole, rounding = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local held = math.max(math.min(tonumber(redis.call('GET', KEYS[1]) or '0'), whole), now)
if held + cost > whole + rounding then return tostring(held + cost - whole) end
redis.call('SET', KEYS[1], string.format('%.6f', held + cost), 'PX', math.ceil((held + cost - now) * 1000) + 1000)
return '0'
"""
_LUA_BACK = """
local held = redis.call('GET', KEYS[1])
if held then redis.call('SET', KEYS[1], string.format('%.6f', tonumber(held) - tonumber(ARGV[1])), 'KEEPTTL') end
return '0'
"""


class RedisStore:
    """A key for each allowance that is not whole, which goes by itself."""

    def __init__(self, url: str) -> None:
        # not needed where limits are counted in the database
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry

        self._client = redis.Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
            max_connections=16,
        )
        self._down = (redis.RedisError, OSError)

    def take(self, draw: Draw, now: float) -> float:
        if draw.count > draw.burst:
            return draw.interval * draw.count
        whole = now + draw.interval * draw.burst
        return self._run(_LUA, draw.key, [repr(now), draw.interval * draw.count, repr(whole), ROUNDING_SECONDS])

    def give_back(self, draw: Draw) -> None:
        self._run(_LUA_BACK, draw.key, [draw.interval * draw.count])

    def _run(self, script: str, key: str, arguments: Sequence[Any]) -> float:
        try:
            answer: Any = self._client.eval(script, 1, key, *arguments)
        except self._down as error:
            raise StoreDown(str(error)) from error
        return float(answer)


@cache
def store_at(place: str) -> LimitStore:
    """The store that the option `limits_store` names."""
    return DatabaseStore() if place == DATABASE else RedisStore(place)
