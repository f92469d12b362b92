"""The client's side of WebSocket, against the RFC's examples and against another implementation."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from groupchat.load import wire


def test_a_handshake_that_another_implementation_answers_is_accepted() -> None:
    request, accept = wire.handshake_request(
        host="127.0.0.1:1", path="/ws/", headers=(("Cookie", "a=b"),), extensions=wire.DEFLATE
    )
    server = ServerProtocol()
    server.receive_data(request)
    event = server.events_received()[0]
    assert isinstance(event, Request)
    assert event.path == "/ws/"
    assert event.headers["Cookie"] == "a=b"
    server.send_response(server.accept(event))
    split = wire.split_answer(b"".join(server.data_to_send()) + b"\x81\x01x")
    assert split is not None
    answer, rest = split
    wire.check_answer(answer, accept)
    assert rest == b"\x81\x01x"


def test_half_an_answer_is_none_yet() -> None:
    assert wire.split_answer(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n") is None


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", "answered with 403"),
        (b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: bm8=\r\n\r\n", "wrong Sec-WebSocket-Accept"),
    ],
)
def test_a_wrong_answer_is_refused(answer: bytes, told: str) -> None:
    _, accept = wire.handshake_request(host="h", path="/")
    split = wire.split_answer(answer)
    assert split is not None
    with pytest.raises(wire.WireError, match=told):
        wire.check_answer(split[0], accept)


@settings(deadline=None)
@given(st.binary(max_size=300) | st.integers(65_530, 70_000).map(bytes))
def test_what_a_client_sends_another_implementation_reads(payload: bytes) -> None:
    server = ServerProtocol(max_size=None)
    request, _ = wire.handshake_request(host="h", path="/")
    server.receive_data(request)
    event = server.events_received()[0]
    assert isinstance(event, Request)
    server.send_response(server.accept(event))
    server.receive_data(wire.client_frame(payload))
    frame = server.events_received()[0]
    assert isinstance(frame, TheirFrame)
    assert frame.opcode == Opcode.TEXT
    assert bytes(frame.data) == payload


sizes = st.integers(0, 400) | st.integers(65_530, 65_540)


@settings(deadline=None)
@given(st.lists(sizes, max_size=5), st.integers(1, 50_000))
def test_frames_come_out_whole_however_the_bytes_were_cut(sizes: list[int], step: int) -> None:
    payloads = [bytes([65 + number]) * size for number, size in enumerate(sizes)]
    data = b"".join(wire.server_frame(payload) for payload in payloads)
    found: list[bytes] = []
    rest = b""
    for start in range(0, len(data), step):
        frames, rest = wire.split_frames(rest + data[start : start + step])
        found += [frame.payload for frame in frames]
    assert found == payloads
    assert rest == b""


@pytest.mark.parametrize("data", [b"\x01\x01x", b"\x80\x01x", b"\x81\x81\0\0\0\0x"], ids=["begun", "goes on", "masked"])
def test_frames_that_no_server_sends_are_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        wire.split_frames(data)


@pytest.mark.parametrize("takeover", [True, False])
def test_messages_are_inflated_with_and_without_what_came_before(takeover: bool) -> None:
    inflate = wire.Inflater(takeover=takeover)
    stream = zlib.compressobj(wbits=-15)
    sizes = []
    for number in range(3):
        text = f"the same words again and again, message {number}".encode()
        if not takeover:
            stream = zlib.compressobj(wbits=-15)
        squeezed = (stream.compress(text) + stream.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")
        sizes.append(len(squeezed))
        assert inflate(squeezed) == text
    assert (sizes[2] < sizes[0]) is takeover
