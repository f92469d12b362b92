"""Several `groupchat serve` chat with each other, whatever joins them."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import pytest
from tests.chaos.stack import NO_LIMITS
from tests.server.served import Served, run
from tests.servers import SECRET_KEY, Databases
from tests.sockets import Client

from groupchat.errors import Close

Processes = tuple[Served, Served]

PLACES = ["sqlite", "postgres", "postgres and valkey"]
WITHIN_SECONDS = 1.0
IDLE_SECONDS = 12.0
NEVER = "600000"  # milliseconds
SHELL_POSTS = 3

_SHELL = f"""
import time, uuid
from groupchat.actions.messages import Post, post
from groupchat.actions.people import Guest
guest = Guest(uuid.uuid4(), "Shell")
at = []
for index in range({SHELL_POSTS}):
    post([Post(ROOM, guest, f"from a shell {{index}}", uuid.uuid4().hex)])
    at.append(time.time())
    time.sleep(0.7)
print(*at)
"""

_MAKE_ACCOUNT = """
import json
from django.conf import settings
from django.contrib.auth import get_user_model, login
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from groupchat.actions.people import person_of_user
from groupchat.actions.tokens import issue
user = get_user_model().objects.create_user("NAME", password="secret")
request = HttpRequest()
request.session = SessionStore()
login(request, user, settings.AUTHENTICATION_BACKENDS[0])
request.session.save()
print(json.dumps([issue(person=person_of_user(user=user), name="program"), request.session.session_key]))
"""

_SWITCH_OFF = """
import time
from django.contrib.auth import get_user_model
user = get_user_model().objects.get(username="NAME")
user.is_active = False
user.save()
print(time.time())
"""


class Place:
    """Some processes, and what they share: a data folder on one machine, or a database and perhaps a broker."""

    def __init__(self, databases: Databases, folder: Path, kind: str, valkey_url: str) -> None:
        self.kind = kind
        self.variables = NO_LIMITS | {"GROUPCHAT_SECRET_KEY": SECRET_KEY}
        self._folder = folder
        self._databases = databases
        self._count = 0
        if kind != "sqlite":
            self.variables["DATABASE_URL"] = databases.postgres_url()
        if kind == "postgres and valkey":
            self.variables["REDIS_URL"] = valkey_url

    @property
    def data(self) -> Path:
        """A folder for all on one machine, else one for each."""
        folder = self._folder / ("data" if self.kind == "sqlite" else f"data-{self._count}")
        if not folder.exists():
            self._databases.sqlite_folder(folder)
        return folder

    def process(self, **variables: str) -> Served:
        self._count += 1
        return Served(self.data, log=self._folder / f"output-{self._count}", **(self.variables | variables))

    def shell(self, code: str) -> str:
        done = run("shell", "-c", code, GROUPCHAT_DATA=str(self.data), **self.variables)
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def two(place: Place, **variables: str) -> Iterator[tuple[Served, Served]]:
    """Two processes, started at once."""
    first, second = place.process(**variables), place.process(**variables)
    try:
        yield first, second
    finally:
        for one in (first, second):
            one.stop()


@pytest.fixture(scope="module", params=PLACES)
def place(
    request: pytest.FixtureRequest, databases: Databases, tmp_path_factory: pytest.TempPathFactory, valkey_url: str
) -> Place:
    return Place(databases, tmp_path_factory.mktemp("place"), request.param, valkey_url)


@pytest.fixture(scope="module")
def processes(place: Place) -> Iterator[tuple[Served, Served]]:
    with two(place) as both:
        yield both


@pytest.fixture
def name() -> str:
    """A room's name that no other test uses."""
    return f"Hall {uuid4()}"


def client(served: Served, cookies: dict[str, str] | None = None) -> Client:
    return Client(f"127.0.0.1:{served.port}", cookies=cookies).open()


def post(one: Client, room: int, body: str, once: str | None = None) -> dict[str, Any]:
    return one.call("message.post", room=room, body=body, client_message_id=once or uuid4().hex)


def sees(one: Client, room: int, body: str) -> Callable[[], bool]:
    def seen() -> bool:
        view = one.state.rooms.get(room)
        return view is not None and any(message["body"] == body for message in view.messages.values())

    return seen


def test_two_processes_chat(processes: Processes, name: str) -> None:
    """Both ways, within a second; the second process sees the room, edits, read marks and a rename, too."""
    here, there = [client(one) for one in processes]
    try:
        room = here.call("room.enter", name=name)["room"]["id"]
        assert there.call("room.enter", name=name.upper())["room"]["id"] == room
        took = []
        for index in range(10):
            speaker, listener = (here, there) if index % 2 else (there, here)
            post(speaker, room, f"word {index}")
            began = time.monotonic()
            listener.wait(sees(listener, room, f"word {index}"))
            took.append(time.monotonic() - began)
        assert median(took) < WITHIN_SECONDS
        here.call("message.edit", room=room, number=2, body="another word")
        there.wait(sees(there, room, "another word"))
        for one in (here, there):
            page = one.call("messages", room=room)
            assert [message["number"] for message in page["messages"]] == list(range(1, 11))
        assert here.state.rooms[room].shown() == there.state.rooms[room].shown()
    finally:
        here.close()
        there.close()


def test_devices_of_one_person_on_two_processes(processes: Processes, name: str) -> None:
    first, second = processes
    desk = client(first)
    room = desk.call("room.enter", name=name)["room"]["id"]
    phone, other = client(second, dict(desk.cookies)), client(second)
    try:
        other.call("room.enter", name=name)
        for index in range(3):
            post(other, room, f"unread {index}")
        for device in (desk, phone):
            device.wait(lambda device=device: device.state.rooms[room].unread == 3)
        desk.call("read", room=room, number=2)
        phone.wait(lambda: phone.state.rooms[room].unread == 1)
        garden = phone.call("room.enter", name=f"Garden {name}")["room"]["id"]
        desk.wait(lambda: garden in desk.state.rooms)
        phone.call("room.leave", room=garden)
        desk.wait(lambda: garden not in desk.state.rooms)
    finally:
        for one in (desk, phone, other):
            one.close()


def test_a_message_from_a_shell(place: Place, processes: Processes, name: str) -> None:
    """`groupchat shell` has no hub, and no broker need be there: within a second it is on the open screens."""
    ada = client(processes[0])
    try:
        room = ada.call("room.enter", name=name)["room"]["id"]
        with ThreadPoolExecutor(1) as threads:
            shell = threads.submit(place.shell, _SHELL.replace("ROOM", str(room)))
            took = []
            for index in range(SHELL_POSTS):
                ada.wait(sees(ada, room, f"from a shell {index}"))
                took.append((index, time.time()))
            posted = [float(at) for at in shell.result().split()[-SHELL_POSTS:]]
        assert median(seen - posted[index] for index, seen in took) < WITHIN_SECONDS
        assert ada.state.rooms[room].last_number == SHELL_POSTS
    finally:
        ada.close()


def test_switched_off_in_one_process_is_off_in_all(place: Place, processes: Processes) -> None:
    """In the shell, which is a third one, and has neither hub nor broker."""
    name = uuid4().hex
    token, session = json.loads(place.shell(_MAKE_ACCOUNT.replace("NAME", name)).splitlines()[-1])
    clients = [client(one, {"sessionid": session}) for one in processes]
    clients += [Client(f"127.0.0.1:{one.port}", token=token).open() for one in processes]
    room = clients[0].call("room.enter", name=f"Hall {name}")["room"]["id"]
    assert [_status(one, room, token) for one in processes] == [201, 201]
    with ThreadPoolExecutor(len(clients)) as threads:
        closed = [threads.submit(lambda one=one: (one.closed_with(), time.time())) for one in clients]
        off_at = float(place.shell(_SWITCH_OFF.replace("NAME", name)).split()[-1])
        codes, moments = zip(*(future.result() for future in closed), strict=True)
    assert set(codes) == {Close.SIGNED_OUT}
    assert median(moments) - off_at < WITHIN_SECONDS
    assert [_status(one, room, token) for one in processes] == [401, 401]


def _status(served: Served, room: int, token: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
    try:
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        connection.request("POST", f"/api/v1/rooms/{room}/messages", json.dumps({"body": "hi"}), headers)
        return connection.getresponse().status
    finally:
        connection.close()


def test_the_same_message_id_at_once_at_two_processes(processes: Processes, name: str) -> None:
    first, second = processes
    desk = client(first)
    room = desk.call("room.enter", name=name)["room"]["id"]
    phone = client(second, dict(desk.cookies))
    try:
        with ThreadPoolExecutor(2) as threads:
            for index in range(20):
                works = [threads.submit(post, one, room, "once", f"once-{index}") for one in (desk, phone)]
                answers = [work.result() for work in works]
                assert len({(answer["number"], answer["seq"], answer["at"]) for answer in answers}) == 1
                assert sorted(answer["duplicate"] for answer in answers) == [False, True]
        assert phone.call("messages", room=room)["last_number"] == 20
    finally:
        desk.close()
        phone.close()


def test_an_idle_socket_stays_and_hears(databases: Databases, tmp_path: Path, valkey_url: str, name: str) -> None:
    """The broker's client must not give up in the silence: the sweeps are switched off, only the broker can tell."""
    place = Place(databases, tmp_path, "postgres and valkey", valkey_url)
    with two(place, GROUPCHAT_SWEEP_MILLISECONDS=NEVER) as processes:
        here, there = [client(one) for one in processes]
        room = here.call("room.enter", name=name)["room"]["id"]
        there.call("room.enter", name=name)
        deadline = time.monotonic() + IDLE_SECONDS
        while (left := deadline - time.monotonic()) > 0:
            with suppress(TimeoutError):
                there.receive(left)
        post(here, room, "after a long silence")
        there.wait(sees(there, room, "after a long silence"))
        post(there, room, "and back")
        here.wait(sees(here, room, "and back"))
        here.close()
        there.close()
