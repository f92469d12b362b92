"""The nouns: what the database holds."""

from groupchat.models.agenda import SavedMessage, ScheduledMessage
from groupchat.models.audit import AuditEntry
from groupchat.models.blocks import Block
from groupchat.models.devices import Device
from groupchat.models.effects import Effect
from groupchat.models.invites import InviteLink
from groupchat.models.limits import Allowance, PeriodicJob
from groupchat.models.memberships import Membership
from groupchat.models.messages import Message, Notice
from groupchat.models.order import Purge, Report
from groupchat.models.parts import MessagePin, MessageReaction, MessageReply, MessageThread, MessageVersion
from groupchat.models.people import FormerHandle, Person
from groupchat.models.rooms import Room, RoomName
from groupchat.models.server import ServerState
from groupchat.models.tokens import Token

__all__ = [
    "Allowance",
    "AuditEntry",
    "Block",
    "Device",
    "Effect",
    "FormerHandle",
    "InviteLink",
    "Membership",
    "Message",
    "MessagePin",
    "MessageReaction",
    "MessageReply",
    "MessageThread",
    "MessageVersion",
    "Notice",
    "PeriodicJob",
    "Person",
    "Purge",
    "Report",
    "Room",
    "RoomName",
    "SavedMessage",
    "ScheduledMessage",
    "ServerState",
    "Token",
]
