"""The site of examples/embedded, as its readers meet it: over HTTP and sockets, on a server of their choice."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from tests.projects.club import PASSWORD, SECONDS, WIRES, Club, Reader, close_code, hear, opened, run, say
from websockets.exceptions import InvalidStatus

from groupchat.errors import Close


@pytest.fixture(scope="module", params=WIRES)
def club(request: pytest.FixtureRequest, folder: Path) -> Iterator[Club]:
    """The site on each kind of server."""
    with Club(folder, wire=request.param) as club:
        yield club
    assert "Traceback" not in club.output, club.output


@pytest.fixture(scope="module")
def ada(club: Club) -> Reader:
    ada = Reader(club)
    ada.sign_in("ada.l@example.org", PASSWORD)
    return ada


@pytest.fixture(scope="module")
def grace(club: Club) -> Reader:
    grace = Reader(club)
    grace.sign_in("grace.h@example.org", PASSWORD)
    return grace


def test_who_signs_in_on_the_site_is_in_the_chat(club: Club) -> None:
    reader = Reader(club)
    assert reader.get("/rooms/", follow=False).headers["Location"] == "/accounts/login/?next=/rooms/"
    page = reader.sign_in("ada.l@example.org", PASSWORD)
    assert (page.status, page.path) == (200, "/rooms/")
    assert 'data-socket="/ws/"' in page.text


def test_the_sites_own_template_is_around_the_chats_pages(club: Club, ada: Reader) -> None:
    home = Reader(club).get("/")
    assert "← The Book Club" in home.text
    for page in ("/rooms/", "/rooms/there-is-no-such-room/"):
        text = ada.get(page).text
        assert "← The Book Club" in text, page
        assert "/static/bookclub/site.css" in text, page
    assert "/static/bookclub/site.css" in home.text


def test_every_file_that_a_page_names_is_there(club: Club, ada: Reader) -> None:
    for path in ("/", "/rooms/", "/rooms/there-is-no-such-room/"):
        files = re.findall(r'(?:src|href)="(/static/[^"]+)"', ada.get(path).text)
        assert len(files) > 5
        for file in files:
            assert ada.get(file).status == 200, file


def test_the_home_page_offers_the_sites_own_sign_in(club: Club) -> None:
    home = Reader(club).get("/")
    assert 'href="/accounts/login/' in home.text
    assert 'name="name"' not in home.text, "no form for guests"


def test_two_readers_talk(ada: Reader, grace: Reader) -> None:
    with ada.socket() as at_ada, grace.socket() as at_grace:
        opened(at_ada)
        opened(at_grace)
        say(at_ada, type="room.enter", ref=1, name="Middlemarch")
        room = hear(at_ada, "reply", ref=1)["result"]["room"]["id"]
        say(at_grace, type="room.enter", ref=1, name="middlemarch")
        assert hear(at_grace, "reply", ref=1)["result"]["room"]["id"] == room
        once = uuid4().hex
        say(at_ada, type="message.post", ref=2, room=room, body="Who has read it?", client_message_id=once)
        posted = hear(at_ada, "reply", ref=2)["result"]
        heard = hear(at_grace, "changes", room=room)
        while not heard.get("messages"):
            heard = hear(at_grace, "changes", room=room)
        assert heard["messages"][-1]["body"] == "Who has read it?"
        assert heard["messages"][-1]["number"] == posted["number"]
        page = f"/rooms/middlemarch/{posted['number']}/"
        assert ada.get(page).path == page


def test_names_never_show_the_address(ada: Reader, grace: Reader) -> None:
    with ada.socket() as at_ada, grace.socket() as at_grace:
        assert opened(at_ada)["me"]["name"] == "Ada Lovelace"
        assert opened(at_grace)["me"]["name"] == "grace.h"
        for me in (opened(at_ada)["me"], opened(at_grace)["me"]):
            assert "@" not in json.dumps(me)


def test_a_reader_is_one_person_with_a_uuid_behind_it(folder: Path, ada: Reader) -> None:
    with ada.socket() as first, ada.socket() as second:
        assert opened(first)["me"]["id"] == opened(second)["me"]["id"]
        person = opened(first)["me"]["id"]
    with closing(sqlite3.connect(folder / "bookclub.sqlite3")) as database:
        (user,) = database.execute("SELECT user_id FROM groupchat_person WHERE id = ?", [person]).fetchone()
        (email,) = database.execute("SELECT email FROM bookclub_reader WHERE id = ?", [user]).fetchone()
    assert UUID(user)
    assert email == "ada.l@example.org"


@pytest.mark.parametrize("path", ["/ws/", "/ws/chat/middlemarch/", "/ws/?name=Eve"])
def test_without_an_account_nobody_comes_in(club: Club, path: str) -> None:
    stranger = Reader(club)
    with stranger.socket(path) as socket:
        assert close_code(socket) == Close.SIGN_IN
    assert stranger.get("/rooms/middlemarch/", follow=False).status == 302


def test_a_form_makes_no_guest_either(club: Club, folder: Path) -> None:
    stranger = Reader(club)
    answer = stranger.post("/", form="/accounts/login/", room="Middlemarch", name="Eve")
    assert answer.path.startswith("/accounts/login/")
    assert not [name for name in stranger.cookies if name.startswith("groupchat_guest")]
    with closing(sqlite3.connect(folder / "bookclub.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM groupchat_person WHERE kind <> 'user'").fetchone() == (0,)


def test_a_socket_from_another_site_is_refused(ada: Reader) -> None:
    with pytest.raises(InvalidStatus) as refused:
        ada.socket(origin="https://elsewhere.example")
    assert refused.value.response.status_code == 403


def test_the_classic_door_is_open_to_readers(ada: Reader, grace: Reader) -> None:
    for line in range(10):  # who was accepted hears everything, however soon it is said
        with ada.socket("/ws/chat/poems/") as at_ada, grace.socket("/ws/chat/poems/") as at_grace:
            at_ada.send(json.dumps({"message": f"Line {line}"}))
            for socket in (at_ada, at_grace):
                heard = json.loads(socket.recv(timeout=SECONDS))
                assert (heard["message"], heard["username"]) == (f"Line {line}", "Ada Lovelace")


def test_signing_out_on_the_site_ends_the_socket(club: Club) -> None:
    reader = Reader(club)
    reader.sign_in("grace.h@example.org", PASSWORD)
    with reader.socket() as socket:
        opened(socket)
        assert reader.post("/accounts/logout/", form="/club/").path == "/club/"
        assert close_code(socket) == Close.SIGNED_OUT


def test_a_message_from_a_command_of_the_site_reaches_the_screen(folder: Path, ada: Reader) -> None:
    with ada.socket() as socket:
        opened(socket)
        say(socket, type="room.enter", ref=1, name="News")
        entered = hear(socket, "reply", ref=1)["result"]
        run(
            folder,
            "import django; django.setup()\n"
            "from bookclub.models import Reader\n"
            "from groupchat.actions.messages import Post, post\n"
            "from groupchat.actions.people import person_of_user\n"
            "author = person_of_user(user=Reader.objects.get(email='grace.h@example.org'))\n"
            "post([Post(int(sys.argv[1]), author, 'Next: Persuasion', sys.argv[2])])\n",
            str(entered["room"]["id"]),
            f"command-{entered['seq']}",
        )
        heard = hear(socket, "changes", room=entered["room"]["id"])
        while not heard.get("messages"):
            heard = hear(socket, "changes", room=entered["room"]["id"])
        assert heard["messages"][-1]["body"] == "Next: Persuasion"


def test_the_admin_is_the_sites(club: Club) -> None:
    editor = Reader(club)
    editor.post("/admin/login/", username="editor@example.org", password=PASSWORD, next="/admin/")
    assert "ada.l@example.org" in editor.get("/admin/bookclub/reader/").text


def test_a_program_posts_with_a_token(club: Club, folder: Path, ada: Reader) -> None:
    token = run(
        folder,
        "import django; django.setup()\n"
        "from bookclub.models import Reader\n"
        "from groupchat.actions.people import person_of_user\n"
        "from groupchat.actions.tokens import issue\n"
        "print(issue(person=person_of_user(user=Reader.objects.get(email='grace.h@example.org')), name='test'))",
    ).strip()
    with ada.socket() as socket:
        opened(socket)
        say(socket, type="room.enter", ref=1, name="Arrivals")
        room = hear(socket, "reply", ref=1)["result"]["room"]["id"]
        once = uuid4().hex
        first, again = (Reader(club).call(room, token=token, body="Persuasion", client_message_id=once) for _ in "12")
        assert (first.status, again.status) == (201, 200)
        heard = hear(socket, "changes", room=room)
        while not heard.get("messages"):
            heard = hear(socket, "changes", room=room)
        assert [message["body"] for message in heard["messages"]] == ["Persuasion"]
    assert Reader(club).call(room, token="gct_wrong", body="x").status == 401
