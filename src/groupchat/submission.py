"""What a door that awaits takes from the realtime part of its event loop, where there is one: batches, threads, limits.

Without one (another kind of server, a test) the same is done alone, in a thread.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from asgiref.sync import sync_to_async

from groupchat.actions import limits
from groupchat.actions.messages import Post, Posted
from groupchat.actions.messages import post as post_batch
from groupchat.actions.tokens import people_of
from groupchat.errors import ChatError, RateLimited
from groupchat.models import Person

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Batches:
    """`submit(sender, post, answer)` joins the next transaction; `person_of(token)` the next look at the tokens;
    `wait_of(sender)` takes one command from the sender's allowance, or says how many seconds are missing; `read` and
    `write` run in a thread.
    """

    submit: Callable[[object, Post, Callable[[Posted | ChatError], None]], None]
    person_of: Callable[[str], Awaitable[Person | None]]
    wait_of: Callable[[str], float]
    read: Callable[..., Awaitable[Any]]
    write: Callable[..., Awaitable[Any]]


_offers: dict[asyncio.AbstractEventLoop, Batches] = {}


def offer(batches: Batches) -> None:
    """Serve this event loop from now on."""
    _offers[asyncio.get_running_loop()] = batches


def withdraw() -> None:
    _offers.pop(asyncio.get_running_loop(), None)


def require_allowance(sender: str) -> None:
    """Take one command from the allowance that this sender has over all doors; raises RateLimited."""
    batches = _offers.get(asyncio.get_running_loop())
    if batches is not None and (wait := batches.wait_of(sender)):
        raise RateLimited("Too many commands at once. Try again in a moment.", retry_after=wait)


async def read(work: Callable[..., R], *args: Any) -> R:
    """What `work`, which only reads, finds in the database."""
    batches = _offers.get(asyncio.get_running_loop())
    if batches is None:
        return await sync_to_async(work)(*args)
    found: R = await batches.read(work, *args)
    return found


async def post(sender: str, post: Post) -> Posted:
    """Post, and return when it is durable; raises ChatError. `sender` names who shares a turn."""
    loop = asyncio.get_running_loop()
    batches = _offers.get(loop)
    if batches is None:
        result = (await sync_to_async(post_batch)([post]))[0]
    else:
        future: asyncio.Future[Posted | ChatError] = loop.create_future()
        batches.submit(sender, post, lambda answer: None if future.done() else future.set_result(answer))
        result = await future
    if isinstance(result, ChatError):
        raise result
    return result


async def person_of(token: str) -> Person | None:
    """Whose token this is; None where it is not in force."""
    batches = _offers.get(asyncio.get_running_loop())
    if batches is not None:
        return await batches.person_of(token)
    return (await sync_to_async(people_of)(secrets=[token])).get(token)


async def require_fewer_wrong_tokens(address: str) -> None:
    """Count a wrong token that came from this address; raises RateLimited."""
    batches = _offers.get(asyncio.get_running_loop())
    if batches is None:
        await sync_to_async(limits.require_fewer_wrong_tokens)(address)
    else:
        await batches.write(limits.require_fewer_wrong_tokens, address)
