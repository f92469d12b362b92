"""The addresses of the API."""

from __future__ import annotations

from django.urls import path

from groupchat.api import messages

app_name = "groupchat_api"

urlpatterns = [
    path("rooms/<int:room_id>/messages", messages.post_message_view, name="post_message"),
]
