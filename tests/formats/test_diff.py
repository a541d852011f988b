"""What would change, in words."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.sessions import Session, TalkId
from bot.formats.diff import Difference, differences


def test_nothing_changes_between_equals(rich_session: Session) -> None:
    assert differences(rich_session, rich_session) == []


def test_fields_of_the_session(rich_session: Session) -> None:
    later = rich_session.starts_at + timedelta(hours=1)
    after = replace(rich_session, title="New", starts_at=later, capacity=None, venue=None, streamed=False)
    assert differences(rich_session, after) == [
        Difference("Title", rich_session.title, "New"),
        Difference("Start", rich_session.starts_at, later),
        Difference("Venue", "Old Hall", None),
        Difference("Seats", "40", "not limited"),
        Difference("Stream planned", "yes", "no"),
    ]


def test_talks_added_removed_changed_and_reordered(rich_session: Session) -> None:
    first, second, third = rich_session.talks
    fourth = replace(third, id=TalkId("e" * 32), slug="fourth", title="Fourth talk", speakers=second.speakers)
    changed = replace(second, title="Second, new", abstract="Now known.")
    assert differences(rich_session, replace(rich_session, talks=(third, changed, fourth))) == [
        Difference("Talk removed", "First talk", None),
        Difference("Talk “Second, new”: title", "Second talk", "Second, new"),
        Difference("Talk “Second, new”: abstract", None, "Now known."),
        Difference("Talk added", None, "Fourth talk (Speaker Two)"),
        Difference("Order of the talks", "Second, new · Third talk", "Third talk · Second, new"),
    ]
    assert first.title == "First talk"


def test_a_talk_of_the_same_slug_is_the_same_talk(rich_session: Session) -> None:
    imported = tuple(replace(talk, id=TalkId(f"{talk.position:032}")) for talk in rich_session.talks)
    assert differences(rich_session, replace(rich_session, talks=imported)) == []


def test_a_person_changes_once_however_many_talks_they_give(rich_session: Session) -> None:
    _, two = list(rich_session.speakers())
    new = replace(two, affiliation="Example Lab")
    talks = tuple(
        replace(talk, speakers=tuple(new if each == two else each for each in talk.speakers))
        for talk in rich_session.talks
    )
    assert differences(rich_session, replace(rich_session, talks=talks)) == [
        Difference("Speaker “Speaker Two”: affiliation", None, "Example Lab")
    ]


def test_a_new_session_shows_all_that_it_has(rich_session: Session) -> None:
    found = differences(None, rich_session)
    assert found[0] == Difference("Title", None, rich_session.title)
    assert Difference("Talk added", None, "First talk (Speaker One, Speaker Two)") in found
    assert all(difference.old is None and difference.new is not None for difference in found)
