"""The consumers: the tutorial's own design, one group member per socket; and the same with a row per message."""

from __future__ import annotations

import json
from typing import Any

from channels.generic.websocket import AsyncWebsocketConsumer


class ChatConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """Everyone of a room is in the room's group; a message is sent to the group."""

    async def connect(self) -> None:
        self.room = self.scope["url_route"]["kwargs"]["room"]
        self.group = f"chat_{self.room}"
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        told = json.loads(text_data or "{}")
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "message": told["message"]})

    async def chat_message(self, event: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps({"message": event["message"]}))


class KeepingConsumer(ChatConsumer):
    """Writes the message first, and says so to who sent it."""

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        from benchmarks.baselines.tutorial.models import Message

        told = json.loads(text_data or "{}")
        await Message._default_manager.acreate(room=self.room, username="bench", body=told["message"])
        await self.send(text_data=json.dumps({"ref": told["ref"]}))
        await self.channel_layer.group_send(self.group, {"type": "chat.message", "message": told["message"]})
