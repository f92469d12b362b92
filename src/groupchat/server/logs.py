"""The log: a line for each event, whatever a stranger put into it."""

from __future__ import annotations

import logging


class OneLine(logging.Formatter):
    """What would begin a new line, or move what stands on this one, is written as an escape. Tracebacks stay as they
    are.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        if line.isprintable():
            return line
        return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in line)
