"""What is shown of imports, series and calendars fits Discord, whatever texts it is made of."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.admission import LONGEST_OFFER, Admission
from bot.domain.programme import Problem
from bot.domain.repeats import Act, Along, Change, Effect, Step, Wish
from bot.domain.series import MOST, Every, Rule, Scope, occurrences
from bot.domain.sessions import Session, SessionId
from bot.formats.diff import Difference
from bot.ui import calendar, exchange, limits, series
from bot.ui.reply import Reply

START = datetime(2027, 3, 9, 18, 0, tzinfo=UTC)
SESSION = Session(SessionId("1" * 32), 1, "s", "T" * 100, START, START + timedelta(hours=1), "Europe/Berlin")
DRAFT = "d" * 32
ROLE = 9 * 10**18
EVERYTHING = Along(Admission(True, START, ROLE, LONGEST_OFFER, ROLE + 1, 60), (30 * 24 * 60, 10))

texts = st.text(max_size=400)
values = st.none() | texts | st.just(START) | st.just("https://example.org/" + "x" * 80)
changes = st.lists(st.builds(Difference, texts, values, values), max_size=120)


def check(reply: Reply) -> str:
    """All that is read of it; fails where Discord would refuse it."""
    content, embeds = reply.content or "", reply.embeds
    assert len(content) <= limits.MESSAGE_CONTENT
    for embed in embeds:
        assert len(embed.title or "") <= limits.EMBED_TITLE
        assert len(embed.description or "") <= limits.EMBED_DESCRIPTION
    assert sum(map(len, embeds)) <= limits.EMBED_TOTAL
    if reply.view is not None:
        for row in reply.view.to_components():
            for component in row["components"]:
                assert len(component.get("custom_id", "")) <= limits.CUSTOM_ID
                assert len(component.get("url", "")) <= limits.BUTTON_URL
    return "\n".join([content, *(embed.description or "" for embed in embeds)])


def whole(reply: Reply) -> str:
    return "".join(file.fp.read().decode() for file in reply.files)


@given(texts, changes, st.booleans())
def test_any_change_can_be_shown(name: str, found: list[Difference], new: bool) -> None:
    check(exchange.proposal(name, None if new else SESSION, SESSION, found, DRAFT))


@given(texts, st.lists(st.builds(Problem, texts, st.none() | st.integers(1, 10**6), texts, texts), min_size=1))
def test_any_problems_can_be_shown(name: str, found: list[Problem]) -> None:
    reply = exchange.problems(name, found)
    check(reply)
    assert whole(reply) == "\n".join(map(str, found)) + "\n"


def test_what_does_not_fit_stands_in_the_file() -> None:
    theme = Difference("Theme", None, "Long.\n" * 100)
    reply = exchange.proposal("f.toml", SESSION, SESSION, [theme], DRAFT)
    assert check(reply).count("Long.") < 30
    assert whole(reply).count("Long.") == 100
    many = [Difference(f"Talk {number}", "old", "new " * 20) for number in range(100)]
    reply = exchange.proposal("f.toml", SESSION, SESSION, many, DRAFT)
    assert "more lines, in the file below" in check(reply)
    assert whole(reply).count("after:") == 100
    assert not exchange.proposal("f.toml", SESSION, SESSION, many[:2], DRAFT).files


def test_mentions_and_markdown_stay_text() -> None:
    trick = Difference("Title", "@everyone <@&5> <t:1:R>", "# **[a](https://e.org)**")
    words = check(exchange.proposal("<@1>", SESSION, SESSION, [trick], DRAFT))
    assert "@everyone" not in words
    assert "<@" not in words.replace("\\<", "")
    assert "\\[a\\]" in words


def test_the_longest_series_fits() -> None:
    local = datetime(2027, 1, 31, 2, 30)  # noqa: DTZ001 - what the clocks on the wall show; at night, for its notes
    rule = Rule(Every.WEEK, MOST)
    planned = occurrences(rule, local, "Europe/Berlin")
    text = check(series.repetition(SESSION, rule, "second_week", planned, along=EVERYTHING, may_lend=None))
    assert f"{MOST - 1} sessions more" in text
    assert "does not exist" in text
    assert f"{MOST}\\. <t:" in text
    last = Rule(Every.MONTH, None, date(2031, 12, 31), -1)
    check(series.repetition(SESSION, last, "month_last", planned, along=EVERYTHING, may_lend=ROLE + 1))
    steps = [Step(each.number, Effect.MOVED, SESSION, each.starts_at, each.note) for each in planned]
    for act in Act:
        wish = Wish(SESSION.id, act, Scope.FOLLOWING, START)
        check(series.change(SESSION.title, wish, Change(tuple(steps), planned), "0" * 8))
    check(series.changed(Change(tuple(steps), planned)))


def test_what_comes_along_to_a_copy_is_said() -> None:
    words = check(series.copying(SESSION, START, EVERYTHING, EVERYTHING.admission.lend_role_id))
    for said in (
        "Only people with <@&",
        "offered for 3 days",
        "is lent to those who come, from 1 hour before the start",
    ):
        assert said in words
    assert "Reminders come 30 days and 10 minutes before, and at the start" in words
    assert "a deadline" in words
    refused = check(series.copying(SESSION, START, EVERYTHING, None))
    assert "is not lent, since you or I may not give it" in refused
    assert "What else" not in check(series.copying(SESSION, START, Along(), None))


def test_calendars_lead_to_all_sessions_where_there_are_others() -> None:
    alone = calendar.calendar(SESSION, "s.ics", b"", "https://calendar.google.com/", others=0)
    among = calendar.calendar(SESSION, "s.ics", b"", "https://calendar.google.com/", others=3)
    check(alone)
    check(among)
    assert alone.view is not None
    assert among.view is not None
    assert len(alone.view.to_components()[0]["components"]) == 1
    assert among.view.to_components()[0]["components"][1]["label"] == "All 4 upcoming sessions"
