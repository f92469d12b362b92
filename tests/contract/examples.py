"""The examples and tables of docs/protocol.md, as they stand there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

TEXT = (Path(__file__).parents[2] / "docs" / "protocol.md").read_text()

EXAMPLES: list[dict[str, Any]] = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)]


def rows(heading: str) -> list[list[str]]:
    """The cells of the table under a heading, without its head."""
    section = TEXT.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]


def paths(value: Any, at: str = "") -> set[str]:
    """Every member that occurs in it, by its place: `rooms[].room.id:int`."""
    if isinstance(value, dict):
        found = {f"{at}.{name}" for name in value}
        return found.union(*(paths(one, f"{at}.{name}") for name, one in value.items()))
    if isinstance(value, list):
        return set().union(*(paths(one, f"{at}[]") for one in value))
    return {f"{at}:{type(value).__name__}"}


def differences(value: Any, type_: Any, at: str = "") -> list[str]:
    """Where a value is not of this type: no member more, none less, each of its own type."""
    origin = get_origin(type_)
    if is_typeddict(type_):
        if not isinstance(value, dict):
            return [f"{at} is no object"]
        hints = get_type_hints(type_, include_extras=True)
        found = [f"{at}.{name} is unknown" for name in set(value) - set(hints)]
        found += [
            f"{at}.{name} is missing" for name in set(hints) - set(value) if get_origin(hints[name]) is not NotRequired
        ]
        for name in set(value) & set(hints):
            found += differences(value[name], hints[name], f"{at}.{name}")
        return found
    if origin is NotRequired:
        return differences(value, get_args(type_)[0], at)
    if origin is list:
        (inner,) = get_args(type_)
        if not isinstance(value, list):
            return [f"{at} is no list"]
        return [one for item in value for one in differences(item, inner, f"{at}[]")]
    if origin is Literal:
        return [] if value in get_args(type_) else [f"{at} is {value!r}"]
    if origin in (Union, UnionType):
        ways = [differences(value, one, at) for one in get_args(type_)]
        return min(ways, key=len)
    wanted = NoneType if type_ is None else type_
    return [] if type(value) is wanted else [f"{at} is {value!r}, no {type_}"]
