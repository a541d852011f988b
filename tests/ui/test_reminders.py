import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reminders import ANNOUNCE, MOVED_UP, START, Reminder, before, notice, plan
from bot.domain.sessions import MessageRef, Mode, Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.ui.reminders import marker, moved_up, name, pinging, reminder_post, to_moderators
from bot.ui.reply import Reply

STARTS = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
SPEAKER = Speaker(SpeakerId("a" * 32), "s", "Speaker One", "Institute")
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=100,
    slug="session",
    title="A session",
    starts_at=STARTS,
    ends_at=STARTS + timedelta(minutes=90),
    zone="Europe/Berlin",
    venue="The house",
    city="Berlin",
    streamed=True,
    talks=(Talk(TalkId("b" * 32), "t", 1, "The first talk", speakers=(SPEAKER,)),),
)
STREAM = "https://stream.example/live"


def reminder(kind: str) -> Reminder:
    (found,) = [each for each in plan(SESSION, STARTS - timedelta(days=2)) if each.kind == kind]
    return found


def post(kind: str, ahead: timedelta, session: Session = SESSION) -> tuple[str, list[dict[str, str]]]:
    return shown(reminder_post(session, reminder(kind), STARTS - ahead))


def shown(reply: Reply) -> tuple[str, list[dict[str, str]]]:
    rows = reply.view.to_components() if reply.view is not None else []
    return reply.content or "", [component for row in rows for component in row["components"]]


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(days=3), "3 days"),
        (timedelta(hours=24), "24 hours"),
        (timedelta(hours=23, minutes=59, seconds=57), "24 hours"),
        (timedelta(hours=2), "2 hours"),
        (timedelta(minutes=91), "1 hour 31 minutes"),
        (timedelta(minutes=60), "1 hour"),
        (timedelta(minutes=59, seconds=58), "1 hour"),
        (timedelta(minutes=40), "40 minutes"),
        (timedelta(seconds=61), "1 minute"),
        (timedelta(seconds=5), "1 minute"),
    ],
)
def test_the_heading_says_how_long_it_really_is(ahead: timedelta, words: str) -> None:
    text, _ = post(before(1440), ahead)
    assert f"Starts in {words}: A session" in text


def test_what_a_reminder_says() -> None:
    text, buttons = post(before(60), timedelta(hours=1))
    unix = int(STARTS.timestamp())
    assert f"<t:{unix}:F> (<t:{unix}:R>)" in text
    assert "The first talk — Speaker One (Institute)" in text
    assert "📍 The house, Berlin" in text
    assert "late" not in text
    key = reminder(before(60)).key
    assert [button["custom_id"] for button in buttons] == [
        f"rm:{key}:{SESSION.id}:{answer}" for answer in ("in_person", "online", "maybe", "declined")
    ]


@pytest.mark.parametrize(("late", "said"), [(timedelta(minutes=2), False), (timedelta(minutes=3), True)])
def test_lateness_is_owned_up_to(late: timedelta, said: bool) -> None:
    text, _ = post(before(60), timedelta(hours=1) - late)
    assert ("a little late" in text) is said


@pytest.mark.parametrize(
    ("kind", "ahead", "linked"),
    [(before(60), timedelta(hours=1), False), (before(10), timedelta(minutes=10), True), (START, timedelta(), True)],
)
def test_the_stream_is_one_press_away_when_it_is_worth_opening(kind: str, ahead: timedelta, linked: bool) -> None:
    text, buttons = post(kind, ahead, replace(SESSION, stream_url=STREAM))
    assert (STREAM in text) is linked
    assert (f"watch:{SESSION.id}" in [button["custom_id"] for button in buttons]) is linked
    text, buttons = post(kind, ahead)
    assert "/stream" in text
    assert (f"watch:{SESSION.id}" in [button["custom_id"] for button in buttons]) is linked
    place = replace(SESSION, mode=Mode.IN_PERSON, streamed=False)
    assert "Watch live" not in [button["label"] for button in post(kind, ahead, place)[1]]


def test_the_start() -> None:
    assert "We are starting: A session" in post(START, timedelta())[0]
    assert "We have started: A session" in post(START, timedelta(minutes=-5))[0]


@pytest.mark.parametrize("mode", [Mode.IN_PERSON, Mode.ONLINE])
def test_other_modes(mode: Mode) -> None:
    text, buttons = post(before(60), timedelta(hours=1), replace(SESSION, mode=mode, streamed=False))
    assert [button["label"] for button in buttons] == ["Going", "Maybe", "Can't go"]
    assert ("📍" in text) is (mode is Mode.IN_PERSON)
    assert ("🌐" in text) is (mode is Mode.ONLINE)


def test_a_free_seat_can_be_given_up_from_the_direct_message() -> None:
    session = replace(SESSION, card=MessageRef(110, 900))
    told = notice(session, MOVED_UP, 302, 7, STARTS - timedelta(hours=3))
    text, (decline, link) = shown(moved_up(session, told))
    assert "You have a seat now" in text
    assert decline["custom_id"] == f"rm:{told.key}:{SESSION.id}:declined"
    assert link["url"] == "https://discord.com/channels/100/110/900"


def test_only_the_role_is_mentioned_before_the_text() -> None:
    assert pinging(Reply(content="Hello"), 121).content == "<@&121> Hello"
    assert pinging(Reply(), 121).content == "<@&121>"
    assert pinging(Reply(content="Hello"), None).content == "Hello"


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        (before(1440), "24-hour reminder"),
        (before(60), "1-hour reminder"),
        (before(10), "10-minute reminder"),
        (before(90), "1-hour-30-minute reminder"),
        (before(10080), "7-day reminder"),
        (START, "“we are starting” post"),
        (ANNOUNCE, "announcement"),
    ],
)
def test_what_moderators_call_it(kind: str, called: str) -> None:
    assert name(kind) == called


def test_the_marker_of_the_card_is_that_of_its_buttons() -> None:
    assert marker(reminder(ANNOUNCE)) == f"rsvp:{SESSION.id}:"


@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(list(Mode)))
def test_nothing_that_somebody_typed_mentions_anybody_or_breaks_the_limits(typed: str, other: str, mode: Mode) -> None:
    nasty = f"{typed} @everyone <@&1> <@2> <t:1:R>"
    speaker = replace(SPEAKER, name=nasty, affiliation=other or None)
    talk = replace(SESSION.talks[0], title=nasty, speakers=(speaker,) * 8)
    session = replace(SESSION, title=nasty, venue=other or None, city=nasty, mode=mode, talks=(talk,))
    for reply in (
        pinging(reminder_post(session, reminder(before(60)), STARTS - timedelta(hours=1)), 2**63),
        moved_up(session, notice(session, MOVED_UP, 302, 7, STARTS)),
        Reply(content=to_moderators(session, reminder(before(60)), "was not posted.")),
    ):
        text = (reply.content or "").removeprefix(f"<@&{2**63}> ")
        assert len(reply.content or "") <= 2000
        assert "@everyone" not in text
        # Escaped, they show as they were typed; and the allowed mentions of the sending have the last word.
        assert not re.search(r"(?<!\\)<(@[&!]?|#)\d+>", text)
        assert re.findall(r"(?<!\\)<t:(-?\d+):\w>", text) == [str(int(STARTS.timestamp()))] * text.count("🗓️ <t:") * 2
