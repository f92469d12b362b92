"""The traces that devices recorded, played to the page's own store in a browser."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.chromium import chromium
from tests.client import Json
from tests.property.truth import with_mark_of
from tests.web_core.conftest import files_served

AT_ONCE = 50

_REPLAY = """async ([url, traces]) => {
    const { replay } = await import(url);
    return JSON.parse(traces).map((trace) => replay(trace));
}"""


def check_store(recorded: Sequence[Json]) -> None:
    """After each trace the store shows what the device had to."""
    compared = skipped = 0
    for one, state in zip(recorded, replayed([one["trace"] for one in recorded]), strict=True):
        for room, expected in one["expected"].items():
            try:
                if _would_ask(state, room):
                    skipped += 1
                else:
                    _check_room(state["rooms"][room], expected, too_late=_too_late(state, room))
                    compared += 1
            except (AssertionError, KeyError) as error:
                steps = "\n".join(json.dumps(step) for step in one["trace"])
                raise AssertionError(f"{state['rooms'].get(room)} for room {room} after\n{steps}") from error

    assert compared > 10 * skipped, f"{compared} compared, {skipped} not"


def _would_ask(state: Json, room: str) -> bool:
    """Whether the store, were it not replayed, would have asked for something that the device did not need to ask for:
    they count differently what is loaded while a page was on its way.
    """
    known = state["rooms"].get(room)
    if known is None:
        return False
    subscribe = {"type": "subscribe", "room": int(room)}  # none that was answered since is still wanted
    changes = {"type": "changes", "room": int(room), "since": known["position"]}
    return subscribe in state["wanted"] or changes in state["wanted"]


def _too_late(state: Json, room: str) -> set[str]:
    """Of which kinds pages came too late for the store, which would ask for them anew."""
    return {kind for kind in ("messages", "members") if {"type": kind, "room": int(room)} in state["wanted"]}


def replayed(traces: Sequence[Sequence[Json]]) -> list[Json]:
    """The state in which the store ends after each trace."""
    states: list[Json] = []
    with files_served() as server, chromium() as browser:
        page = browser.new_page()
        page.goto(f"{server.url}/")
        for start in range(0, len(traces), AT_ONCE):
            part = json.dumps(traces[start : start + AT_ONCE])
            states += page.evaluate(_REPLAY, [f"{server.url}/static/groupchat/store/replay.js", part])
    return states


def _check_room(state: Json, expected: Json, *, too_late: set[str]) -> None:
    truth = expected["truth"]
    if state["gone"] is not None:
        # One who is out and looks in again: the store may have heard of the former after the latter.
        assert expected["membership"] is None
        return
    messages = {int(number): message for number, message in truth["messages"].items()}
    assert state["position"] == truth["seq"]
    assert state["last_number"] == truth["last_number"]
    assert state["info"] == truth["info"]
    if expected["membership"] is not None:
        assert with_mark_of(state["membership"], expected["membership"]) == expected["membership"]
        assert [state["unread"], state["first_unread"]] == expected["unread"]
    covered: set[int] = set()
    for window in state["windows"]:
        numbers = range(window["from"], window["to"] + 1)
        assert not covered & set(numbers)
        covered |= set(numbers)
        assert window["messages"] == [messages[number] for number in numbers]
        shown = [one for one in truth["notices"] if _is_shown(one, window)]
        assert sorted(window["notices"], key=_place) == sorted(shown, key=_place)
        if window["live"]:
            assert window["to"] == truth["last_number"]
    for low, high in expected["loaded"] if "messages" not in too_late else ():
        assert set(range(low, high + 1)) <= covered
    members = {one["person"]: one for one in truth["members"].values()}
    for one in state["members"] or ():
        assert one == members[one["person"]]
    if expected["members_complete"] and "members" not in too_late:
        assert state["members_complete"]
        joined = {person for person, one in members.items() if one["state"] == "joined"}
        assert {one["person"] for one in state["members"] if one["state"] == "joined"} == joined
        assert state["member_count"] == len(joined)


def _is_shown(notice: Json, window: Json) -> bool:
    return window["from"] <= notice["after"] <= window["to"] or (notice["after"] == 0 and window["from"] <= 1)


def _place(notice: Json) -> tuple[int, str]:
    return notice["after"], notice["kind"]
