"""`groupchat shell`: Python, with the chat awake."""

from __future__ import annotations

import typer

from groupchat.server.setup import set_up


def shell(context: typer.Context) -> None:
    """Open a Python shell with the server's settings.

    It takes the options of Django's shell.
    """
    set_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["groupchat", "shell", *context.args])
