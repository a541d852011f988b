"""Discord's permission bits, and what a member may do in a channel."""

from __future__ import annotations

from enum import IntFlag
from typing import Any

ROLE = 0


class Permission(IntFlag):
    """Every permission bit that Discord documents; 47 is unused."""

    CREATE_INSTANT_INVITE = 1 << 0
    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_AUDIT_LOG = 1 << 7
    PRIORITY_SPEAKER = 1 << 8
    STREAM = 1 << 9
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    VIEW_GUILD_INSIGHTS = 1 << 19
    CONNECT = 1 << 20
    SPEAK = 1 << 21
    MUTE_MEMBERS = 1 << 22
    DEAFEN_MEMBERS = 1 << 23
    MOVE_MEMBERS = 1 << 24
    USE_VAD = 1 << 25
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    MANAGE_GUILD_EXPRESSIONS = 1 << 30
    USE_APPLICATION_COMMANDS = 1 << 31
    REQUEST_TO_SPEAK = 1 << 32
    MANAGE_EVENTS = 1 << 33
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    USE_EXTERNAL_STICKERS = 1 << 37
    SEND_MESSAGES_IN_THREADS = 1 << 38
    USE_EMBEDDED_ACTIVITIES = 1 << 39
    MODERATE_MEMBERS = 1 << 40
    VIEW_CREATOR_MONETIZATION_ANALYTICS = 1 << 41
    USE_SOUNDBOARD = 1 << 42
    CREATE_GUILD_EXPRESSIONS = 1 << 43
    CREATE_EVENTS = 1 << 44
    USE_EXTERNAL_SOUNDS = 1 << 45
    SEND_VOICE_MESSAGES = 1 << 46
    SET_VOICE_CHANNEL_STATUS = 1 << 48
    SEND_POLLS = 1 << 49
    USE_EXTERNAL_APPS = 1 << 50
    PIN_MESSAGES = 1 << 51
    BYPASS_SLOWMODE = 1 << 52


ALL = sum(Permission)
NEEDS_SENDING = int(
    Permission.SEND_TTS_MESSAGES | Permission.EMBED_LINKS | Permission.ATTACH_FILES | Permission.MENTION_EVERYONE
)
ADMINISTRATOR, VIEW_CHANNEL = int(Permission.ADMINISTRATOR), int(Permission.VIEW_CHANNEL)
SEND_MESSAGES, SEND_IN_THREADS = int(Permission.SEND_MESSAGES), int(Permission.SEND_MESSAGES_IN_THREADS)


def compute(  # noqa: PLR0917 - the inputs of Discord's own algorithm, in its order
    guild_owner_id: str,
    everyone_perms: int,
    member_role_perms: list[int],
    member_id: str,
    role_ids: list[str],
    guild_id: str,
    overwrites: list[dict[str, Any]],
    *,
    in_thread: bool = False,
) -> int:
    """Give the bits a member has in a channel, the way Discord works them out (topics/permissions).

    Owner and administrators have all. Otherwise the channel's overwrites act on the sum of the roles, each time first
    what is denied, then what is allowed: those of @everyone, those of all the member's roles together, the member's
    own. Without VIEW_CHANNEL nothing is left; without SEND_MESSAGES, or in a thread SEND_MESSAGES_IN_THREADS, no files,
    embeds, mass pings or text to speech.
    `role_ids` and `member_role_perms` are the member's roles without @everyone; overwrites are those of the channel
    object, ids and bits as strings or numbers.
    """
    if str(member_id) == str(guild_owner_id):
        return ALL
    permissions = everyone_perms
    for role in member_role_perms:
        permissions |= role
    if permissions & ADMINISTRATOR:
        return ALL
    permissions = _overwritten(permissions, overwrites, str(member_id), {str(role) for role in role_ids}, str(guild_id))
    if not permissions & VIEW_CHANNEL:
        return 0
    if not permissions & (SEND_IN_THREADS if in_thread else SEND_MESSAGES):
        permissions &= ~NEEDS_SENDING
    return permissions


def _overwritten(
    permissions: int, overwrites: list[dict[str, Any]], member_id: str, role_ids: set[str], guild_id: str
) -> int:
    # @everyone, the member's roles, the member: the order in which they act
    deny, allow = [0, 0, 0], [0, 0, 0]
    for overwrite in overwrites:
        target = str(overwrite["id"])
        if int(overwrite["type"]) == ROLE:
            step = 0 if target == guild_id else 1 if target in role_ids else None
        else:
            step = 2 if target == member_id else None
        if step is not None:
            deny[step] |= int(overwrite.get("deny") or 0)
            allow[step] |= int(overwrite.get("allow") or 0)
    for step in range(3):
        permissions = permissions & ~deny[step] | allow[step]
    return permissions
