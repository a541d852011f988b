"""Things of the world as the JSON objects that Discord sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.world import APPLICATION_ID, DM, THREADS, VOICE

if TYPE_CHECKING:
    from bot.sandbox.wire import Json
    from bot.sandbox.world import Channel, Guild, Member, Role, User, World

DEFAULT_AUTO_ARCHIVE = 1440
LOCALE = "en-US"


def user(person: User) -> Json:
    """One object per person, shared by all that mention him: not to be changed."""
    if not person.payload:
        person.payload = _user(person)
    return person.payload


def _user(person: User) -> Json:
    return {
        "id": str(person.id),
        "username": person.name if person.bot else person.name.lower().replace(" ", "_"),
        "global_name": None if person.bot else person.name,
        "discriminator": "0",
        "avatar": person.avatar,
        "bot": person.bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def own_user(person: User) -> Json:
    """The bot about itself: account fields beside the public ones."""
    return {**user(person), "mfa_enabled": False, "locale": LOCALE, "verified": True, "email": None}


def member(of: Member, *, with_user: bool = True) -> Json:
    payload: Json = {
        "nick": of.nick,
        "avatar": None,
        "banner": None,
        "roles": [str(role) for role in of.roles],
        "joined_at": of.joined_at,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if with_user:
        payload["user"] = user(of.user)
    return payload


def role(of: Role) -> Json:
    payload: Json = {
        "id": str(of.id),
        "name": of.name,
        "permissions": str(of.permissions),
        "position": of.position,
        "color": of.color,
        "colors": {"primary_color": of.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": bool(of.managed_by),
        "mentionable": of.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }
    if of.managed_by:
        payload["tags"] = {"bot_id": str(of.managed_by)}
    return payload


def channel(world: World, of: Channel) -> Json:
    last = str(of.last_message_id) if of.last_message_id else None
    payload: Json = {"id": str(of.id), "type": of.type, "flags": 0, "last_message_id": last}
    if of.type == DM:
        payload["recipients"] = [user(world.users[of.recipient])]
        return payload
    payload |= {"guild_id": str(of.guild_id), "name": of.name, "rate_limit_per_user": of.rate_limit_per_user}
    if of.type in THREADS:
        return payload | _thread(of)
    payload |= {
        "position": of.position,
        "parent_id": None,
        "topic": of.topic,
        "nsfw": False,
        "permission_overwrites": list(of.overwrites.values()),
    }
    if of.type >= VOICE and of.type != 5:  # noqa: PLR2004  # 5 is the announcement channel, a text one
        payload |= {"bitrate": 64000, "user_limit": 0, "rtc_region": None}
    return payload


def _thread(of: Channel) -> Json:
    return {
        "parent_id": str(of.parent_id),
        "owner_id": str(of.owner_id),
        "thread_metadata": of.thread,
        "message_count": of.message_count,
        "member_count": 1,
        "total_message_sent": of.message_count,
    }


def guild(of: Guild) -> Json:
    """The guild as REST answers it."""
    system = next(iter(of.channels), None)
    return {
        "id": str(of.id),
        "name": of.name,
        "owner_id": str(of.owner_id),
        "roles": [role(each) for each in of.roles.values()],
        "system_channel_id": str(system) if system else None,
        "system_channel_flags": 0,
        "afk_timeout": 300,
        "region": "deprecated",
        "preferred_locale": LOCALE,
        "features": [],
        "emojis": [],
        "stickers": [],
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "widget_enabled": False,
        "max_presences": None,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        **dict.fromkeys(_NULLS),
    }


_NULLS = (
    "icon",
    "description",
    "home_header",
    "splash",
    "discovery_splash",
    "banner",
    "application_id",
    "afk_channel_id",
    "widget_channel_id",
    "vanity_url_code",
    "rules_channel_id",
    "safety_alerts_channel_id",
    "public_updates_channel_id",
    "incidents_data",
)


def guild_create(world: World, of: Guild) -> Json:
    """The guild as the gateway sends it: members are only the bot's own, as without the presence intent."""
    channels = [each for each in of.channels.values() if each.type not in THREADS]
    threads = [each for each in of.channels.values() if each.type in THREADS and not each.thread["archived"]]
    me = of.members[APPLICATION_ID]
    return guild(of) | {
        "joined_at": me.joined_at,
        "large": False,
        "unavailable": False,
        "member_count": len(of.members),
        "members": [member(me)],
        "channels": [channel(world, each) for each in channels],
        "threads": [channel(world, each) for each in threads],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "soundboard_sounds": [],
        "guild_scheduled_events": list(of.scheduled_events.values()),
    }


def application(world: World) -> Json:
    bot = world.bot
    return {
        "id": str(bot.id),
        "name": bot.name,
        "icon": None,
        "description": "The bot that is tried out here",
        "type": None,
        "bot": user(bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": user(world.users[min(each for each in world.users if each != bot.id)]),
        "approximate_guild_count": len(world.bot_guilds()),
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
        "integration_types_config": {"0": {}, "1": {}},
    }
