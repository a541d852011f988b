import asyncio

import pytest

from bot.delivery.sender import Refused, Unsure
from bot.domain.guilds import GuildConfig
from bot.store import guilds
from tests.delivery.world import ANNOUNCEMENTS, GUILD, MODERATORS, World


async def test_what_goes_wrong_together_is_one_message_that_pings_nobody(world: World) -> None:
    tell = world.courier.moderators.tell
    told = await asyncio.gather(tell(GUILD, "one"), tell(GUILD, "two"), tell(GUILD, "one"))
    assert all(told)
    assert world.told() == ["one\ntwo"]
    assert world.discord.posts(MODERATORS)[0].pinged_role is None


async def test_the_same_is_not_said_twice_in_an_hour(world: World) -> None:
    for _ in range(3):
        assert await world.courier.moderators.tell(GUILD, "again")
    assert world.told() == ["again"]
    world.clock.real += 3601
    assert await world.courier.moderators.tell(GUILD, "again")
    assert world.told() == ["again", "again"]


async def test_more_than_a_message_holds_is_counted(world: World) -> None:
    await asyncio.gather(*(world.courier.moderators.tell(GUILD, f"{number:03} " + "x" * 96) for number in range(60)))
    (told,) = world.told()
    assert len(told) <= 2000
    shown = told.count("\n")
    assert told.endswith(f"… and {60 - shown} more")


async def test_without_a_log_channel_it_stands_in_the_log(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.db.write(guilds.save_config, GuildConfig(GUILD, ANNOUNCEMENTS))
    assert await world.courier.moderators.tell(GUILD, "something")
    assert "something" in caplog.text
    assert world.told() == []


@pytest.mark.parametrize(("fault", "told"), [(Unsure("error 503"), False), (Refused(50013, "no"), True)])
async def test_it_says_whether_it_is_worth_trying_again(
    world: World, fault: Exception, told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def send(*_: object, **__: object) -> int:
        raise fault

    monkeypatch.setattr(world.discord, "send", send)
    assert await world.courier.moderators.tell(GUILD, "something") is told


@pytest.mark.parametrize("fault", [Unsure("error 503"), Refused(50013, "no")])
async def test_that_they_could_not_be_told_is_no_news_for_them(
    world: World, fault: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def send(*_: object, **__: object) -> int:
        nonlocal tries
        tries += 1
        raise fault

    monkeypatch.setattr(world.discord, "send", send)
    await world.courier.moderators.tell(GUILD, "something")
    for _ in range(5):
        await world.clock.sleep(10)
    assert tries == 1
