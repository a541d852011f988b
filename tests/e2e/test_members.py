"""What members ask, in the sandbox with the real bot, on the programme of the first session."""

from datetime import timedelta
from typing import Any


async def test_schedule_shows_the_session_and_leads_on(world: Any, e2e: Any) -> None:
    await world.start_bot()
    answer = await world.command(e2e.MEMBER, "schedule")
    message, text = answer["message"], e2e.text_of(answer["message"])
    assert message["flags"] & 64, "only for the person who asked"
    assert "Decentralized AI Infrastructure for Scientific Research in Autonomous Communities" in text
    assert "<t:1653379200:F>" in text  # 24 May 2022, 08:00 UTC
    for talk in (
        "Composable DeSci Flows Via Token\\-Wrapped Data & Algorithms",
        "Compute over Data",
        "Decentralized Infrastructure for Science",
        "Decentralized AI for Planetary Regeneration",
        "The Decentralized AI Stack",
    ):
        assert talk in text or talk.replace("\\", "") in text, talk
    for person in ("Trent McConaghy", "David Aronchik", "Christopher Hill", "Rafael Kaufmann", "Richard Blythman"):
        assert person in text
    assert "Shady (OpSci)" in text.replace("\\", "")
    labels = [button["label"] for button in e2e.buttons(message)]
    assert {"Speakers", "Talks", "In person", "Online", "Maybe", "Can't go"} <= set(labels)

    speakers = await world.press(e2e.MEMBER, message, "Speakers")
    assert "Protocol Labs" in e2e.text_of(speakers["message"])
    theme = await world.press(e2e.MEMBER, message, "Read the whole theme")
    assert theme["state"] == "answered"
    assert theme["message"]["flags"] & 64


async def test_speakers_are_found_by_name_affiliation_and_without_accents(world: Any, e2e: Any) -> None:
    await world.start_bot()
    for typed, expected in (("rafael", "Rafael Kaufmann"), ("RAFAËL", "Rafael Kaufmann"), ("ocean", "Trent McConaghy")):
        answer = await world.command(e2e.MEMBER, "speaker", name=typed)
        assert expected in e2e.text_of(answer["message"]), typed
    choices = await world.remote.autocomplete(
        e2e.MEMBER, "speaker", "name", guild=e2e.GUILD, channel=e2e.GENERAL, options={"name": "protocol"}
    )
    assert [choice["name"] for choice in choices if "David Aronchik" in choice["name"]]
    chosen = await world.command(e2e.MEMBER, "speaker", name=choices[0]["value"])
    assert "No abstract yet" in e2e.text_of(chosen["message"])
    nobody = await world.command(e2e.MEMBER, "speaker", name="@everyone `x` <@&900000000000000121>")
    assert nobody["state"] == "answered"
    assert "<@&900000000000000121>" not in e2e.text_of(nobody["message"])


async def test_talks(world: Any, e2e: Any) -> None:
    await world.start_bot()
    talk = await world.command(e2e.MEMBER, "talk", title="compute over data")
    text = e2e.text_of(talk["message"])
    assert "David Aronchik" in text
    assert "No abstract yet" in text
    every = await world.command(e2e.MEMBER, "talk")
    assert "The Decentralized AI Stack" in e2e.text_of(every["message"])


async def test_stream_before_with_link_and_after(world: Any, e2e: Any) -> None:
    await world.start_bot()
    before = e2e.text_of((await world.command(e2e.MEMBER, "stream"))["message"])
    assert "not announced yet" in before
    assert "<t:1653378600:t>" in before  # ten minutes before

    refused = await world.command(e2e.MEMBER, "session stream", url="https://example.org/live")
    assert "Manage Server" in e2e.text_of(refused["message"])
    wrong = await world.command(e2e.MODERATOR, "session stream", url="javascript:alert(1)")
    assert "https" in e2e.text_of(wrong["message"])
    done = await world.command(e2e.MODERATOR, "session stream", url="https://example.org/live")
    assert "https://example.org/live" in e2e.text_of(done["message"])
    assert "https://example.org/live" in e2e.text_of((await world.command(e2e.MEMBER, "stream"))["message"])

    await world.jump(e2e.END + timedelta(minutes=1))
    assert "not up yet" in e2e.text_of((await world.command(e2e.MEMBER, "stream"))["message"])
    await world.command(e2e.MODERATOR, "session recording", url="https://example.org/recording")
    assert "https://example.org/recording" in e2e.text_of((await world.command(e2e.MEMBER, "stream"))["message"])


async def test_about_and_help(world: Any, e2e: Any) -> None:
    await world.start_bot()
    about = (await world.command(e2e.MEMBER, "about"))["message"]
    links = [button.get("url", "") for button in e2e.buttons(about)]
    everything = e2e.text_of(about) + "\n".join(links)
    for way in ("discord.com/invite/e65RuHSDS5", "docs.algovera.ai", "mirror.xyz", "Algovera"):
        assert way in everything, way

    async def linked() -> str | None:  # the bot may still wait for the ids of the commands that it has just told
        text = str(e2e.text_of((await world.command(e2e.MEMBER, "help"))["message"]))
        return text if "</" in text else None

    text = await e2e.eventually(linked, why="the commands can be clicked")
    for command in ("schedule", "speaker", "talk", "stream", "rsvp", "about"):
        assert f"</{command}:" in text, command
    assert "session stream" not in text
    assert "session stream" in e2e.text_of((await world.command(e2e.MODERATOR, "help"))["message"])


async def test_other_guilds_see_nothing_of_ours(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    there = await world.command(e2e.OUTSIDER, "schedule", channel=e2e.OTHER_GENERAL)
    assert "Decentralized" not in e2e.text_of(there["message"])
    session_id = e2e.button_ids(card, "rsvp:")[0].split(":")[1]
    for command, option in (("schedule", "session"), ("rsvp", "session"), ("stream", "session")):
        foreign = await world.command(e2e.OUTSIDER, command, channel=e2e.OTHER_GENERAL, **{option: session_id})
        assert foreign["state"] == "answered"
        assert "Decentralized" not in e2e.text_of(foreign["message"])
        assert "not go on" not in e2e.text_of(foreign["message"])


async def test_old_and_forged_buttons_get_a_polite_answer(world: Any, e2e: Any) -> None:
    await world.start_bot()
    card = await world.card()
    session_id = e2e.button_ids(card, "rsvp:")[0].split(":")[1]
    for custom_id in (
        "rsvp",
        "rsvp:",
        f"rsvp:{'0' * 32}:online",
        f"rsvp:{session_id}:dancing",
        f"rsvp:{session_id}:online:more",
        "from-release-zero:1",
        "theme:../../etc/passwd",
        "speaker:'; DROP TABLE session; --",
        "talk:" + "x" * 95,
        "rm:short:x:y",
    ):
        answer = await world.remote.press(e2e.MEMBER, card["id"], custom_id, force=True)
        assert answer["state"] == "answered", (custom_id, answer["failure"])
        text = e2e.text_of(answer["message"])
        assert text, custom_id
        assert "reference" not in text, (custom_id, text)
    assert (await world.command(e2e.MEMBER, "schedule"))["state"] == "answered"
