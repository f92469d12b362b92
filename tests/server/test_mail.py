"""No page waits for a mail server, and none fails because of one; what it was asked to send goes out in the end."""

from __future__ import annotations

import logging
import re
import smtplib
import socket
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.server.conftest import Start
from tests.server.served import DEADLINE_SECONDS, run
from tests.server.test_cookies import Browser
from tests.smtp import mail_server

from groupchat.server.mail import Postbox

KNOWN, UNKNOWN = "ada@example.org", "nobody@example.org"


@pytest.fixture
def port() -> int:
    """One on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_mail_server_that_is_away(start: Start, port: int) -> None:
    served = start(GROUPCHAT_EMAIL_URL=f"smtp://127.0.0.1:{port}", GROUPCHAT_MAIL_RETRY_SECONDS="1")
    browser = Browser()
    browser.opens(served, "/accounts/signup/", username="ada", email=KNOWN, password1="correct horse battery")
    pages = [Browser().sends(served, "/accounts/password/reset/", email=email) for email in (KNOWN, UNKNOWN)]
    assert pages[0] == pages[1], "who has an account here is nobody's business"
    served.wait_for(r"Mail does not go out: 127\.0\.0\.1:\d+, ConnectionRefusedError")
    with mail_server(port) as server:
        letters = server.wait_for(2, DEADLINE_SECONDS)
        links = [re.search(r"/accounts/password/reset/key/\S+", letter.get_content()) for letter in letters]
        assert [letter["To"] for letter, link in zip(letters, links, strict=True) if link] == [KNOWN]
        served.wait_for("Mail goes out again, after")
    assert len(re.findall("Mail does not go out", served.output)) == 1
    assert "Traceback" not in served.output
    metrics = served.get("/metrics")[2].decode()
    assert re.search(r"^groupchat_mails_sent_total\S* 2\.0$", metrics, re.MULTILINE), metrics


def test_a_mail_server_that_says_nothing(start: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        served = start(GROUPCHAT_EMAIL_URL=f"smtp://127.0.0.1:{silent.getsockname()[1]}")
        Browser().sends(served, "/accounts/password/reset/", email=UNKNOWN)
        silent.settimeout(DEADLINE_SECONDS)
        with silent.accept()[0]:  # it waits for our greeting, and the page is long there
            assert served.stop() == 0
    assert "1 mails are lost" in served.output
    assert "Traceback" not in served.output


def test_a_command_sends_at_once(tmp_path: Path, port: int) -> None:
    there = {"GROUPCHAT_DATA": str(tmp_path / "data"), "GROUPCHAT_EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    assert run("migrate", **there).returncode == 0
    failed = run("manage", "sendtestemail", KNOWN, **there)
    assert (failed.returncode, len(failed.stderr.splitlines())) == (1, 1), failed.stderr
    assert "Connection refused" in failed.stderr
    with mail_server(port) as server:
        assert run("manage", "sendtestemail", KNOWN, **there).returncode == 0
        assert [letter["To"] for letter in server.letters] == [KNOWN]


# --- the postbox ------------------------------------------------------------------------------------------------------


class Sending:
    """A mail that fails as it is told, and then goes."""

    def __init__(self, *faults: Exception) -> None:
        self.faults = list(faults)
        self.gone = threading.Event()

    def __call__(self) -> None:
        if self.faults:
            raise self.faults.pop(0)
        self.gone.set()


Make = Callable[..., Postbox]


@pytest.fixture
def postbox() -> Make:
    def make(max_waiting: int = 10, retry_seconds: float = 0.01, give_up_seconds: float = 3600) -> Postbox:
        return Postbox(
            "mail.example:25", max_waiting=max_waiting, retry_seconds=retry_seconds, give_up_seconds=give_up_seconds
        )

    return make


def refused(code: int) -> Exception:
    return smtplib.SMTPRecipientsRefused({KNOWN: (code, b"not here\nnor there")})


def test_each_goes_in_the_end(postbox: Make, caplog: pytest.LogCaptureFixture) -> None:
    box = postbox()
    letters = [Sending(OSError("away")), Sending(refused(450)), Sending()]
    for letter in letters:
        assert box.put(letter)
    assert all(letter.gone.wait(DEADLINE_SECONDS) for letter in letters)
    box.close(DEADLINE_SECONDS)
    assert (box.sent, box.failed, box.waiting) == (3, 0, 0)
    assert len([line for line in caplog.messages if "does not go out" in line]) == 1


def test_one_that_is_refused_for_good_stands_in_nobodys_way(postbox: Make, caplog: pytest.LogCaptureFixture) -> None:
    box = postbox()
    wrong, broken, right = Sending(refused(550)), Sending(ValueError("a header with a line break")), Sending()
    for letter in (wrong, broken, right):
        box.put(letter)
    assert right.gone.wait(DEADLINE_SECONDS)
    box.close(DEADLINE_SECONDS)
    assert (box.sent, box.failed) == (1, 2)
    (line,) = [line for line in caplog.messages if "refused" in line]
    assert "550 not here" in line
    assert KNOWN not in caplog.text


def test_one_at_which_the_server_hangs_up_stands_in_nobodys_way(postbox: Make) -> None:
    box = postbox()
    box.put(Sending(*[smtplib.SMTPServerDisconnected("hung up")] * 10_000))
    other = Sending()
    box.put(other)
    assert other.gone.wait(DEADLINE_SECONDS)
    box.close(DEADLINE_SECONDS)


def test_no_secret_comes_into_the_log(postbox: Make, caplog: pytest.LogCaptureFixture) -> None:
    box = postbox(retry_seconds=3600)
    box.put(Sending(smtplib.SMTPAuthenticationError(535, b"AUTH PLAIN c2VjcmV0 is wrong"), OSError("x" * 1000)))
    box.close(DEADLINE_SECONDS)
    assert "535 the sign-in is refused" in caplog.text
    assert "c2VjcmV0" not in caplog.text
    assert max(map(len, caplog.messages)) < 400


def test_none_is_tried_for_ever(postbox: Make, caplog: pytest.LogCaptureFixture) -> None:
    box = postbox(give_up_seconds=0)
    box.put(Sending(*[OSError("away")] * 100))
    box.put(Sending(*[refused(450)] * 100))
    box.close(DEADLINE_SECONDS)
    assert (box.sent, box.failed, box.waiting) == (0, 2, 0)
    assert len([line for line in caplog.messages if "given up" in line]) == 2


def test_more_than_may_wait_is_dropped_and_told(postbox: Make, caplog: pytest.LogCaptureFixture) -> None:
    box = postbox(max_waiting=2, retry_seconds=3600)
    taken = [box.put(Sending(*[OSError("away")] * 100)) for _ in range(3)]
    assert taken == [True, True, False]
    assert "1 mails are dropped: 2 are waiting already" in caplog.text
    assert not [box.put(Sending()) for _ in range(50) if box.put(Sending())]
    assert caplog.text.count("are dropped") == 1, "not a line for each"
    box.close(DEADLINE_SECONDS)
    assert "2 mails are lost" in caplog.text
    assert (box.failed, box.put(Sending())) == (53, False)


def test_a_line_of_the_log_is_one_line() -> None:
    from groupchat.server.logs import OneLine

    record = logging.LogRecord("x", logging.WARNING, "", 0, "said %s", ("yes\r\nERROR no\u202e\x1b[2J",), None)
    assert OneLine("{message}", style="{").format(record) == r"said yes\r\nERROR no\u202e\x1b[2J"
