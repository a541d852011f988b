"""Nothing that people type becomes markup: read back by a small reader of Discord's Markdown."""

import re
import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.ui.text import address, listed, plain, prose, safe, shorten, split, stamp

# What Discord acts on where it stands: at the start of a line, or anywhere.
AT_LINE_START = re.compile(r"#{1,3} |-# |[-*+] |\d+[.)] |>{1,3} ?|[#>+-]")
ANYWHERE = re.compile(
    r"\*|_|~~|\|\||`|<@[!&]?\d+>|<#\d+>|<t:-?\d+(?::[a-zA-Z])?>|</[^>]+:\d+>|<id:\w+>|<a?:\w+:\d+>"
    r"|\[[^\]]*\]\([^)]*\)|https?://\S+|@everyone|@here"
)
# What it looks for in the raw text, before any Markdown: these ping.
RAW_PING = re.compile(r"@(?:everyone|here)|<@[!&]?\d+>", re.IGNORECASE)

TRICKS = (
    "@everyone",
    "@\u202eeveryone",
    "@\u200beveryone @here",
    "<@123456789012345678> <@!1> <@&99> <#42>",
    "<t:1653379200:R> </ban:1> <id:customize> <a:wave:1>",
    "\\<@1> \\\\<@1> \\@everyone",
    "[click](https://evil.example) [a]\u200b(https://evil.example)",
    "https://evil.example http://evil.example",
    "# big\n## less\n-# small",
    "- one\n* two\n1. three\n> quote\n>>> all",
    "**bold** _it_ __under__ ~~gone~~ ||hidden|| `code` ```block```",
    "1) first",
    "-",
    "1.",
    "\u202e\u2066reversed\u2069",
    "a\u0000b\u0007c\rd\u2028e\u2029f\x85g",
    "\u3164\u2800",
    "\\",
    "*" * 300,
    "<" * 300,
    "@everyone" * 60,
    "👩\u200d👩\u200d👧 \u0645\u06cc\u200c\u062e",
)
texts = st.one_of(
    st.text(max_size=400),
    st.text(alphabet="\\*_~`|<>[]()#-+.:/@!&ate1 \nhrvyon\u200b\u200d\u202eé", max_size=120),
    st.lists(st.sampled_from(TRICKS), max_size=4).map(" ".join),
)


def read(text: str) -> tuple[str, list[str]]:
    """What a reader sees of `text`, and the markup in it."""
    shown, active, at, line_start = "", [], 0, True
    while at < len(text):
        if text[at] == "\\" and at + 1 < len(text) and not text[at + 1].isalnum() and not text[at + 1].isspace():
            shown, at, line_start = shown + text[at + 1], at + 2, False
            continue
        found = (AT_LINE_START.match(text, at) if line_start else None) or ANYWHERE.match(text, at)
        if found:
            active.append(found.group())
        line_start = text[at] == "\n"
        shown, at = shown + text[at], at + 1
    return shown, active


def test_the_reader_sees_markup() -> None:
    _, active = read("# a\n- b **c** <@1> [d](https://e.f) https://g.h <t:1:R>")
    assert active[:2] == ["# ", "- "]
    assert {"<@1>", "[d](https://e.f)", "https://g.h", "<t:1:R>"} <= set(active)
    assert read("\\# a \\<@1\\>")[1] == []


@given(text=texts, limit=st.integers(2, 300))
@example("1. a", 300)
@example("-# a", 300)
def test_safe_shows_the_text_and_nothing_acts(text: str, limit: int) -> None:
    result = safe(text, limit)
    shown, active = read(result)
    assert not active
    assert not RAW_PING.search(result)
    assert 0 < len(result) <= limit
    assert "\n" not in result
    assert result == result.strip()
    if len(plain(text, 1000)) < limit // 3:
        assert shown.replace("@\u200b", "@") == plain(text, 1000)


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks(trick: str) -> None:
    for result in (safe(trick), prose(trick), *split(trick, 100)):
        assert not RAW_PING.search(result)
        assert not any(unicodedata.bidirectional(sign) in {"RLO", "LRO", "RLE", "LRI", "RLI", "PDF"} for sign in result)
        assert "\u200b" not in result.replace("@\u200b", "")
    assert not read(safe(trick))[1]


@given(text=texts, limit=st.integers(0, 300))
def test_prose_keeps_emphasis_but_neither_pings_nor_hides_an_address(text: str, limit: int) -> None:
    result = prose(text, limit)
    assert len(result) <= limit
    assert not RAW_PING.search(result)
    _, active = read(result)
    assert not [mark for mark in active if mark.startswith(("<", "["))]


def test_prose_keeps_paragraphs_and_cuts_at_a_sentence() -> None:
    text = "First point is made.\r\n\r\n\r\n\r\nSecond **point** is made here. And a third that is long."
    assert prose(text) == "First point is made.\n\nSecond **point** is made here. And a third that is long."
    assert prose(text, 60) == "First point is made.\n\nSecond **point** is made here. …"
    assert prose("[the paper](https://example.org/x) <https://example.org>") == (
        "[the paper]\\(https://example.org/x) <https://example.org>"
    )


@given(text=texts, limit=st.integers(8, 60))
def test_split_loses_nothing(text: str, limit: int) -> None:
    pieces = split(text, limit)
    assert all(0 < len(piece) <= limit for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(prose(text, 100_000).split())


@given(text=st.text(max_size=200), limit=st.integers(0, 50))
def test_shorten_stays_within_its_limit(text: str, limit: int) -> None:
    result = shorten(text, limit)
    assert len(result) <= limit
    assert result == text or result.endswith("…") or not limit


def test_shorten_cuts_at_a_word_and_no_accent_from_its_letter() -> None:
    assert shorten("Composable flows via token-wrapped data", 20) == "Composable flows…"
    assert shorten("aaae\u0301e\u0301e\u0301", 6) == "aaae\u0301…"


def test_unseen_signs_go_and_joiners_stay_where_they_join() -> None:
    assert plain("Ra\u0308f\u200ba\u00adel\u2060 \u202eX\tY\n") == "Räfael X Y"
    assert plain("👩\u200d👧 \u0645\u06cc\u200c\u062e") == "👩\u200d👧 \u0645\u06cc\u200c\u062e"
    assert plain("every\u200done\u200d") == "everyone"
    assert safe("\u200b\u3164") == "—"


def test_an_address_is_one_or_harmless() -> None:
    assert address("https://example.org/a_b*c?d=[e]") == "https://example.org/a_b*c?d=[e]"
    assert not read(address("javascript:alert(1)<@1>"))[1]
    assert not RAW_PING.search(address("https://x.y/ @everyone"))


@given(lines=st.lists(st.text(alphabet="ab", max_size=30), max_size=30), room=st.integers(40, 200))
def test_listed_keeps_whole_lines_and_counts_the_rest(lines: list[str], room: int) -> None:
    result = listed(lines, room)
    assert len(result) <= room
    if result != "\n".join(lines):
        *kept, more = result.split("\n")
        assert kept == lines[: len(kept)]
        assert more == f"… and {len(lines) - len(kept)} more"


def test_stamps_round_down_to_whole_seconds() -> None:
    moment = datetime(2022, 5, 24, 8, 0, 0, 999_999, tzinfo=UTC)
    assert stamp(moment) == "<t:1653379200:f>"
    assert stamp(moment, "R") == "<t:1653379200:R>"
