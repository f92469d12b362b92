"""The data folder: the database, the secret key, the static files and the mark of the database's life."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from groupchat.server.faults import CannotStart

SECRET_KEY_FILE = "secret-key"
SECRET_KEY_BYTES = 50
ADDRESS_FILE = "address"


def prepare(data: Path) -> None:
    """Make the folder, for its owner only, and see whether it takes a file; raises CannotStart."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = data / f".writable-{secrets.token_hex(4)}"
        os.close(os.open(probe, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        probe.unlink()
    except OSError as error:
        raise CannotStart(
            f"The data folder {data} is not writable ({error.strerror}). Choose another with --data or GROUPCHAT_DATA."
        ) from None


def secret_key(data: Path) -> str:
    """The key of this folder; made with the first question and the same ever after."""
    file = data / SECRET_KEY_FILE
    if not file.exists():
        prepare(data)
        _write_once(file, secrets.token_urlsafe(SECRET_KEY_BYTES))
    try:
        file.chmod(0o600)  # a copy or a restored backup may be open to all
        key = file.read_text().strip()
    except OSError as error:
        raise CannotStart(f"The secret key {file} cannot be read ({error.strerror}).") from None
    if len(key) < SECRET_KEY_BYTES:
        raise CannotStart(f"The secret key in {file} is damaged. Remove the file: a new one signs everybody out.")
    return key


def write_address(data: Path, address: str) -> None:
    """Where the server of this folder listens, for the commands that print links."""
    (data / ADDRESS_FILE).write_text(address + "\n")


def read_address(data: Path) -> str | None:
    """Where the server of this folder listened last."""
    try:
        return (data / ADDRESS_FILE).read_text().strip() or None
    except OSError:
        return None


def _write_once(file: Path, text: str) -> None:
    """Two processes that start at once end with the same key: the link fails for the second."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as handle:
        handle.write(text + "\n")
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(draft, file)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
