"""A form that is handed back shows our own words as they are meant, and what was typed as nothing but text."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain import session_fields, talks
from bot.domain.audit import Change
from bot.domain.errors import Refusal
from bot.domain.meanwhile import marks, refusal
from bot.domain.moves import moved
from bot.domain.plans import Plan, Typed
from bot.domain.sessions import Session, SessionId, Speaker, SpeakerId, Talk, TalkId
from bot.domain.talks import read_speaker, read_talk, with_speaker
from bot.services.durations import read_delay
from bot.services.edits import read_options, read_texts
from bot.services.plans import read_plan
from bot.services.times import read_end, read_moment
from bot.ui.forms import refused

NOW = datetime(2022, 5, 23, 12, tzinfo=UTC)
HOSTILE = (
    "<@&900000000000000121> @everyone **bold** [x](https://example.org)",
    "`<@1>` ``@here``",
    "tomorrow 8pm <@1>",
    "20:00 @everyone",
    "25:61 `<#5>",
    "@here/<@1>",
)
SPEAKER = Speaker(SpeakerId("3" * 32), "ada", "`@everyone` <@1>")
TALK = Talk(TalkId("2" * 32), "talk", 1, "`@everyone` <@1>", None, (SPEAKER,), NOW + timedelta(minutes=50))
SESSION = Session(SessionId("1" * 32), 7, "s", "Open", NOW, NOW + timedelta(hours=1), "UTC", talks=(TALK,))

READERS: tuple[Callable[[str], object], ...] = (
    lambda text: read_plan(Plan(Typed(text, text, text, text, text)), NOW),
    lambda text: read_plan(Plan(Typed(text, "tomorrow 8pm", text, "Europe/Berlin", text)), NOW),
    lambda text: read_texts(SESSION, dict.fromkeys(session_fields.texts_of(SESSION), text)),
    lambda text: read_options(text, None, None),
    lambda text: read_options(None, None, text),
    lambda text: read_moment(text, "Europe/Berlin", NOW),
    lambda text: read_moment(f"10:00 {text}", "Europe/Berlin", NOW),
    lambda text: read_end(text, "Europe/Berlin", NOW),
    read_delay,
    lambda text: read_talk(f"{text}\u202e", text),
    lambda text: read_speaker(f"{text}\u202e", text, text, text),
    lambda text: read_speaker("Ada", "", "", text),
    lambda text: talks.read_url(text="https://" + text, what="slides"),
)


def shown(words: object) -> str:
    return refused(str(words), "plan-again:" + "5" * 32).content or ""


@pytest.mark.parametrize("text", HOSTILE)
def test_what_was_typed_is_text_alone(text: str) -> None:
    said = []
    for read in READERS:
        try:
            read(text)
        except Refusal as no:
            said.append(shown(no))
    assert len(said) > len(READERS) // 2, "most of them refuse it"
    for words in said:
        harmless(words)


def test_names_that_stand_in_a_refusal_are_text_alone() -> None:
    with pytest.raises(Refusal) as outside:
        moved(SESSION, NOW, NOW + timedelta(minutes=10))
    with pytest.raises(Refusal) as twice:
        with_speaker(SESSION, TALK.id, SPEAKER)
    stored = session_fields.texts_of(replace(SESSION, theme="`` <@1> @everyone", venue=None))
    by = Change(1, NOW, 5, "`@everyone` <@1>", "changed the session")
    clash = refusal(stored, marks(stored), {"theme": by, "venue": None})
    for no in (outside.value, twice.value, clash):
        harmless(shown(no))


def test_our_own_times_are_shown_as_times() -> None:
    with pytest.raises(Refusal) as caught:
        read_moment("22 May 2022 10:00", "Europe/Berlin", NOW)
    assert re.search(r"(?<!\\)<t:\d+:F>", shown(caught.value))


def harmless(words: str) -> None:
    """Nothing that Discord reads stands outside of a code span, but what we write ourselves."""
    plain = re.sub(r"`[^`\n]+`", "", words)
    assert "`" not in plain, words
    assert "@" not in plain, words
    assert "](" not in plain, words
    assert not re.search(r"<(?!t:\d+:[a-zA-Z]>)", plain), words
