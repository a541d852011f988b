"""Pages for moderators and about privacy: within Discord's limits, and harmless whatever was typed."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.admission import Admission
from bot.domain.audit import PAGE, Change, Page
from bot.domain.guilds import GuildConfig
from bot.domain.reminders import sample
from bot.domain.sessions import Mode, Session, SessionId, Talk
from bot.domain.stats import Figures, ShowUp, curve
from bot.ui import audit, limits, privacy, stats
from bot.ui.rehearsal import rehearsed_reminder

NOW = datetime(2022, 5, 23, 12, 0, tzinfo=UTC)
SESSION = Session(
    id=SessionId("a" * 32),
    guild_id=100,
    slug="first",
    title="First session",
    starts_at=NOW + timedelta(hours=20),
    ends_at=NOW + timedelta(hours=22),
    zone="Europe/Berlin",
    capacity=2,
)
ANYTHING = st.one_of(st.none(), st.booleans(), st.integers(0, 2**40), st.text(max_size=300), st.lists(st.text()))


@given(st.dictionaries(st.sampled_from(["title", "starts_at", "role_id", "channel_id", "x"]), ANYTHING), st.text())
def test_a_page_of_changes_fits_and_pings_nobody(fields: dict[str, Any], name: str) -> None:
    values = {key: value for key, value in fields.items() if isinstance(value, int) or not key.endswith("_id")}
    change = Change(1, NOW, 1, name, "changed the session", True, SESSION.id, name, 2, name, values, values)
    page = Page(tuple(replace(change, number=n) for n in range(PAGE)), 1, 3, undoable=0)
    reply = audit.audit(page, NOW)
    assert len(reply.embeds[0].description or "") <= limits.EMBED_DESCRIPTION
    content = audit.log_entry([change] * 40).content
    assert content is not None
    assert len(content) <= limits.MESSAGE_CONTENT
    assert "@everyone" not in content
    assert "<@!" not in content


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ({"only_role_id": None}, {"only_role_id": 5}, ["Only people with: — → <@&5>"]),
        ({"capacity": 5, "quiet": True}, {"capacity": None, "quiet": True}, ["Seats in person: 5 → no limit"]),
        (None, {"talk": "A talk", "position": 2, "slides_url": None}, ["Talk: A talk", "Place in the order: 2"]),
        ({"talk": "A talk", "speakers": ["Ada"], "abstract": None}, None, ["Talk: A talk", "Speakers: Ada"]),
        ({"talk": "A", "abstract": None}, {"talk": "A", "abstract": "x"}, ["Talk: A", "Abstract: — → x"]),
        ({"answer": None}, {"answer": "in_person"}, ["Answer: none → in person"]),
        ({"closed": False}, {"closed": True}, ["Closed for answers: no → yes"]),
        ({"starts_at": None}, {"starts_at": 60}, ["Start: — → <t:60:f>"]),
    ],
)
def test_a_change_is_told_in_words(before: Any, after: Any, words: list[str]) -> None:
    change = Change(9, NOW, 1, "Moderator", "changed it", before=before, after=after)
    _, *lines = audit.line(change).splitlines()
    assert lines == [f"-# {field}" for field in words]


def test_every_field_of_a_change_has_words() -> None:
    for kind in (Session, GuildConfig, Admission, Talk):
        for field in fields(kind):
            if field.name not in {"id", "guild_id"} and field.name.endswith(("_id", "_url", "_at", "_minutes")):
                assert field.name in audit.NAMES, field.name


def test_buttons_of_a_page() -> None:
    change = Change(9, NOW, 1, "Moderator", "changed the session")
    first = audit.audit(Page((change,), 0, 2, undoable=9), NOW)
    assert first.view is not None
    ids = [one["custom_id"] for row in first.view.to_components() for one in row["components"]]
    assert ids == ["audit:1:all", "audit-undo:9"]
    last = audit.audit(Page((change,), 1, 2, undoable=12), NOW)
    assert last.view is not None
    ids = [one["custom_id"] for row in last.view.to_components() for one in row["components"]]
    assert ids == ["audit:0:all"]


def test_numbers_and_picture_agree() -> None:
    points = curve([(NOW, "online", 3), (NOW, "in_person", 2), (NOW + timedelta(hours=1), "waiting", 4)])
    figures = Figures(SESSION, points, {"in_person": ShowUp(2, 1)}, others=1, doors={"stream": 2})
    now = SESSION.ends_at + timedelta(days=1)
    data = stats.picture_data(figures, now)
    assert data is not None
    assert data["series"] == {
        "in_person": [2, 2, 2],
        "waiting": [0, 4, 4],
        "online": [3, 3, 3],
        "maybe": [0, 0, 0],
        "declined": [0, 0, 0],
    }
    assert data["moments"][-1] == int(SESSION.ends_at.timestamp())
    assert json.loads(json.dumps(data)) == data
    reply = stats.stats(figures, None, now)
    fields = {field.name: field.value for field in reply.embeds[0].fields}
    assert fields["📍 In person"] == "2 of 2 seats"
    assert fields["📈 Show-up"] == "**50% (1 of 2)** of those who said they come\nand 1 more who had not said so"
    assert "In person 2, Waiting list 4, Online 3" in stats.alt_text(figures)


def test_a_session_without_answers_says_so() -> None:
    figures = Figures(replace(SESSION, mode=Mode.ONLINE))
    assert stats.picture_data(figures, NOW) is None
    embed = stats.stats(figures, None, NOW).embeds[0]
    assert "Nobody has answered yet" in (embed.description or "")
    assert [field.name for field in embed.fields][:1] == ["🌐 Going"]


def test_what_is_said_about_privacy_fits() -> None:
    embed = privacy.privacy("</my data:900000000000000001>", "</my erase:900000000000000001>", 365).embeds[0]
    assert all(len(field.value or "") <= limits.FIELD_VALUE for field in embed.fields)
    assert len(embed) <= limits.EMBED_TOTAL


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"searched": True, "ids": 0, "names": 0, "roles_left": False}, "not in it any more"),
        ({"searched": True, "ids": 2, "names": 0, "roles_left": False}, "a trace of your id is left"),
        ({"searched": True, "ids": 2, "names": 0, "roles_left": True}, "could not be taken back yet"),
        ({"searched": False, "ids": 0, "names": 0, "roles_left": False}, "could not look through"),
        ({"searched": True, "ids": 0, "names": 3, "roles_left": False}, "Your name stands in it 3 more times"),
    ],
)
def test_an_erasure_says_what_was_found(found: dict[str, Any], words: str) -> None:
    assert words in (privacy.erased(5, backups=7, **found).content or "")


def test_a_rehearsed_post_has_no_working_button() -> None:
    session = replace(SESSION, stream_url="https://example.org/live")
    post = rehearsed_reminder(session, sample(session, session.starts_at), session.starts_at)
    assert isinstance(post.view, discord.ui.View)
    parts = [one for row in post.view.to_components() for one in row["components"]]
    with_ids = [one for one in parts if "custom_id" in one]
    assert with_ids
    assert all(one["disabled"] and one["custom_id"].startswith("rehearsal:") for one in with_ids)
    assert len({one["custom_id"] for one in with_ids}) == len(with_ids)
    assert (post.content or "").startswith("🎭 **Rehearsal**")
