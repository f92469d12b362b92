"""`groupchat serve`, as a process of its own: how it starts, what it says when it can't, how it ends."""

from __future__ import annotations

import re
import signal
import socket
from pathlib import Path

import psutil
import pytest
from tests.server.conftest import Start
from tests.server.served import run

LINK = r"http://127\.0\.0\.1:\d+(/owner/[\w-]{40,}/)"


def refused(*arguments: str, **variables: str) -> str:
    """The one line with which `groupchat serve` refuses to start."""
    ended = run("serve", "--port", "0", *arguments, **variables)
    assert ended.returncode == 2, ended
    assert ended.stdout == ""
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    return lines[0]


def test_the_second_start_is_quick(start: Start) -> None:
    """Under 3 s on a quiet machine: so much does it compute. (Of a busy machine the clock says nothing about us.)"""
    first = start()
    assert first.port
    first.stop()
    second = start()
    assert second.port
    spent = psutil.Process(second.process.pid).cpu_times()
    assert spent.user + spent.system < 2.5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_good_order(number: int, start: Start) -> None:
    served = start()
    assert served.port
    assert served.stop(number) == 0
    assert "Traceback" not in served.output


def test_a_new_link_on_demand(start: Start, data: Path) -> None:
    served = start()
    first = served.wait_for(LINK)[1]
    printed = run("owner-link", GROUPCHAT_DATA=str(data)).stdout.strip()
    assert printed.startswith(f"http://127.0.0.1:{served.port}/owner/")
    assert served.get(first)[0] == 410
    assert served.get(re.sub(r"^http://[^/]+", "", printed))[0] == 200


def test_static_files_are_kept_for_ever(start: Start) -> None:
    served = start()
    page = served.get("/")[2].decode()
    scripts = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', page)
    assert scripts
    for script in scripts:
        assert re.match(r"/static/[0-9a-f]{16}/", script), script
        status, headers, body = served.get(script, **{"Accept-Encoding": "gzip"})
        assert status == 200
        assert body
        assert "immutable" in headers["cache-control"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_every_import_of_a_module_is_there(start: Start, data: Path) -> None:
    served = start()
    assert served.port
    (version,) = (data / "static").iterdir()
    modules = list((version / "groupchat").rglob("*.js"))
    imports = [
        (module, name)
        for module in modules
        for name in re.findall(r"""\b(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""", module.read_text())
    ]
    assert imports
    assert [f"{module.name}: {name}" for module, name in imports if not (module.parent / name).is_file()] == []


def test_another_host_is_refused(start: Start) -> None:
    served = start()
    assert served.get("/", Host="evil.example")[0] == 400
    assert served.get("/", Host=f"localhost:{served.port}")[0] == 200


def test_behind_a_proxy_with_tls(start: Start) -> None:
    served = start(GROUPCHAT_URL="https://chat.example.org")
    served.wait_for(r"is at https://chat\.example\.org \(listening on http://127\.0\.0\.1:\d+\)")
    served.wait_for(r"https://chat\.example\.org/owner/")
    status, headers, _ = served.get("/accounts/login/", Host="chat.example.org")
    assert status == 200
    assert "max-age=2592000" in headers["strict-transport-security"]
    assert "Secure" in headers["set-cookie"]
    assert served.get("/", Host="evil.example")[0] == 400


def test_the_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refused("--port", str(port))
    assert f"port {port}: address already in use" in line
    assert "GROUPCHAT_PORT" in line


def test_workers_do_not_slip_in_beside_another_server(data: Path) -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        line = refused("--port", str(taken.getsockname()[1]), "--workers", "2", GROUPCHAT_DATA=str(data))
    assert "address already in use" in line


def test_the_data_folder_is_not_writable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    line = refused("--data", str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file" / "data") in line
    assert "not writable" in line


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_nobody_else_is_served_without_a_public_address(host: str, data: Path) -> None:
    assert "GROUPCHAT_URL" in refused("--host", host, GROUPCHAT_DATA=str(data))


def test_an_address_that_this_machine_does_not_have(data: Path) -> None:
    line = refused("--host", "192.0.2.1", GROUPCHAT_DATA=str(data), GROUPCHAT_URL="http://192.0.2.1:1")
    assert "192.0.2.1" in line


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GROUPCHAT_URL", "chat.example.org"),
        ("GROUPCHAT_SECRET_KEY", "secret"),
        ("GROUPCHAT_MAX_FRAME_BYTES", "64k"),
        ("DATABASE_URL", "oracle://chat"),
    ],
)
def test_a_wrong_variable_is_named(name: str, value: str, data: Path) -> None:
    assert name in refused(**{"GROUPCHAT_DATA": str(data), name: value})


def test_a_database_that_does_not_answer(data: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound, but nobody listens
        url = f"postgres://chat@127.0.0.1:{nobody.getsockname()[1]}/chat"
        line = refused(GROUPCHAT_DATA=str(data), DATABASE_URL=url)
    assert "The database at 127.0.0.1 is not reachable" in line


def test_a_file_that_is_no_database(data: Path, tmp_path: Path) -> None:
    (tmp_path / "chat.sqlite3").write_text("This is not a database. " * 100)
    line = refused(GROUPCHAT_DATA=str(data), DATABASE_URL=f"sqlite:///{tmp_path / 'chat.sqlite3'}")
    assert "is not reachable" in line


def test_a_broker_that_does_not_answer(data: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        line = refused(GROUPCHAT_DATA=str(data), REDIS_URL=f"redis://127.0.0.1:{nobody.getsockname()[1]}/0")
    assert "REDIS_URL is not reachable" in line


def test_a_misspelt_option_is_told(start: Start) -> None:
    served = start(GROUPCHAT_MAX_BODY_CHARATERS="1")
    served.wait_for("no option GROUPCHAT_MAX_BODY_CHARATERS")
    assert served.get("/")[0] == 200


def test_manage_and_shell(start: Start, data: Path) -> None:
    assert run("manage", "check", GROUPCHAT_DATA=str(data)).returncode == 0
    assert run("migrate", GROUPCHAT_DATA=str(data)).returncode == 0
    said = run("shell", "-c", "print(Room.objects.count() + 41)", GROUPCHAT_DATA=str(data))
    assert "41" in said.stdout, said
    assert run("manage", "no-such-command", GROUPCHAT_DATA=str(data)).returncode != 0
    assert "Group Chat" in run("version").stdout
