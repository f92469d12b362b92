"""The frames of the protocol: what a client may send, and the shapes of what it receives.

`docs/protocol.md` is the normative text, with an example of every frame; tests hold the two together.
Times are ISO 8601 in UTC with milliseconds; ids, numbers and seqs are whole numbers.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, NotRequired, TypedDict

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import from_json, to_json

from groupchat.errors import BadFrame, ChatError, Invalid, UnknownCommand

PROTOCOL = 1  # raised when an old client could no longer understand us

PositiveId = Annotated[int, Field(ge=1, le=2**63 - 1)]
Seq = Annotated[int, Field(ge=0, le=2**63 - 1)]
Ref = Annotated[int, Field(ge=0, le=2**53)] | Annotated[str, Field(max_length=64)] | None


# --- resources: the nouns on the wire -----------------------------------------------------------------------------


class PersonResource(TypedDict):
    """A person as everyone sees them; `version` rises with every change of it."""

    id: int
    kind: Literal["user", "guest", "bot"]
    handle: str
    name: str
    version: int


class RoomResource(TypedDict):
    """A room's own facts; `seq` is the room's seq at which they last changed."""

    id: int
    seq: int
    slug: str
    name: str
    kind: Literal["public", "private", "direct"]
    topic: str
    first_number: int
    created_at: str


class MemberResource(TypedDict):
    """A membership as everyone in the room sees it."""

    person: int
    seq: int
    role: Literal["owner", "member"]
    state: Literal["joined", "left", "kicked", "banned"]


class MessageResource(TypedDict):
    """A message. A deleted one is a tombstone: `deleted_at` is there and `body` is empty."""

    number: int
    seq: int
    author: int
    body: str
    at: str
    client_message_id: str
    edited_at: NotRequired[str]
    deleted_at: NotRequired[str]


class NoticeResource(TypedDict):
    """A quiet line in the timeline, behind the message with the number `after` (0: before the first).

    There is one of a kind at each place: a second rename at the same place is the same notice with a higher seq.
    """

    after: int
    kind: Literal["renamed", "topic"]
    seq: int
    actor: int
    text: str
    at: str


class MembershipResource(TypedDict):
    """One's own membership: what only its person sees. `seq` counts in the person's own counter."""

    room: int
    seq: int
    role: Literal["owner", "member"]
    state: Literal["joined", "left", "kicked", "banned"]
    last_read_number: int
    notify: Literal["everything", "mentions", "nothing"]


class RoomState(TypedDict):
    """A room, the seq it is true at, its newest number, and one's membership in it (none: looking only)."""

    room: RoomResource
    seq: int
    last_number: int
    me: MembershipResource | None


# --- commands: what a client sends --------------------------------------------------------------------------------


class Command(BaseModel):
    """What every command has: `ref` comes back in its reply. Unknown members are ignored."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    ref: Ref = None


class Hello(Command):
    """The first command of every connection."""

    type: Literal["hello"]
    protocol: int
    epoch: Annotated[str, Field(max_length=64)] | None = None
    me: Seq | None = None
    positions: dict[Annotated[str, Field(max_length=20)], Seq] = Field(default_factory=dict)


class Subscribe(Command):
    """Hear a room's changes: by id, or by its name as it stands in its address."""

    type: Literal["subscribe"]
    room: PositiveId | None = None
    slug: Annotated[str, Field(max_length=500)] | None = None


class Unsubscribe(Command):
    type: Literal["unsubscribe"]
    room: PositiveId


class EnterRoom(Command):
    """Join the public room of this name, or make it."""

    type: Literal["room.enter"]
    name: str


class JoinRoom(Command):
    type: Literal["room.join"]
    room: PositiveId


class LeaveRoom(Command):
    type: Literal["room.leave"]
    room: PositiveId


class RenameRoom(Command):
    type: Literal["room.rename"]
    room: PositiveId
    name: str


class SetTopic(Command):
    type: Literal["room.topic"]
    room: PositiveId
    topic: str


class PostMessage(Command):
    type: Literal["message.post"]
    room: PositiveId
    body: str
    client_message_id: str


class EditMessage(Command):
    type: Literal["message.edit"]
    room: PositiveId
    number: PositiveId
    body: str


class DeleteMessage(Command):
    type: Literal["message.delete"]
    room: PositiveId
    number: PositiveId


class Messages(Command):
    """A page of history: at most one of `before`, `after`, `around`; none of them means the newest."""

    type: Literal["messages"]
    room: PositiveId
    before: PositiveId | None = None
    after: Seq | None = None
    around: PositiveId | None = None
    limit: Annotated[int, Field(ge=1)] = 50


class Members(Command):
    """A page of the joined members, in order of person id, behind the person `after`."""

    type: Literal["members"]
    room: PositiveId
    after: Seq = 0
    limit: Annotated[int, Field(ge=1)] = 100


class Changes(Command):
    """The changes since a position: of a room, or without `room` one's own."""

    type: Literal["changes"]
    room: PositiveId | None = None
    since: Seq


class Read(Command):
    """Everything up to this number is read."""

    type: Literal["read"]
    room: PositiveId
    number: Seq


class Ping(Command):
    """Asks for a reply; a browser cannot send a WebSocket ping."""

    type: Literal["ping"]


AnyCommand = (
    Hello
    | Subscribe
    | Unsubscribe
    | EnterRoom
    | JoinRoom
    | LeaveRoom
    | RenameRoom
    | SetTopic
    | PostMessage
    | EditMessage
    | DeleteMessage
    | Messages
    | Members
    | Changes
    | Read
    | Ping
)
_COMMAND: TypeAdapter[AnyCommand] = TypeAdapter(Annotated[AnyCommand, Field(discriminator="type")])


class ClassicPost(BaseModel):
    """What a client of the Channels tutorial sends."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)
    message: str
    client_message_id: str | None = None


_CLASSIC: TypeAdapter[ClassicPost] = TypeAdapter(ClassicPost)


def decode(text: str) -> AnyCommand:
    """The command in a frame; raises BadFrame, UnknownCommand or Invalid."""
    try:
        return _COMMAND.validate_json(text)
    except ValidationError as error:
        raise _refusal(error, text) from None


def decode_classic(text: str) -> ClassicPost:
    """The post in a frame of the classic door; raises BadFrame or Invalid."""
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


# --- replies and pushes: what a client receives -------------------------------------------------------------------


def encode(frame: Any) -> bytes:
    """A frame as UTF-8 JSON."""
    return to_json(frame)


def reply(ref: Any, result: dict[str, Any]) -> bytes:
    """The answer to a command that was carried out."""
    return to_json({"type": "reply", "ref": ref, "result": result})


def refusal(ref: Any, error: ChatError) -> bytes:
    """The answer to a command that was not; `ref` is null where the frame had none that could be read."""
    return to_json({"type": "error", "ref": ref, "error": error.as_json()})


class ChangesFrame(TypedDict):
    """All that changed in a room with `since < seq <= to`, in its present state, each list in order of seq.

    `last_number` is the room's newest message number at `to`. Lists without entries are left out.
    """

    type: Literal["changes"]
    room: int
    since: int
    to: int
    last_number: int
    info: NotRequired[RoomResource]
    members: NotRequired[list[MemberResource]]
    messages: NotRequired[list[MessageResource]]
    notices: NotRequired[list[NoticeResource]]


class MyChangesFrame(TypedDict):
    """The same for a person's own counter; sent to that person's connections only."""

    type: Literal["changes"]
    me: int
    since: int
    to: int
    memberships: NotRequired[list[MembershipResource]]
    rooms: NotRequired[list[RoomState]]


class PeopleFrame(TypedDict):
    """People that the frames behind it name; each comes once per connection and version."""

    type: Literal["people"]
    people: list[PersonResource]


class ClassicFrame(TypedDict):
    """A post at the classic door; the tutorial's clients read `message` only."""

    message: str
    username: str
    number: int
    seq: int
    at: str
