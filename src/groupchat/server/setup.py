"""From a command's options to a Django that is awake."""

from __future__ import annotations

import os

import django
from django.core.exceptions import ImproperlyConfigured

from groupchat.conf import conf
from groupchat.server import folder
from groupchat.server.environment import Environment, read_environment
from groupchat.server.faults import CannotStart


def set_up(**options: object) -> Environment:
    """Write the options into the environment, check it, make the data folder and wake Django; raises CannotStart."""
    for name, value in options.items():
        if value is not None:
            os.environ[f"GROUPCHAT_{name.upper()}"] = str(value)
    os.umask(0o077)  # the messages of the chat are nobody else's on this machine
    environment = read_environment()
    folder.prepare(environment.data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "groupchat.server.settings"
    try:
        django.setup(set_prefix=False)
        conf()
    except ImproperlyConfigured as error:
        raise CannotStart(str(error)) from error
    return environment
