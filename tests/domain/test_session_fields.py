"""What moderators type into forms: the rules, and the words of a refusal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import limits
from bot.domain.plans import Plan, Typed, venue_and_city
from bot.domain.session_fields import check, optional, seats


@pytest.mark.parametrize(
    ("field", "text", "words"),
    [
        ("title", "   ", "is empty"),
        ("title", "x" * 101, "101 characters and 100 fit"),
        ("title", "two\nlines", "a line break"),
        ("title", "back\u202ewards", "U\\+202E"),
        ("theme", "x" * 4001, "4000 fit"),
        ("theme", "null\0byte", "U\\+0000"),
        ("place", "\ud800", "U\\+D800"),
    ],
)
def test_what_cannot_be_taken(field: str, text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        check(field, text)


def test_what_can() -> None:
    assert check("title", "  Cafe\u0301 ") == "Café"
    assert check("theme", "Two\n\nparagraphs") == "Two\n\nparagraphs"
    assert optional("venue", "  ") is None


@pytest.mark.parametrize(("text", "count"), [("", None), (" 12 ", 12), ("1", 1), ("25000000", 25_000_000)])
def test_seats(text: str, count: int | None) -> None:
    assert seats(text) == count


@pytest.mark.parametrize("text", ["0", "-1", "many", "1.5", "٣", "25000001", "9" * 100])
def test_no_seats(text: str) -> None:
    with pytest.raises(ValueError, match="from 1 to 25,000,000"):
        seats(text)


@given(st.text(max_size=limits.PLACE))
def test_any_place_is_a_venue_and_a_city(text: str) -> None:
    venue, city = venue_and_city(text)
    assert venue is None or venue == venue.strip() != ""
    assert city is None or (city == city.strip() != "" and venue is not None)
    assert len(", ".join(filter(None, (venue, city)))) <= max(len(text), 1) + 1


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Library, Berlin", ("Library", "Berlin")),
        ("Room 1, House of Science, Berlin", ("Room 1, House of Science", "Berlin")),
        ("Library", ("Library", None)),
        (", Berlin", ("Berlin", None)),
        ("Library,", ("Library", None)),
        ("", (None, None)),
        (" , ", (None, None)),
    ],
)
def test_places(text: str, place: tuple[str | None, str | None]) -> None:
    assert venue_and_city(text) == place
    assert Plan(Typed(place=text)).place == place
