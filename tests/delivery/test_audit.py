"""The log channel hears of each change once, and no failing channel holds up another."""

from datetime import timedelta
from typing import Any

from bot.delivery.audit import AuditLog
from bot.delivery.calls import Calls
from bot.delivery.pace import Pace
from bot.delivery.sender import Refused, Unsure
from bot.domain.audit import Actor
from bot.domain.guilds import GuildConfig
from bot.store import audit, guilds
from tests.delivery.world import GUILD, MODERATORS, World

WHO = Actor(301, "Moderator @everyone")


class Channel:
    """Takes posts, or raises what it was given."""

    def __init__(self) -> None:
        self.posts: list[tuple[int, str]] = []
        self.faults: dict[int, Exception] = {}

    async def send(self, channel_id: int, reply: Any, **options: Any) -> int:
        assert options == {"nonce": None, "marker": None, "ping_role_id": None}
        if channel_id in self.faults:
            raise self.faults[channel_id]
        self.posts.append((channel_id, reply.content))
        return len(self.posts)


def log_of(world: World) -> tuple[AuditLog, Channel]:
    channel: Any = Channel()
    return AuditLog(world.clock, world.db, channel, Calls(Pace(world.clock))), channel


async def change(world: World, what: str, guild_id: int = GUILD) -> None:
    await world.db.write(audit.record, guild_id, WHO, what, now=world.clock.now())


async def test_changes_become_one_post_and_are_told_once(world: World) -> None:
    log, channel = log_of(world)
    await change(world, "did one thing")
    await change(world, "did another")
    await log.look()
    await log.look()
    ((where, words),) = channel.posts
    assert where == MODERATORS
    assert "did one thing" in words
    assert "did another" in words
    assert "@everyone" not in words


async def test_what_could_not_be_told_is_told_later_and_others_meanwhile(world: World) -> None:
    log, channel = log_of(world)
    await world.db.write(guilds.save_config, GuildConfig(GUILD + 1, log_channel_id=7))
    channel.faults[MODERATORS] = Unsure("no answer")
    await change(world, "did one thing")
    await change(world, "did something there", GUILD + 1)
    await log.look()
    assert [where for where, _ in channel.posts] == [7]
    channel.faults.clear()
    await log.look()
    assert len(channel.posts) == 1, "the channel is left alone for a while"
    world.clock.real += 61
    await log.look()
    assert [where for where, _ in channel.posts] == [7, MODERATORS]


async def test_without_a_channel_that_takes_posts_the_record_is_enough(world: World) -> None:
    log, channel = log_of(world)
    channel.faults[MODERATORS] = Refused(50013, "I may not post in the channel")
    await change(world, "did one thing")
    await world.db.write(guilds.save_config, GuildConfig(GUILD + 1))
    await change(world, "did something there", GUILD + 1)
    await log.look()
    channel.faults.clear()
    world.clock.move(world.clock.now() + timedelta(hours=1), 0)
    await log.look()
    assert channel.posts == []
    assert await world.db.read(audit.untold, 10) == []
