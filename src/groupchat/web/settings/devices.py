"""Where one is signed in, and the tokens of one's programs; each can be ended."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from groupchat.actions import devices, tokens
from groupchat.actions.devices import Seen
from groupchat.errors import NotFound
from groupchat.models import Person, Token
from groupchat.network import client_address_of_request


def shown(request: HttpRequest, person: Person) -> dict[str, Any]:
    """A guest has one cookie on all devices, which ends with signing out."""
    in_force = [token for token in tokens.of_person(person=person) if token.revoked_at is None]
    if person.user_id is None or not devices.are_kept():
        return {"devices": [], "tokens": in_force}
    here = _session_key(request)
    if here:
        agent, address = request.META.get("HTTP_USER_AGENT", ""), client_address_of_request(request.META)
        devices.note(seen=[Seen(person.pk, here, agent, address)])
    found = devices.of_person(person=person)
    found.sort(key=lambda device: device.session_key != here)  # this one first
    return {"devices": found, "this_session": here, "tokens": in_force}


def end(request: HttpRequest, person: Person) -> None:
    """One of them, or all others."""
    which = request.POST.get("device", "")
    if which == "others":
        devices.end_others(person=person, but=_session_key(request))
    elif not (which.isdecimal() and devices.end(person=person, device_id=int(which[:18]))):
        raise NotFound("You are not signed in there any more.")


def revoke_token(request: HttpRequest, person: Person) -> None:
    which = request.POST.get("token", "")
    token = Token.objects.filter(person=person, pk=int(which[:18])).first() if which.isdecimal() else None
    if token is None or not tokens.revoke(token=token):
        raise NotFound("This token is revoked already.")


def _session_key(request: HttpRequest) -> str:
    session = getattr(request, "session", None)
    return (session.session_key or "") if session is not None else ""
