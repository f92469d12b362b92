"""What all sections are made of: a table, what may be done to each row, a form to search with, and the next page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from groupchat.errors import ChatError, NotFound
from groupchat.models import Person
from groupchat.permissions.why import reason_of

ROWS_AT_ONCE = 50
TEMPLATE = "groupchat/administration.html"


@dataclass(frozen=True, slots=True)
class Act:
    """A button: what is sent when it is pressed, and what it says."""

    name: str
    words: str
    is_grave: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """Of a table: its cells, the first of which names it; the id that acts name, and the acts there are."""

    cells: Sequence[str]
    id: str = ""
    acts: Sequence[Act] = ()
    address: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Of the form to search with; with `choices`, pairs of value and words, one of them."""

    name: str
    label: str
    value: str = ""
    choices: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """What a section shows. `next` is the query of the next page; `lines` stand above the table; `fields` find, with
    `ask` on their button; `form` acts on what is typed.
    """

    columns: Sequence[str] = ()
    rows: Sequence[Row] = ()
    fields: Sequence[Field] = ()
    next: str = ""
    lines: Sequence[str] = ()
    form: Sequence[Field] = ()
    form_act: Act | None = None
    ask: str = ""
    download: str = ""
    nothing: str = ""
    wrong: str = ""


Show = Callable[[HttpRequest, Person], Table | HttpResponseBase]
Do = Callable[[HttpRequest, Person], str]


@dataclass(frozen=True, slots=True)
class Section:
    """`show` makes its table, or an answer of its own; `act` does what a button said, and gives the words for it."""

    name: str
    title: Any
    show: Show
    act: Do | None = None

    @property
    def has_buttons(self) -> bool:
        """For the template, which would call `act`."""
        return self.act is not None

    def shown(self, request: HttpRequest, person: Person, given: Mapping[str, Any]) -> HttpResponseBase:
        """The page."""
        table = self.show(request, person)
        if isinstance(table, HttpResponseBase):
            return table
        return render(request, TEMPLATE, {**given, "table": table, "query": _query(request)})

    def acted(self, request: HttpRequest, person: Person, given: Mapping[str, Any]) -> HttpResponseBase:
        """Do it, and lead back to where the button stood; a refusal is shown there, too."""
        if self.act is None:
            return HttpResponse(status=405)
        try:
            messages.success(request, self.act(request, person), fail_silently=True)
        except ChatError as error:
            table = self.show(request, person)
            context = {**given, "table": table, "refusal": reason_of(error), "query": _query(request)}
            return render(request, TEMPLATE, context, status=error.status)
        return redirect(request.get_full_path())


def _query(request: HttpRequest) -> str:
    return f"?{request.GET.urlencode()}" if request.GET else ""


def some(rows: QuerySet[Any], request: HttpRequest) -> tuple[list[Any], str]:
    """A page of these, the newest first, and the query of the next one."""
    before = number_in(request.GET.get("before", ""))
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: ROWS_AT_ONCE + 1])
    if len(found) <= ROWS_AT_ONCE:
        return found, ""
    query = request.GET.copy()
    query["before"] = str(found[ROWS_AT_ONCE - 1].pk)
    return found[:ROWS_AT_ONCE], f"?{query.urlencode()}"


def number_in(text: str) -> int:
    """A primary key that somebody sent; 0 where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def typed(request: HttpRequest, name: str) -> str:
    """What stands in this field of the form that was sent, without what no database takes."""
    return (request.POST if request.method == "POST" else request.GET).get(name, "").replace("\0", "").strip()


def the(model: type[Model], request: HttpRequest) -> Any:
    """The row that a button names; raises NotFound."""
    found = model._default_manager.filter(pk=number_in(request.POST.get("id", ""))).first()
    if found is None:
        raise NotFound(_("It is not there any more."))
    return found


def moment(at: Any) -> str:
    """As people of this language write it; empty for None."""
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT") if at is not None else ""
