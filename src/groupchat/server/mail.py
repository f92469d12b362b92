"""Mails that leave in the background: no page waits for a mail server, and none fails because of one.

They wait in memory, each process for itself. A link for a new password is soon asked for again, so it is not worth a
table that somebody must look after. What is given up, or lost when the process ends, the log says.
"""

from __future__ import annotations

import logging
import smtplib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Condition, Thread

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from groupchat.server.faults import MailNotSent

logger = logging.getLogger("groupchat.mail")

LONGEST_PAUSE_SECONDS = 600.0
CLOSE_SECONDS = 1.0  # for one more try of each when the process ends
TELL_SECONDS = 600.0  # between two lines about mails that are dropped
LONGEST_REASON = 200  # characters of what a mail server said


@dataclass(slots=True)
class _Letter:
    send: Callable[[], object]
    at: float = field(default_factory=time.monotonic)


class Postbox:
    """The mails of this process that are on their way, and the thread that sends them."""

    def __init__(self, server: str, *, max_waiting: int, retry_seconds: float, give_up_seconds: float) -> None:
        self.sent = 0
        self.failed = 0  # given up, refused for good, or not even taken
        self._server = server  # its name in the log
        self._max_waiting = max_waiting
        self._retry_seconds = retry_seconds
        self._give_up_seconds = give_up_seconds
        self._waiting: deque[_Letter] = deque()
        self._fresh = False
        self._condition = Condition()
        self._thread: Thread | None = None
        self._closing = False
        self._failing_since: float | None = None
        self._dropped = 0  # since the last line
        self._told_at = float("-inf")

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def put(self, send: Callable[[], object]) -> bool:
        """Have this called in the background until it raises no more; False where too many wait already."""
        with self._condition:
            if self._closing or (self._max_waiting and len(self._waiting) >= self._max_waiting):
                self._drop()
                return False
            self._waiting.append(_Letter(send))
            self._fresh = True
            if self._thread is None:
                self._thread = Thread(target=self._work, name="groupchat-mail", daemon=True)
                self._thread.start()
            self._condition.notify()
        return True

    def _drop(self) -> None:
        self.failed += 1
        self._dropped += 1
        if time.monotonic() - self._told_at >= TELL_SECONDS:
            words = "%d mails are dropped: %d are waiting already (GROUPCHAT_MAX_MAILS_WAITING)."
            logger.error(words, self._dropped, self.waiting)
            self._dropped, self._told_at = 0, time.monotonic()

    def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Try once more what waits, for so long, and tell how many are lost."""
        with self._condition:
            self._closing = True
            self._condition.notify()
        if self._thread is not None:
            self._thread.join(seconds)
        if self._waiting:
            self.failed += self.waiting
            logger.error("%d mails are lost: they could not be sent before the end.", self.waiting)

    def _work(self) -> None:
        pause = self._retry_seconds
        while True:
            with self._condition:
                self._condition.wait_for(lambda: self._waiting or self._closing)
                closing, self._fresh = self._closing, False
            if not self._waiting:
                return
            pause = self._retry_seconds if self._round() else min(2 * pause, LONGEST_PAUSE_SECONDS)
            if closing:
                return
            if self._waiting:
                with self._condition:
                    # One that just came is not kept waiting by an older one that only its own receiver puts off.
                    self._condition.wait_for(lambda: self._closing or (self._fresh and not self._failing_since), pause)

    def _round(self) -> bool:
        """Try each that waits; whether the mail server is there."""
        for letter in list(self._waiting):
            try:
                letter.send()
            except (OSError, smtplib.SMTPException) as error:
                if _is_about_one_mail(error):
                    if _is_final(error):
                        self._done(letter)
                        self._fail("refused by %s: %s", self._server, _words(error))
                    elif self._gives_up(letter):
                        self._fail("given up: %s puts it off, %s", self._server, _words(error))
                    continue
                self._outage(error)
                with self._condition:  # another one first next time: it may be this mail at which the server hangs up
                    self._waiting.rotate(-1)
                for old in [one for one in list(self._waiting) if self._gives_up(one)]:
                    seconds = time.monotonic() - old.at
                    self._fail("given up after %d seconds: %s is away", seconds, self._server)
                return False
            except Exception:
                self._done(letter)
                self.failed += 1
                logger.exception("A mail is dropped, for it could not be made.")
            else:
                self._done(letter)
                self.sent += 1
            if self._failing_since is not None:
                seconds = time.monotonic() - self._failing_since
                self._failing_since = None
                logger.warning("Mail goes out again, after %d seconds.", seconds)
        return True

    def _gives_up(self, letter: _Letter) -> bool:
        """Let it wait no more where it has for too long; whether that is so."""
        if time.monotonic() - letter.at < self._give_up_seconds:
            return False
        self._done(letter)
        return True

    def _done(self, letter: _Letter) -> None:
        with self._condition:
            self._waiting.remove(letter)

    def _fail(self, why: str, *details: object) -> None:
        self.failed += 1
        logger.error("A mail is " + why + ".", *details)

    def _outage(self, error: Exception) -> None:
        if self._failing_since is None:
            self._failing_since = time.monotonic()
            logger.warning(
                "Mail does not go out: %s, %s. It is tried again, for up to %d hours each.",
                self._server,
                _words(error),
                self._give_up_seconds // 3600,
            )


class BackgroundSmtp(EmailBackend):
    """Django's SMTP, behind the postbox where one is open: in a process that serves. A command sends at once."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        if postbox is None:
            try:
                return int(super().send_messages(email_messages) or 0)
            except (OSError, smtplib.SMTPException) as error:
                raise MailNotSent(f"The mail was not sent: {_words(error)}") from error
        send = super().send_messages
        return sum(postbox.put(partial(send, [message])) for message in email_messages)


postbox: Postbox | None = None


def open_postbox() -> None:
    """From now on the mails of this process leave in the background."""
    global postbox
    environment = settings.ENVIRONMENT
    options = environment.mailer["OPTIONS"]
    postbox = Postbox(
        f"{options.get('host')}:{options.get('port')}",
        max_waiting=environment.max_mails_waiting,
        retry_seconds=environment.mail_retry_seconds,
        give_up_seconds=environment.mail_give_up_seconds,
    )


def close_postbox() -> None:
    """The process ends; blocks for up to CLOSE_SECONDS."""
    global postbox
    if postbox is not None:
        postbox.close()
    postbox = None


def _is_about_one_mail(error: Exception) -> bool:
    """Whether another mail may well go out, over the same server."""
    return isinstance(
        error,
        smtplib.SMTPRecipientsRefused
        | smtplib.SMTPSenderRefused
        | smtplib.SMTPDataError
        | smtplib.SMTPNotSupportedError,
    )


def _is_final(error: Exception) -> bool:
    """Whether the server will say the same next time (RFC 5321, 4.2.1: codes from 500 on)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code >= 500 for code, _ in error.recipients.values())
    return not isinstance(error, smtplib.SMTPResponseException) or error.smtp_code >= 500


def _words(error: Exception) -> str:
    """What went wrong, without the addresses of people."""
    text: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()), (0, b""))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, text = error.smtp_code, error.smtp_error
    else:
        return _short(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"{code} the sign-in is refused"  # what the server says to it may repeat the password
    return _short(f"{code} {text.decode(errors='replace') if isinstance(text, bytes) else text}")


def _short(words: str) -> str:
    words = " ".join(words.split()).rstrip(".")
    return words if len(words) <= LONGEST_REASON else words[:LONGEST_REASON] + "…"
