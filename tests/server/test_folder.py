"""The data folder: for its owner only, with one secret key."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from groupchat.server import folder
from groupchat.server.faults import CannotStart


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    data = tmp_path / "data"
    key = folder.secret_key(data)
    assert len(key) >= folder.SECRET_KEY_BYTES
    assert folder.secret_key(data) == key
    assert stat.S_IMODE((data / folder.SECRET_KEY_FILE).stat().st_mode) == 0o600
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert [file.name for file in data.iterdir()] == [folder.SECRET_KEY_FILE]


def test_a_key_that_is_open_to_all_is_closed(tmp_path: Path) -> None:
    key = folder.secret_key(tmp_path)
    (tmp_path / folder.SECRET_KEY_FILE).chmod(0o644)
    assert folder.secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / folder.SECRET_KEY_FILE).stat().st_mode) == 0o600


def test_many_at_once_get_the_same_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: folder.secret_key(tmp_path / "data"), range(64)))
    assert len(keys) == 1


def test_a_damaged_key_is_not_used(tmp_path: Path) -> None:
    (tmp_path / folder.SECRET_KEY_FILE).write_text("")
    with pytest.raises(CannotStart, match="damaged"):
        folder.secret_key(tmp_path)


def test_a_folder_that_cannot_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(CannotStart, match="file/data is not writable"):
        folder.prepare(tmp_path / "file" / "data")


def test_the_address_is_remembered(tmp_path: Path) -> None:
    assert folder.read_address(tmp_path) is None
    folder.write_address(tmp_path, "http://127.0.0.1:9000")
    assert folder.read_address(tmp_path) == "http://127.0.0.1:9000"
