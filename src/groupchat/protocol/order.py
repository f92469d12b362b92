"""Keeping order: reports, and deleting what somebody wrote."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from pydantic import Field

from groupchat.protocol.base import Command, PositiveId, Seq

Moment = Annotated[str, Field(max_length=40)]
ReportReason = Literal["spam", "abuse", "danger", "other"]


class ReportResource(TypedDict):
    """A report for those who look at it. `body` is what the message said when it was reported; `reporter` is null where
    a filter found it. `slug` and `name` of the room are there for who may enter it.
    """

    id: int
    room: int
    name: str
    slug: str | None
    number: int
    author: int
    body: str
    reporter: int | None
    reason: ReportReason
    note: str
    at: str
    claimed_by: int | None


class OwnReport(TypedDict):
    """What becomes of a report that one made."""

    id: int
    room: int
    number: int
    state: Literal["open", "resolved"]


class PurgeResource(TypedDict):
    """How far a deletion of somebody's messages has come."""

    id: int
    room: int
    person: int
    deleted: int
    done: bool


class OrderResource(TypedDict):
    """What a person alone is told of keeping order, whole; `seq` counts in their own counter. `reports`: how many open
    ones wait for them, up to 1,000; `reported`: the newest of their own; `purges`: of the last day.
    """

    seq: int
    reports: int
    reported: list[OwnReport]
    purges: list[PurgeResource]


class ReportMessage(Command):
    """Ask those who keep the room to look at a message; nobody else hears of it."""

    type: Literal["message.report"]
    room: PositiveId
    number: PositiveId
    reason: ReportReason = "other"
    note: str = ""


class Reports(Command):
    """A page of the open reports that one may look at, of one room or of all, behind the report `after`."""

    type: Literal["reports"]
    room: PositiveId | None = None
    after: Seq = 0


class ClaimReport(Command):
    """Say that one looks at a report, so that nobody else need."""

    type: Literal["report.claim"]
    report: PositiveId


class ResolveReport(Command):
    """Be done with the reports of a message: it goes out of the queue, and those who reported it are told."""

    type: Literal["report.resolve"]
    report: PositiveId
    outcome: Literal["acted", "dismissed"]
    note: str = ""


class SiteRaid(Command):
    """For so many seconds nobody new comes into any open room; 0 lets them in again, and without any it only asks."""

    type: Literal["site.raid"]
    seconds: Seq | None = None


class PurgeMessages(Command):
    """Delete all that somebody wrote into a room since a time, and up to another one or to now."""

    type: Literal["messages.purge"]
    room: PositiveId
    person: PositiveId
    since: Moment
    until: Moment | None = None
