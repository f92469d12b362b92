"""What is said of a command, once: the table in docs/protocol.md and the tests that walk over all commands are derived
from it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from inspect import cleandoc
from typing import TYPE_CHECKING, Generic, TypeVar, get_args

from groupchat.permissions import Right
from groupchat.protocol import Command

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession

C = TypeVar("C", bound=Command)


@dataclass(frozen=True, slots=True)
class Declaration(Generic[C]):
    """A command of the protocol.

    `carry_out` does it and answers; what it raises as a ChatError is the answer. `right`: who may. `reply`: the members
    of the reply's `result`, or the type of the frame that answers. `limits`: the options of `Conf` that bound it,
    beside those that bound every command. `http`: where the HTTP API does the same, as docs/protocol.md writes it.
    """

    schema: type[C]
    carry_out: Callable[[NativeSession, C], Awaitable[None]]
    right: Right
    reply: tuple[str, ...] | str
    limits: tuple[str, ...] = ()
    http: str | None = None

    @property
    def type(self) -> str:
        """Its name on the wire."""
        name: str = get_args(self.schema.model_fields["type"].annotation)[0]
        return name

    @property
    def does(self) -> str:
        """What it does, in a sentence: the first of its schema's docstring."""
        first = cleandoc(self.schema.__doc__ or "").split("\n\n")[0]
        return " ".join(first.split())


OF_EVERY_COMMAND = ("max_frame_bytes", "max_commands_per_second", "max_commands_burst")
"""The options of `Conf` that bound every command."""
