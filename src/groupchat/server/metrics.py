"""`/metrics`, as Prometheus reads it: of all server processes of one command, each under its process id.

Not public: for whoever asks on this machine itself (not through a proxy), or brings the token.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, TypedDict

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from groupchat import __version__
from groupchat.network import PROXY_HEADERS, is_loopback, peer_address
from groupchat.realtime.admission import descriptors
from groupchat.realtime.histogram import Histogram
from groupchat.realtime.runtime import Runtime
from groupchat.server import mail

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

COUNTERS = {
    "publications": "Changes that came to the hub: own commits, the broker's, repairs.",
    "publications_dropped": "Changes that the hub had already sent.",
    "deliveries": "Frames with changes that were written to sockets.",
    "flushes": "Rounds of writing; deliveries of one round leave together.",
    "gaps": "Times that a change came too early, or the sweep found one that never came.",
    "repairs": "Gaps that were filled from the database.",
    "resets": "Topics that had to be taken anew by everyone.",
    "ephemeral": "Frames of what is not kept (who is typing) that were passed on.",
    "ephemeral_dropped": "Those that were left out, for the same had just been told or the room is large.",
    "slow_closes": "Sockets that were closed for reading too slowly.",
    "posts": "Messages that were acknowledged.",
    "posts_refused": "Posts that were answered with an error.",
    "post_batches": "Transactions with posts.",
    "post_batches_retried": "Transactions that the database did not take the first time.",
    "acts": "Actions other than posts that were carried out for a socket: edits, read marks, settings.",
    "act_batches": "Transactions with such actions.",
    "hellos": "Openings of the protocol.",
    "resumes": "Openings with a position, which go on where they were.",
    "resume_resets": "Rooms that a resume had to take anew.",
    "broker_sent": "Changes told to the other processes.",
    "broker_received": "Changes heard from the other processes.",
    "broker_dropped": "Changes not told, left to the sweep of the others.",
    "broker_errors": "Failures of the channel layer.",
    "broker_outages": "Times that the broker was gone.",
    "sweeps": "Looks at the clock of the sweep.",
    "sweep_looks": "Comparisons of all positions with the database.",
    "sweep_behind": "Topics that a sweep found behind the database.",
    "sweep_errors": "Sweeps that could not read the database.",
    "mails_sent": "Mails that the mail server took.",
    "mails_failed": "Mails that were refused, given up or dropped.",
    "effects_done": "Effects that this process has done.",
    "effect_errors": "Attempts at an effect that did not work.",
    "cpu_seconds": "Processor time of the process.",
}
GAUGES = {
    "connections": "Open sockets.",
    "topics": "Rooms and people that somebody listens to here.",
    "people": "People and guests with an open socket.",
    "mails_waiting": "Mails that wait for the mail server.",
    "posts_waiting": "Posts, and other actions, that wait for a transaction.",
    "effects_waiting": "Effects in the database that wait or run; at most 10,000 are counted.",
    "effects_failed": "Effects in the database that have failed for good; at most 10,000 are counted.",
    "effects_oldest_seconds": "The age of the oldest effect that waits or runs.",
    "sockets_awaiting_a_room": "Sockets at the tutorial's address of a room that nobody has made yet.",
    "oldest_subscription_seconds": "How long the oldest half-made subscription is waiting for what it reads.",
    "outbox_bytes": "Bytes that were written to sockets and not yet taken by the system, all together.",
    "outbox_largest_bytes": "The same of the socket that waits with the most.",
    "resident_bytes": "Memory of the process.",
    "open_files": "Files that the process has open; each socket is one.",
    "open_files_limit": "Files that it may have open (RLIMIT_NOFILE); 0 where there is no limit.",
    "broker_up": "Whether the broker takes what it is told: 1 or 0; 1 where there is none.",
    "started_at_seconds": "When the process began to count, as Unix time.",
}
# with a label `reason`
REASONS = {
    "refused": "Handshakes of sockets, and requests, that were refused.",
    "closed": "Sockets that the server closed.",
}
HISTOGRAMS = {
    "post_batch_size": "Posts in one transaction.",
    "post_seconds": "From a post's arrival to its answer.",
    "fan_out_seconds": "From a commit to the sockets of this process.",
    "hello_seconds": "From hello to caught_up.",
}
_started_at = time.time()


class Counted(TypedDict):
    """A histogram as it goes from process to process."""

    bounds: list[float]
    counts: list[int]
    total: float


class Snapshot(TypedDict):
    """What one process counted so far."""

    process: str
    counters: dict[str, float]
    gauges: dict[str, float]
    reasons: dict[str, dict[str, int]]
    histograms: dict[str, Counted]


def snapshot(realtime: Runtime) -> Snapshot:
    """The present counts of this process."""
    hub, writes, broker = realtime.hub.stats, realtime.writes.stats, realtime.broker.stats
    sweep, arrivals, effects = realtime.sweep.stats, realtime.arrivals, realtime.effects.stats
    buffered = [connection.wire.buffered() for connection in realtime.connections]
    return {
        "process": str(os.getpid()),
        "counters": {
            "publications": hub.publications,
            "publications_dropped": hub.duplicates,
            "deliveries": hub.deliveries,
            "flushes": hub.flushes,
            "gaps": hub.gaps,
            "repairs": hub.repairs,
            "resets": hub.resets,
            "ephemeral": hub.ephemeral,
            "ephemeral_dropped": hub.ephemeral_dropped,
            "slow_closes": hub.slow,
            "posts": writes.posts,
            "posts_refused": writes.refused,
            "post_batches": writes.batches,
            "post_batches_retried": writes.retried_batches,
            "acts": writes.acts,
            "act_batches": writes.act_batches,
            "hellos": arrivals.hellos,
            "resumes": arrivals.resumes,
            "resume_resets": arrivals.resets,
            "broker_sent": broker.sent,
            "broker_received": broker.received,
            "broker_dropped": broker.dropped,
            "broker_errors": broker.errors,
            "broker_outages": broker.outages,
            "sweeps": sweep.sweeps,
            "sweep_looks": sweep.looks,
            "sweep_behind": sweep.behind,
            "sweep_errors": sweep.errors,
            "mails_sent": mail.postbox.sent if mail.postbox else 0,
            "mails_failed": mail.postbox.failed if mail.postbox else 0,
            "effects_done": effects.done,
            "effect_errors": effects.errors,
            "cpu_seconds": time.process_time(),
        },
        "gauges": {
            "connections": len(realtime.connections),
            "topics": len(realtime.hub.topics),
            "people": len(realtime.visitors.connections),
            "mails_waiting": mail.postbox.waiting if mail.postbox else 0,
            "posts_waiting": realtime.writes.waiting,
            "effects_waiting": effects.backlog.waiting,
            "effects_failed": effects.backlog.failed,
            "effects_oldest_seconds": effects.backlog.oldest_seconds,
            "sockets_awaiting_a_room": realtime.awaited.waiting,
            "oldest_subscription_seconds": realtime.hub.oldest_joining_seconds(),
            "outbox_bytes": sum(buffered),
            "outbox_largest_bytes": max(buffered, default=0),
            "resident_bytes": _resident_bytes(),
            "open_files": descriptors.open_files(),
            "open_files_limit": descriptors.file_limit(),
            "broker_up": int(realtime.broker.is_up),
            "started_at_seconds": _started_at,
        },
        "reasons": {"refused": dict(realtime.refusals.refused), "closed": dict(realtime.refusals.closed)},
        "histograms": {
            "post_batch_size": _counted(writes.batch_sizes),
            "post_seconds": _counted(writes.seconds),
            "fan_out_seconds": _counted(realtime.fan_out_seconds),
            "hello_seconds": _counted(arrivals.seconds),
        },
    }


def render(snapshots: Iterable[Snapshot]) -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_Collector(list(snapshots)))
    return generate_latest(registry)


def may_read(scope: MutableMapping[str, Any], token: str | None) -> bool:
    """Whether whoever asks is on this machine, or brought the token."""
    headers: Mapping[bytes, bytes] = dict(scope["headers"])
    given = headers.get(b"authorization", b"")
    if token is not None and hmac.compare_digest(given, f"Bearer {token}".encode()):
        return True
    return PROXY_HEADERS.isdisjoint(headers) and is_loopback(peer_address(scope))


class _Collector(Collector):
    def __init__(self, snapshots: list[Snapshot]) -> None:
        self._snapshots = snapshots

    def collect(self) -> Iterator[Metric]:
        info = GaugeMetricFamily("groupchat_info", "The version that runs.", labels=["process", "version"])
        for one in self._snapshots:
            info.add_metric([one["process"], __version__], 1)
        yield info
        for name, words in COUNTERS.items():
            counter = CounterMetricFamily(f"groupchat_{name}", words, labels=["process"])
            for one in self._snapshots:
                counter.add_metric([one["process"]], one["counters"][name])
            yield counter
        for name, words in GAUGES.items():
            gauge = GaugeMetricFamily(f"groupchat_{name}", words, labels=["process"])
            for one in self._snapshots:
                gauge.add_metric([one["process"]], one["gauges"][name])
            yield gauge
        for name, words in REASONS.items():
            counter = CounterMetricFamily(f"groupchat_{name}", words, labels=["process", "reason"])
            for one in self._snapshots:
                for reason, count in one["reasons"][name].items():
                    counter.add_metric([one["process"], reason], count)
            yield counter
        for name, words in HISTOGRAMS.items():
            histogram = HistogramMetricFamily(f"groupchat_{name}", words, labels=["process"])
            for one in self._snapshots:
                counted = one["histograms"][name]
                histogram.add_metric([one["process"]], _buckets(counted), counted["total"])
            yield histogram


def _counted(histogram: Histogram) -> Counted:
    return {"bounds": list(histogram.bounds), "counts": list(histogram.counts), "total": histogram.total}


def _buckets(counted: Counted) -> list[tuple[str, float]]:
    """Prometheus counts upwards: each bucket holds those before it, too."""
    buckets: list[tuple[str, float]] = []
    sum_so_far = 0
    for bound, count in zip([*counted["bounds"], "+Inf"], counted["counts"], strict=True):
        sum_so_far += count
        buckets.append((str(bound), sum_so_far))
    return buckets


def _resident_bytes() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
