"""What a run found: figures, goals and what was absent; as a table for people and as JSON for programs."""

from __future__ import annotations

import json
import math
import os
import platform
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.figures import median


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. Where it was measured in several windows, `value` is their median."""

    scenario: str
    contender: str
    name: str
    value: float
    unit: str
    windows: list[float] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class Goal:
    """What we want of a figure. `value` is nan where it could not be measured here."""

    what: str
    value: float
    limit: float
    at_least: bool = False  # the value should not be below; otherwise not above
    unit: str = "×"

    @property
    def reached(self) -> bool | None:
        if math.isnan(self.value):
            return None
        return self.value >= self.limit if self.at_least else self.value <= self.limit


@dataclass(slots=True)
class Report:
    """Grows as the scenarios run."""

    figures: list[Figure] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    troubles: dict[str, str] = field(default_factory=dict)  # lost, doubled, closed: by scenario
    begun: float = field(default_factory=time.time)
    seconds: float = 0.0
    took: dict[str, float] = field(default_factory=dict)  # seconds of each scenario
    others: float = 0.0  # share of the machine that went to programs that are not the bench's, 0 to 1

    def add(
        self,
        scenario: str,
        contender: str,
        name: str,
        values: float | list[float],
        unit: str,
        *,
        note: str = "",
    ) -> float:
        """Notes a figure, and gives its value back."""
        windows = values if isinstance(values, list) else []
        value = median(windows) if isinstance(values, list) else float(values)
        self.figures.append(Figure(scenario, contender, name, value, unit, windows, note))
        return value

    def value(self, scenario: str, contender: str, name: str) -> float:
        """The value of a figure; nan where there is none."""
        for figure in reversed(self.figures):
            if (figure.scenario, figure.contender, figure.name) == (scenario, contender, name):
                return figure.value
        return math.nan

    def trouble(self, scenario: str, told: str) -> None:
        if told:
            before = self.troubles.get(scenario)
            self.troubles[scenario] = f"{before}; {told}" if before else told

    def as_json(self) -> dict[str, Any]:
        return {
            "begun": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.begun)),
            "seconds": round(self.seconds, 1),
            "took": {name: round(seconds, 1) for name, seconds in self.took.items()},
            "others": round(self.others, 3),
            "machine": machine(),
            "figures": [_without_nan(asdict(figure)) for figure in self.figures],
            "goals": [_without_nan({**asdict(goal), "reached": goal.reached}) for goal in self.goals],
            "absent": self.absent,
            "troubles": self.troubles,
        }

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(self.as_json(), indent=1) + "\n")

    def show(self, console: Console) -> None:
        for scenario in dict.fromkeys(figure.scenario for figure in self.figures):
            console.print(self._table(scenario))
        if self.goals:
            console.print(self._goals())
        if self.others > _QUIET:
            console.print(
                f"[yellow]This machine was busy[/]: other programs took {self.others:.0%} of it.", highlight=False
            )
        if self.took:
            times = ", ".join(f"{name} {seconds:.0f}" for name, seconds in self.took.items())
            console.print(f"{self.seconds:.0f} s: {times}", highlight=False)
        for key, why in self.absent.items():
            console.print(f"[yellow]Absent[/]: {key}: {why}", highlight=False)
        for scenario, told in self.troubles.items():
            console.print(f"[red]Trouble[/] in {scenario}: {told}", highlight=False)

    def markdown(self) -> str:
        """The tables as they stand in the documentation."""
        parts: list[str] = []
        for scenario in dict.fromkeys(figure.scenario for figure in self.figures):
            parts += [f"### {scenario[0].upper()}{scenario[1:]}", "", *self._markdown_table(scenario), ""]
        if self.goals:
            parts += ["### Goals", "", "| goal | limit | measured | reached |", "|---|---|---|---|"]
            parts += [
                f"| {goal.what} | {'≥' if goal.at_least else '≤'} {said(goal.limit)} {goal.unit} |"
                f" {said(goal.value)} {goal.unit} | {_REACHED[goal.reached]} |"
                for goal in self.goals
            ]
            parts.append("")
        parts += [f"Absent: {key}: {why}" for key, why in self.absent.items()]
        return "\n".join(parts).strip() + "\n"

    def _markdown_table(self, scenario: str) -> list[str]:
        """A row per contender where several were measured, else a row per figure."""
        figures = [figure for figure in self.figures if figure.scenario == scenario]
        contenders = list(dict.fromkeys(figure.contender for figure in figures))
        if len(contenders) == 1:
            return [
                f"| {contenders[0]} | |",
                "|---|---|",
                *(f"| {figure.name}{_aside(figure)} | {said(figure.value)} {figure.unit} |" for figure in figures),
            ]
        columns = list(dict.fromkeys((figure.name, figure.unit) for figure in figures))
        lines = [
            "| | " + " | ".join(f"{name}, {unit}" for name, unit in columns) + " |",
            "|---" * (len(columns) + 1) + "|",
        ]
        for contender in contenders:
            of_contender = {figure.name: figure for figure in figures if figure.contender == contender}
            cells = [said(of_contender[name].value) if name in of_contender else "" for name, _ in columns]
            aside = next((_aside(figure) for figure in of_contender.values() if figure.note), "")
            lines.append(f"| {contender}{aside} | " + " | ".join(cells) + " |")
        return lines

    def _table(self, scenario: str) -> Table:
        table = Table(title=scenario, title_justify="left", title_style="bold")
        for column in ("who", "what", "value", "windows"):
            table.add_column(column, justify="right" if column == "value" else "left")
        before = ""
        for figure in self.figures:
            if figure.scenario == scenario:
                table.add_row(
                    figure.contender if figure.contender != before else "",
                    f"{figure.name} [dim]{figure.note}[/]" if figure.note else figure.name,
                    f"{said(figure.value)} {figure.unit}",
                    " ".join(said(value) for value in figure.windows),
                )
                before = figure.contender
        return table

    def _goals(self) -> Table:
        table = Table(title="goals", title_justify="left", title_style="bold")
        for column in ("goal", "limit", "measured", ""):
            table.add_column(column, justify="right" if column in ("limit", "measured") else "left")
        for goal in self.goals:
            table.add_row(
                goal.what,
                f"{'≥' if goal.at_least else '≤'} {said(goal.limit)} {goal.unit}",
                f"{said(goal.value)} {goal.unit}",
                {True: "[green]yes[/]", False: "[red]no[/]", None: "[yellow]not measured[/]"}[goal.reached],
            )
        return table


_QUIET = 0.1  # with more of the machine in other hands the figures say little
_REACHED = {True: "yes", False: "no", None: "not measured"}


def _aside(figure: Figure) -> str:
    return f" ({figure.note})" if figure.note else ""


def said(value: float) -> str:
    """Three digits that say something, and no more."""
    if math.isnan(value):
        return "–"
    if value == int(value) and abs(value) < 1e15:
        return f"{int(value):,}"
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def machine() -> dict[str, Any]:
    """What a reader must know to place the figures; nothing that names the machine."""
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": _processor(),
        "system": f"{platform.system()} {platform.release().split('-')[0]}",
        "python": platform.python_version(),
    }


def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.machine()


def _without_nan(fields: dict[str, Any]) -> dict[str, Any]:
    """JSON has no nan."""

    def clean(value: Any) -> Any:
        if isinstance(value, float):
            return None if math.isnan(value) else round(value, 4)
        if isinstance(value, list):
            return [clean(one) for one in value]
        return value

    return {name: clean(value) for name, value in fields.items()}
