"""Changes to talks: ids and slugs stay, positions are 1 to n, limits are named."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import limits
from bot.domain.errors import Refusal
from bot.domain.sessions import Link, Session, SessionId, TalkId
from bot.domain.talks import (
    SpeakerText,
    TalkText,
    added,
    changed,
    moved,
    new_speaker,
    read_links,
    read_speaker,
    read_talk,
    removed,
    started,
    with_speaker,
    without_speaker,
    write_links,
)

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
EMPTY = Session(SessionId("5" * 32), 1, "session", "A session", START, START + timedelta(minutes=90), "Europe/Berlin")


def of(count: int) -> Session:
    session = EMPTY
    for number in range(count):
        session, _ = added(session, TalkText(f"Talk {number % 3}"))
    return session


@given(st.integers(1, 12), st.data())
def test_moving_keeps_every_talk(count: int, data: st.DataObject) -> None:
    session = of(count)
    talk = data.draw(st.sampled_from(session.talks))
    place = data.draw(st.integers(1, 30))
    after = moved(session, talk.id, place)
    assert [each.position for each in after.talks] == list(range(1, count + 1))
    assert {(each.id, each.slug) for each in after.talks} == {(each.id, each.slug) for each in session.talks}
    assert after.talks[min(place, count) - 1].id == talk.id
    others = [each.id for each in session.talks if each.id != talk.id]
    assert [each.id for each in after.talks if each.id != talk.id] == others


def test_slugs_are_unique_and_outlive_the_title() -> None:
    session = of(4)
    assert [talk.slug for talk in session.talks] == ["talk-0", "talk-1", "talk-2", "talk-0-2"]
    talk = session.talks[0]
    assert changed(session, talk.id, title="New").talks[0].slug == "talk-0"
    session, talk_id = added(session, TalkText("講演" * 3))
    assert next(talk.slug for talk in session.talks if talk.id == talk_id) == "talk"
    long, _ = added(*_twice("x" * 100))
    assert max(len(talk.slug) for talk in long.talks) <= limits.SLUG


def _twice(title: str) -> tuple[Session, TalkText]:
    return added(EMPTY, TalkText(title))[0], TalkText(title)


def test_a_talk_begins_within_its_session() -> None:
    session = of(1)
    talk_id = session.talks[0].id
    for inside in (START, session.ends_at - timedelta(seconds=1)):
        assert started(session, talk_id, inside).talks[0].starts_at == inside
    for outside in (START - timedelta(seconds=1), session.ends_at):
        with pytest.raises(Refusal, match="outside the session"):
            started(session, talk_id, outside)
    assert started(session, talk_id, None).talks[0].starts_at is None


def test_limits_are_named() -> None:
    with pytest.raises(Refusal, match="25 talks"):
        added(of(limits.TALKS), TalkText("One more"))
    with pytest.raises(Refusal, match=r"title has 101 characters and 100 fit"):
        read_talk("x" * 101, "")
    with pytest.raises(Refusal, match="abstract has 2001 characters"):
        read_talk("x", "y" * 2001)
    with pytest.raises(Refusal, match="title is empty"):
        read_talk("  ", "")
    with pytest.raises(Refusal, match=r"U\+202E"):
        read_talk("a\u202eb", "")
    with pytest.raises(Refusal, match="6 links and 5 fit"):
        read_links("https://example.org\n" * 6)
    with pytest.raises(Refusal, match="https://"):
        read_links("Homepage http://example.org")
    with pytest.raises(Refusal, match="cannot read"):
        read_links("no address")
    with pytest.raises(Refusal, match="no longer"):
        removed(EMPTY, TalkId("0" * 32))


def test_speakers_come_and_go() -> None:
    session = of(2)
    first, second = (talk.id for talk in session.talks)
    person = new_speaker(SpeakerText("Speaker One"), {"speaker-one"})
    assert person.slug == "speaker-one-2"
    session = with_speaker(with_speaker(session, first, person), second, person)
    with pytest.raises(Refusal, match="already"):
        with_speaker(session, first, person)
    session = without_speaker(session, first, person.id)
    assert [speaker.id for speaker in session.speakers()] == [person.id]
    with pytest.raises(Refusal, match="does not give"):
        without_speaker(session, first, person.id)
    for number in range(limits.SPEAKERS_OF_TALK):
        session = with_speaker(session, first, new_speaker(SpeakerText(f"S {number}"), set()))
    with pytest.raises(Refusal, match="10 speakers"):
        with_speaker(session, first, person)


LABELS = st.text(st.sampled_from("abc DE:,é-"), min_size=1, max_size=20).map(str.strip)


@given(st.lists(st.tuples(LABELS, st.sampled_from(["https://example.org/a", "https://example.com/?b=c"])), max_size=5))
def test_links_read_back_as_they_are_written(pairs: list[tuple[str, str]]) -> None:
    links = read_links("\n".join(f"{label} {url}" for label, url in pairs))
    assert [link.url for link in links] == [url for _, url in pairs]
    assert all(link.label for link in links)
    assert read_links(write_links(links)) == links


def test_a_link_without_a_label_is_named_by_its_site() -> None:
    assert read_links("https://example.org/me") == (Link("example.org", "https://example.org/me"),)
    text = read_speaker(" Ada ", "", "", "Homepage: https://example.org")
    assert text == SpeakerText("Ada", None, None, (Link("Homepage", "https://example.org"),))


@given(st.text(max_size=300), st.text(max_size=300))
def test_anything_typed_is_taken_or_refused_in_words(title: str, links: str) -> None:
    for read in (lambda: read_talk(title, links), lambda: read_links(links)):
        words = "Nothing was changed. "
        try:
            read()
        except Refusal as refusal:
            words = str(refusal)
        assert words.startswith("Nothing was changed. ")
