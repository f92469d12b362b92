"""`manage.py chat_why PERSON VERB ROOM`: why somebody can, or can't, do something in a room."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from groupchat.actions.finding import find_person, find_room
from groupchat.errors import NotFound
from groupchat.permissions.why import VERBS, Why, why


class Command(BaseCommand):
    help = "Say why somebody can, or can't, do something in a room: the rules themselves are asked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="what stands behind @, or the name of an account")
        parser.add_argument("verb", choices=list(VERBS))
        parser.add_argument("room", help="its name or address, or # and its id")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = why(find_person(options["person"]), options["verb"], find_room(options["room"]))
        except NotFound as error:
            raise CommandError(error.message) from None
        self.stdout.write(told(found))


def told(found: Why) -> str:
    """As lines: the answer, what the rules go by, and what each of them said."""
    facts = [f"  {fact}" for fact in found.facts]
    rules = [f"  {one.words}: {one.answer}" + (f"  [{one.rule}]" if one.rule else "") for one in found.asked]
    return "\n".join([found.answer, "", *facts, "", *rules])
