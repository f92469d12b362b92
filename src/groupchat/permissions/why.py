"""Why somebody can, or can't, do something in a room: the very rules in force are asked, one after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from groupchat.characters import isolated
from groupchat.errors import ChatError, NotFound
from groupchat.models import Membership, Message, Person, Room
from groupchat.permissions.asking import require_active, rules
from groupchat.permissions.rules import Refusal, Rules
from groupchat.permissions.standing import administers_site, is_banned, is_joined, is_silenced, owns_site

Asks = Callable[[Rules, Person, Room, Membership | None], Refusal]

VERBS: dict[str, Asks] = {
    "read": lambda rules, person, room, mine: rules.read(person, room, mine),
    "join": lambda rules, person, room, mine: rules.join(person, room, mine),
    "leave": lambda rules, person, room, mine: rules.leave(person, room, mine),
    "post": lambda rules, person, room, mine: rules.post(person, room, mine),
    "edit": lambda rules, person, room, mine: rules.edit(person, Message(room=room, author=person), mine),
    "delete": lambda rules, person, room, mine: rules.delete(person, Message(room=room), mine),
    "see_versions": lambda rules, person, room, mine: rules.see_versions(person, Message(room=room), mine),
    "invite": lambda rules, person, room, mine: rules.invite(person, room, mine),
    "remove": lambda rules, person, room, mine: rules.remove(person, room, mine),
    "give_role": lambda rules, person, room, mine: rules.give_role(person, room, mine),
    "manage": lambda rules, person, room, mine: rules.manage(person, room, mine),
    "restore": lambda rules, person, room, mine: rules.restore(person, room, mine),
}
"""By the name of their rule. Messages: one's own is edited, another's deleted, or its versions seen."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A rule, what it is about, and its answer in words; `refusal` is None where it allows."""

    rule: str
    words: str
    refusal: Refusal
    answer: str


@dataclass(frozen=True, slots=True)
class Why:
    """The answer; the `facts` that rules go by; and the rules that were `asked`, up to the one that decided."""

    allowed: bool
    answer: str
    facts: Sequence[str]
    asked: Sequence[Asked]


def verbs() -> dict[str, str]:
    """What each is called, in the reader's language."""
    return {
        "read": _("read it"),
        "join": _("join it"),
        "leave": _("leave it"),
        "post": _("write into it"),
        "edit": _("edit their own message"),
        "delete": _("delete another's message"),
        "see_versions": _("see what another's message said before"),
        "invite": _("bring somebody in"),
        "remove": _("send somebody out"),
        "give_role": _("say what a member is"),
        "manage": _("change, archive or delete it"),
        "restore": _("bring it back"),
    }


def why(person: Person, verb: str, room: Room) -> Why:
    """Whether they may do it at this moment, and by what; `verb` is one of VERBS."""
    mine = Membership.objects.filter(room=room, person=person).first()
    asked = [_asked("", _("be let into the chat"), _let_in(person))]
    # Each of these the rule itself asks first; here they stand apart, so that one sees which it was.
    first = [] if verb in ("read", "restore", "leave") else ["read"]
    for rule in [*first, verb]:
        if asked[-1].refusal is None:
            asked.append(_asked(rule, verbs()[rule], VERBS[rule](rules(), person, room, mine)))
    allowed = asked[-1].refusal is None
    told = {"person": isolated(person.name), "room": isolated(room.name), "verb": verbs()[verb]}
    yes, no = _("%(person)s in %(room)s: may %(verb)s."), _("%(person)s in %(room)s: may not %(verb)s.")
    return Why(allowed, (yes if allowed else no) % told, _facts(person, room, mine), asked)


def _let_in(person: Person) -> Refusal:
    try:
        require_active(person)
    except ChatError as error:
        return error
    return None


def _asked(rule: str, words: str, refusal: Refusal) -> Asked:
    if refusal is None:
        return Asked(rule, words, None, _("yes"))
    is_hidden = isinstance(refusal, NotFound)
    reason = _("for them the room is not there") if is_hidden else reason_of(refusal)
    return Asked(rule, words, refusal, _("no: %(why)s") % {"why": reason})


def reason_of(refusal: ChatError) -> str:
    """In the reader's language, where it is one of ours; what a site's rule says stays as it is."""
    known = {
        "archived": _("the room is archived"),
        "reader": _("they are a reader here"),
        "silenced": _("they are silenced for a time"),
        "banned": _("they are banned from the room"),
        "announcement": _("only its owners and moderators write into this room"),
        "conversation": _("it is a conversation, which stays as it is"),
        "rank": _("it takes a higher rank"),
        "author": _("only its author may"),
    }
    return known.get(refusal.why or "") or _(refusal.message)


def _facts(person: Person, room: Room, mine: Membership | None) -> list[str]:
    facts = [_of_site(person), _of_room(room)]
    if room.archived_at is not None:
        facts.append(_("The room is archived since %(when)s.") % {"when": _moment(room.archived_at)})
    if room.deleted_at is not None:
        facts.append(_("The room is deleted since %(when)s.") % {"when": _moment(room.deleted_at)})
    if room.object_key is not None:
        facts.append(_("It is the room for something of the site: %(key)s.") % {"key": isolated(room.object_key)})
    facts.append(_of_member(mine))
    if mine is not None and is_silenced(mine):
        facts.append(_("They are silenced until %(when)s.") % {"when": _moment(mine.silenced_until)})
    if mine is not None and mine.reason and (is_silenced(mine) or is_banned(mine)):
        facts.append(_("The reason that was given: %(reason)s") % {"reason": isolated(mine.reason)})
    if type(rules()) is not Rules:
        path = f"{type(rules()).__module__}.{type(rules()).__qualname__}"
        facts.append(_("The rules are the site's own: %(path)s.") % {"path": path})
    return facts


def _of_site(person: Person) -> str:
    if owns_site(person):
        return _("They own the site.")
    if administers_site(person):
        return _("They administer the site.")
    if person.kind == Person.Kind.USER:
        return _("They have an account.")
    return _("They are a guest.") if person.kind == Person.Kind.GUEST else _("They are a program.")


def _of_room(room: Room) -> str:
    if room.is_open:
        return _("The room is open (%(kind)s): whoever is not banned reads it.") % {"kind": room.get_kind_display()}
    return _("The room is closed (%(kind)s): its members alone read it.") % {"kind": room.get_kind_display()}


def _of_member(mine: Membership | None) -> str:
    if mine is None:
        return _("They were never in the room.")
    if is_joined(mine):
        return _("They are in the room: %(role)s.") % {"role": mine.get_role_display()}
    if is_banned(mine):
        until = _moment(mine.banned_until) if mine.banned_until is not None else _("for good")
        return _("They are banned: %(until)s.") % {"until": until}
    if mine.state == Membership.State.LEFT:
        return _("They left the room.")
    return _("They were sent out of the room.")


def _moment(at: object) -> str:
    return date_format(localtime(at), "DATETIME_FORMAT")  # type: ignore[arg-type]
