"""`groupchat backup`, as cron runs it: again and again, to the same place."""

from __future__ import annotations

import os
import re
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.server.served import DEADLINE_SECONDS, command, environment, run

from groupchat.server import copying
from groupchat.server.faults import CannotStart


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with its tables."""
    data = tmp_path_factory.mktemp("data")
    done = run("migrate", GROUPCHAT_DATA=str(data))
    assert done.returncode == 0, done.stderr
    return data


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def is_whole(copy: Path) -> bool:
    with closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as connection:
        (answer,) = connection.execute("PRAGMA integrity_check").fetchone()
        return bool(answer == "ok" and connection.execute("SELECT count(*) FROM groupchat_room").fetchone())


def test_the_second_run_says_what_to_do_and_leaves_the_first_copy(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "chat.sqlite3"
    copy.write_text("an older copy")
    again = run("backup", str(copy), GROUPCHAT_DATA=str(filled))
    assert again.returncode == 2
    assert "there already" in again.stderr
    assert "--replace" in again.stderr
    assert copy.read_text() == "an older copy"
    assert os.listdir(tmp_path) == ["chat.sqlite3"]


def test_with_replace_every_run_succeeds(filled: Path, tmp_path: Path) -> None:
    copy = tmp_path / "chat.sqlite3"
    for _ in range(2):
        done = run("backup", "--replace", str(copy), GROUPCHAT_DATA=str(filled))
        assert done.returncode == 0, done.stderr
        assert is_whole(copy)
        assert copy.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["chat.sqlite3"]


def test_in_a_folder_each_copy_is_named_after_its_time(filled: Path, tmp_path: Path) -> None:
    done = run("backup", str(tmp_path), GROUPCHAT_DATA=str(filled))
    assert done.returncode == 0, done.stderr
    (copy,) = tmp_path.iterdir()
    assert re.fullmatch(r"groupchat-\d{4}-\d\d-\d\dT\d{6}Z\.sqlite3", copy.name)
    assert str(copy) in done.stdout
    assert is_whole(copy)


def test_an_older_copy_stays_until_the_new_one_is_whole(filled: Path, tmp_path: Path) -> None:
    """The disk is full in the middle of it: here, a limit on the size of files."""
    copy = tmp_path / "chat.sqlite3"
    copy.write_text("an older copy")

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))

    done = subprocess.run(
        command("backup", "--replace", str(copy)),
        env=environment(GROUPCHAT_DATA=str(filled)),
        preexec_fn=small_files,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )
    assert done.returncode == 2, done
    assert "could not be made" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert copy.read_text() == "an older copy"
    assert os.listdir(tmp_path) == ["chat.sqlite3"]


def test_the_database_itself_is_never_replaced(filled: Path, tmp_path: Path) -> None:
    database = filled / "groupchat.sqlite3"
    link = tmp_path / "link"
    link.symlink_to(database)
    for target in (database, link):
        with pytest.raises(CannotStart, match="the database itself"):
            copying.copy_sqlite(database, target, replace=True)
    assert is_whole(database)


def test_what_is_no_file_is_never_replaced(filled: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(CannotStart, match="no file"):
        copying.copy_sqlite(filled / "groupchat.sqlite3", pipe, replace=True)
    assert pipe.is_fifo()


def test_of_two_at_once_one_keeps_the_name(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, umask: None
) -> None:
    copy = tmp_path / "chat.sqlite3"
    sync = copying._sync

    def another_was_quicker(path: Path) -> None:
        sync(path)
        copy.write_text("the other one")

    monkeypatch.setattr(copying, "_sync", another_was_quicker)
    with pytest.raises(CannotStart, match="there already"):
        copying.copy_sqlite(filled / "groupchat.sqlite3", copy)
    assert copy.read_text() == "the other one"
    assert os.listdir(tmp_path) == ["chat.sqlite3"]
