"""A database that is not the one that the folder last served gets a new epoch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from tests.server.conftest import Start
from tests.server.served import run

from groupchat.models import ServerState
from groupchat.server import incarnation
from groupchat.server.models import FolderMark


def epoch() -> str:
    return ServerState.objects.get().epoch


@pytest.mark.django_db
class TestMarks:
    def test_the_same_database_keeps_its_epoch(self, tmp_path: Path) -> None:
        assert not incarnation.compare(tmp_path), "a first start ends no life"
        first = epoch()
        for _ in range(3):
            assert not incarnation.compare(tmp_path)
        assert epoch() == first

    def test_a_copy_from_before_is_told_apart(self, tmp_path: Path) -> None:
        incarnation.compare(tmp_path)
        first = epoch()
        old = FolderMark.objects.get().mark
        incarnation.turn(tmp_path)
        FolderMark.objects.update(mark=old)  # what a restored copy of the database says
        assert incarnation.compare(tmp_path)
        assert epoch() != first
        assert not incarnation.compare(tmp_path)

    def test_a_crash_between_file_and_database_is_no_copy(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        incarnation.compare(tmp_path)
        first = epoch()

        def crash(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(FolderMark.objects, "update_or_create", crash)
            with pytest.raises(KeyboardInterrupt):
                incarnation.turn(tmp_path)
        assert not incarnation.compare(tmp_path)
        assert epoch() == first

    def test_two_folders_on_one_database_do_not_disturb_each_other(self, tmp_path: Path) -> None:
        for name in ("here", "there"):
            (tmp_path / name).mkdir()
            incarnation.compare(tmp_path / name)
        first = epoch()
        for _ in range(2):
            assert not incarnation.compare(tmp_path / "here")
            assert not incarnation.compare(tmp_path / "there")
        assert epoch() == first

    def test_a_damaged_mark_counts_as_none(self, tmp_path: Path) -> None:
        incarnation.compare(tmp_path)
        (tmp_path / incarnation.MARK_FILE).write_text('{"folder": ')
        assert incarnation.compare(tmp_path)


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
    served.wait_for("not the one that this folder last served")
    assert served.port
    served.stop()
    second = epoch_of_folder()
    assert second != first

    assert run("new-epoch", GROUPCHAT_DATA=str(data)).returncode == 0
    assert epoch_of_folder() not in (first, second)
