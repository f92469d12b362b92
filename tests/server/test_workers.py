"""`groupchat serve --workers`: several processes on one address, with a private broker, replaced without a refusal."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from tests.server.conftest import Start
from tests.server.served import DEADLINE_SECONDS, Served
from websockets.sync.client import connect

from groupchat.server.broker_child import LONGEST_SOCKET_PATH_BYTES


def workers(served: Served) -> list[psutil.Process]:
    return children(served, lambda child: "groupchat.server.worker" in child.cmdline())


def brokers(served: Served) -> list[psutil.Process]:
    return children(served, lambda child: child.name() in ("valkey-server", "redis-server"))


def children(served: Served, wanted: Callable[[psutil.Process], bool] = bool) -> list[psutil.Process]:
    """The processes under the server that are `wanted`, those aside that end while they are looked at."""
    found = []
    for child in psutil.Process(served.process.pid).children(recursive=True):
        try:
            if child.cmdline() and wanted(child):
                found.append(child)
        except psutil.Error:  # it has just ended
            continue
    return found


def wait_until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_running(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE


def test_people_on_different_workers_talk(start: Start) -> None:
    served = start("--workers", "2")
    assert served.port
    assert len(workers(served)) == 2
    assert len(brokers(served)) == 1
    with ExitStack() as stack:
        address = f"ws://127.0.0.1:{served.port}/ws/chat/hall/"
        # sixteen: enough for both workers, all but surely
        sockets = [stack.enter_context(connect(address, open_timeout=DEADLINE_SECONDS)) for _ in range(16)]
        sockets[0].send('{"message": "hello"}')
        for one in sockets:
            assert "hello" in one.recv(timeout=DEADLINE_SECONDS)


def test_everything_ends_with_it(start: Start, data: Path) -> None:
    served = start("--workers", "2")
    assert served.port
    everyone = children(served)
    assert len(everyone) == 3
    assert served.stop() == 0
    assert not any(map(is_running, everyone))
    assert not (data / "broker.sock").exists()
    assert "Traceback" not in served.output


def test_everything_ends_when_it_is_killed(start: Start) -> None:
    served = start("--workers", "2")
    assert served.port
    everyone = children(served)
    served.stop(signal.SIGKILL)
    wait_until(lambda: not any(map(is_running, everyone)))


def test_a_worker_that_dies_is_replaced(start: Start) -> None:
    served = start("--workers", "2")
    assert served.port
    victim = workers(served)[0]
    victim.kill()
    wait_until(lambda: len([one for one in workers(served) if one.pid != victim.pid]) == 2)
    assert served.get("/")[0] == 200


def test_a_broker_that_dies_is_replaced(start: Start) -> None:
    served = start("--workers", "2")
    assert served.port
    (victim,) = brokers(served)
    victim.kill()
    wait_until(lambda: [one for one in brokers(served) if one.pid != victim.pid])


def test_no_request_is_refused_while_workers_are_replaced(start: Start) -> None:
    served = start("--workers", "2")
    port = served.port
    before = {one.pid for one in workers(served)}
    stop = threading.Event()
    failures: list[str] = []
    answered = 0

    def ask() -> None:
        nonlocal answered
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=DEADLINE_SECONDS)
            try:
                connection.request("GET", "/robots.txt", headers={"Connection": "close"})
                response = connection.getresponse()
                response.read()
                if response.status != 200:
                    failures.append(str(response.status))
                answered += 1
            except (OSError, http.client.HTTPException) as error:
                failures.append(repr(error))
            finally:
                connection.close()

    asking = [threading.Thread(target=ask) for _ in range(4)]
    for thread in asking:
        thread.start()
    try:
        os.kill(served.process.pid, signal.SIGHUP)
        wait_until(lambda: len(workers(served)) == 2 and not before & {one.pid for one in workers(served)})
        seen = answered
        wait_until(lambda: answered > seen + 20)
    finally:
        stop.set()
        for thread in asking:
            thread.join()
    assert failures == []
    assert "All server processes are new" in served.output


def test_open_sockets_are_told_to_come_back(start: Start) -> None:
    served = start("--workers", "2")
    with connect(f"ws://127.0.0.1:{served.port}/ws/", open_timeout=DEADLINE_SECONDS) as connection:
        connection.send('{"type": "hello", "ref": 1, "protocol": 1}')
        while '"caught_up"' not in connection.recv(timeout=DEADLINE_SECONDS):
            pass
        os.kill(served.process.pid, signal.SIGHUP)
        while '"drain"' not in (frame := connection.recv(timeout=DEADLINE_SECONDS)):
            pass
        assert '"within"' in frame


@pytest.mark.parametrize("length", [0, 200])
def test_the_broker_of_a_deep_folder(length: int, start: Start, data: Path) -> None:
    deep = data / ("d" * length) if length else data
    served = start("--workers", "2", "--data", str(deep))
    assert served.port
    (broker,) = brokers(served)
    (place,) = {one.laddr for one in broker.net_connections("unix") if one.laddr}
    assert len(os.fsencode(place)) <= LONGEST_SOCKET_PATH_BYTES
    served.stop()
    assert not Path(place).exists()


def test_each_worker_hears_its_share(start: Start) -> None:
    """The kernel spreads connections over the workers; a shared socket would give most of them to one."""
    served = start("--workers", "2")
    port = served.port
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:

        def shares() -> list[int]:
            return [
                len([one for one in worker.net_connections("tcp") if one.status == psutil.CONN_ESTABLISHED])
                for worker in workers(served)
            ]

        wait_until(lambda: sum(shares()) >= 200)
        assert min(shares()) > 40, shares()
    finally:
        for one in sockets:
            one.close()
