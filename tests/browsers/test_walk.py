"""The main walk in the other browsers: come in, talk, be heard, write without a network, reload, and nothing is lost.

`make test-browsers` runs it. A browser that the system does not have is left out, with the reason printed.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.browsers.cable import Cable
from tests.browsers.driver import ENTER, Browser, firefox, firefox_program, screen, webkit, webkit_programs
from tests.server.served import Served

Opens = Callable[[], Browser]

ARE_SENT = """
  const bodies = [...document.querySelectorAll(".message[data-number] .body")].map((body) => body.innerText);
  return JSON.stringify(bodies) === JSON.stringify(arguments[0]);
"""
IS_KEPT = """
  return (async () => {
    await navigator.serviceWorker.ready;
    for (const name of await caches.keys()) {
      if (await (await caches.open(name)).match(new URL("/app-shell.json", location.href))) return true;
    }
    return false;
  })()
"""


@pytest.fixture(params=["firefox", "webkit"])
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opens]:
    """Opens a browser of its own for each person."""
    with ExitStack() as opened:
        count = 0
        if request.param == "firefox":
            if firefox_program() is None:
                pytest.skip("there is no Firefox (apt-get install firefox-esr)")
        else:
            if webkit_programs() is None or shutil.which("Xvfb") is None:
                pytest.skip("there is no WebKit with its driver and a screen (apt-get install webkit2gtk-driver xvfb)")
            display = opened.enter_context(screen(tmp_path))

        def open_one() -> Browser:
            nonlocal count
            count += 1
            folder = tmp_path / f"{request.param}-{count}"
            folder.mkdir()
            if request.param == "firefox":
                return opened.enter_context(firefox(folder))
            return opened.enter_context(webkit(folder, display=display))

        yield open_one


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    served = Served(tmp_path / "data", log=tmp_path / "server-output")
    yield served
    served.stop()


def enters(browser: Browser, port: int, name: str, room: str) -> None:
    browser.goes_to(f"http://127.0.0.1:{port}/")
    browser.types("#room", room)
    browser.types("#name", name)
    browser.types("#name", ENTER)
    browser.waits_until("return document.querySelector('.room-name')?.innerText === arguments[0]", room)
    browser.waits_until("return document.querySelector('.connection')?.innerText === 'Connected'")


def says(browser: Browser, text: str) -> None:
    browser.types("#composer", text)
    browser.types("#composer", ENTER)


def sees_sent(browser: Browser, *texts: str) -> None:
    browser.waits_until(ARE_SENT, list(texts))


@pytest.fixture
def cable(served: Served) -> Iterator[Cable]:
    with Cable(served.port) as cable:
        yield cable


def test_the_main_walk(opens: Opens, served: Served, cable: Cable) -> None:
    ada, grace = opens(), opens()
    enters(ada, cable.port, "Ada", "the walk")
    enters(grace, served.port, "Grace", "the walk")
    says(ada, "hello")
    sees_sent(ada, "hello")
    sees_sent(grace, "hello")
    says(grace, "welcome")
    sees_sent(ada, "hello", "welcome")

    ada.waits_until(IS_KEPT)
    cable.pull()
    ada.waits_until("return Boolean(document.querySelector('.banner'))")
    for index in range(3):
        says(ada, f"offline {index}")
    waiting = "return document.querySelectorAll('.message .clock-icon').length === 3"
    ada.waits_until(waiting)
    ada.reloads()
    ada.waits_until(waiting)
    says(grace, "meanwhile")
    sees_sent(grace, "hello", "welcome", "meanwhile")
    cable.plug()
    everything = ("hello", "welcome", "meanwhile", "offline 0", "offline 1", "offline 2")
    sees_sent(ada, *everything)
    sees_sent(grace, *everything)
    ada.reloads()
    sees_sent(ada, *everything)
