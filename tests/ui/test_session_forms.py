"""Forms and answers of moderators: within the limits whatever was typed, and nothing in them works as Markdown."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.notices import Facts, notice_of_change
from bot.domain.plans import Listed, Listing, Plan, Typed
from bot.domain.rsvps import Answer
from bot.domain.sessions import MessageRef, Mode, Session, SessionId, Status
from bot.domain.zones import Choice
from bot.sandbox.rules.messages import check_message
from bot.sandbox.rules.modals import check_modal
from bot.ui import session_acts as acts
from bot.ui import session_forms as forms
from bot.ui.forms import Pick, Text, filled, form, refused
from bot.ui.notices import changed
from bot.ui.reply import Reply
from bot.ui.views import Option

START = datetime(2022, 5, 24, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
KEY = "5" * 32
SESSION = Session(
    SessionId(KEY), 100, "s", "Open", START, START + HOUR, "Europe/Berlin", venue="Library", city="Berlin"
)
ANY = st.text(max_size=4200)


def message(reply: Reply) -> str:
    """What is read in it, once Discord would have taken it."""
    rows = reply.view.to_components() if reply.view else []
    body: dict[str, Any] = {"content": reply.content, "embeds": [embed.to_dict() for embed in reply.embeds]}
    check_message(body | {"components": rows})
    return f"{body}"


def modal(sent: discord.ui.Modal) -> dict[str, Any]:
    payload = sent.to_dict()
    check_modal(payload)
    assert sent.is_finished(), "or discord.py would keep it"
    return payload


@given(ANY, ANY, ANY)
def test_any_typed_text_is_handed_back_within_the_limits(title: str, start: str, place: str) -> None:
    plan = Plan(Typed(title, start, start, start, place))
    assert len(modal(forms.plan_form(plan, KEY))["components"]) == 5
    shown = dict.fromkeys(("title", "theme", "venue", "city", "capacity"), title)
    modal(forms.edit_form(shown, KEY, "0" * 40))
    modal(forms.move_form(start, title, "Europe/Berlin", KEY))
    modal(forms.seats_form(plan, KEY))


@given(ANY)
def test_a_refusal_is_one_message(words: str) -> None:
    message(refused(words, f"plan-again:{KEY}"))
    choices = [("start", Choice(f"2022-10-30 02:3{n}", START)) for n in range(3)]
    message(forms.plan_refused(words, choices, KEY))


@given(
    st.text(max_size=100),
    st.text(max_size=100),
    st.sampled_from(Mode),
    st.none() | st.integers(1, 25_000_000),
    st.booleans(),
)
def test_what_is_asked_and_said_fits_one_message(
    title: str, place: str, mode: Mode, capacity: int | None, online: bool
) -> None:
    plan = Plan(
        Typed(title, "", "", "Europe/Berlin", place), mode, capacity, 5 if online else None, START, START + HOUR
    )
    assert f"<t:{int(START.timestamp())}:F>" in message(forms.plan_shown(plan, KEY, None))
    session = replace(SESSION, title=title, venue=place or None, mode=mode, capacity=capacity, theme="x" * 4000)
    later = replace(
        session, starts_at=START + HOUR, ends_at=START + 3 * HOUR, title=place, theme=None, mode=Mode.ONLINE
    )
    off = replace(session, status=Status.CANCELLED, cancel_reason=place * 3, card=MessageRef(1, 2))
    for reply in (
        forms.created(session, 5 if online else None),
        forms.move_shown(session, (START, START + HOUR), 3, KEY),
        acts.changed(session, later, 1),
        acts.delayed(session, later, 0),
        acts.ask_cancel(session, 2, KEY, title or None),
        acts.ask_delete(session, 7, 5, upcoming=online),
        acts.ask_delete_again(session, 1),
        acts.listing(Listing(tuple(Listed(session, n) for n in range(10)), 1, 3, 30)),
        *(
            changed(new, notice_of_change(new, 9, 1, START), Facts.of(old))
            for old, new in ((session, later), (session, off), (off, session), (later, session))
        ),
    ):
        text = message(reply)
        assert "@everyone" not in text.replace("@\\u200b", "")


def test_a_notice_says_what_was_and_what_is() -> None:
    moved = replace(SESSION, starts_at=START + HOUR, ends_at=START + 2 * HOUR, venue="Garden", mode=Mode.IN_PERSON)
    text = message(changed(moved, notice_of_change(moved, 9, 1, START), Facts.of(SESSION)))
    for words in (
        "New time",
        "Before: <t:1653379200:F>",
        "Now: <t:1653382800:F>",
        "Garden",
        "Library",
        "in person only",
    ):
        assert words in text
    off = replace(SESSION, status=Status.CANCELLED, cancel_reason="Rain **now**")
    reply = changed(off, notice_of_change(off, 9, 1, START), Facts.of(SESSION))
    assert "Rain \\\\*\\\\*now" in message(reply)
    assert reply.view is None, "there is nothing to answer"
    assert "after all" in message(changed(SESSION, notice_of_change(SESSION, 9, 1, START), Facts.of(off)))


def test_values_of_a_form() -> None:
    assert filled({"a": " x ", "b": ["y"], "c": []}, "a") == "x"
    assert [filled({"b": ["y"], "c": []}, key) for key in ("b", "c", "d")] == ["y", "", ""]
    pick = Pick("p", "Which?", [Option("One", "1", chosen=True), Option("Two", "2", "More")], required=False)
    modal(form("T" * 60, "f:1", [Text("t", "L" * 60, "v" * 5000, "e" * 200, "h" * 200), pick]))
    for wrong in ([], [pick] * 6):
        with pytest.raises(ValueError, match="than Discord takes"):
            form("Title", "f:1", wrong)


def test_what_becomes_of_a_deadline_is_said() -> None:
    later = replace(SESSION, starts_at=START + HOUR, ends_at=START + 2 * HOUR)
    was, then = START - HOUR, START
    shown = message(forms.move_shown(SESSION, (later.starts_at, later.ends_at), 0, KEY, (was, then)))
    assert f"Answers are taken until <t:{int(then.timestamp())}:f>" in shown
    for render in (acts.changed, acts.delayed):
        assert f"before: <t:{int(was.timestamp())}:f>" in message(render(SESSION, later, 0, (was, then)))
        assert "does not fit the new time" in message(render(SESSION, later, 0, (was, None)))
        assert "stays <t:" in message(render(SESSION, later, 0, (was, was)))
        assert "taken until" not in message(render(SESSION, later, 0))


def labels(reply: Reply) -> list[str]:
    rows = reply.view.to_components() if reply.view else []
    return [component["label"] for row in rows for component in row["components"]]


@pytest.mark.parametrize(
    ("mode", "said", "button"),
    [(Mode.ONLINE, Answer.IN_PERSON, "I join online"), (Mode.IN_PERSON, Answer.ONLINE, "I come in person")],
)
def test_who_can_no_longer_come_as_said_is_asked_to_answer_anew(mode: Mode, said: Answer, button: str) -> None:
    now = replace(SESSION, mode=mode)
    reminder = notice_of_change(now, 1, 1, START)
    reply = changed(now, reminder, Facts.of(SESSION), said)
    assert "please answer anew" in message(reply)
    assert button in labels(reply)
    for others in (
        changed(now, reminder, Facts.of(SESSION), Answer.ONLINE if said is Answer.IN_PERSON else Answer.IN_PERSON),
        changed(replace(now, status=Status.CANCELLED), reminder, Facts.of(SESSION), said),
    ):
        assert "anew" not in message(others)
        assert button not in labels(others)
