"""What an owner of the site chooses for all of it."""

from __future__ import annotations

from django.db import transaction

from groupchat.access import Access, access
from groupchat.actions import audit
from groupchat.errors import Forbidden, Invalid
from groupchat.models import Person, ServerState
from groupchat.permissions import owns_site, require_active

ACCESS = ("open", "invited")


@transaction.atomic
def set_access(*, person: Person, access_to: str, strangers_see_rooms: bool) -> Access:
    """Say who may come in, `open` or `invited`, and whether strangers see the list of open rooms. Who is in stays in.

    Guests who were let into one room only have the whole of a site that is open. Raises Forbidden.
    """
    require_active(person)
    if not owns_site(person):
        raise Forbidden("Only owners of the site say who may come in.", why="rank")
    if access_to not in ACCESS:
        raise Invalid(f"access: one of {', '.join(ACCESS)}.", field="access")
    before = access()
    state, _ = ServerState.objects.get_or_create(pk=ServerState.ONLY)
    state.access, state.strangers_see_rooms = access_to, strangers_see_rooms
    state.save(update_fields=["access", "strangers_see_rooms"])
    if access_to == "open":
        Person.objects.filter(only_room__isnull=False).update(only_room=None)
    now = access()
    if now != before:
        audit.note("access", by=person, before=_told(before), after=_told(now))
    return now


def _told(one: Access) -> dict[str, str]:
    return {"access": "invited" if one.invited else "open", "strangers see rooms": str(one.strangers_see_rooms)}
