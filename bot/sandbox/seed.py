"""The world as it is when the sandbox starts: two guilds, six people and the bot."""

from __future__ import annotations

from bot.sandbox.world import APPLICATION_ID, TEXT, Channel, Guild, Member, Role, User, World

BASE = 900000000000000000
OWNER, MODERATOR, MEMBER_1, MEMBER_2, MEMBER_3, OUTSIDER = range(BASE + 300, BASE + 306)

VIEW, SEND, MANAGE_MESSAGES, EMBED, ATTACH, HISTORY = 1 << 10, 1 << 11, 1 << 13, 1 << 14, 1 << 15, 1 << 16
REACT, COMMANDS, MANAGE_EVENTS = 1 << 6, 1 << 31, 1 << 33
THREADS_PUBLIC, THREADS_SEND = 1 << 35, 1 << 38
MEMBER_BITS = VIEW | SEND | EMBED | ATTACH | HISTORY | REACT | COMMANDS | THREADS_PUBLIC | THREADS_SEND
BOT_BITS = 17901423807488
JOINED = "2022-04-01T12:00:00.000000+00:00"

_PEOPLE = ("Owner", "Moderator", "Member 1", "Member 2", "Member 3", "Outsider")


def starting_world() -> World:
    world = World()
    world.users[APPLICATION_ID] = User(APPLICATION_ID, "Community Bot", bot=True)
    for offset, name in enumerate(_PEOPLE):
        world.users[OWNER + offset] = User(OWNER + offset, name)
    home = _guild(world, BASE + 100, "Algovera", OWNER)
    for user_id in (OWNER, MODERATOR, MEMBER_1, MEMBER_2, MEMBER_3):
        join(world, home, user_id)
    home.members[MODERATOR].roles.append(home.id + 20)
    other = _guild(world, BASE + 200, "DeSci Collective", OUTSIDER)
    for user_id in (OUTSIDER, MEMBER_1):
        join(world, other, user_id)
    return world


def join(world: World, guild: Guild, user_id: int, joined_at: str = JOINED) -> Member:
    """Make somebody a member; the bot gets its managed role with it."""
    member = guild.members[user_id] = Member(world.users[user_id], joined_at)
    if user_id == APPLICATION_ID:
        role = Role(guild.id + 22, "Community Bot", BOT_BITS, 3, managed_by=APPLICATION_ID)
        guild.roles.setdefault(role.id, role)
        member.roles.append(role.id)
    return member


def _guild(world: World, guild_id: int, name: str, owner_id: int) -> Guild:
    guild = world.guilds[guild_id] = Guild(guild_id, name, owner_id)
    for role in (
        Role(guild_id, "@everyone", MEMBER_BITS, 0),
        Role(guild_id + 20, "Moderator", MANAGE_MESSAGES | MANAGE_EVENTS, 2, color=0x3BA55D),
        Role(guild_id + 21, "Session pings", 0, 1, color=0xFAA61A, mentionable=True),
    ):
        guild.roles[role.id] = role
    join(world, guild, APPLICATION_ID)
    _channels(world, guild)
    return guild


def _channels(world: World, guild: Guild) -> None:
    bot_role, moderators = guild.id + 22, guild.id + 20
    announcements = Channel(guild.id + 10, TEXT, "announcements", guild.id, "What is on, and when")
    _overwrite(announcements, guild.id, deny=SEND)
    _overwrite(announcements, bot_role, allow=SEND)
    general = Channel(guild.id + 11, TEXT, "general", guild.id, "Talk about anything", position=1)
    private = Channel(guild.id + 12, TEXT, "moderators", guild.id, "For moderators", position=2)
    _overwrite(private, guild.id, deny=VIEW)
    _overwrite(private, moderators, allow=VIEW)
    _overwrite(private, bot_role, allow=VIEW)
    for channel in (announcements, general, private):
        world.add_channel(channel)


def _overwrite(channel: Channel, role_id: int, *, allow: int = 0, deny: int = 0) -> None:
    channel.overwrites[role_id] = {"id": str(role_id), "type": 0, "allow": str(allow), "deny": str(deny)}
