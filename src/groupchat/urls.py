"""The addresses of the chat's pages; a site includes them at its root."""

from __future__ import annotations

from django.urls import path
from django.utils.decorators import decorator_from_middleware

from groupchat.web import home, rooms, shell
from groupchat.web.security import SecurityHeaders

app_name = "groupchat"

# The pages carry their headers also where the site does not list the middleware.
secured = decorator_from_middleware(SecurityHeaders)

urlpatterns = [
    path("", secured(home.home), name="home"),
    path("sign-out/", secured(home.sign_out), name="sign_out"),
    path("rooms/<str:slug>/", secured(rooms.room), name="room"),
    path("rooms/<str:slug>/<int:number>/", secured(rooms.room), name="message"),
    path("app-shell.json", shell.app_shell, name="app_shell"),
    path("sw.js", secured(shell.service_worker), name="service_worker"),
    path("manifest.webmanifest", shell.manifest, name="manifest"),
    path("favicon.ico", shell.favicon, name="favicon"),
    path("robots.txt", shell.robots, name="robots"),
]
