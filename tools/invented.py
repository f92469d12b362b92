"""Invented people who have talked in invented rooms, for `make dev`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import uuid4


class Invented(NamedTuple):
    username: str
    name: str


USERS = (Invented("ada", "Ada Lovelace"), Invented("grace", "Grace Hopper"), Invented("mary", "Mary Shelley"))
PASSWORD = "invented people"  # on this machine only: the server listens on loopback

# by room: its topic, and who said what
ROOMS = {
    "general": (
        "Everything that has no other place",
        [
            ("ada", "Good morning! The kettle is back from its repair."),
            ("grace", "At last. Tea at four, then?"),
            ("mary", "Four is fine. I'll bring the lemon cake."),
            ("ada", "Then it is settled:\n- tea at four\n- cake by Mary\n- no talk of work before five"),
            ("grace", "https://example.org/how-long-to-brew says three minutes, not two."),
            ("mary", "We have been over this 🙂"),
        ],
    ),
    "reading club": (
        "This month: a book about the sea",
        [
            ("mary", "Who has reached chapter seven?"),
            ("grace", "I have. I did not see that storm coming."),
            ("mary", "No word more! Ada is still at five."),
        ],
    ),
    "support": (
        "",
        [
            ("grace", "The printer on the second floor is out of paper again."),
            ("ada", "There is a box under the stairs, behind the bicycles."),
        ],
    ),
}
LONG_PAST = 240  # messages before those of general, so that there is something to scroll through


def invent() -> None:
    """Make them, where the database has nobody yet."""
    from django.contrib.auth import get_user_model
    from django.utils import timezone

    from groupchat.actions.messages import Post, post
    from groupchat.actions.people import make_owner, person_of_user
    from groupchat.actions.rooms import enter, set_topic
    from groupchat.models import Person

    if Person.objects.exists():
        return
    people = {}
    for username, name in USERS:
        first, last = name.split()
        user = get_user_model().objects.create_user(username, password=PASSWORD, first_name=first, last_name=last)
        people[username] = person_of_user(user=user)
    make_owner(person=people[USERS[0].username])
    now = timezone.now()
    for room_name, (topic, talk) in ROOMS.items():
        room = enter(person=people[talk[0][0]], name=room_name).room
        for person in people.values():
            enter(person=person, name=room_name)
        if topic:
            set_topic(person=people[talk[0][0]], room_id=room.pk, topic=topic)
        past = _past() if room_name == "general" else []
        for index, (who, body) in enumerate([*past, *talk]):
            at: datetime = now - timedelta(minutes=7 * (len(past) + len(talk) - index))
            post([Post(room.pk, people[who], body, uuid4().hex)], now=at)


def _past() -> list[tuple[str, str]]:
    """Much that was said before, by all in turn, some of it in several lines."""
    names = [user.username for user in USERS]
    return [
        (
            names[index * index % 7 % len(names)],
            "\n".join([f"Note {index + 1} of the day", *["and a line more"] * (index % 4)]),
        )
        for index in range(LONG_PAST)
    ]
