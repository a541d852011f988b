"""What moderators set up for their server: the panel, the welcome, the doctor, and servers that come and go."""

import contextlib
import sqlite3
from datetime import timedelta
from typing import Any

VIEW, SEND, EMBED, ATTACH, HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 16


def moment(world: Any, guild: str, column: str) -> int | None:
    """`known_since` or `left_at` of a guild, as the database has it."""
    with contextlib.closing(sqlite3.connect(world.folder / "community.db")) as conn:
        row = conn.execute(f"SELECT {column} FROM guild WHERE guild_id = ?", (int(guild),)).fetchone()
        return None if row is None else row[0]


async def at_home(world: Any, e2e: Any) -> None:
    """The bot has taken note of the servers it is in: what comes after its start are true arrivals and departures."""

    async def noted() -> bool:
        return moment(world, e2e.GUILD, "known_since") is not None

    await e2e.eventually(noted, why="the servers are noted")


async def choose(world: Any, user: str, panel: dict[str, Any], what: str, *values: str) -> dict[str, Any]:
    """Choose in a menu of the panel; returns the interaction."""
    answer: dict[str, Any] = await world.remote.press(user, panel["id"], f"settings:{what}", values=list(values))
    return answer


def menu(e2e: Any, panel: dict[str, Any], what: str) -> dict[str, Any]:
    found: dict[str, Any] = next(
        one for one in e2e.components(panel) if one.get("custom_id", "").startswith(f"settings:{what}")
    )
    return found


async def test_the_panel_is_for_people_who_manage_the_server(world: Any, e2e: Any) -> None:
    await world.start_bot()
    for user in (e2e.MEMBER, e2e.MODERATOR):  # the moderator has the role, not Manage Server
        refused = await world.command(user, "settings")
        assert "Manage Server" in e2e.text_of(refused["message"])
    shown = await world.command(e2e.OWNER, "settings")
    panel = shown["message"]
    assert panel["flags"] & 64
    text = e2e.text_of(panel)
    assert f"<#{e2e.ANNOUNCEMENTS}>" in text
    assert f"<@&{e2e.MODERATOR_ROLE}>" in text
    assert "❌" not in text
    forced = await world.remote.press(e2e.OWNER, panel["id"], "settings:nonsense", values=["1"], force=True)
    assert "not offered any more" in e2e.text_of(forced["message"])


async def test_a_channel_is_checked_at_once(world: Any, e2e: Any) -> None:
    await world.start_bot()
    panel = (await world.command(e2e.OWNER, "settings"))["message"]
    await world.remote.world("set_overwrite", channel=e2e.GENERAL, target=e2e.BOT_ROLE, deny=EMBED | HISTORY)
    refused = await choose(world, e2e.OWNER, panel, "announce", e2e.GENERAL)
    text = e2e.text_of(refused["message"])
    assert "Nothing was changed" in text
    assert "Embed Links" in text
    assert "Read Message History" in text
    assert menu(e2e, refused["message"], "announce")["default_values"][0]["id"] == e2e.ANNOUNCEMENTS

    await world.remote.world("set_overwrite", channel=e2e.GENERAL, target=e2e.BOT_ROLE, allow=VIEW)
    saved = await choose(world, e2e.OWNER, panel, "announce", e2e.GENERAL)
    assert "Saved" in e2e.text_of(saved["message"])
    assert menu(e2e, saved["message"], "announce")["default_values"][0]["id"] == e2e.GENERAL
    assert f"<#{e2e.GENERAL}>" in e2e.text_of((await world.command(e2e.OWNER, "settings"))["message"])

    for what, value in (("zone", "Mars/Olympus"), ("reminders", "99999"), ("reminders", "1; DROP TABLE guild")):
        forged = await world.remote.press(e2e.OWNER, panel["id"], f"settings:{what}", values=[value], force=True)
        assert "Nothing was changed" in e2e.text_of(forged["message"])
    none = await choose(world, e2e.OWNER, panel, "log")
    assert "No log channel is chosen" in e2e.text_of(none["message"])


async def test_nobody_lends_the_bot_rights_that_he_has_not(world: Any, e2e: Any) -> None:
    """Somebody with Manage Server alone may neither write in the announcements nor ping a role that is not open."""
    await world.remote.world("set_role_permissions", guild=e2e.GUILD, role=e2e.MODERATOR_ROLE, permissions=1 << 5)
    await world.start_bot(ANNOUNCE_CHANNEL_ID="", PING_ROLE_ID="")
    panel = (await world.command(e2e.MODERATOR, "settings"))["message"]
    refused = await choose(world, e2e.MODERATOR, panel, "announce", e2e.ANNOUNCEMENTS)
    assert "You may not write" in e2e.text_of(refused["message"])
    await world.remote.world("set_role_permissions", guild=e2e.GUILD, role=e2e.PINGS, permissions=0, mentionable=False)
    refused = await choose(world, e2e.MODERATOR, panel, "ping", e2e.PINGS)
    assert "You may not ping" in e2e.text_of(refused["message"])
    refused = await choose(world, e2e.OWNER, (await world.command(e2e.OWNER, "settings"))["message"], "ping", e2e.PINGS)
    assert "I may not ping" in e2e.text_of(refused["message"])
    everyone = await choose(world, e2e.MODERATOR, panel, "ping", e2e.GUILD)
    assert "never ping everyone" in e2e.text_of(everyone["message"])
    everyone = await choose(world, e2e.MODERATOR, panel, "moderators", e2e.GUILD)
    assert "Everybody has that role" in e2e.text_of(everyone["message"])


async def test_zone_and_default_reminders(world: Any, e2e: Any) -> None:
    await world.start_bot()
    choices = await world.remote.autocomplete(
        e2e.OWNER, "settings", "zone", guild=e2e.GUILD, channel=e2e.GENERAL, options={"zone": "lisb"}
    )
    assert choices[0]["value"] == "Europe/Lisbon"
    wrong = await world.command(e2e.OWNER, "settings", zone="Lisboa time")
    assert "no time zone" in e2e.text_of(wrong["message"])
    wrong = await world.command(e2e.OWNER, "settings", reminders="soon")
    assert "cannot read" in e2e.text_of(wrong["message"])
    done = await world.command(e2e.OWNER, "settings", zone="Europe/Lisbon", reminders="2h, 10m")
    text = e2e.text_of(done["message"])
    assert "Europe/Lisbon" in text
    assert "2 hours and 10 minutes before" in text
    plan = e2e.text_of((await world.command(e2e.MODERATOR, "reminders list"))["message"])
    assert "2-hour reminder" in plan
    assert "24-hour reminder" not in plan
    chosen = await choose(world, e2e.OWNER, done["message"], "reminders", "60")
    assert "1 hour before, and at the start" in e2e.text_of(chosen["message"])


async def test_what_could_not_be_posted_is_posted_when_rights_come(world: Any, e2e: Any) -> None:
    await world.remote.world("set_overwrite", channel=e2e.ANNOUNCEMENTS, target=e2e.BOT_ROLE, deny=SEND)
    await world.start_bot()

    async def told() -> bool:
        log = await world.messages(e2e.LOG, e2e.MODERATOR)
        return any("could not be posted" in e2e.text_of(message) for message in log)

    await e2e.eventually(told, within=25, why="the second refusal is told")
    doctor = e2e.text_of((await world.command(e2e.MODERATOR, "doctor"))["message"])
    assert "❌" in doctor
    assert "Send Messages" in doctor
    assert "announcement of" in doctor
    await world.remote.world("set_overwrite", channel=e2e.ANNOUNCEMENTS, target=e2e.BOT_ROLE, allow=VIEW | SEND)
    assert await world.card()


async def test_the_doctor(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    assert "Manage Server" in e2e.text_of((await world.command(e2e.MEMBER, "doctor"))["message"])
    answer = await world.command(e2e.MODERATOR, "doctor")
    assert answer["message"]["flags"] & 64
    text = e2e.text_of(answer["message"])
    assert "❌" not in text.partition("✅ in order")[0]
    assert "no link to its stream" in text
    assert "no abstract" in text
    assert "The database is sound" in text
    assert "The clock is right" in text
    assert "24-hour reminder" in text
    await world.command(e2e.MODERATOR, "reminders pause")
    await world.remote.world("delete_role", guild=e2e.GUILD, role=e2e.PINGS)
    await world.jump(e2e.START - timedelta(minutes=30))
    text = e2e.text_of((await world.command(e2e.MODERATOR, "doctor"))["message"])
    assert "Paused" in text
    assert "role to ping was deleted" in text
    assert "❌ **Decentralized" in text  # the missing link is a trouble now
    panel = (await world.command(e2e.OWNER, "settings"))["message"]
    pressed = await world.press(e2e.OWNER, panel, "Check everything")
    assert "Paused" in e2e.text_of(pressed["message"])


async def greetings(world: Any, e2e: Any) -> list[str]:
    texts = [e2e.text_of(message) for message in await world.messages(e2e.OTHER_ANNOUNCEMENTS, e2e.OUTSIDER)]
    return [text for text in texts if "👋" in text]


async def test_a_new_server_is_welcomed_once(world: Any, e2e: Any) -> None:
    await world.remote.world("kick_bot", guild=e2e.OTHER_GUILD)
    await world.start_bot()
    await at_home(world, e2e)
    await world.remote.world("invite_bot", guild=e2e.OTHER_GUILD)

    async def welcomed() -> bool:
        return bool(await greetings(world, e2e))

    await e2e.eventually(welcomed, why="the server is welcomed")
    assert "Hello" in (await greetings(world, e2e))[0]
    hello = (await world.messages(e2e.OTHER_ANNOUNCEMENTS, e2e.OUTSIDER))[-1]
    assert hello["_pinged"] == {"users": [], "roles": [], "everyone": False}
    refused = await world.press(e2e.MEMBER, hello, "Set me up")
    assert "Manage Server" in e2e.text_of(refused["message"])
    opened = await world.press(e2e.OUTSIDER, hello, "Set me up")
    panel = opened["message"]
    assert panel["flags"] & 64
    assert "No announcement channel" in e2e.text_of(panel)
    saved = await choose(world, e2e.OUTSIDER, panel, "announce", e2e.OTHER_ANNOUNCEMENTS)
    assert "Saved" in e2e.text_of(saved["message"])
    # An outage is no departure, and its end no arrival.
    await world.remote.world("guild_unavailable", guild=e2e.OTHER_GUILD)
    await world.remote.world("guild_available", guild=e2e.OTHER_GUILD)
    await world.remote.gateway("reconnect")
    shown = await world.command(e2e.OUTSIDER, "settings", channel=e2e.OTHER_GENERAL)
    assert f"<#{e2e.OTHER_ANNOUNCEMENTS}>" in e2e.text_of(shown["message"])
    assert len(await greetings(world, e2e)) == 1
    mine = await world.command(e2e.OWNER, "settings")
    assert f"<#{e2e.OTHER_ANNOUNCEMENTS}>" not in e2e.text_of(mine["message"])


async def test_kicked_and_invited_again_everything_is_as_it_was(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    await world.press(e2e.MEMBER, card, "Online")
    await at_home(world, e2e)
    await world.remote.world("kick_bot", guild=e2e.GUILD)

    async def gone() -> bool:
        return moment(world, e2e.GUILD, "left_at") is not None

    await e2e.eventually(gone, why="the departure is noted")
    await world.jump(e2e.START - timedelta(minutes=25))  # 24 hours and 1 hour fell due; the latter is out of its grace
    calls = (await world.remote.journal())["next"]
    await world.remote.world("invite_bot", guild=e2e.GUILD)

    async def greeted() -> bool:
        log = await world.messages(e2e.LOG, e2e.MODERATOR)
        return any("I am back" in e2e.text_of(message) for message in log)

    await e2e.eventually(greeted, why="the return is noted")
    plan = e2e.text_of((await world.command(e2e.MODERATOR, "reminders list"))["message"])
    assert plan.count("I was not in this server then") == 2
    assert await world.reminders() == []
    tried = (await world.remote.journal(calls))["entries"]
    assert all(entry["status"] < 400 for entry in tried)
    await world.jump(e2e.START - timedelta(minutes=10))

    async def reminded() -> bool:
        return len(await world.reminders()) == 1

    await e2e.eventually(reminded, why="reminders go on")
    assert "Online · 1" in e2e.text_of(await world.card())


async def test_thirty_days_after_the_departure_nothing_is_left(world: Any, e2e: Any) -> None:
    bot = await world.start_bot()
    card = await world.card()
    await world.press(e2e.MEMBER, card, "Online")
    await at_home(world, e2e)
    await bot.stop()
    await world.remote.world("kick_bot", guild=e2e.GUILD)  # while nobody listens
    await world.start_bot()

    async def gone() -> bool:
        return moment(world, e2e.GUILD, "left_at") is not None

    await e2e.eventually(gone, why="the departure is noticed at the next start")
    await world.jump(e2e.START + timedelta(days=31))

    async def erased() -> bool:
        with contextlib.closing(sqlite3.connect(world.folder / "community.db")) as conn:
            tables = ("session", "rsvp", "reminder", "speaker", "talk", "guild")
            return all(
                conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == (1 if table == "guild" else 0)
                for table in tables
            )

    await e2e.eventually(erased, why="all but the other guild is erased")
