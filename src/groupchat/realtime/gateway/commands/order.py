"""Keeping order: reports of messages, and deleting what somebody wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groupchat import keeping, permissions
from groupchat.actions import limits, newcomers, purging, reporting
from groupchat.protocol import ClaimReport, PurgeMessages, ReportMessage, Reports, ResolveReport, SiteRaid
from groupchat.realtime.gateway.commands.declaration import Declaration
from groupchat.realtime.gateway.commands.times import moment_in
from groupchat.resources import moment

if TYPE_CHECKING:
    from groupchat.realtime.gateway.native import NativeSession


async def report_message(connection: NativeSession, command: ReportMessage) -> None:
    made = await connection.act(
        reporting.report,
        room_id=command.room,
        number=command.number,
        reason=command.reason,
        note=command.note,
        before_reporting=limits.require_report,
    )
    connection.reply(command.ref, {"report": made.pk})


async def read_reports(connection: NativeSession, command: Reports) -> None:
    page = await connection.runtime.database.read(
        keeping.reports, connection.person, room_id=command.room, after=command.after
    )
    connection.introduce(page.people)
    connection.reply(command.ref, {"reports": page.reports, "next": page.next})


async def claim_report(connection: NativeSession, command: ClaimReport) -> None:
    await connection.act(reporting.claim, report_id=command.report, before_acting=limits.require_report_act)
    connection.reply(command.ref, {})


async def resolve_report(connection: NativeSession, command: ResolveReport) -> None:
    count = await connection.act(
        reporting.resolve,
        report_id=command.report,
        outcome=command.outcome,
        note=command.note,
        before_acting=limits.require_report_act,
    )
    connection.reply(command.ref, {"resolved": count})


async def purge_messages(connection: NativeSession, command: PurgeMessages) -> None:
    purge = await connection.act(
        purging.purge,
        room_id=command.room,
        target_id=command.person,
        since=moment_in(command.since, "since"),
        until=moment_in(command.until, "until") if command.until is not None else None,
    )
    connection.reply(command.ref, {"purge": purge.pk})


async def shut_site(connection: NativeSession, command: SiteRaid) -> None:
    until = await connection.act(newcomers.shut_site, seconds=command.seconds)
    connection.reply(command.ref, {"raid_until": moment(until) if until is not None else None})


COMMANDS: tuple[Declaration[Any], ...] = (
    Declaration(
        ReportMessage,
        report_message,
        right=permissions.REPORT,
        reply=("report",),
        limits=("max_reports_per_hour",),
    ),
    Declaration(Reports, read_reports, right=permissions.SEE_REPORTS, reply=("reports", "next")),
    Declaration(
        ClaimReport,
        claim_report,
        right=permissions.SEE_REPORTS,
        reply=(),
        limits=("max_report_acts_per_minute",),
    ),
    Declaration(
        ResolveReport,
        resolve_report,
        right=permissions.SEE_REPORTS,
        reply=("resolved",),
        limits=("max_report_acts_per_minute",),
    ),
    Declaration(PurgeMessages, purge_messages, right=permissions.REMOVE, reply=("purge",)),
    Declaration(
        SiteRaid,
        shut_site,
        right=permissions.OWN_SITE,
        reply=("raid_until",),
        limits=("max_raid_seconds",),
    ),
)
