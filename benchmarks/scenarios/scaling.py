"""Whether a delivery costs the same with a hundred sockets and with ten thousand, at the same deliveries per second."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders import OURS
from benchmarks.figures import median
from benchmarks.scenarios.fanout import gather_crowds
from benchmarks.stage import Stage
from groupchat.load.crowd import Refused, Window

SCENARIO = "cost over the number of sockets"
CONTENDERS = (OURS, "floor", "node", "classic")
STEPS = (100, 1_000, 10_000)
_DELIVERIES_PER_SECOND = 20_000
_HEAVY_DELIVERIES_PER_SECOND = 1_000
_OF_ALL_FILES = 0.9  # of the files this process may open, for sockets
_HEAVY_MOST_SOCKETS = 1_000  # the classic design takes seconds for one message beyond it


def scaling(
    stage: Stage,
    *,
    steps: Sequence[int] = STEPS,
    contenders: Sequence[str] = CONTENDERS,
    seconds: float = 3.0,
    rounds: int = 3,
) -> None:
    """20,000 deliveries a second each time: 200 messages to 100 sockets, 2 to 10,000."""
    for sockets in steps:
        keys = [key for key in contenders if sockets <= _HEAVY_MOST_SOCKETS or not stage.is_heavy(key)]
        together = max(1, int(stage.most_sockets * _OF_ALL_FILES / sockets))
        for start in range(0, len(keys), together):
            _step(stage, keys[start : start + together], sockets, seconds=seconds, rounds=rounds)


def _step(stage: Stage, keys: Sequence[str], sockets: int, *, seconds: float, rounds: int) -> None:
    """One number of sockets, for as many contenders as this process may have files open for at once."""
    try:
        crowds = gather_crowds(stage, keys, sockets)
    except Refused as refused:
        stage.report.trouble(SCENARIO, f"{sockets:,} sockets: {refused}")
        return
    # What a post costs before anybody but its sender hears of it, at the same posts per second: they share commits.
    alone = stage.crowd(OURS, 1) if OURS in crowds else None
    posting: list[float] = []
    windows: dict[str, list[Window]] = {key: [] for key in crowds}
    for number in range(rounds):
        if alone is not None:
            posting.append(alone.window(rate=_rate(stage, OURS, sockets), seconds=seconds).us_per_delivery)
        for key, crowd in crowds.items():
            stage.say(f"{stage.label(key)}: {sockets:,} sockets, window {number + 1} of {rounds}")
            windows[key].append(crowd.window(rate=_rate(stage, key, sockets), seconds=seconds))
    for key, of_key in windows.items():
        label = stage.label(key)
        values = [window.us_per_delivery for window in of_key]
        stage.report.add(SCENARIO, label, name(sockets), values, "µs per delivery")
        if key == OURS:
            net = [value - median(posting) / sockets for value in values]
            stage.report.add(SCENARIO, label, f"{name(sockets)}, without the posting itself", net, "µs per delivery")
        stage.report.add(
            SCENARIO, label, f"{name(sockets)}, delivered", [window.share_delivered * 100 for window in of_key], "%"
        )
    for crowd in (*crowds.values(), *([alone] if alone is not None else [])):
        crowd.leave()
    stage.swarm.rest(0.5)
    stage.finish(SCENARIO)


def name(sockets: int) -> str:
    return f"{sockets:,} sockets"


def _rate(stage: Stage, key: str, sockets: int) -> float:
    most = _HEAVY_DELIVERIES_PER_SECOND if stage.is_heavy(key) else _DELIVERIES_PER_SECOND
    return max(1.0, most / sockets)


def flatness(stage: Stage, steps: Sequence[int] = STEPS) -> float:
    """The dearest step by the middle one; nan where a step is missing."""
    values = [stage.report.value(SCENARIO, stage.label(OURS), name(step)) for step in steps]
    return max(values) / median(values) if all(value == value for value in values) else float("nan")
