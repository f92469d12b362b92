"""What is read from /proc, against a process that does something."""

from __future__ import annotations

import subprocess
import sys

from benchmarks import measure


def test_memory_rises_with_what_a_process_holds() -> None:
    program = (
        "held = b'x' * 1; print(flush=True); input(); held = bytearray(b'x') * 50_000_000; print(flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        before = measure.pss_kib([process.pid])
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        process.stdout.readline()
        assert 45_000 < measure.pss_kib([process.pid]) - before < 60_000
        process.kill()
    assert measure.pss_kib([process.pid]) == 0
