"""`/metrics`, as Prometheus reads it: of all server processes of one command, each under its process id.

Not public: for whoever asks on this machine itself (not through a proxy), or brings the token.
"""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any, TypedDict

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from groupchat import __version__
from groupchat.realtime.histogram import Histogram
from groupchat.realtime.runtime import Runtime

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"
# what a proxy adds: then the address that we see is the proxy's
_PROXY_HEADERS = frozenset((b"x-forwarded-for", b"forwarded", b"via", b"x-real-ip"))

COUNTERS = {
    "publications": "Changes that came to the hub: own commits, the broker's, repairs.",
    "publications_dropped": "Changes that the hub had already sent.",
    "deliveries": "Frames with changes that were written to sockets.",
    "flushes": "Rounds of writing; deliveries of one round leave together.",
    "gaps": "Times that a change came too early, or the sweep found one that never came.",
    "repairs": "Gaps that were filled from the database.",
    "resets": "Topics that had to be taken anew by everyone.",
    "slow_closes": "Sockets that were closed for reading too slowly.",
    "posts": "Messages that were acknowledged.",
    "posts_refused": "Posts that were answered with an error.",
    "post_batches": "Transactions with posts.",
    "post_batches_retried": "Transactions that the database did not take the first time.",
    "hellos": "Openings of the protocol.",
    "resumes": "Openings with a position, which go on where they were.",
    "resume_resets": "Rooms that a resume had to take anew.",
    "broker_sent": "Changes told to the other processes.",
    "broker_received": "Changes heard from the other processes.",
    "broker_dropped": "Changes not told, left to the sweep of the others.",
    "broker_errors": "Failures of the channel layer.",
    "sweeps": "Looks at the clock of the sweep.",
    "sweep_looks": "Comparisons of all positions with the database.",
    "sweep_behind": "Topics that a sweep found behind the database.",
    "sweep_errors": "Sweeps that could not read the database.",
    "cpu_seconds": "Processor time of the process.",
}
GAUGES = {
    "connections": "Open sockets.",
    "topics": "Rooms and people that somebody listens to here.",
    "people": "People and guests with an open socket.",
    "posts_waiting": "Posts that wait for a transaction.",
    "outbox_bytes": "Bytes that were written to sockets and not yet taken by the system, all together.",
    "outbox_largest_bytes": "The same of the socket that waits with the most.",
    "resident_bytes": "Memory of the process.",
    "started_at_seconds": "When the process began to count, as Unix time.",
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
    histograms: dict[str, Counted]


def snapshot(realtime: Runtime) -> Snapshot:
    """The present counts of this process."""
    hub, posting, broker = realtime.hub.stats, realtime.posting.stats, realtime.broker.stats
    sweep, arrivals = realtime.sweep.stats, realtime.arrivals
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
            "slow_closes": hub.slow,
            "posts": posting.posts,
            "posts_refused": posting.refused,
            "post_batches": posting.batches,
            "post_batches_retried": posting.retried_batches,
            "hellos": arrivals.hellos,
            "resumes": arrivals.resumes,
            "resume_resets": arrivals.resets,
            "broker_sent": broker.sent,
            "broker_received": broker.received,
            "broker_dropped": broker.dropped,
            "broker_errors": broker.errors,
            "sweeps": sweep.sweeps,
            "sweep_looks": sweep.looks,
            "sweep_behind": sweep.behind,
            "sweep_errors": sweep.errors,
            "cpu_seconds": time.process_time(),
        },
        "gauges": {
            "connections": len(realtime.connections),
            "topics": len(realtime.hub.topics),
            "people": len(realtime.visitors.connections),
            "posts_waiting": realtime.posting.waiting,
            "outbox_bytes": sum(buffered),
            "outbox_largest_bytes": max(buffered, default=0),
            "resident_bytes": _resident_bytes(),
            "started_at_seconds": _started_at,
        },
        "histograms": {
            "post_batch_size": _counted(posting.batch_sizes),
            "post_seconds": _counted(posting.seconds),
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
    client = scope.get("client")
    if client is None or not _PROXY_HEADERS.isdisjoint(headers):
        return False
    try:
        return ip_address(client[0]).is_loopback
    except ValueError:
        return False


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
