"""`groupchat serve`: the server."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.environment import Environment
from groupchat.server.listening import cores, listen, raise_file_limit, refuse_open_door
from groupchat.server.setup import set_up


def serve(
    host: Annotated[
        str | None, typer.Option(envvar="GROUPCHAT_HOST", help="The address to listen on. [default: 127.0.0.1]")
    ] = None,
    port: Annotated[
        str | None, typer.Option(envvar="GROUPCHAT_PORT", help="The port; 0 takes any free one. [default: 8000]")
    ] = None,
    data: Data = None,
    workers: Annotated[
        str | None,
        typer.Option(envvar="GROUPCHAT_WORKERS", help="Processes: a number, or auto: one per core. [default: 1]"),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(envvar="GROUPCHAT_URL", help="Where people find the server, as https://chat.example.org."),
    ] = None,
) -> None:
    """Run the chat server.

    It needs nothing else; the environment adds PostgreSQL, Redis, mail and limits.
    """
    environment = set_up(host=host, port=port, data=data, workers=workers, url=url)
    refuse_open_door(environment)
    raise_file_limit()
    count = environment.workers or cores()
    if count == 1:
        sys.exit(_serve_alone(environment))
    from groupchat.server.workers import serve_with_workers

    sys.exit(serve_with_workers(environment, count=count))


def _serve_alone(environment: Environment) -> int:
    listener = listen(environment.host, environment.port)[0]
    from groupchat.server import preparation
    from groupchat.server.greeting import greeting
    from groupchat.server.serving import serve as serve_until_stopped

    run = preparation.prepare(environment)
    words = greeting(environment, port=listener.getsockname()[1])
    code = serve_until_stopped(environment, listener=listener, on_listening=lambda: print(words, flush=True))
    run.end()
    return code
