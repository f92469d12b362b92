"""One server process of several: started by the parent with the numbers of three open files."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys

from groupchat.server.setup import set_up


def main() -> int:
    """`python -m groupchat.server.worker LISTENER READY ALIVE`: serve on LISTENER, write to READY when it is so, and
    stop
    when nobody holds the other end of ALIVE."""
    listener, ready, alive = (int(argument) for argument in sys.argv[1:4])
    for number in (ready, alive):
        os.set_inheritable(number, False)
    environment = set_up()
    from groupchat.server.serving import serve

    def on_listening() -> None:
        os.write(ready, b"1")
        os.close(ready)
        loop = asyncio.get_running_loop()

        def parent_gone() -> None:
            loop.remove_reader(alive)
            os.kill(os.getpid(), signal.SIGTERM)

        loop.add_reader(alive, parent_gone)

    return serve(environment, listener=socket.socket(fileno=listener), on_listening=on_listening, hands_over=True)


if __name__ == "__main__":
    sys.exit(main())
