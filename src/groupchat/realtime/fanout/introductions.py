"""The people whom frames name, told of before them: each connection hears only of those it does not know."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

from groupchat.realtime.fanout.connection import Connection
from groupchat.realtime.fanout.frames import Frame
from groupchat.realtime.fanout.topics import Named, Publication

_Tell = Callable[[Iterable[int]], Frame]


class Introductions:
    """Those named by some publications to whom not everybody was introduced yet; each once."""

    def __init__(self, introduced: Mapping[int, int], publications: Iterable[Publication]) -> None:
        found: dict[int, tuple[Named, _Tell]] = {}
        for publication in publications:
            if publication.introduce is None:
                continue
            for one in publication.named:
                known = found[one.id][0].version if one.id in found else introduced.get(one.id, 0)
                if known < one.version:
                    found[one.id] = (one, publication.introduce)
        self._all = list(found.values())

    def versions(self) -> dict[int, int]:
        """What everybody knows of them once all were told."""
        return {one.id: one.version for one, _ in self._all}

    def introduce(
        self, connections: Collection[Connection]
    ) -> Iterator[tuple[Sequence[Frame], Collection[Connection]]]:
        """The connections in groups, each with the frames that its members must get first; they know them from here on.

        The frames leave in one write with what names these people: a write costs far more than what is in it.
        """
        if not self._all:
            yield (), connections
            return
        groups: dict[tuple[int, ...], list[Connection]] = {}
        for connection in connections:
            missing = tuple(
                place for place, (one, _) in enumerate(self._all) if not connection.knows(one.id, one.version)
            )
            for place in missing:
                one = self._all[place][0]
                connection.learn(one.id, one.version)
            groups.setdefault(missing, []).append(connection)
        for missing, members in groups.items():
            yield self._frames(missing), members

    def _frames(self, missing: Iterable[int]) -> list[Frame]:
        ids: dict[_Tell, list[int]] = {}
        for place in missing:
            one, introduce = self._all[place]
            ids.setdefault(introduce, []).append(one.id)
        return [introduce(some) for introduce, some in ids.items()]
