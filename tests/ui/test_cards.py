"""The card and the private words around it: true in every phase, and within Discord's limits for any text."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import discord
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.rsvps import Answer, Change, Outcome, Roster, Rsvp
from bot.domain.sessions import Mode, Organizer, Session, SessionId, Speaker, SpeakerId, Status, Talk, TalkId
from bot.ui import limits
from bot.ui.cards import card
from bot.ui.reply import Reply
from bot.ui.rsvps import confirmation, standing
from bot.ui.text import NOTHING

NOW = datetime(2022, 5, 23, 8, 0, tzinfo=UTC)
ADA = Speaker(SpeakerId("c" * 32), "ada", "Ada", "Analytical Engines")
SESSION = Session(
    id=SessionId("a" * 32),
    guild_id=100,
    slug="first",
    title="First session",
    starts_at=NOW + timedelta(days=1),
    ends_at=NOW + timedelta(days=1, hours=2),
    zone="Europe/Berlin",
    venue="The Hall",
    city="Berlin",
    streamed=True,
    capacity=5,
    organizers=(Organizer("Grace", "Navy"),),
    talks=(
        Talk(TalkId("1" * 32), "one", 1, "On *engines*", speakers=(ADA,)),
        Talk(TalkId("2" * 32), "two", 2, "On notes", starts_at=NOW + timedelta(days=1, hours=1)),
    ),
)
ROSTER = Roster(
    counts={Answer.IN_PERSON: 5, Answer.ONLINE: 30},
    waiting=2,
    names={Answer.IN_PERSON: ("A", "B", "C", "D", "E"), Answer.ONLINE: ("F", "@everyone")},
    waiting_names=("G", "H"),
)


def embed_of(reply: Reply) -> discord.Embed:
    (embed,) = reply.embeds
    return embed


def fields(reply: Reply) -> dict[str, str]:
    return {field.name or "": field.value or "" for field in embed_of(reply).fields}


def custom_ids(reply: Reply) -> list[str]:
    rows = reply.view.to_components() if reply.view else []
    return [button["custom_id"] for row in rows for button in row["components"]]


def test_the_card_says_when_where_what_and_who() -> None:
    embed = embed_of(card(SESSION, ROSTER, NOW))
    start, end = int(SESSION.starts_at.timestamp()), int(SESSION.ends_at.timestamp())
    assert embed.title == "First session"
    assert embed.description == (
        f"🗓️ <t:{start}:F> to <t:{end}:t> (<t:{start}:R>)\n"
        "📍 The Hall, Berlin\n"
        "🌐 Online, too: the stream is for everyone else\n"
        "👥 Organized by Grace (Navy)\n"
        "\n"
        "**Programme**\n"
        "1. **On \\*engines\\*** — Ada (Analytical Engines)\n"
        f"2. <t:{start + 3600}:t> **On notes**"
    )


def test_the_card_counts_seats_and_those_who_wait() -> None:
    shown = fields(card(SESSION, ROSTER, NOW))
    assert shown == {
        "📍 In person · 5": "5 of 5 seats taken · 2 waiting\nA, B, C, D, E",
        "⏳ Waiting list · 2": "G, H",
        "🌐 Online · 30": shown["🌐 Online · 30"],
        "🤔 Maybe · 0": NOTHING,
        "❌ Can't go · 0": NOTHING,
    }
    assert shown["🌐 Online · 30"].endswith(" … and 28 more")
    assert "@everyone" not in shown["🌐 Online · 30"]


@pytest.mark.parametrize(
    ("mode", "choices"),
    [
        (Mode.HYBRID, ["in_person", "online", "maybe", "declined"]),
        (Mode.IN_PERSON, ["in_person", "maybe", "declined"]),
        (Mode.ONLINE, ["online", "maybe", "declined"]),
    ],
)
def test_the_buttons_are_those_of_the_mode(mode: Mode, choices: list[str]) -> None:
    shown = card(replace(SESSION, mode=mode), Roster(), NOW)
    assert custom_ids(shown) == [f"rsvp:{SESSION.id}:{choice}" for choice in choices]


def test_an_answer_from_before_the_mode_changed_is_still_counted() -> None:
    online = replace(SESSION, mode=Mode.ONLINE)
    roster = Roster({Answer.IN_PERSON: 1}, 2, {Answer.IN_PERSON: ("Ann",)}, ("Bob", "Cem"))
    shown = fields(card(online, roster, NOW))
    assert shown["📍 “In person”, no longer possible · 3"] == "Ann, Bob, Cem", "nobody sits, and nobody waits"
    assert "Waiting" not in str(shown)
    own = Rsvp(1, "Ann", Answer.IN_PERSON, NOW)
    assert "please answer anew" in (standing(online, own, NOW).content or "")
    assert "with a seat" not in (standing(online, own, NOW).content or "")
    assert "anew" not in (standing(online, own, SESSION.ends_at).content or "")
    shown = fields(card(online, Roster({Answer.IN_PERSON: 1}), NOW))
    assert list(shown) == ["📍 “In person”, no longer possible · 1", "🌐 Going · 0", "🤔 Maybe · 0", "❌ Can't go · 0"]


def test_a_session_that_takes_no_answers_has_no_buttons_and_says_why() -> None:
    over = card(SESSION, ROSTER, SESSION.ends_at)
    cancelled = card(replace(SESSION, status=Status.CANCELLED), ROSTER, NOW)
    running = card(SESSION, ROSTER, SESSION.starts_at)
    assert (over.view, cancelled.view) == (None, None)
    assert running.view is not None
    assert "This session ended <t:" in (embed_of(over).description or "")
    assert embed_of(cancelled).title == "Cancelled: First session"
    assert len({embed_of(reply).colour for reply in (over, cancelled, running, card(SESSION, ROSTER, NOW))}) == 4


wild = st.text(max_size=400)
counts = st.integers(0, 5_000)
organizers = st.lists(st.builds(Organizer, wild, st.none() | wild), max_size=12).map(tuple)
people = st.lists(st.builds(Speaker, st.just(SpeakerId("c" * 32)), st.just("s"), wild, st.none() | wild), max_size=12)
talks = st.lists(
    st.builds(
        Talk,
        st.just(TalkId("1" * 32)),
        st.just("t"),
        st.just(1),
        wild,
        speakers=people.map(tuple),
        starts_at=st.none() | st.just(NOW),
    ),
    max_size=25,
)
any_session = st.builds(
    lambda mode, status, capacity, **texts: replace(SESSION, mode=mode, status=status, capacity=capacity, **texts),
    st.sampled_from(Mode),
    st.sampled_from(Status),
    st.none() | st.integers(1, 100_000),
    title=wild,
    venue=st.none() | wild,
    city=st.none() | wild,
    organizers=organizers,
    talks=talks.map(tuple),
)
crowd = st.lists(wild, max_size=20).map(tuple)
any_roster = st.builds(
    Roster,
    st.dictionaries(st.sampled_from(Answer), counts),
    counts,
    st.dictionaries(st.sampled_from(Answer), crowd),
    crowd,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(any_session, any_roster, st.sampled_from([NOW, SESSION.starts_at, SESSION.ends_at]))
def test_any_card_is_within_discord_s_limits(session: Session, roster: Roster, now: datetime) -> None:
    embed = embed_of(card(session, roster, now))
    assert 0 < len((embed.title or "").strip()) <= limits.EMBED_TITLE
    assert 0 < len(embed.description or "") <= limits.EMBED_DESCRIPTION
    for field in embed.fields:
        assert 0 < len((field.name or "").strip()) <= limits.FIELD_NAME
        assert 0 < len((field.value or "").strip()) <= limits.FIELD_VALUE
    assert len(embed) <= limits.EMBED_TOTAL


def test_the_fullest_card_is_within_discord_s_limits() -> None:
    long = "W" * 400
    speakers = (Speaker(ADA.id, "s", long, long),) * 12
    session = replace(
        SESSION,
        title=long,
        venue=long,
        city=long,
        capacity=100_000,
        organizers=(Organizer(long, long),) * 12,
        talks=tuple(Talk(TalkId("1" * 32), "t", n, long, speakers=speakers) for n in range(1, 26)),
    )
    roster = Roster(dict.fromkeys(Answer, 5_000), 5_000, dict.fromkeys(Answer, (long,) * 20), (long,) * 20)
    for now in (NOW, SESSION.starts_at, SESSION.ends_at):
        assert 4_500 < len(embed_of(card(session, roster, now))) <= limits.EMBED_TOTAL


def outcome_words(outcome: Outcome, session: Session = SESSION) -> str:
    return confirmation(session, outcome).content or ""


def test_a_person_is_told_what_was_set_and_until_when_it_can_be_changed() -> None:
    told = confirmation(SESSION, Outcome(Change.ANSWERED, Answer.ONLINE))
    assert "joining **First session** online" in (told.content or "")
    assert f"until <t:{int(SESSION.ends_at.timestamp())}:f>" in (told.content or "")
    assert custom_ids(told) == [f"rsvp:{SESSION.id}:withdraw"]


def test_the_place_on_the_waiting_list_is_told() -> None:
    words = outcome_words(Outcome(Change.ANSWERED, Answer.IN_PERSON, waiting=3))
    assert "All 5 seats are taken" in words
    assert "number 3 on the waiting list" in words
    assert "You have a seat" not in words


def test_a_changed_answer_names_the_former_one_and_the_seat() -> None:
    change = Outcome(Change.CHANGED, Answer.MAYBE, Answer.IN_PERSON, gave_up_seat=True)
    assert "Before, it was “In person”." in outcome_words(change)
    assert "Your seat is free for the next person." in outcome_words(change)
    left = Outcome(Change.WITHDRAWN, None, Answer.IN_PERSON, left_line=True)
    assert "Your place on the waiting list is given up." in outcome_words(left)
    assert custom_ids(confirmation(SESSION, left)) == []


def test_pressing_the_same_again_offers_to_withdraw() -> None:
    same = confirmation(SESSION, Outcome(Change.SAME, Answer.MAYBE, Answer.MAYBE))
    assert "your answer already" in (same.content or "")
    assert custom_ids(same) == [f"rsvp:{SESSION.id}:withdraw"]


def test_the_own_answer_comes_with_the_buttons_to_change_it() -> None:
    waiting = standing(SESSION, Rsvp(1, "Member 1", Answer.IN_PERSON, NOW, waiting=2), NOW)
    assert "**In person**, number 2 on the waiting list" in (waiting.content or "")
    assert custom_ids(waiting)[-1] == f"rsvp:{SESSION.id}:withdraw"
    assert len(custom_ids(waiting)) == 5
    none = standing(SESSION, None, NOW)
    assert "not answered yet" in (none.content or "")
    assert len(custom_ids(none)) == 4


def test_an_answer_to_a_session_that_is_over_is_shown_without_buttons() -> None:
    over = standing(SESSION, Rsvp(1, "Member 1", Answer.IN_PERSON, NOW), SESSION.ends_at)
    assert over.view is None
    assert "**In person**, with a seat" in (over.content or "")
    assert "/stream" in (over.content or "")


@given(wild, st.sampled_from(Change), st.none() | st.sampled_from(Answer), st.none() | st.integers(1, 5_000))
def test_any_confirmation_fits_into_a_message(
    title: str, change: Change, answer: Answer | None, waiting: int | None
) -> None:
    outcome = Outcome(change, answer, answer, waiting, gave_up_seat=True, left_line=True)
    assert len(outcome_words(outcome, replace(SESSION, title=title))) <= limits.MESSAGE_CONTENT
