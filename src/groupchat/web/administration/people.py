"""People: found, signed out, suspended, made administrators."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from groupchat.actions import administration
from groupchat.characters import shown
from groupchat.errors import Invalid
from groupchat.models import Person
from groupchat.permissions import administers_site, owns_site, rules
from groupchat.text import fold
from groupchat.web.administration.page import Act, Field, Row, Table, moment, some, the, typed


def page(request: HttpRequest, person: Person) -> Table:
    """The newest first, or those whose handle or name holds what was typed."""
    query = typed(request, "q")
    found = Person.objects.all()
    if query:
        found = found.filter(Q(handle__contains=fold(query).removeprefix("@")) | Q(name__icontains=query))
    rows, following = some(found, request)
    return Table(
        columns=[_("Name"), _("Handle"), _("Who it is"), _("Since")],
        rows=[_row(person, one) for one in rows],
        fields=[Field("q", _("Name or handle"), query)],
        next=following,
        nothing=_("Nobody is called that here."),
    )


def act(request: HttpRequest, person: Person) -> str:
    """What a button beside somebody says."""
    target: Person = the(Person, request)
    told = {"name": shown(target.name)}
    match request.POST.get("act"):
        case "suspend":
            administration.suspend(person=target, by=person)
            return _("%(name)s is suspended.") % told
        case "unsuspend":
            administration.suspend(person=target, suspended=False, by=person)
            return _("%(name)s is let in again.") % told
        case "sign_out":
            administration.sign_out_everywhere(person=target, by=person)
            return _("%(name)s is signed out on all devices.") % told
        case "make_admin":
            administration.make_admin(person=target, by=person)
            return _("%(name)s administers the site.") % told
        case "unmake_admin":
            administration.make_admin(person=target, is_admin=False, by=person)
            return _("%(name)s does not administer the site any more.") % told
    raise Invalid("act: what a button of this page says.", field="act")


def _row(person: Person, one: Person) -> Row:
    cells = [shown(one.name), f"@{shown(one.handle)}", _standing(one), moment(one.created_at)]
    return Row(cells, id=str(one.pk), acts=_acts(person, one))


def _standing(one: Person) -> str:
    if owns_site(one):
        words = _("owner")
    else:
        words = _("administrator") if administers_site(one) else str(one.get_kind_display())
    if not one.is_active:
        return _("%(what)s, suspended") % {"what": words}
    return words if one.account_active else _("%(what)s, gone or switched off") % {"what": words}


def _acts(person: Person, one: Person) -> list[Act]:
    if rules().administer(person, one) is not None:
        return []
    acts = [Act("suspend", _("Suspend"), is_grave=True) if one.is_active else Act("unsuspend", _("Let in again"))]
    if one.user_id is not None:
        acts.append(Act("sign_out", _("Sign out everywhere")))
    if rules().make_admin(person, one) is None:
        give = Act("make_admin", _("Make administrator"))
        acts.append(Act("unmake_admin", _("No administrator")) if one.is_admin else give)
    return acts
