"""The list of people and the file: complete, within Discord's limits, and harmless to spreadsheets."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.admission import Admission
from bot.domain.attendance import PAGE, Attendance, Attendee, Door
from bot.domain.rsvps import Answer
from bot.domain.sessions import Session, SessionId
from bot.ui.attendance import HEADER, cell, export, people

NOW = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=100,
    slug="session",
    title="A session",
    starts_at=NOW,
    ends_at=NOW + timedelta(minutes=90),
    zone="Europe/Berlin",
    capacity=2,
)
PERSON = Attendee(302, "Member 1", Answer.IN_PERSON, NOW, checked_in_at=NOW, door=Door.STREAM)


def attendance(*found: Attendee) -> Attendance:
    return Attendance(SESSION, Admission(), found, counts={Answer.IN_PERSON: len(found)})


def table(found: Attendance) -> list[list[str]]:
    reply = export(found)
    content = reply.files[0].fp.read()
    reply.files[0].close()
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_the_file() -> None:
    waiting = replace(PERSON, user_id=303, name='Member "2"', waiting=1, checked_in_at=None, door=None)
    walk_in = Attendee(304, "Member 3", None, None, checked_in_at=NOW, door=Door.MODERATOR)
    header, *lines = table(attendance(PERSON, waiting, walk_in))
    assert tuple(header) == HEADER
    assert lines == [
        ["Member 1", "<@302>", "In person", "", "2022-05-24 08:00:00", "2022-05-24 08:00:00", "stream"],
        ['Member "2"', "<@303>", "In person", "1", "2022-05-24 08:00:00", "", ""],
        ["Member 3", "<@304>", "", "", "", "2022-05-24 08:00:00", "moderator"],
    ]


SIGNS = "=+-@\t\r\uff1d\uff0b\uff0d\uff20"


@given(st.text(max_size=3), st.sampled_from(SIGNS), st.text(max_size=40))
def test_no_name_becomes_a_formula(before: str, sign: str, after: str) -> None:
    for name in (before + sign + after, sign + after, f" {sign}{after}"):
        ((shown, *_),) = table(attendance(replace(PERSON, name=name)))[1:]
        assert shown.lstrip()[:1] not in set(SIGNS)
    assert cell(sign + after) == f"'{sign}{after}"


@given(st.text(max_size=60), st.integers(1, PAGE))
def test_a_page_fits_whatever_people_are_called(name: str, count: int) -> None:
    person = replace(PERSON, user_id=2**63, name=f"{name} @everyone <@&1>", waiting=3, kept_until=NOW)
    (embed,) = people(attendance(*[person] * count)).embeds
    assert embed.description is not None
    assert len(embed.description) <= 4096
    assert embed.description.count("<@9223372036854775808>") == count
    assert "@everyone" not in embed.description
