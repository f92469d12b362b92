"""The address of the API; what stands below it is in `routes.py`."""

from __future__ import annotations

from django.urls import path, re_path

from groupchat.api import views

app_name = "groupchat_api"

urlpatterns = [
    path("", views.api, name="root"),
    re_path(r"^(?P<path>[\s\S]+)\Z", views.api),  # a path may hold a line's end, and its refusal is JSON all the same
]
