"""A database that is not the one that the folder last served gets a new epoch."""

from __future__ import annotations

import shutil
import signal
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from django.db import connection
from tests.server.conftest import Start
from tests.server.served import run

from groupchat.models import ServerState
from groupchat.server import incarnation
from groupchat.server.models import FolderMark


def epoch() -> str:
    return ServerState.objects.get().epoch


class Broken(Exception):
    """The machine goes away at this very point."""


class Folder:
    """A data folder, and what is done with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir(exist_ok=True)

    def serves(self) -> bool:
        """Once, from start to end; whether a known life ended."""
        run = incarnation.Run(self.path)
        run.end()
        return run.is_another

    def breaks_off(self) -> None:
        """A server starts, and is killed."""
        incarnation.Run(self.path)._lock.close()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "data")


@pytest.mark.django_db
class TestMarks:
    def test_the_same_database_keeps_its_epoch(self, folder: Folder) -> None:
        assert not folder.serves(), "a first start ends no life"
        first = epoch()
        for _ in range(3):
            assert not folder.serves()
        assert epoch() == first

    def test_a_copy_from_before_is_told_apart(self, folder: Folder) -> None:
        folder.serves()
        first = epoch()
        old = FolderMark.objects.get().mark
        folder.serves()
        FolderMark.objects.update(mark=old)  # what a restored copy of the database says
        assert folder.serves()
        assert epoch() != first
        assert not folder.serves()

    def test_a_copy_from_within_the_last_run_is_told_apart(self, folder: Folder) -> None:
        run = incarnation.Run(folder.path)
        first = epoch()
        copied = FolderMark.objects.get().mark
        run.end()
        FolderMark.objects.update(mark=copied)
        assert folder.serves()
        assert epoch() != first

    def test_after_a_run_that_broke_off_a_file_may_be_a_copy(self, folder: Folder) -> None:
        folder.serves()
        first = epoch()
        folder.breaks_off()
        # Nothing says whether the file was replaced meanwhile; with PostgreSQL nothing was.
        assert folder.serves() == (connection.vendor == "sqlite")
        assert (epoch() != first) == (connection.vendor == "sqlite")
        assert not folder.serves()

    def test_several_on_one_folder_are_one_run(self, folder: Folder) -> None:
        runs = [incarnation.Run(folder.path) for _ in range(3)]
        first = epoch()
        assert not any(run.is_another for run in runs)
        runs.pop().end()
        runs.pop()._lock.close()  # killed, while another one runs
        assert not folder.serves()
        runs.pop().end()
        assert not folder.serves()
        assert epoch() == first

    def test_the_last_of_several_breaks_off(self, folder: Folder) -> None:
        first, last = incarnation.Run(folder.path), incarnation.Run(folder.path)
        first.end()
        last._lock.close()
        assert folder.serves() == (connection.vendor == "sqlite")

    @pytest.mark.parametrize("at", ["start", "end"])
    def test_a_crash_between_file_and_database(self, at: str, folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.serves()
        first = epoch()

        def crash(*_: object, **__: object) -> None:
            raise Broken

        run = incarnation.Run(folder.path) if at == "end" else None
        step = run.end if run is not None else partial(incarnation.Run, folder.path)
        with monkeypatch.context() as patch:
            patch.setattr(FolderMark.objects, "update_or_create", crash)
            with pytest.raises(Broken):
                step()
        if run is not None:
            run._lock.close()
        # A start that got no further wrote nothing yet; an end that did not come to its end is none.
        broke_off = at == "end" and connection.vendor == "sqlite"
        assert folder.serves() == broke_off
        assert (epoch() != first) == broke_off

    def test_two_folders_on_one_database_do_not_disturb_each_other(self, tmp_path: Path) -> None:
        here, there = Folder(tmp_path / "here"), Folder(tmp_path / "there")
        here.serves()
        there.serves()
        first = epoch()
        for _ in range(2):
            assert not here.serves()
            assert not there.serves()
        assert epoch() == first

    @pytest.mark.parametrize("damage", ['{"folder": ', "[]", "null", '{"folder": "x"}'])
    def test_a_damaged_mark_counts_as_none(self, damage: str, folder: Folder) -> None:
        folder.serves()
        (folder.path / incarnation.MARK_FILE).write_text(damage)
        assert folder.serves()


def test_a_restored_backup_has_a_new_epoch(start: Start, data: Path, tmp_path: Path) -> None:
    def epoch_of_folder() -> str:
        said = run("shell", "-c", "print('epoch', ServerState.objects.get().epoch)", GROUPCHAT_DATA=str(data))
        return said.stdout.rpartition("epoch ")[2].strip()

    served = start()
    assert served.port
    copy = tmp_path / "copy.sqlite3"
    assert run("backup", str(copy), GROUPCHAT_DATA=str(data)).returncode == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    again = run("backup", str(copy), GROUPCHAT_DATA=str(data))
    assert again.returncode == 2
    assert "there already" in again.stderr
    served.stop()
    first = epoch_of_folder()
    assert first

    for leftover in data.glob("groupchat.sqlite3*"):
        leftover.unlink()
    shutil.copy(copy, data / "groupchat.sqlite3")
    served = start()
    served.wait_for("may not be the database that this folder last served")
    assert served.port
    served.stop()
    second = epoch_of_folder()
    assert second != first

    assert run("new-epoch", GROUPCHAT_DATA=str(data)).returncode == 0
    assert epoch_of_folder() not in (first, second)


def test_a_copy_that_was_made_while_the_server_ran(start: Start, data: Path, tmp_path: Path) -> None:
    """By hand, with no start between the copy and the crash after it."""

    def epoch_of_folder() -> str:
        said = run("shell", "-c", "print('epoch', ServerState.objects.get().epoch)", GROUPCHAT_DATA=str(data))
        return said.stdout.rpartition("epoch ")[2].strip()

    served = start()
    assert served.port
    first = epoch_of_folder()
    copy = tmp_path / "copy.sqlite3"
    with (
        closing(sqlite3.connect(data / "groupchat.sqlite3")) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    served.stop(signal.SIGKILL)
    for leftover in data.glob("groupchat.sqlite3-*"):
        leftover.unlink()
    shutil.copyfile(copy, data / "groupchat.sqlite3")  # over the old one: the same file to the system
    served = start()
    served.wait_for("may not be the database that this folder last served")
    assert served.port
    assert served.stop() == 0
    second = epoch_of_folder()
    assert second != first
    served = start()
    assert served.port
    assert "may not be" not in served.output
    assert epoch_of_folder() == second
