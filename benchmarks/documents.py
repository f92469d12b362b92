"""Table and picture of a comparison, as they stand in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

from benchmarks.plot import cost_plot
from benchmarks.report import Report
from benchmarks.scenarios.scaling import SCENARIO

_BEGIN, _END = "<!-- figures: begin -->", "<!-- figures: end -->"
_STEP = re.compile(r"([\d,]+) sockets\Z")


def write_documents(report: Report, folder: Path) -> list[Path]:
    """Writes benchmarks.json and benchmarks.svg, and the tables into benchmarks.md where it has marks for them."""
    folder.mkdir(parents=True, exist_ok=True)
    figures, picture, text = (folder / f"benchmarks.{ending}" for ending in ("json", "svg", "md"))
    report.write(figures)
    picture.write_text(plot_of(report))
    written = [figures, picture]
    if text.exists() and _BEGIN in (page := text.read_text()):
        head, _, rest = page.partition(_BEGIN)
        _, _, tail = rest.partition(_END)
        text.write_text(f"{head}{_BEGIN}\n\n{_heading(report)}\n\n{report.markdown()}\n{_END}{tail}")
        written.append(text)
    return written


def plot_of(report: Report) -> str:
    """Cost per delivery over the number of sockets, one line per contender."""
    lines: dict[str, list[tuple[float, float]]] = {}
    for figure in report.figures:
        step = _STEP.match(figure.name)
        if figure.scenario == SCENARIO and step:
            lines.setdefault(figure.contender, []).append((float(step[1].replace(",", "")), figure.value))
    return cost_plot(
        lines,
        title="Server CPU per delivery",
        x_label="sockets in one room, 100 characters a message",
        y_label="µs per delivery",
    )


def _heading(report: Report) -> str:
    told = report.as_json()
    machine = told["machine"]
    return (
        f"Measured on {told['begun'][:10]}, {machine['cores']} cores ({machine['processor']}), {machine['system']},"
        f" Python {machine['python']}; {told['seconds']:.0f} s. Other programs took {told['others']:.0%} of the"
        " machine."
    )
