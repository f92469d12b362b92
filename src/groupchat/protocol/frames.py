"""Frames as text: what comes in is checked, what goes out is written once."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from groupchat.errors import BadFrame, ChatError, Invalid, UnknownCommand
from groupchat.protocol.agenda import (
    CancelScheduled,
    ChangeScheduled,
    Saved,
    SaveMessage,
    Scheduled,
    ScheduleMessage,
    SendScheduled,
)
from groupchat.protocol.blocks import BlockPerson
from groupchat.protocol.changes import Changes
from groupchat.protocol.drafts import SetDraft
from groupchat.protocol.invites import EndInvite, Invites, MakeInvite
from groupchat.protocol.memberships import (
    Ban,
    GiveRole,
    Invite,
    JoinRoom,
    LeaveRoom,
    Members,
    OrderRooms,
    PinRoom,
    Read,
    Remove,
    Sanctions,
    Silence,
    Unban,
)
from groupchat.protocol.messages import (
    DeleteMessage,
    EditMessage,
    Messages,
    MessageVersions,
    PinMessage,
    Pins,
    PostMessage,
    React,
    Reactions,
)
from groupchat.protocol.order import ClaimReport, PurgeMessages, ReportMessage, Reports, ResolveReport, SiteRaid
from groupchat.protocol.people import FindPeople, RenameMe
from groupchat.protocol.rooms import (
    ArchiveRoom,
    Converse,
    CreateRoom,
    DeleteRoom,
    EnterRoom,
    FindRooms,
    RenameRoom,
    RestoreRoom,
    RoomOrder,
    RoomSettings,
    SetTopic,
    Subscribe,
    Unsubscribe,
)
from groupchat.protocol.session import Hello, Ping
from groupchat.protocol.slash import RunCommand, SlashCommands
from groupchat.protocol.threads import FollowThread, Thread
from groupchat.protocol.tutorial import ClassicPost
from groupchat.protocol.typing import Typing

AnyCommand = (
    Hello
    | Subscribe
    | Unsubscribe
    | EnterRoom
    | CreateRoom
    | Converse
    | JoinRoom
    | LeaveRoom
    | RenameRoom
    | SetTopic
    | RoomSettings
    | RoomOrder
    | ArchiveRoom
    | DeleteRoom
    | RestoreRoom
    | FindRooms
    | Invite
    | MakeInvite
    | Invites
    | EndInvite
    | Remove
    | GiveRole
    | Ban
    | Unban
    | Silence
    | Sanctions
    | PostMessage
    | EditMessage
    | DeleteMessage
    | ReportMessage
    | Reports
    | ClaimReport
    | ResolveReport
    | PurgeMessages
    | SiteRaid
    | Messages
    | MessageVersions
    | React
    | Reactions
    | PinMessage
    | Pins
    | SaveMessage
    | Saved
    | ScheduleMessage
    | Scheduled
    | ChangeScheduled
    | CancelScheduled
    | SendScheduled
    | Thread
    | FollowThread
    | Members
    | Changes
    | Read
    | PinRoom
    | OrderRooms
    | SetDraft
    | BlockPerson
    | RenameMe
    | FindPeople
    | SlashCommands
    | RunCommand
    | Ping
    | Typing
)
_COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(Annotated[AnyCommand, Field(discriminator="type")])
_CLASSIC: TypeAdapter[ClassicPost] = TypeAdapter(ClassicPost)


def decode(text: str) -> AnyCommand:
    """The command in a frame; raises BadFrame, UnknownCommand or Invalid."""
    try:
        return _COMMAND.validate_json(text)
    except ValidationError as error:
        raise _refusal(error, text) from None


def decode_classic(text: str) -> ClassicPost:
    """The post in a frame of the tutorial protocol; raises BadFrame or Invalid."""
    try:
        return _CLASSIC.validate_json(text)
    except ValidationError as error:
        raise _refusal(error, text) from None


def ref_of(text: str) -> Any:
    """The `ref` of a frame that was refused, as far as it can be made out."""
    try:
        frame = from_json(text)
    except ValueError:
        return None
    ref = frame.get("ref") if isinstance(frame, dict) else None
    return ref if isinstance(ref, int | str) and not isinstance(ref, bool) and len(str(ref)) <= 64 else None


def _refusal(error: ValidationError, text: str) -> ChatError:
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    kind = first["type"]
    if kind in ("json_invalid", "json_type"):
        return BadFrame("Send one JSON object per frame.")
    if kind in ("model_type", "model_attributes_type", "dict_type") and len(first["loc"]) <= 1:
        return BadFrame("Send one JSON object per frame.")
    if kind == "union_tag_not_found":
        return UnknownCommand("The frame has no type.", field="type")
    if kind == "union_tag_invalid":
        return UnknownCommand("There is no command of this type.", field="type")
    where = [str(part) for part in first["loc"]]
    if len(where) > 1:  # the first part is the command's own name
        where = where[1:]
    field = where[0] if where else None
    return Invalid(f"{'.'.join(where[:1])}: {first['msg']}.", field=field)


def encode(frame: Any) -> bytes:
    """A frame as UTF-8 JSON."""
    return to_json(frame)


def reply(ref: Any, result: dict[str, Any]) -> bytes:
    """The answer to a command that was carried out."""
    return to_json({"type": "reply", "ref": ref, "result": result})


def refusal(ref: Any, error: ChatError) -> bytes:
    """The answer to a command that was not; `ref` is null where the frame had none that could be read."""
    return to_json({"type": "error", "ref": ref, "error": error.as_json()})
