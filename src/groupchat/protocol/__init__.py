"""The frames of the protocol: what a client may send, and the shapes of what it receives; a module a noun.

`docs/protocol.md` is the normative text, with an example of every frame; tests hold the two together.
Times are ISO 8601 in UTC with milliseconds; ids, numbers and seqs are whole numbers.
"""

from __future__ import annotations

from groupchat.protocol.base import PROTOCOL, Command, PositiveId, Ref, Seq
from groupchat.protocol.blocks import BlockPerson
from groupchat.protocol.changes import Changes, ChangesFrame, MyChangesFrame
from groupchat.protocol.frames import AnyCommand, decode, decode_classic, encode, ref_of, refusal, reply
from groupchat.protocol.memberships import (
    Ban,
    GiveRole,
    Invite,
    JoinRoom,
    LeaveRoom,
    MemberResource,
    Members,
    MembershipResource,
    PinRoom,
    Read,
    Remove,
    SanctionResource,
    Sanctions,
    Silence,
    Unban,
)
from groupchat.protocol.messages import (
    DeleteMessage,
    EditMessage,
    MessageResource,
    Messages,
    MessageVersions,
    NoticeResource,
    PostMessage,
)
from groupchat.protocol.people import FindPeople, PeopleFrame, PersonResource, RenameMe
from groupchat.protocol.rooms import (
    ArchiveRoom,
    Converse,
    CreateRoom,
    DeleteRoom,
    EnterRoom,
    FindRooms,
    RenameRoom,
    RestoreRoom,
    RoomResource,
    RoomSettings,
    RoomState,
    SetTopic,
    Subscribe,
    Unsubscribe,
)
from groupchat.protocol.session import Hello, Ping
from groupchat.protocol.tutorial import ClassicFrame, ClassicPost
from groupchat.protocol.typing import Typing, TypingFrame

__all__ = [
    "PROTOCOL",
    "AnyCommand",
    "ArchiveRoom",
    "Ban",
    "BlockPerson",
    "Changes",
    "ChangesFrame",
    "ClassicFrame",
    "ClassicPost",
    "Command",
    "Converse",
    "CreateRoom",
    "DeleteMessage",
    "DeleteRoom",
    "EditMessage",
    "EnterRoom",
    "FindPeople",
    "FindRooms",
    "GiveRole",
    "Hello",
    "Invite",
    "JoinRoom",
    "LeaveRoom",
    "MemberResource",
    "Members",
    "MembershipResource",
    "MessageResource",
    "MessageVersions",
    "Messages",
    "MyChangesFrame",
    "NoticeResource",
    "PeopleFrame",
    "PersonResource",
    "PinRoom",
    "Ping",
    "PositiveId",
    "PostMessage",
    "Read",
    "Ref",
    "Remove",
    "RenameMe",
    "RenameRoom",
    "RestoreRoom",
    "RoomResource",
    "RoomSettings",
    "RoomState",
    "SanctionResource",
    "Sanctions",
    "Seq",
    "SetTopic",
    "Silence",
    "Subscribe",
    "Typing",
    "TypingFrame",
    "Unban",
    "Unsubscribe",
    "decode",
    "decode_classic",
    "encode",
    "ref_of",
    "refusal",
    "reply",
]
