"""What a run leaves behind: the report, the picture, the pages."""

from __future__ import annotations

import io
import itertools
import json
import math
from pathlib import Path
from xml.etree import ElementTree

import pytest
from rich.console import Console

from benchmarks.documents import plot_of, write_documents
from benchmarks.plot import cost_plot
from benchmarks.report import Goal, Report, said
from benchmarks.scenarios.scaling import SCENARIO

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def report() -> Report:
    report = Report()
    for label, cost in (("Group Chat", 8.0), ("C", 5.0)):
        for sockets in (100, 1_000, 10_000):
            report.add(SCENARIO, label, f"{sockets:,} sockets", [cost, cost + 2, cost + 1], "µs per delivery")
            report.add(SCENARIO, label, f"{sockets:,} sockets, delivered", 100.0, "%")
    report.add("posts", "Group Chat", "acknowledged posts", math.nan, "/s")
    report.goals.append(Goal("cost", 1.2, 1.3))
    report.goals.append(Goal("posts", math.nan, 5_000, at_least=True, unit="/s"))
    report.absent["node"] = "no node on the PATH"
    return report


def test_a_figure_of_several_windows_is_their_median(report: Report) -> None:
    assert report.value(SCENARIO, "C", "100 sockets") == 6.0
    assert math.isnan(report.value(SCENARIO, "nobody", "100 sockets"))


@pytest.mark.parametrize(
    ("value", "at_least", "reached"),
    [(1.3, False, True), (1.31, False, False), (1.3, True, True), (1.29, True, False), (math.nan, True, None)],
)
def test_goals_are_reached_at_their_limit(value: float, at_least: bool, reached: bool | None) -> None:
    assert Goal("cost", value, 1.3, at_least).reached is reached


def test_json_is_json_where_nothing_was_measured(report: Report) -> None:
    told = json.loads(json.dumps(report.as_json(), allow_nan=False))
    assert told["figures"][0] == {
        "scenario": SCENARIO,
        "contender": "Group Chat",
        "name": "100 sockets",
        "value": 9.0,
        "unit": "µs per delivery",
        "windows": [8.0, 10.0, 9.0],
        "note": "",
    }
    assert told["figures"][-1]["value"] is None
    assert [goal["reached"] for goal in told["goals"]] == [True, None]


def test_the_table_shows_every_figure_goal_and_absence(report: Report) -> None:
    screen = Console(file=io.StringIO(), width=160)
    report.show(screen)
    text = screen.file.getvalue()  # type: ignore[attr-defined]
    for word in ("10,000 sockets", "acknowledged posts", "not measured", "no node on the PATH"):
        assert word in text


@pytest.mark.parametrize(
    ("value", "text"), [(math.nan, "–"), (5000, "5,000"), (123.4, "123"), (12.34, "12.3"), (1.234, "1.23"), (0, "0")]
)
def test_numbers_are_said_with_three_digits(value: float, text: str) -> None:
    assert said(value) == text


def test_the_picture_has_a_line_per_contender_that_rises_where_the_cost_does(report: Report) -> None:
    picture = ElementTree.fromstring(plot_of(report))
    lines = picture.findall(f"{SVG}polyline")
    assert len(lines) == 2
    points = [[tuple(map(float, point.split(","))) for point in line.attrib["points"].split()] for line in lines]
    assert all(len(of_line) == 3 for of_line in points)
    assert all(first[0] < second[0] for of_line in points for first, second in itertools.pairwise(of_line))
    assert points[0][0][1] < points[1][0][1], "what costs more stands higher, and y grows downwards"
    words = " ".join(text.text or "" for text in picture.iter(f"{SVG}text"))
    assert "Group Chat, 9" in words
    assert "10,000" in words


def test_the_picture_escapes_names_and_leaves_out_what_has_no_points() -> None:
    picture = cost_plot({"<b>": [(1, 1)], "none": []}, title="a & b", x_label="x", y_label="y")
    root = ElementTree.fromstring(picture)
    assert len(root.findall(f"{SVG}polyline")) == 1
    assert "&lt;b&gt;" in picture


def test_the_page_keeps_its_words_around_the_figures(report: Report, tmp_path: Path) -> None:
    page = tmp_path / "benchmarks.md"
    page.write_text("Before.\n\n<!-- figures: begin -->\nold\n<!-- figures: end -->\n\nAfter.\n")
    written = write_documents(report, tmp_path)
    assert {path.name for path in written} == {"benchmarks.json", "benchmarks.svg", "benchmarks.md"}
    text = page.read_text()
    assert text.startswith("Before.")
    assert text.endswith("After.\n")
    assert "old" not in text
    assert "| Group Chat | 9 | 100 | 9 | 100 | 9 | 100 |" in text
    assert "| posts | ≥ 5,000 /s | – /s | not measured |" in text
    write_documents(report, tmp_path)
    assert page.read_text() == text
