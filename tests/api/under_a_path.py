"""The addresses of a site that has the chat under a path."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("talk/", include("groupchat.urls"))]
