"""`groupchat doctor`: is this server set up well?"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Annotated

import typer

from groupchat.server.commands.options import Data
from groupchat.server.environment import read_environment
from groupchat.server.faults import CannotStart
from groupchat.server.findings import Finding, rights
from groupchat.server.setup import set_up


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="As a list, for a program.")] = False,
    data: Data = None,
) -> None:
    """Say in plain words what is wrong with this server.

    It looks at the settings and at what the server stands on. The exit code is 1 where something is wrong.
    """
    found = _found(data)
    if as_json:
        print(json.dumps([one.as_json() for one in found], indent=2, ensure_ascii=False))
    else:
        for one in found:
            print(f"{one.state:<5}  {one.about:<8}  {one.words}")
    raise typer.Exit(1 if any(one.state == "wrong" for one in found) else 0)


def _found(data: Path | None) -> list[Finding]:
    """What keeps the server from starting is a finding, too."""
    found: list[Finding] = []
    try:
        if data is not None:
            os.environ["GROUPCHAT_DATA"] = str(data)
        found += rights(read_environment().data)  # before a start repairs what it can
        environment = set_up(data=data)
    except CannotStart as error:
        return [*found, Finding("start", "wrong", str(error))]
    from groupchat.server.doctor import examine  # Django is awake

    return found + examine(environment)
