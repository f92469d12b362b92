"""The one reader of ``settings.GROUPCHAT``.

Every option is a field of :class:`Conf`; its upper-case name is the key in ``settings.GROUPCHAT`` and, behind
``GROUPCHAT_``, the environment variable that ``groupchat serve`` reads. A limit of 0 means: no limit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from groupchat.characters import strays

LONGEST_SITE_NAME = 60

Line = str  # what people read on one line, no path
Dotted = str  # where something lies in Python
Access = str  # who may come in
Store = str  # where limits are counted
Source = Any  # a function, or where one lies in Python


@dataclass(frozen=True, slots=True)
class Conf:
    """All options of the chat, with the defaults of an embedding site."""

    # what the pages, the app and the mails call the chat
    site_name: Line = "Group Chat"

    # who may come in
    guests: bool = False  # people without an account may take part under a name
    access: Access = "open"  # to whoever has the address, or "invited": only by a link; an owner may choose otherwise
    strangers_see_rooms: bool = True  # the list of open rooms, before they are in; an owner may choose otherwise

    # what a site's users are called
    user_name: Source = "groupchat.actions.people.usual_name"  # gives the name of a user of the site
    follow_users: bool = False  # who has an account is called as the site says, with each save of its user

    delete_users: bool = False  # who deletes their account takes the site's user along, else only who they are here

    # how often what is worth guessing or flooding may be done, counted for all processes together (`ratelimit.LIMITS`).
    # Of an address: the machine's own are not counted, and of IPv6 it is the network (/64).
    limits_store: Store = "database"  # where they are counted: "database", or the address of a Redis
    max_new_guests_per_minute: int = 60  # of one address
    max_renames_per_hour: int = 10  # of one person: each is told in all of their rooms
    max_new_rooms_per_hour: int = 60  # of one account or bot; owners of the site make as many as they like
    max_guest_rooms_per_hour: int = 10  # of one guest
    max_guest_rooms_per_hour_of_address: int = 60  # by guests of one address
    max_room_renames_per_hour: int = 10  # of one room
    max_wrong_passwords_per_hour: int = 10  # of one account, existing or not
    max_wrong_passwords_per_hour_of_address: int = 60
    max_wrong_codes_per_hour: int = 10  # of one account: what is asked beside the password
    max_wrong_links_per_hour: int = 60  # of one address: owner's links, links of mails
    max_wrong_tokens_per_minute: int = 30  # of one address
    max_deletions_per_day: int = 1  # by one user of the site, who may come again as somebody new
    max_exports_per_hour: int = 3  # of one person: all that is theirs is read for it
    max_sign_ups_per_hour: int = 60  # of one address
    max_account_mails_per_hour: int = 5  # to one address of mail: a lost password, a new address
    max_account_mails_per_hour_of_address: int = 30  # asked for by one address of the network

    # where sockets connect, below the site's root; the page is told of it
    socket_path: str = "ws/"
    tutorial: bool = True  # whether the protocol of Channels' tutorial is spoken, at chat/<room>/ below that

    # rooms that nobody needs
    empty_room_hours: int = 0  # then a public room where nobody wrote, or is but its maker, is gone; 0: never
    deleted_room_days: int = 30  # then a deleted room is gone for good, with all that was said in it; 0: never
    max_former_handles: int = 5  # of somebody with an account; the oldest become free
    max_former_names: int = 5  # names by guests that a room keeps beside its present one; the oldest become free

    # who may do what: a subclass of groupchat.permissions.Rules
    permissions: Dotted = "groupchat.permissions.Rules"
    max_conversation_people: int = 10  # 30 at most
    max_blocked_people: int = 200  # by one person
    max_handles_per_hour: int = 3  # that one person takes
    max_invited_people: int = 50  # with one command
    max_invitations_per_hour: int = 200  # people whom one person brings into rooms
    invite_link_days: int = 7  # how long an invite link holds where its maker says nothing else; 0: for ever
    max_invite_link_days: int = 90  # 0: no limit, and then a link may hold for ever
    max_invite_link_uses: int = 1_000  # of one link, and what it has where its maker says nothing else
    max_invite_links: int = 50  # that hold, of one room, or to the site
    max_invite_links_per_hour: int = 30  # that one person makes

    # order in a room
    max_slow_mode_seconds: int = 21_600  # between two messages of one person; 0: any
    max_raid_seconds: int = 86_400  # for which a room is shut to newcomers at once; 0: any

    max_reports_per_hour: int = 30  # of one person
    max_report_acts_per_minute: int = 60  # reports that one person claims or resolves
    newcomer_hours: int = 0  # for so long a guest or an account is new here; 0: nobody is
    max_newcomer_posts_per_minute: int = 10  # of one who is
    max_newcomer_links_per_hour: int = 5  # messages with a link in them
    report_days: int = 90  # after which resolved reports, with the copies of messages in them, are gone; 0: never

    # slash commands of the site
    max_commands_run_per_minute: int = 30  # by one person
    max_commands_waiting: int = 20  # in a process, for others of the site to end
    command_seconds: int = 10  # for which its writer waits for an answer; 0: for ever

    # limits of words
    max_body_characters: int = 8_000
    max_draft_characters: int = 8_000  # that go to one's other devices; 0: none do
    max_draft_characters_in_all: int = 20_000  # of one person's drafts together; 0: any
    max_room_name_characters: int = 80
    max_topic_characters: int = 250
    max_person_name_characters: int = 50

    # pictures of people and rooms, where Pillow is installed
    max_picture_bytes: int = 5_000_000  # of a file that is uploaded; 0: nobody uploads any
    max_picture_pixels: int = 25_000_000  # each takes four bytes while it is cut
    max_pictures_per_hour: int = 20  # that one person uploads
    # limits of what is formatted; past them a message is shown as it was written
    max_marks: int = 1_000  # in one message, beside those in blocks of code
    max_mark_depth: int = 8  # lists in lists, quotes in quotes
    max_html_characters: int = 64_000  # of what a message becomes

    # limits of a socket
    max_frame_bytes: int = 64 * 1024
    max_commands_per_second: int = 10  # per person and process, after a burst
    max_commands_burst: int = 50
    max_connections_per_user: int = 20
    max_connections_per_address: int = 200
    max_rooms_per_connection: int = 500
    max_outbox_bytes: int = 1024 * 1024  # unsent bytes of one socket; past it the socket is closed as slow
    reserved_files: int = 128  # of those a process may open (RLIMIT_NOFILE), what new sockets leave
    trusted_proxies: int = 0  # how many proxies in front add to X-Forwarded-For; the address is taken from there

    # limits of reading
    max_page_messages: int = 100
    max_page_members: int = 200
    max_page_rooms: int = 100  # over HTTP
    max_changes: int = 1_000  # entities one `changes` may carry; more means `reset`
    max_positions: int = 50  # rooms whose changes one `hello` may ask for; the others are reset
    max_uncounted: int = (
        1_000  # own and deleted messages behind the marks that one answer names; the rest counts as unread
    )

    # reading out of order
    max_read_ranges: int = 50  # ranges that a person read ahead of their mark in a room; the lowest go first
    max_unread_back: int = 10_000  # messages that somebody marks as unread again

    # threads
    max_thread_people: int = 5  # whom a message names of those who answered it, the first
    max_followed_threads: int = 200  # threads of a room of which one person says that they follow them, or do not

    # writing
    max_message_versions: int = 50  # earlier ones that are kept of an edited message, the newest
    max_saved_messages: int = 300  # that one person keeps for themselves: their devices are told of all
    max_scheduled_messages: int = 100  # that one person is to send
    max_days_ahead: int = 366  # for which somebody is reminded, or a message is to be sent
    max_room_pins: int = 50  # messages that are pinned in one room
    max_reactions_per_person: int = 20  # different emoji of one person at one message
    max_reactions_per_message: int = 100  # different emoji at one message
    max_reaction_people: int = 50  # whom a message names of those who reacted with an emoji, the first

    # posting
    max_post_batch: int = 256  # posts in one transaction
    max_posts_waiting: int = 10_000  # posts waiting for a transaction in this process; past it: overloaded

    # effects: what is done later about what happened
    run_effects: bool = True  # in this process; where it is off, `groupchat worker` must run
    effect_threads: int = 4  # handlers that run at once in a process; 0 is 1
    max_effect_batch: int = 100  # effects that a process takes at once; 0 is 1
    max_effect_attempts: int = 20  # then it has failed
    effect_pause_seconds: int = 5  # before the second attempt; doubled with each that follows
    max_effect_pause_seconds: int = 3_600
    effect_lease_seconds: int = 60  # a process that died holds what it had taken for so long; 5 at least
    effect_poll_milliseconds: int = 1_000  # how often each process looks for what others wrote

    # between processes
    max_publications_waiting: int = 10_000  # publications waiting for the broker; past it the sweep delivers
    max_broker_bytes: int = 32 * 1024  # a larger frame travels as a wakeup: "look at the database"
    max_ephemeral_deliveries_per_second: int = 2_000  # who is typing: of one room and process; 0: none
    gap_wait_milliseconds: int = 50  # how long a frame that came too early waits for the one before it
    sweep_milliseconds: int = 500  # how often each process compares its positions with the database

    @property
    def largest_answer_bytes(self) -> int:
        """What one answer may take of the outbox, so that no answer closes a socket as slow; 0: as much as it likes."""
        return self.max_outbox_bytes // 2


# by the type of the field: what is right, and what that is called
_KINDS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "bool": (lambda value: isinstance(value, bool), "True or False"),
    "int": (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        "a whole number, 0 or more",
    ),
    "str": (
        lambda value: isinstance(value, str) and re.fullmatch(r"([\w.~-]+/)+", value, re.ASCII) is not None,
        'a path without a slash before it and with one behind it, like "ws/"',
    ),
    "Dotted": (
        lambda value: isinstance(value, str) and re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", value) is not None,
        'where a class lies, like "shop.chat.Rules"',
    ),
    "Access": (lambda value: value in ("open", "invited"), '"open" or "invited"'),
    "Source": (
        lambda value: (
            callable(value)
            or (isinstance(value, str) and re.fullmatch(r"[^\W\d]\w*(\.[^\W\d]\w*)+", value) is not None)
        ),
        'a function, or where one lies, like "shop.chat.name_of"',
    ),
    "Store": (
        lambda value: (
            isinstance(value, str) and (value == "database" or re.match(r"(rediss?|unix)://\S+\Z", value) is not None)
        ),
        '"database", or an address like redis://host:6379/0',
    ),
    "Line": (
        lambda value: (
            isinstance(value, str)
            and value.strip() == value
            and 0 < len(value) <= LONGEST_SITE_NAME
            and not strays(value)
        ),
        f"a line of 1 to {LONGEST_SITE_NAME} characters, with none that is not drawn",
    ),
}


def _load() -> Conf:
    given: dict[str, Any] = dict(getattr(settings, "GROUPCHAT", {}))
    values: dict[str, Any] = {}
    for field in fields(Conf):
        key = field.name.upper()
        if key not in given:
            continue
        values[field.name] = _checked(str(field.type), given.pop(key), f'GROUPCHAT["{key}"]')
    if given:
        known = ", ".join(field.name.upper() for field in fields(Conf))
        raise ImproperlyConfigured(f"Unknown keys in GROUPCHAT: {', '.join(sorted(given))}. Known: {known}.")
    return Conf(**values)


def check_text(kind: str, value: str, name: str) -> str:
    """The value of an option that is a text, by the kind of its field; raises ImproperlyConfigured with its name."""
    return str(_checked(kind, value, name))


def _checked(kind: str, value: Any, name: str) -> Any:
    is_right, words = _KINDS[kind]
    if not is_right(value):
        told = "" if kind == "Store" else f", not {value!r}"  # there may be a password in it
        raise ImproperlyConfigured(f"{name} must be {words}{told}.")
    return value


_loaded: Conf | None = None


def conf() -> Conf:
    """The options in force; read once, and again when a test overrides the settings."""
    global _loaded
    if _loaded is None:
        _loaded = _load()
    return _loaded


def _forget(*, setting: str, **_: Any) -> None:
    global _loaded
    if setting == "GROUPCHAT":
        _loaded = None


setting_changed.connect(_forget)
