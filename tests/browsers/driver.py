"""Firefox and WebKit as the system has them, driven by the commands of WebDriver.

WebKit brings a driver that speaks it over HTTP. Firefox itself speaks the same commands as Marionette, which is what
geckodriver translates to; so neither needs a program that the system's packages do not have.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

DEADLINE_SECONDS = 60
ENTER = "\ue007"
_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"  # the key of WebDriver for a reference to an element
_MINI_BROWSERS = ("/usr/lib/*/webkit2gtk-4.1/MiniBrowser", "/usr/libexec/webkit2gtk-4.1/MiniBrowser")


class Unreachable(Exception):
    """The browser did not take or answer a command; the message says which."""


class Wire(Protocol):
    """One session of a browser: takes a command of WebDriver by name."""

    def call(self, command: str, *, element: str = "", **parameters: Any) -> Any: ...


class Browser:
    """What a person does at a browser, and what they see there. Everything waits for what it needs."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def goes_to(self, url: str) -> None:
        self._wire.call("Navigate", url=url)

    def reloads(self) -> None:
        """As a person does: the command Refresh goes past the service worker in Firefox."""
        self.value("window.isTheOldPage = true; location.reload()")
        self.waits_until("return !window.isTheOldPage && document.readyState === 'complete'")

    def types(self, selector: str, text: str) -> None:
        self._wire.call("ElementSendKeys", element=self._find(selector), text=text)

    def value(self, script: str, *arguments: Any) -> Any:
        return self._wire.call("ExecuteScript", script=script, args=list(arguments))

    def waits_until(self, script: str, *arguments: Any) -> None:
        """Until the script returns something true."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        found = None
        while time.monotonic() < deadline:
            with contextlib.suppress(Unreachable):  # between two pages there is nothing to ask
                if found := self.value(script, *arguments):
                    return
            time.sleep(0.05)
        text = self.value("return `${location.href}\\n${document.body?.innerText}`")
        raise AssertionError(f"never so: {script} {arguments} (it is {found!r})\n{text}")

    def _find(self, selector: str) -> str:
        self.waits_until("return document.querySelector(arguments[0])?.checkVisibility() ?? false", selector)
        found = self._wire.call("FindElement", using="css selector", value=selector)
        return str(found.get("value", found)[_ELEMENT])


class Marionette:
    """Firefox's own socket: messages are JSON, each with its length in front."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_SECONDS)
        self._stream = self._socket.makefile("rb")
        self._read()  # it greets
        self._last = 0
        self.call("NewSession")

    def call(self, command: str, *, element: str = "", **parameters: Any) -> Any:
        self._last += 1
        if element:
            parameters["id"] = element
        message = json.dumps([0, self._last, f"WebDriver:{command}", parameters]).encode()
        self._socket.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._read()
        if error:
            raise Unreachable(f"{command}: {error['error']}: {error['message']}")
        return result.get("value") if command == "ExecuteScript" else result

    def close(self) -> None:
        self._stream.close()
        self._socket.close()

    def _read(self) -> Any:
        length = b""
        while (byte := self._stream.read(1)) != b":":
            if not byte:
                raise Unreachable("Firefox closed its socket")
            length += byte
        return json.loads(self._stream.read(int(length)))


class OverHTTP:
    """A driver that speaks WebDriver over HTTP, as WebKit's does."""

    PATHS = {
        "Navigate": "/url",
        "FindElement": "/element",
        "ElementSendKeys": "/element/{}/value",
        "ExecuteScript": "/execute/sync",
    }

    def __init__(self, port: int, capabilities: dict[str, Any]) -> None:
        self._port = port
        self._session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": capabilities}})["sessionId"]

    def call(self, command: str, *, element: str = "", **parameters: Any) -> Any:
        return self._ask("POST", f"/session/{self._session}{self.PATHS[command].format(element)}", parameters)

    def close(self) -> None:
        with contextlib.suppress(Unreachable):
            self._ask("DELETE", f"/session/{self._session}", None)

    def _ask(self, method: str, path: str, content: dict[str, Any] | None) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=DEADLINE_SECONDS)
        try:
            connection.request(method, path, None if content is None else json.dumps(content))
            answer = json.loads(connection.getresponse().read())["value"]
        except OSError as error:
            raise Unreachable(f"{path}: {error}") from error
        finally:
            connection.close()
        if isinstance(answer, dict) and "error" in answer:
            raise Unreachable(f"{path}: {answer['error']}: {answer.get('message')}")
        return answer


def firefox_program() -> str | None:
    return shutil.which("firefox-esr") or shutil.which("firefox")


def webkit_programs() -> tuple[str, str] | None:
    """WebKit's driver, and the small browser that it drives."""
    driver = shutil.which("WebKitWebDriver")
    found = [str(path) for pattern in _MINI_BROWSERS for path in Path("/").glob(pattern.lstrip("/"))]
    return (driver, found[0]) if driver and found else None


@contextlib.contextmanager
def firefox(folder: Path) -> Iterator[Browser]:
    program = firefox_program()
    assert program is not None
    (folder / "user.js").write_text(
        'user_pref("marionette.port", 0);\n'
        'user_pref("browser.shell.checkDefaultBrowser", false);\n'
        'user_pref("datareporting.policy.dataSubmissionEnabled", false);\n'
        'user_pref("app.update.enabled", false);\n'
    )
    command = [program, "--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with _process(command, folder=folder) as process:
        port = int(_first_text(folder / "MarionetteActivePort", process))
        wire = Marionette(port)
        try:
            yield Browser(wire)
        finally:
            wire.close()


@contextlib.contextmanager
def webkit(folder: Path, *, display: str) -> Iterator[Browser]:
    programs = webkit_programs()
    assert programs is not None
    driver, browser = programs
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with _process([driver, f"--port={port}"], folder=folder, DISPLAY=display) as process:
        _wait_for_port(port, process)
        options = {"binary": browser, "args": ["--automation"]}
        wire = OverHTTP(port, {"browserName": "MiniBrowser", "webkitgtk:browserOptions": options})
        try:
            yield Browser(wire)
        finally:
            wire.close()


@contextlib.contextmanager
def screen(folder: Path) -> Iterator[str]:
    """A screen that nobody looks at; its name, as DISPLAY wants it."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"]
    with _process(command, folder=folder, pass_fds=(writing,)):
        os.close(writing)
        with os.fdopen(reading) as said:
            number = said.readline().strip()
        assert number, (folder / "output").read_text()
        yield f":{number}"


@contextlib.contextmanager
def _process(
    command: list[str], *, folder: Path, pass_fds: tuple[int, ...] = (), **variables: str
) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own group with a home of its own; at the end it and its children are ended, and no others."""
    environment = os.environ | {"HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)} | variables
    with (folder / "output").open("ab") as output:
        process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=pass_fds,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)  # its group has its id


def _first_text(path: Path, process: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if text := path.read_text().strip():
                return text
        assert process.poll() is None, (path.parent / "output").read_text()
        time.sleep(0.05)
    raise AssertionError(f"no {path.name} within {DEADLINE_SECONDS} s: {(path.parent / 'output').read_text()}")


def _wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        assert process.poll() is None, f"WebKitWebDriver ended with {process.returncode}"
        time.sleep(0.05)
    raise AssertionError("WebKitWebDriver took no connection")
