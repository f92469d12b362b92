"""Storage that fails: no room left, or no writing at all.

What is mounted here is seen by its server alone, in a mount namespace that goes with that process, however it ends.
"""

from __future__ import annotations

import fcntl
import os
import resource
import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.chaos.stack import Node

MOUNT_SECONDS = 30.0

_GET_FLAGS, _SET_FLAGS, _IMMUTABLE = 0x80086601, 0x40086602, 0x10  # of linux/fs.h


class Disk:
    """What a data folder lies on, and how it fails. `CannotBe` says why there is none of a kind here."""

    comes_back = True  # with what runs on it still running

    def wrapper(self, data: Path) -> list[str]:
        """The beginning of the command of a server on it."""
        return []

    def fail(self, node: Node) -> None:
        raise NotImplementedError

    def recover(self, node: Node) -> None:
        raise NotImplementedError

    def require(self, folder: Path) -> None:
        """Raises CannotBe."""
        if sys.platform != "linux":
            raise CannotBe("this fault is made by means of Linux")
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            data = Path(scratch) / "data"
            data.mkdir()
            _run(*self.wrapper(data), "true")


class CannotBe(Exception):
    """Why a fault cannot be made on this machine."""


class Limited(Disk):
    """No file of the process may grow past four kilobytes."""

    def __init__(self) -> None:
        self._before: dict[int, tuple[int, int]] = {}

    def fail(self, node: Node) -> None:
        before = self._before[node.pid] = resource.prlimit(node.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, (4096, before[1]))

    def recover(self, node: Node) -> None:
        resource.prlimit(node.pid, resource.RLIMIT_FSIZE, self._before[node.pid])


class Small(Disk):
    """A file system of some megabytes, of which something else takes whatever is left."""

    def wrapper(self, data: Path) -> list[str]:
        return _in_namespace(
            'mkdir -p "$1.small"; mount -t tmpfs -o size=16m,mode=0700 small "$1.small"\n'
            'cp -a "$1/." "$1.small"; mount --bind "$1.small" "$1"',
            str(data),
        )

    def fail(self, node: Node) -> None:
        with (node.files / "filler").open("wb") as filler:
            left = os.statvfs(node.files)
            os.posix_fallocate(filler.fileno(), 0, left.f_bavail * left.f_frsize)

    def recover(self, node: Node) -> None:
        (node.files / "filler").unlink()


class Frozen(Disk):
    """Nothing may be written, made or removed: the mark `immutable`, to which the kernel holds root, too, and which
    can be taken away while the server runs. What is mapped into its memory stays writable.
    """

    def require(self, folder: Path) -> None:
        super().require(folder)
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            try:
                _mark(Path(probe.name), immutable=True)
                _mark(Path(probe.name), immutable=False)
            except OSError as error:
                raise CannotBe(f"files cannot be made immutable here: {error.strerror}") from None

    def fail(self, node: Node) -> None:
        for file in self._all(node):
            _mark(file, immutable=True)

    def recover(self, node: Node) -> None:
        for file in self._all(node):
            _mark(file, immutable=False)

    def _all(self, node: Node) -> list[Path]:
        return [node.data, *(one for one in node.data.iterdir() if one.is_file() and not one.name.endswith("-shm"))]


class Broken(Disk):
    """An ext4 that met an error and turned itself read-only, as kernels do. Only another mount brings it back."""

    comes_back = False

    def wrapper(self, data: Path) -> list[str]:
        if os.geteuid() != 0:
            raise CannotBe("only root may mount a file system from an image")
        program = shutil.which("mkfs.ext4", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
        if program is None:
            raise CannotBe("there is no mkfs.ext4 here")
        image = data.with_name("image")
        _run(program, "-q", "-F", "-J", "size=4", "-d", str(data), str(image), "48m")
        return _in_namespace('mount -o loop,errors=remount-ro "$1" "$2"', str(image), str(data))

    def fail(self, node: Node) -> None:
        number = node.files.stat().st_dev
        device = Path(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}").resolve().name
        assert device.startswith("loop"), f"{device} is not this test's"
        subprocess.run(["sync", "-f", node.files], check=True)  # so that what is mapped is clean, as it is soon anyway
        Path(f"/sys/fs/ext4/{device}/trigger_fs_error").write_text("on purpose")


class Sealed(Disk):
    """A folder that was mounted read-only from the beginning."""

    comes_back = False

    def wrapper(self, data: Path) -> list[str]:
        return _in_namespace('mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"', str(data))


def _in_namespace(script: str, *arguments: str) -> list[str]:
    """A new mount namespace, the script in it with these arguments, and then the server, in the same process: it still
    ends with the tests.
    """
    as_root = () if os.geteuid() == 0 else ("--user", "--map-root-user")
    last = f'shift {len(arguments)}; exec setpriv --pdeathsig KILL "$@"'
    return [
        *("unshare", *as_root, "--mount", "--propagation", "private"),
        *("sh", "-ec", f"{script}\n{last}", "sh", *arguments),
    ]


def _run(*arguments: str) -> None:
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, timeout=MOUNT_SECONDS, check=False)
    except FileNotFoundError as error:
        raise CannotBe(f"there is no {error.filename} here") from None
    if done.returncode != 0:
        raise CannotBe(f"{arguments[0]}: {' '.join(done.stderr.split())}")


def _mark(file: Path, *, immutable: bool) -> None:
    handle = os.open(file, os.O_RDONLY)
    try:
        (flags,) = struct.unpack("l", fcntl.ioctl(handle, _GET_FLAGS, struct.pack("l", 0)))
        flags = flags | _IMMUTABLE if immutable else flags & ~_IMMUTABLE
        fcntl.ioctl(handle, _SET_FLAGS, struct.pack("l", flags))
    finally:
        os.close(handle)
