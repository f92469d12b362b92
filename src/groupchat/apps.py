"""Wiring of the app into Django."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any

from django.apps import AppConfig, apps
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models import Model
from django.db.models.signals import post_init, post_save, pre_delete
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from groupchat.models import Person


class GroupChatConfig(AppConfig):
    """The chat, as an app of any site."""

    name = "groupchat"
    label = "groupchat"
    verbose_name = _("Group Chat")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from groupchat import checks, site_checks  # noqa: F401  # registers the system checks
        from groupchat.actions import deleted_people, merging, purging
        from groupchat.realtime.delivery import publish

        publish.connect()
        merging.connect()
        purging.connect()
        deleted_people.connect()
        autodiscover_modules("chat_commands")
        user_logged_in.connect(_came_in, dispatch_uid="groupchat")
        user_logged_out.connect(_end_sessions, dispatch_uid="groupchat")
        follow_users(apps.get_models())


def follow_users(models: Iterable[type[Model]]) -> None:
    """Hear of what is saved of the site's users, by whichever of these models.

    A site may save them by a proxy or a child of their model, and signals know the very class only.
    """
    for model in models:
        if issubclass(model, get_user_model()):
            post_init.connect(_user_read, sender=model, dispatch_uid="groupchat")
            post_save.connect(_user_changed, sender=model, dispatch_uid="groupchat")
            pre_delete.connect(_user_goes, sender=model, dispatch_uid="groupchat")


def _came_in(*, user: Any, request: Any = None, **_: Any) -> None:
    """A guest who signs up stays who they are. So does one who signs in to an account that was never here."""
    from groupchat.identity import adopt_guest

    if user is not None and getattr(request, "COOKIES", None):
        adopt_guest(request=request, user=user)
    if user is not None and getattr(request, "session", None) is not None and (person := _person_of(user)) is not None:
        _note_device(request, person)


def _note_device(request: Any, person: Person) -> None:
    from groupchat.actions import devices
    from groupchat.network import client_address_of_request

    if key := request.session.session_key:
        agent, address = request.META.get("HTTP_USER_AGENT", ""), client_address_of_request(request.META)
        devices.note(seen=[devices.Seen(person.pk, key, agent, address)])


def _end_sessions(*, user: Any, request: Any = None, **_: Any) -> None:
    """Whoever signs out leaves with all sockets of that session."""
    # Django ends the session after this signal: sockets that ask at once must not find it any more.
    if request is not None and hasattr(request, "session"):
        from groupchat.actions import devices

        devices.forget(session_key=request.session.session_key or "")
        request.session.delete()
    _end_sockets(user)


_WAS_OFF = "_groupchat_was_off"


def _user_read(*, instance: Any, **_: Any) -> None:
    """Remember of a user who is switched off that they are: so saving all others costs no look at what was before."""
    # Not by the attribute: a deferred one would be read from the database, for each user.
    if not instance.__dict__.get("is_active", True):
        setattr(instance, _WAS_OFF, True)


def _user_changed(
    *, instance: Any, created: bool, raw: bool = False, update_fields: Collection[str] | None = None, **_: Any
) -> None:
    """Who is switched off or on, or whose password is another one, proves again who they are."""
    if created or raw:
        return  # nobody is there yet; what a fixture says is seen when they come
    from groupchat.actions.people import sync_user
    from groupchat.conf import conf

    # Django forgets the new password after this signal; whatever else is saved of a user is no matter of ours.
    if getattr(instance, "_password", None) is not None:
        _end_sockets(instance)
        _forget_devices(instance)
    elif update_fields is None or "is_active" in update_fields:
        is_on = getattr(instance, "is_active", True)
        if not is_on or getattr(instance, _WAS_OFF, False):
            setattr(instance, _WAS_OFF, not is_on)
            _follow(instance)
    if conf().follow_users and (update_fields is None or set(update_fields) != {"last_login"}):
        sync_user(user=instance)


def _user_goes(*, instance: Any, **_: Any) -> None:
    """Before the row goes, for then nobody knows any more whose it was; the sockets are told after the commit."""
    from groupchat.actions.accounts import end_account

    if (person := _person_of(instance)) is not None:
        end_account(person=person)


def _follow(user: Any) -> None:
    from groupchat.actions.accounts import follow, is_switched_on

    person = _person_of(user)
    if person is not None and person.account_active != is_switched_on(user):
        follow(person=person)


def _end_sockets(user: Any) -> None:
    from groupchat.actions.people import end_sessions

    person = _person_of(user) if user is not None else None
    if person is not None:
        end_sessions(person=person)


def _forget_devices(user: Any) -> None:
    from groupchat.actions import devices

    if (person := _person_of(user)) is not None:
        devices.forget_all(person=person)


def _person_of(user: Any) -> Person | None:
    from groupchat.models import Person

    return Person.objects.filter(user_id=user.pk).first()
