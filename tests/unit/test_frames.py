"""Ready-made frames, as another implementation of WebSockets reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Opcode
from websockets.protocol import CLIENT, OPEN, Protocol

from groupchat.realtime.fanout.frames import Chunk, Frame, ping

SIZES = [0, 1, 125, 126, 127, 255, 256, 257, 65535, 65536, 70_000]


def read(data: bytes, *, deflate: bool) -> list[bytes]:
    """The text messages in these bytes."""
    client = Protocol(CLIENT, state=OPEN, max_size=None)
    if deflate:
        client.extensions = [PerMessageDeflate(True, True, 15, 15)]
    client.receive_data(data)
    assert client.parser_exc is None, client.parser_exc
    events = client.events_received()
    assert all(event.opcode == Opcode.TEXT and event.fin for event in events)
    return [bytes(event.data) for event in events]


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("size", SIZES)
def test_every_size(size: int, deflate: bool) -> None:
    payload = (b"Good morning! " * (size // 14 + 1))[:size]
    frame = Frame(payload)
    assert read(frame.deflated if deflate else frame.wire, deflate=deflate) == [payload]


def test_small_frames_stay_plain_and_large_ones_shrink() -> None:
    small, large = Frame(b"a" * 255), Frame(b"a" * 256)
    assert small.deflated == small.wire
    assert len(large.deflated) < 40


def test_what_does_not_shrink_stays_plain() -> None:
    import random

    noise = Frame(random.Random(1).randbytes(5_000))
    assert noise.deflated == noise.wire


@given(st.lists(st.text(max_size=600).map(str.encode), max_size=8))
def test_a_chunk_is_its_frames(payloads: list[bytes]) -> None:
    chunk = Chunk(Frame(payload) for payload in payloads)
    assert read(chunk.wire, deflate=False) == payloads
    assert read(chunk.deflated(), deflate=True) == payloads


def test_a_frame_that_went_before_needs_no_memory_of_it() -> None:
    """One compressed frame serves every socket, whatever it received before: no context is taken over."""
    frames = [Frame(b"Good morning! %d " % index * 40) for index in range(3)]
    for frame in frames:
        assert read(frame.deflated, deflate=True) == [frame.payload]
    assert read(b"".join(frame.deflated for frame in reversed(frames)), deflate=True) == [
        frame.payload for frame in reversed(frames)
    ]


def test_a_ping() -> None:
    client = Protocol(CLIENT, state=OPEN)
    client.receive_data(ping())
    (event,) = client.events_received()
    assert event.opcode == Opcode.PING
    assert client.data_to_send() != []  # the answer to it
