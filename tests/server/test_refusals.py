"""What an operator sees of those who are refused: an answer that says why, one line in the log, a count by reason."""

from __future__ import annotations

import json
import re
import resource
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from tests.server.conftest import Start
from tests.server.served import DEADLINE_SECONDS, Served
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

HELLO = json.dumps({"type": "hello", "ref": 1, "protocol": 1, "client": "test"})


@pytest.fixture
def quit_at_the_end() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def counted(served: Served, name: str) -> dict[str, float]:
    """A counter of the metrics by its reasons, over all processes."""
    status, _, text = served.get("/metrics")
    assert status == 200
    found: dict[str, float] = {}
    for reason, value in re.findall(
        rf'^groupchat_{name}_total{{.*reason="(\w+)".*}} (\S+)$', text.decode(), re.MULTILINE
    ):
        found[reason] = found.get(reason, 0) + float(value)
    return found


def gauge(served: Served, name: str) -> float:
    text = served.get("/metrics")[2].decode()
    return sum(float(value) for value in re.findall(rf"^groupchat_{name}{{.*}} (\S+)$", text, re.MULTILINE))


def lines(served: Served, words: str) -> list[str]:
    return [line for line in served.output.splitlines() if words in line]


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ask(served: Served, raw: bytes) -> bytes:
    """Everything that comes back until the server closes."""
    with socket.create_connection(("127.0.0.1", served.port), DEADLINE_SECONDS) as connection:
        with suppress(ConnectionError):  # it may have closed before it read all
            connection.sendall(raw)
        told = b""
        with suppress(ConnectionError):
            while data := connection.recv(65536):
                told += data
        return told


def open_socket(served: Served, path: str = "/ws/", **headers: str) -> ClientConnection:
    return connect(
        f"ws://127.0.0.1:{served.port}{path}",
        open_timeout=DEADLINE_SECONDS,
        additional_headers={name.replace("_", "-"): value for name, value in headers.items()},
    )


def code_of(connection: ClientConnection) -> int | None:
    with suppress(ConnectionClosed):
        while True:
            connection.recv(timeout=DEADLINE_SECONDS)
    return connection.protocol.close_code


def test_a_proxy_that_is_not_trusted(start: Start, quit_at_the_end: ExitStack) -> None:
    """An address by http, and a proxy in front: to every limit all people are one."""
    served = start(GROUPCHAT_URL="http://chat.example.org", GROUPCHAT_MAX_CONNECTIONS_PER_ADDRESS="3")
    codes = []
    for index in range(6):
        one = quit_at_the_end.enter_context(
            open_socket(served, X_Forwarded_For=f"203.0.113.{index}", Host="chat.example.org")
        )
        if index >= 3:
            codes.append(code_of(one))
    assert codes == [4101] * 3
    assert counted(served, "refused")["address_limit"] == 3
    (line,) = lines(served, "X-Forwarded-For")
    assert "127.0.0.1" in line
    assert "GROUPCHAT_TRUSTED_PROXIES" in line
    (line,) = lines(served, "MAX_CONNECTIONS_PER_ADDRESS")
    assert "(address_limit)" in line
    assert json.loads(served.get("/health/ready")[2])["warnings"] == ["address_limit", "proxy_not_trusted"]


def test_pages_tell_of_the_proxy_too(start: Start) -> None:
    served = start()
    for _ in range(3):
        served.get("/", **{"X-Forwarded-For": "203.0.113.7"})
    assert len(lines(served, "X-Forwarded-For")) == 1


def test_a_proxy_that_is_trusted_is_no_event(start: Start, quit_at_the_end: ExitStack) -> None:
    served = start(GROUPCHAT_TRUSTED_PROXIES="1", GROUPCHAT_MAX_CONNECTIONS_PER_ADDRESS="1")
    for index in range(3):
        quit_at_the_end.enter_context(open_socket(served, X_Forwarded_For=f"203.0.113.{index}"))
    wait_until(lambda: gauge(served, "connections") == 3)
    assert not lines(served, "WARNING")
    assert not sum(counted(served, "refused").values())


def test_without_upgrade_it_says_what_is_missing_and_who_left_it_out(start: Start) -> None:
    served = start()
    for path in ("/ws/", "/ws/", "/ws/chat/lobby/"):
        status, headers, body = served.get(path, **{"Sec-WebSocket-Key": "x", "X-Forwarded-For": "203.0.113.7"})
        assert status == 426
        assert headers["upgrade"] == "websocket"
        assert b"proxy" in body
    assert counted(served, "refused")["no_upgrade"] == 3
    (line,) = lines(served, "Upgrade")
    assert "proxy" in line
    assert "proxy_set_header Upgrade" in line


def test_somebody_who_types_the_address_into_a_browser_is_no_proxy(start: Start) -> None:
    served = start()
    assert served.get("/ws/", **{"Sec-Fetch-Mode": "navigate"})[0] == 426
    assert not lines(served, "Upgrade")
    assert served.get("/ws/elsewhere/")[0] == 404


def test_where_a_socket_may_not_come_from(start: Start) -> None:
    served = start()
    for path, headers, reason in (
        ("/ws/", {"Host": "evil.example"}, "host"),
        ("/ws/", {"Origin": "https://evil.example", "Cookie": "sessionid=x"}, "origin"),
        ("/nowhere/", {}, "path"),
    ):
        for _ in range(2):
            with pytest.raises(InvalidStatus, match="403"):
                open_socket(served, path, **headers)
        assert counted(served, "refused")[reason] == 2, reason
        (line,) = lines(served, f"({reason})")
        assert (headers.get("Origin") or headers.get("Host") or path) in line


def test_what_a_stranger_sent_is_one_line_and_no_longer_than_one(start: Start) -> None:
    served = start()
    with pytest.raises(InvalidStatus, match="403"):
        open_socket(served, "/" + "x" * 5_000)
    (line,) = lines(served, "(path)")
    assert len(line) < 500


def test_sockets_that_are_closed_are_counted_by_reason(start: Start) -> None:
    served = start(GROUPCHAT_MAX_FRAME_BYTES="1000")
    for sent, code in ((b"binary", 4000), ("x" * 1001, 1009), (b"again", 4000)):
        with open_socket(served) as one:
            one.send(sent)
            assert code_of(one) == code
    wait_until(lambda: gauge(served, "connections") == 0)
    found = counted(served, "closed")
    assert found["broken_frame"] == 2
    assert found["too_large"] == 1
    assert found["slow"] == 0
    assert len(lines(served, "(4000, broken_frame)")) == 1
    assert len(lines(served, "(1009, too_large)")) == 1


# --- a request's head ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/ws/"])
def test_a_head_that_is_too_large(path: str, start: Start) -> None:
    served = start(GROUPCHAT_MAX_HEAD_BYTES="20000")
    upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" if path == "/ws/" else ""
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{upgrade}Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    close = "" if upgrade else "Connection: close\r\n"
    fits, too_large = (head + close + "Cookie: a=" + "x" * size + "\r\n\r\n" for size in (18_000, 20_000))
    answer = ask(served, too_large.encode())
    assert answer.startswith(b"HTTP/1.1 431 "), answer[:100]
    if path == "/":
        assert ask(served, fits.encode()).startswith(b"HTTP/1.1 200 ")
    else:  # as many bytes in one line, or in many, as a page may have
        for headers in ({"Cookie": "a=" + "x" * 18_000}, {f"X-{index}": "y" * 100 for index in range(150)}):
            with open_socket(served, Origin=f"http://127.0.0.1:{served.port}", **headers) as one:
                one.send(HELLO)
                assert json.loads(one.recv(timeout=DEADLINE_SECONDS))
    assert counted(served, "refused")["head"] == 1
    assert len(lines(served, "(head)")) == 1
    assert "Traceback" not in served.output


def test_a_head_that_never_ends_is_ended_by_its_size(start: Start) -> None:
    served = start()
    with socket.create_connection(("127.0.0.1", served.port), DEADLINE_SECONDS) as connection:
        # a connection that had a request before is no other
        connection.sendall(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
        answered = b""
        while not answered.endswith(b"}"):
            answered += connection.recv(65536)
        connection.sendall(b"GET / HTTP/1.1\r\nX-Long: ")
        sent, told = 0, b""
        with suppress(ConnectionError):
            while sent < 4_000_000:
                connection.sendall(b"y" * 10_000)
                sent += 10_000
                time.sleep(0.001)
        with suppress(ConnectionError):
            told = connection.recv(65536)
    assert sent < 4_000_000
    assert told.startswith(b"HTTP/1.1 431 ") or not told  # the rest of what we sent may have cost us the answer
    assert counted(served, "refused")["head"] == 1


def test_a_large_body_is_no_large_head(start: Start) -> None:
    served = start()
    body = b"x" * 300_000
    answer = ask(
        served,
        b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n" % len(body) + body,
    )
    assert answer.startswith(b"HTTP/1.1 403 ")  # Django's own answer: no token
    assert counted(served, "refused")["head"] == 0


# --- open files ----------------------------------------------------------------------------------------------------

FILES = 220


def test_the_last_files_are_the_databases(start: Start, quit_at_the_end: ExitStack) -> None:
    """More sockets come than the process may open: those inside go on writing, and the log names the limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    served = start(GROUPCHAT_MAX_CONNECTIONS_PER_ADDRESS="0", GROUPCHAT_RESERVED_FILES="100")
    assert served.port
    resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (FILES, hard))
    inside = quit_at_the_end.enter_context(open_socket(served, "/ws/chat/hall/"))
    codes: list[int | None] = []
    admitted = []
    for _ in range(FILES):
        one = quit_at_the_end.enter_context(open_socket(served, "/ws/chat/hall/"))
        try:
            one.recv(timeout=0.2 if not codes else 0.02)
        except TimeoutError:
            admitted.append(one)
        except ConnectionClosed:
            codes.append(one.protocol.close_code)
            if len(codes) > 5:
                break
    assert set(codes) == {4101}
    assert len(admitted) > 20
    # who opens connections without a word is not let further either
    idle = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(FILES)]
    for one in idle:
        quit_at_the_end.callback(one.close)
    inside.send(json.dumps({"message": "we go on"}))
    for one in (inside, *admitted[:3]):
        assert "we go on" in one.recv(timeout=DEADLINE_SECONDS)
    for one in idle:
        one.close()
    status, found = 0, {}

    def is_told() -> bool:
        nonlocal status, found
        with suppress(OSError):
            status, _, body = served.get("/health/ready")
            found = json.loads(body) if body.startswith(b"{") else {}
        if found.get("files") == "ok":  # a few were only passing through when the last one was refused
            quit_at_the_end.enter_context(open_socket(served, "/ws/chat/hall/"))
        return found.get("files") == "short"

    wait_until(is_told)
    assert (status, found["files"], found["database"]) == (503, "short", "ok")
    assert counted(served, "refused")["files"] > 5
    assert gauge(served, "open_files_limit") == FILES
    assert FILES - 110 < gauge(served, "open_files") < FILES
    (line,) = lines(served, "(files)")
    assert "RLIMIT_NOFILE" in line
    assert "LimitNOFILE" in line
    assert "Traceback" not in served.output
    assert not lines(served, "database does not")
    for one in admitted:
        one.close()
    wait_until(lambda: served.get("/health/ready")[0] == 200)


# --- the machine itself --------------------------------------------------------------------------------------------


def test_who_asks_from_this_machine_by_ipv4_where_the_server_listens_on_ipv6(start: Start) -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    served = start("--host", "::", GROUPCHAT_URL="http://chat.example.org")
    port = int(served.wait_for(r"listening on http://\[::\]:(\d+)")[1])
    with socket.create_connection(("127.0.0.1", port), DEADLINE_SECONDS) as connection:
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 200 ")
