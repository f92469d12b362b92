"""What a commit changed, on its way from the domain to whoever listens.

Actions send `published` after the commit, in the order of the commits of a room; doors (realtime, later webhooks)
connect to it. The domain knows nothing of who listens.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.dispatch import Signal

from groupchat.protocol import ChangesFrame, MyChangesFrame, PersonResource


@dataclass(frozen=True, slots=True)
class RoomChanges:
    """The changes of a room in `(since, to]`, and the people they name. `out` are the ids of those who are in the room
    no more, each with the seq at which they went. `only`: the ids of those who alone may hear the room from here on;
    None where that did not change. `floors`: those among the changed members who may not see all of it, each with the
    number of the first message that they may see. Nobody is told these of others.
    """

    frame: ChangesFrame
    people: Sequence[PersonResource]
    out: Mapping[int, int] = field(default_factory=dict)
    only: frozenset[int] | None = None

    def ends(self, person_id: int | None) -> bool:
        """Whether these changes put this person out of the room, who may have been let in by what was read before."""
        return person_id in self.out or (self.only is not None and person_id not in self.only)

    floors: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class MyChanges:
    """The changes of a person's own counter in `(since, to]`; with `sessions` their sockets must prove again who
    they are.
    """

    frame: MyChangesFrame
    sessions: bool = False


published = Signal()
"""Sent after a commit with `changes`: a RoomChanges or a MyChanges."""
