"""How much a person may have written and not sent, in all rooms together."""

from __future__ import annotations

from django.db.models import Sum
from django.db.models.functions import Length

from groupchat.conf import conf
from groupchat.models import Membership


def is_space(membership: Membership, text: str) -> bool:
    """Whether this may be the draft there, beside those in the other rooms where its person is. Their row is locked."""
    most = conf().max_draft_characters_in_all
    theirs = Membership.objects.filter(person_id=membership.person_id, state=Membership.State.JOINED)
    others = theirs.filter(room__deleted_at=None).exclude(room_id=membership.room_id).exclude(draft="")
    return not most or len(text) + (others.aggregate(all=Sum(Length("draft")))["all"] or 0) <= most
