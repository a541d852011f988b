"""Programmes as files, in and out of the real bot, and sessions for people's own calendars."""

import base64
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "tests/formats/fixtures"
TITLE = "Decentralized AI Infrastructure"


async def fetched(world: Any, answer: Any, ending: str) -> bytes:
    """The content of the file that came with an answer."""
    file = next(each for each in answer["message"]["attachments"] if each["filename"].endswith(ending))
    async with world.remote.session.get(file["url"]) as response:
        assert response.status == 200
        return bytes(await response.read())


async def imported(world: Any, e2e: Any, data: bytes, name: str, user: str | None = None, **options: str) -> Any:
    return await world.remote.command(
        user or e2e.MODERATOR,
        "session import",
        guild=e2e.GUILD,
        channel=e2e.GENERAL,
        options=options,
        attachments={"file": {"filename": name, "base64": base64.b64encode(data).decode()}},
    )


async def exported(world: Any, e2e: Any, kind: str, ending: str) -> bytes:
    answer = await world.command(e2e.MODERATOR, "session export", format=kind)
    assert answer["message"]["flags"] & 64, "only for the person who asked"
    return await fetched(world, answer, ending)


async def test_what_is_exported_and_imported_again_changes_nothing(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    for kind, ending in (("toml", ".toml"), ("c3voc", ".json")):
        data = await exported(world, e2e, kind, ending)
        answer = await imported(world, e2e, data, f"again{ending}")
        assert "nothing would change" in e2e.text_of(answer["message"]), e2e.text_of(answer["message"])
        assert not e2e.buttons(answer["message"])
        assert answer["message"]["flags"] & 64
    refused = await world.command(e2e.MEMBER, "session export", format="toml")
    assert "Manage Server" in e2e.text_of(refused["message"])
    assert not refused["message"]["attachments"]


async def test_an_import_is_shown_then_applied_and_answers_stay(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.press(e2e.MEMBER, await world.card(), "Online")
    text = (await exported(world, e2e, "toml", ".toml")).decode()
    changed = text.replace('starts_at = "2022-05-24 10:00"', 'starts_at = "2022-05-24 09:30"', 1)
    changed = changed.replace('title = "Compute over Data"', 'title = "Computing over Data"')
    refused = await imported(world, e2e, changed.encode(), "new.toml", e2e.MEMBER)
    assert "Manage Server" in e2e.text_of(refused["message"])

    shown = await imported(world, e2e, changed.encode(), "new.toml")
    words = e2e.text_of(shown["message"])
    assert "<t:1653379200:F> → <t:1653377400:F>" in words
    assert "Computing over Data" in words
    before = await world.command(e2e.MEMBER, "schedule")
    assert "Compute over Data" in e2e.text_of(before["message"]), "nothing is saved yet"

    done = await world.press(e2e.MODERATOR, shown["message"], "Apply")
    assert "changes were made" in e2e.text_of(done["message"])
    assert not e2e.buttons(done["message"])

    async def followed() -> Any:
        text = e2e.text_of(await world.card())
        return text if "Computing over Data" in text and "<t:1653377400:F>" in text else None

    card = await e2e.eventually(followed, why="the card shows the import")
    assert "Online · 1" in card
    answer = await world.command(e2e.MEMBER, "rsvp")
    assert "Online" in e2e.text_of(answer["message"])
    again = await imported(world, e2e, changed.encode(), "new.toml")
    assert "nothing would change" in e2e.text_of(again["message"])


async def test_what_changed_between_preview_and_confirmation_is_shown_anew(world: Any, e2e: Any) -> None:
    await world.start_bot()
    data = await exported(world, e2e, "toml", ".toml")
    changed = data.replace(b"Compute over Data", b"Computing over Data")
    shown = await imported(world, e2e, changed, "new.toml")
    await world.command(e2e.MODERATOR, "session stream", url="https://example.org/first")
    second = data.replace(b"[session]\n", b'[session]\nstream_url = "https://example.org/second"\n', 1)
    stream = await imported(world, e2e, second, "stream.toml")
    await world.command(e2e.MODERATOR, "session stream", url="https://example.org/other")
    fresh = await world.press(e2e.MODERATOR, stream["message"], "Apply")
    words = e2e.text_of(fresh["message"])
    assert "in the meantime" in words
    assert "https://example.org/other → https://example.org/second" in words
    assert "first" in e2e.text_of(stream["message"])
    done = await world.press(e2e.MODERATOR, fresh["message"], "Apply")
    assert "1 change was made" in e2e.text_of(done["message"])
    # A file that says nothing of the stream leaves it alone, so what was shown first still holds.
    done = await world.press(e2e.MODERATOR, shown["message"], "Apply")
    assert "1 change was made" in e2e.text_of(done["message"])
    gone = await world.remote.press(e2e.MODERATOR, shown["message"]["id"], f"import-apply:{'0' * 32}", force=True)
    assert "15 minutes" in e2e.text_of(gone["message"])


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("pretalx.json", {}),
        ("frab.json", {"zone": "Europe/Berlin"}),
        ("sessionize.json", {"title": "Autumn meeting", "zone": "Europe/Berlin"}),
    ],
)
async def test_programmes_of_other_programs_become_sessions(
    world: Any, e2e: Any, name: str, options: dict[str, str]
) -> None:
    await world.start_bot()
    shown = await imported(world, e2e, (FIXTURES / name).read_bytes(), name, **options)
    assert "A new session" in e2e.text_of(shown["message"]), e2e.text_of(shown["message"])
    done = await world.press(e2e.MODERATOR, shown["message"], "Apply")
    assert "is here now" in e2e.text_of(done["message"]), e2e.text_of(done["message"])
    again = await imported(world, e2e, (FIXTURES / name).read_bytes(), name, **options)
    assert "nothing would change" in e2e.text_of(again["message"])


@pytest.mark.filterwarnings("ignore:Sending a large body:ResourceWarning")  # the test's own upload of 1 MiB
async def test_bad_files_are_refused_with_all_that_is_wrong(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    text = await exported(world, e2e, "toml", ".toml")
    broken = text.replace(b'title = "', b'title = "@everyone\\u202e').replace(b"mode = ", b"mode = 7 # ")
    answer = await imported(world, e2e, broken, "broken.toml")
    words = e2e.text_of(answer["message"])
    assert "session.mode" in words
    assert "line 1" in words
    every = (await fetched(world, answer, "problems.txt")).decode()
    assert every.count("U+202E") >= 6
    deep = await imported(world, e2e, b'{"schedule":' + b"[" * 10_000 + b"]" * 10_000 + b"}", "deep.json")
    assert "nested" in e2e.text_of(deep["message"])
    events = [{"title": "x", "guid": str(number)} for number in range(5_000)]
    many = {"schedule": {"conference": {"title": "Many", "days": [{"date": "2027-01-01", "rooms": {"a": events}}]}}}
    crowded = await imported(world, e2e, json.dumps(many).encode(), "many.json")
    assert "5,000 talks and a session takes 25" in e2e.text_of(crowded["message"])
    large = await imported(world, e2e, b" " * (1024 * 1024 + 1), "large.toml")
    assert "1,048,576" in e2e.text_of(large["message"])
    nothing = await imported(world, e2e, b"\xff\xfe\x00", "strange.bin")
    assert "UTF-8" in e2e.text_of(nothing["message"])
    schedule = e2e.text_of((await world.command(e2e.MEMBER, "schedule"))["message"])
    assert "Compute over Data" in schedule
    assert "More sessions" not in schedule


async def test_members_get_calendars(world: Any, e2e: Any) -> None:
    await world.start_bot()
    answer = await world.command(e2e.MEMBER, "calendar")
    assert answer["message"]["flags"] & 64
    event = Calendar.from_ical(await fetched(world, answer, ".ics")).walk("VEVENT")[0]
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (e2e.START, e2e.END)
    assert event.walk("VALARM")
    google = next(each for each in e2e.buttons(answer["message"]) if "Google" in each["label"])
    assert "20220524T080000Z%2F20220524T093000Z" in google["url"]
    shown = await imported(
        world, e2e, (FIXTURES / "sessionize.json").read_bytes(), "s.json", title="Autumn", zone="Europe/Berlin"
    )
    await world.press(e2e.MODERATOR, shown["message"], "Apply")
    answer = await world.command(e2e.MEMBER, "calendar")
    every = await world.press(e2e.MEMBER, answer["message"], "All 2")
    events = Calendar.from_ical(await fetched(world, every, ".ics")).walk("VEVENT")
    assert len({str(each["UID"]) for each in events}) == 2
    await world.jump(e2e.END + timedelta(days=9000))
    over = await world.command(e2e.MEMBER, "calendar", session=TITLE)
    assert Calendar.from_ical(await fetched(world, over, ".ics")).walk("VEVENT")
    there = await world.command(e2e.OUTSIDER, "calendar", channel=e2e.OTHER_GENERAL)
    assert "no session yet" in e2e.text_of(there["message"])
