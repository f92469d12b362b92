"""Why the server does not start: one line that a person can act on."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured


class CannotStart(Exception):
    """The command ends with this line on stderr and the exit code 2."""


class MailNotSent(OSError):
    """The command ends with this line on stderr and the exit code 1."""


class BadEnvironment(CannotStart, ImproperlyConfigured):
    """An environment variable (or the option of the same name) says something that cannot be."""
