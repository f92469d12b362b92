"""`groupchat manage`: Django's own commands."""

from __future__ import annotations

import typer

from groupchat.server.setup import set_up


def manage(context: typer.Context) -> None:
    """Run any of Django's management commands."""
    set_up()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["groupchat manage", *context.args])
