"""`groupchat`: the command. Each subcommand has a file of its own under commands/."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperGroup

from groupchat.server.commands import (
    admin,
    backup,
    bot,
    doctor,
    manage,
    migrate,
    new_epoch,
    owner_link,
    render,
    serve,
    shell,
    token,
    version,
    why,
    worker,
)
from groupchat.server.faults import CannotStart, MailNotSent

# Commands that are heavy to import, or may be absent: a name, and a typer app as "module:attribute". They are loaded
# when they are called (or when help lists them).
ELSEWHERE = {
    "selftest": "groupchat.server.commands.selftest:app",
}
ELSEWHERE_HELP = {
    "selftest": "Try the configured database and broker under load.",
}


class Commands(TyperGroup):
    """The commands of this folder and those of ELSEWHERE."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *(name for name in ELSEWHERE if _exists(name))]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in ELSEWHERE and _exists(cmd_name):
            module, _, attribute = ELSEWHERE[cmd_name].partition(":")
            command = typer.main.get_command(getattr(import_module(module), attribute))
            command.name, command.short_help = cmd_name, ELSEWHERE_HELP[cmd_name]  # an app has neither by itself
            return command
        return super().get_command(ctx, cmd_name)


app = typer.Typer(
    cls=Commands,
    help="Group Chat: a chat server in one command.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
PASS_EVERYTHING_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}

app.command("serve")(serve.serve)
app.command("worker")(worker.worker)
app.command("owner-link")(owner_link.owner_link)
app.command("bot")(bot.bot)
app.command("token")(token.token)
app.add_typer(admin.app, name="admin")
app.command("why")(why.why)
app.command("migrate")(migrate.migrate)
app.command("backup")(backup.backup)
app.command("doctor")(doctor.doctor)
app.command("new-epoch")(new_epoch.new_epoch)
app.command("render")(render.render)
app.command("shell", context_settings=PASS_EVERYTHING_ON)(shell.shell)
app.command("manage", context_settings=PASS_EVERYTHING_ON)(manage.manage)
app.command("version")(version.version)


def main() -> None:
    """What cannot start says why in one line, with the exit code 2."""
    try:
        app(prog_name="groupchat")
    except CannotStart as error:
        print(f"groupchat: {error}", file=sys.stderr)
        sys.exit(2)
    except MailNotSent as error:
        print(f"groupchat: {error}", file=sys.stderr)
        sys.exit(1)


def _exists(name: str) -> bool:
    module = ELSEWHERE[name].partition(":")[0]
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False
