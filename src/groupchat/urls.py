"""The addresses of the chat's pages; a site includes them at its root."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponseBase
from django.urls import include, path, register_converter
from django.urls.converters import StringConverter
from django.utils.decorators import decorator_from_middleware

from groupchat.text import address_of
from groupchat.web import guest, home, join, pictures, rooms, session, shell, site
from groupchat.web.administration import administration
from groupchat.web.security import SecurityHeaders
from groupchat.web.settings.deletion import goodbye
from groupchat.web.settings.page import settings

app_name = "groupchat"

# The pages carry their headers also where the site does not list the middleware.
secured: Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]
secured = decorator_from_middleware(SecurityHeaders)


class RoomAddress(StringConverter):
    """A room's slug, readable. What comes stays as it is: an old address may mean another slug than it writes."""

    def to_url(self, value: str) -> str:
        return address_of(value)


register_converter(RoomAddress, "groupchat_room")

urlpatterns = [
    path("", secured(home.home), name="home"),
    path("rooms/", secured(rooms.rooms), name="rooms"),
    path("rooms/<groupchat_room:slug>/", secured(rooms.room), name="room"),
    path("rooms/<groupchat_room:slug>/<int:number>/", secured(rooms.room), name="message"),
    path("api/v1/", include("groupchat.api.urls")),
    path("public-rooms.json", secured(rooms.public_rooms), name="public_rooms"),
    path("session.json", secured(session.session), name="session"),
    path("settings/", secured(settings), name="settings"),
    path("goodbye/", secured(goodbye), name="goodbye"),
    path("pictures/<slug:key>/<int:size>.webp", secured(pictures.picture), name="picture"),
    path("room-pictures/<int:room_id>/", secured(pictures.room_picture), name="room_picture"),
    path("guest/", secured(guest.guest), name="guest"),
    path("join/", secured(join.join), name="join"),
    path("join/qr/", secured(join.qr), name="invite_qr"),
    path("join/card/", secured(join.card), name="invite_card"),
    path("join/<str:token>/", secured(join.link), name="invite_link"),
    path("site/", secured(site.site), name="site"),
    path("administration/", secured(administration), name="administration"),
    path("administration/<slug:name>/", secured(administration), name="administration_section"),
    path("sign-out/", secured(session.sign_out), name="sign_out"),
    path("app-shell/", secured(shell.page), name="app_page"),
    path("app-shell.json", secured(shell.app_shell), name="app_shell"),
    path("sw.js", secured(shell.service_worker), name="service_worker"),
    path("manifest.webmanifest", secured(shell.manifest), name="manifest"),
    path("favicon.ico", secured(shell.favicon), name="favicon"),
    path("robots.txt", secured(shell.robots), name="robots"),
]
