"""Two servers on one host share a browser's cookies: neither takes the other's, and those of before still count."""

from __future__ import annotations

import re
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.cookiejar import Cookie, CookieJar
from pathlib import Path

import pytest
from tests.server.served import Served
from tests.servers import Databases

HOST = "127.0.0.1"


class Browser:
    """Keeps the cookies of a host for all of its ports, as browsers do."""

    def __init__(self) -> None:
        self.jar = CookieJar()
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def opens(self, served: Served, path: str, **fields: str) -> None:
        """Look at a page, or send its form with these fields."""
        if fields:
            self.sends(served, path, **fields)
        else:
            self._opener.open(f"http://{HOST}:{served.port}{path}").close()

    def sends(self, served: Served, path: str, **fields: str) -> tuple[str, str]:
        """Send the form of a page; the address and the text of the page that follows."""
        url = f"http://{HOST}:{served.port}{path}"
        page = self._opener.open(url).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert token is not None
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], **fields}).encode()
        request = urllib.request.Request(url, data, {"Origin": f"http://{HOST}:{served.port}"})
        with self._opener.open(request) as answer:
            return answer.url, re.sub(r'csp-nonce|nonce="[^"]+"|value="[^"]{40,}"', "", answer.read().decode())

    def is_in(self, served: Served) -> bool:
        """Whether the server knows who this is: else it asks for a name first."""
        return str(self._opener.open(f"http://{HOST}:{served.port}/").url).endswith("/rooms/")

    def names(self) -> list[str]:
        return sorted(cookie.name for cookie in self.jar)

    def value(self, name: str) -> str:
        (found,) = [cookie.value or "" for cookie in self.jar if re.fullmatch(name, cookie.name)]
        return found

    def holds(self, name: str, value: str) -> None:
        rest = (None, False, HOST, True, False, "/", True, False, None, False, None, None, {})
        self.jar.set_cookie(Cookie(0, name, value, *rest))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, databases: Databases) -> Iterator[tuple[Served, Served]]:
    folder: Path = tmp_path_factory.mktemp("two")
    data = [databases.sqlite_folder(folder / f"data{index}") for index in range(2)]
    servers = tuple(Served(one, log=folder / f"output{index}") for index, one in enumerate(data))
    yield servers  # type: ignore[misc]
    for server in servers:
        server.stop()


def signed_up(browser: Browser, served: Served, name: str) -> None:
    browser.opens(served, "/accounts/signup/", username=name, email="", password1="correct horse battery")


def test_neither_signs_the_other_out(two: tuple[Served, Served]) -> None:
    browser = Browser()
    signed_up(browser, two[0], "ada")
    signed_up(browser, two[1], "grace")
    assert [browser.is_in(served) for served in two] == [True, True]
    sessions = [name for name in browser.names() if name.endswith("_session")]
    assert len(sessions) == 2
    assert not {"sessionid", "csrftoken", "messages"} & set(browser.names())


def test_a_guest_stays_the_same_on_both(two: tuple[Served, Served]) -> None:
    browser = Browser()
    for served in two:
        browser.opens(served, "/", room="lobby", name="Hedy")
    guests = [name for name in browser.names() if name.startswith("groupchat_guest")]
    assert len(guests) == 2
    assert [browser.is_in(served) for served in two] == [True, True]
    assert all(len(name) > len("groupchat_guest_") for name in guests)


def test_a_session_of_before_goes_on_under_its_new_name(two: tuple[Served, Served]) -> None:
    browser = Browser()
    signed_up(browser, two[0], "edith")
    key = browser.value("groupchat_.*_session")
    later = Browser()
    later.holds("sessionid", key)
    assert later.is_in(two[0])
    assert later.value("groupchat_.*_session") == key
    assert "sessionid" not in later.names()


def test_the_session_of_another_site_is_left_alone(two: tuple[Served, Served]) -> None:
    browser = Browser()
    browser.holds("sessionid", "k" * 32)
    browser.opens(two[0], "/")
    assert browser.value("sessionid") == "k" * 32
    assert not [name for name in browser.names() if name.endswith("_session")]


def test_a_guest_of_before_is_the_same_guest(two: tuple[Served, Served]) -> None:
    browser = Browser()
    browser.opens(two[0], "/", room="lobby", name="Radia")
    value = browser.value("groupchat_guest_.*")
    later = Browser()
    later.holds("groupchat_guest", value)
    assert later.is_in(two[0])
