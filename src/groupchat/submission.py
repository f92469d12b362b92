"""Posting from a door that awaits: through the batches of this event loop's realtime part, where there is one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from asgiref.sync import sync_to_async

from groupchat.actions.messages import Post, Posted
from groupchat.actions.messages import post as post_batch
from groupchat.errors import ChatError

Submit = Callable[[object, Post, Callable[[Posted | ChatError], None]], None]
_offers: dict[asyncio.AbstractEventLoop, Submit] = {}


def offer(submit: Submit) -> None:
    """Take all posts of this event loop from now on."""
    _offers[asyncio.get_running_loop()] = submit


def withdraw() -> None:
    _offers.pop(asyncio.get_running_loop(), None)


async def post(sender: object, post: Post) -> Posted:
    """Post, and return when it is durable; raises ChatError. `sender` names who shares a turn in the batches."""
    loop = asyncio.get_running_loop()
    submit = _offers.get(loop)
    if submit is None:
        result = (await sync_to_async(post_batch)([post]))[0]
    else:
        future: asyncio.Future[Posted | ChatError] = loop.create_future()
        submit(sender, post, lambda answer: None if future.done() else future.set_result(answer))
        result = await future
    if isinstance(result, ChatError):
        raise result
    return result
