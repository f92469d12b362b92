"""QR codes, as the path of a picture: a page draws it by itself, with no picture to fetch."""

from __future__ import annotations

from dataclasses import dataclass

import segno

MARGIN = 4  # modules, as the standard has it


@dataclass(frozen=True, slots=True)
class QrCode:
    """Of `size` modules each way, its margin among them; `path` fills the dark ones."""

    size: int
    path: str


def qr_code(text: str) -> QrCode:
    """Readable by a phone also where a sixth of it is hidden."""
    code = segno.make_qr(text, error="m")
    rows: list[str] = []
    for y, row in enumerate(code.matrix, MARGIN):
        x = MARGIN
        modules = list(row)
        while modules:
            run = next((place for place, one in enumerate(modules) if one != modules[0]), len(modules))
            if modules[0]:
                rows.append(f"M{x} {y}h{run}v1h-{run}z")
            x, modules = x + run, modules[run:]
    return QrCode(len(code.matrix) + 2 * MARGIN, "".join(rows))
