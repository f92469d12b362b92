"""The one picture: cost per delivery over the number of sockets, both axes logarithmic, as an SVG written by hand."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

Points = Sequence[tuple[float, float]]

_WIDTH, _HEIGHT = 800, 440
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 250, 46, 56
_COLOURS = ("#2563eb", "#6b7280", "#16a34a", "#dc2626", "#9333ea", "#d97706")


def cost_plot(lines: Mapping[str, Points], *, title: str, x_label: str, y_label: str) -> str:
    """An SVG that stands alone and reads on a light and on a dark page. Lines without points are left out."""
    lines = {label: [(x, y) for x, y in points if x > 0 and y > 0] for label, points in lines.items()}
    lines = {label: points for label, points in lines.items() if points}
    xs = [x for points in lines.values() for x, _ in points] or [1.0]
    ys = [y for points in lines.values() for _, y in points] or [1.0]
    x_low, x_high = _decades(min(xs), max(xs))
    y_low, y_high = _decades(min(ys), max(ys))

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_low) / (x_high - x_low)
        up = (math.log10(y) - y_low) / (y_high - y_low)
        return (
            _LEFT + across * (_WIDTH - _LEFT - _RIGHT),
            _HEIGHT - _BOTTOM - up * (_HEIGHT - _TOP - _BOTTOM),
        )

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img"'
        f' font-family="system-ui, sans-serif" font-size="13"><title>{escape(title)}</title>',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" rx="8" fill="#ffffff"/>',
        f'<text x="{_LEFT}" y="26" font-size="15" font-weight="600" fill="#111827">{escape(title)}</text>',
    ]
    for exponent in range(x_low, x_high + 1):
        x, _ = place(10**exponent, 10**y_low)
        parts += [
            _line(x, _TOP, x, _HEIGHT - _BOTTOM),
            f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 20}" text-anchor="middle" fill="#374151">'
            f"{10**exponent:,}</text>",
        ]
    for exponent in range(y_low, y_high + 1):
        _, y = place(10**x_low, 10**exponent)
        parts += [
            _line(_LEFT, y, _WIDTH - _RIGHT, y),
            f'<text x="{_LEFT - 8}" y="{y + 4:.1f}" text-anchor="end" fill="#374151">{_power(exponent)}</text>',
        ]
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts += [
        f'<text x="{middle}" y="{_HEIGHT - 14}" text-anchor="middle" fill="#374151">{escape(x_label)}</text>',
        f'<text transform="translate(18 {(_TOP + _HEIGHT - _BOTTOM) / 2}) rotate(-90)" text-anchor="middle"'
        f' fill="#374151">{escape(y_label)}</text>',
    ]
    names = _names_apart({label: place(*points[-1])[1] for label, points in lines.items()})
    for index, (label, points) in enumerate(lines.items()):
        colour = _COLOURS[index % len(_COLOURS)]
        placed = [place(x, y) for x, y in points]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>' for x, y in placed]
        parts.append(
            f'<text x="{_WIDTH - _RIGHT + 12}" y="{names[label] + 4:.1f}" fill="{colour}">'
            f"{escape(label)}, {points[-1][1]:.3g}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _decades(low: float, high: float) -> tuple[int, int]:
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    return first, max(last, first + 1)


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="#e5e7eb"/>'


def _power(exponent: int) -> str:
    return f"{10**exponent:,}" if exponent >= 0 else f"{10.0**exponent:g}"


def _names_apart(heights: Mapping[str, float], distance: float = 18.0) -> dict[str, float]:
    """Moves labels that would lie on each other downwards."""
    placed: dict[str, float] = {}
    before = -math.inf
    for label, height in sorted(heights.items(), key=lambda item: item[1]):
        before = placed[label] = max(height, before + distance)
    return placed
