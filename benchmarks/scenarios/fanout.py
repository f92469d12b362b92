"""What a delivery costs: many sockets in one room, posts at a fixed rate."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.contenders import OURS, OURS_DEFLATE
from benchmarks.figures import median
from benchmarks.stage import Stage
from groupchat.load.crowd import POSTERS, Crowd, Window

ORDINARY = (OURS, "floor", "uvloop", "node")
WITH_DEFLATE = (OURS_DEFLATE, "asgi_deflate")
CLASSIC = ("classic",)
_HEAVY_DELIVERIES_PER_SECOND = 2_000  # what the classic design carries without falling behind


def gather_crowds(stage: Stage, keys: Sequence[str], sockets: int) -> dict[str, Crowd]:
    """The crowds of those who are here, all connected before anything is measured."""
    crowds = {key: crowd for key in keys if (crowd := stage.crowd(key, sockets)) is not None}
    stage.swarm.settle()
    stage.swarm.rest(1.0)
    for key, crowd in crowds.items():
        stage.say(f"{stage.label(key)}: warming up")
        crowd.warm_up(posters=1 if stage.is_heavy(key) else POSTERS)
    return crowds


def measure(
    stage: Stage,
    crowds: dict[str, Crowd],
    *,
    rate: float,
    seconds: float,
    rounds: int,
    size: int = 100,
    scenario: str | None = None,
) -> dict[str, list[Window]]:
    """Windows in turn, so that a noisy moment of the machine falls on all of them; figures are medians."""
    windows: dict[str, list[Window]] = {key: [] for key in crowds}
    for number in range(rounds):
        for key, crowd in crowds.items():
            stage.say(f"{stage.label(key)}: {rate:g} messages/s, window {number + 1} of {rounds}")
            windows[key].append(crowd.window(rate=_rate_of(stage, key, crowd, rate), seconds=seconds, size=size))
    sockets = max((len(crowd.clients) for crowd in crowds.values()), default=0)
    scenario = scenario or f"fan-out, {sockets:,} sockets, {rate:g} messages/s of {size} characters"
    for key, of_key in windows.items():
        note(stage, scenario, key, of_key, rate=_rate_of(stage, key, crowds[key], rate), wanted=rate)
    stage.finish(scenario)
    return windows


def note(stage: Stage, scenario: str, key: str, windows: list[Window], *, rate: float, wanted: float) -> None:
    """The figures of one contender."""
    report, label = stage.report, stage.label(key)
    slower = f"at {rate:g} messages/s, as it cannot carry more" if rate != wanted else ""
    report.add(
        scenario, label, "server CPU per delivery", [window.us_per_delivery for window in windows], "µs", note=slower
    )
    if any(window.companion_cpu_seconds for window in windows):
        report.add(
            scenario,
            label,
            "the same with its broker",
            [window.us_per_delivery_with_companions for window in windows],
            "µs",
        )
    report.add(scenario, label, "post → a socket, p50", [window.each.p50 for window in windows], "ms")
    report.add(scenario, label, "post → a socket, p99", [window.each.p99 for window in windows], "ms")
    report.add(scenario, label, "post → last socket, p50", [window.last.p50 for window in windows], "ms")
    report.add(scenario, label, "delivered", [window.share_delivered * 100 for window in windows], "%")
    report.add(
        scenario, label, "generator CPU per delivery", [window.generator_us_per_delivery for window in windows], "µs"
    )


def cost(windows: dict[str, list[Window]], key: str) -> float:
    """The median CPU per delivery of one contender; nan where it is absent."""
    return median([window.us_per_delivery for window in windows.get(key, [])])


def last_p50(windows: dict[str, list[Window]], key: str) -> float:
    return median([window.last.p50 for window in windows.get(key, [])])


def _rate_of(stage: Stage, key: str, crowd: Crowd, rate: float) -> float:
    if not stage.is_heavy(key):
        return rate
    return min(rate, max(0.5, _HEAVY_DELIVERIES_PER_SECOND / len(crowd.clients)))
