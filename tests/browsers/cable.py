"""The cable between a browser and the server, which can be pulled out and plugged in again."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class Cable:
    """Passes bytes on from a port of its own. While it is out, that port refuses, and what went over it is cut.

    Use it in a `with`: at the end it is out, and its threads have ended.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._lock = threading.Lock()
        self._ends: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.port = 0  # a free one at first, and the same one later
        self.plug()

    def __enter__(self) -> Cable:
        return self

    def __exit__(self, *_: object) -> None:
        self.pull()

    def plug(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=128)
        self.port = self._listener.getsockname()[1]
        self._start(self._accept, self._listener)

    def pull(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # ends the `accept`; then no connection is added any more
        self._threads[0].join()
        self._listener.close()
        with self._lock:
            for end in self._ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._threads.clear()

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments)
        self._threads.append(thread)
        thread.start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                here, _ = listener.accept()
                try:
                    there = socket.create_connection(("127.0.0.1", self._to))
                except OSError:
                    here.close()
                    continue
                with self._lock:
                    self._ends |= {here, there}
                self._start(self._carry, here, there)

    def _carry(self, here: socket.socket, there: socket.socket) -> None:
        """Both ways, until one end is closed."""
        back = threading.Thread(target=_pass, args=(there, here))
        back.start()
        _pass(here, there)
        back.join()
        with self._lock:
            self._ends -= {here, there}
            here.close()
            there.close()


def _pass(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            to.sendall(data)
    for end in (source, to):
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
