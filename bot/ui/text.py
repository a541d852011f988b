"""Text from people made harmless and short, and moments as Discord shows them in each reader's zone."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from bot.ui import limits

ELLIPSIS = "…"
NOTHING = "—"  # stands where a text has nothing that can be seen: Discord refuses empty titles and values

# Control, format (bidi, zero width), surrogates, private use, unassigned, line and paragraph separators.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Letters and symbols that show nothing: Hangul fillers, blank Braille, Khmer inherent vowels, the joiner of graphemes.
_UNSEEN_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5\u034f")

_SPACES = "\t\n\r\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"
_REMEMBERED_BELOW = (
    0x3000  # Latin, Greek, Cyrillic, Arabic, the Indic letters; a table of all would grow with the input
)

# Joiners hold letters of Persian and Hindi and the people of an emoji together; anywhere else they only hide something.
_JOINERS = "\u200c\u200d"
_LOOSE_JOINERS = re.compile(r"[\u200c\u200d]{2,}|(?<![^\0-\x7f])[\u200c\u200d]|[\u200c\u200d](?![^\0-\x7f])")

_ASCII_PRINTABLE = re.compile(r"[ -~]*")
# A backslash makes any of these plain; a colon too, where it would turn an address into a link.
_MARKDOWN = {ord(sign): f"\\{sign}" for sign in "\\*_~`|<>[]@"}
_LINE_START = re.compile(r"(?:[#+\-]|\d{1,9}(?=[.)]))")
# Discord looks for this one before it reads Markdown, so a backslash does not stop it.
_EVERYONE = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_UNPING = "@\u200b"
# What opens a mention, a time or an emoji; an address in brackets is in plain sight. A backslash already before it
# would be made plain by ours.
_BRACKET = re.compile(r"\\*<(?!https?://)([@#/:]?)")
_MASK = re.compile(r"\](?=\()")
_SENTENCE_END = re.compile(r"[.!?…][\"')\]*_]*(?=\s)|\n\n")
_ADDRESS = re.compile(r"https?://[A-Za-z0-9\-._~:/?#@!$&'()*+,;=%\[\]]{1,504}")
_BLANK_LINES = re.compile(r"\n{3,}")


class _Visible(dict[int, str]):
    """For `str.translate`: what is shown of each character, looked up in the Unicode tables when it first comes."""

    def __missing__(self, code: int) -> str:
        shown = _visible(chr(code))
        if code < _REMEMBERED_BELOW:
            self[code] = shown
        return shown


_VISIBLE = _Visible()
_VISIBLE_LINES = _Visible({ord("\n"): "\n"})


def safe(text: str, limit: int = 256) -> str:
    """`text` as one line that Discord's Markdown shows as it is; never empty, at most `limit` characters.

    For titles, names, affiliations and venues wherever Markdown is read: content, embed titles, descriptions and
    fields. Nothing in it is bold, a link, a mention or a time, nor does it ping.
    """
    line = _one_line(text)
    room = limit
    while True:
        escaped = _escape(_cut(line, room))
        if len(escaped) <= limit:
            return escaped or NOTHING[:limit]
        room -= max(1, (len(escaped) - limit) // 2)


def plain(text: str, limit: int = 100) -> str:
    """`text` as one line where Discord reads no Markdown: labels, footers, author names, choices; never empty."""
    return _cut(_one_line(text), limit) or NOTHING[:limit]


@lru_cache(maxsize=256)  # of what organizers wrote, asked for again and again: a theme takes a third of a millisecond
def prose(text: str, limit: int = 4096) -> str:
    """Several paragraphs at most `limit` characters long, cut at a sentence or a word; may be empty.

    Emphasis and lists stay as the organizers wrote them; mentions, times, masked links and unseen characters do not
    work in it. An emphasis left open reaches to the end of its field, so nothing may follow it there.
    """
    whole = _paragraphs(text)
    room = limit
    while True:
        cut = _cut_prose(whole, room)
        harmless = _defuse(cut)
        if len(harmless) <= limit:
            return harmless
        room -= max(1, (len(harmless) - limit) // 2)


def split(text: str, limit: int) -> list[str]:
    """`prose` in full, in pieces of at most `limit` characters (at least 8), parted between paragraphs if they fit."""
    rest = _defuse(_paragraphs(text))
    pieces = []
    while len(rest) > limit:
        end = _break_before(rest, limit)
        pieces.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return [*pieces, rest] if rest else pieces


def shorten(text: str, limit: int) -> str:
    """At most `limit` characters, cut at a word and ended with "…" if it was longer; for text that is harmless."""
    return _cut(text, limit)


def listed(lines: Sequence[str], room: int, more: str = "… and {} more") -> str:
    """The first lines, whole, that fit into `room` characters together; `more` counts the others in a last line."""
    whole = "\n".join(lines)
    if len(whole) <= room:
        return whole
    left = room - len(more) - len(str(len(lines)))
    kept = 0
    while kept < len(lines) and len(lines[kept]) < left:
        left -= len(lines[kept]) + 1
        kept += 1
    return "\n".join((*lines[:kept], more.format(len(lines) - kept)))


def address(url: str) -> str:
    """A web address as it is typed, for Discord to turn into a link; anything else comes as harmless text."""
    return url if _ADDRESS.fullmatch(url) else safe(url, limits.BUTTON_URL)


def stamp(moment: datetime, style: str = "f") -> str:
    """A moment that Discord shows in the reader's own zone and language.

    Styles: t 16:20, d and D the date, f date and time, F with the weekday, R "in 3 hours", which keeps counting.
    """
    return f"<t:{int(moment.timestamp() // 1)}:{style}>"


def _one_line(text: str) -> str:
    if not _ASCII_PRINTABLE.fullmatch(text):
        text = _LOOSE_JOINERS.sub("", unicodedata.normalize("NFC", text).translate(_VISIBLE))
    return " ".join(text.split())


def _paragraphs(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2029", "\n\n").replace("\u2028", "\n")
    if not lines.isascii() or not lines.isprintable():
        lines = _LOOSE_JOINERS.sub("", unicodedata.normalize("NFC", lines).translate(_VISIBLE_LINES))
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines.split("\n"))).strip()


def _visible(character: str) -> str:
    if character in _SPACES:
        return " "
    if character in _JOINERS:
        return character
    if unicodedata.category(character) in _UNSEEN_CATEGORIES or character in _UNSEEN_LETTERS:
        return ""
    return character


def _escape(line: str) -> str:
    escaped = line.translate(_MARKDOWN).replace("://", "\\://")
    start = _LINE_START.match(escaped)
    if start:
        # "1." is a list, "1" is not: the backslash goes before the dot; before anything else it goes first.
        at = start.end() if start.group()[0].isdigit() else 0
        escaped = f"{escaped[:at]}\\{escaped[at:]}"
    return _EVERYONE.sub(_UNPING, escaped)


def _defuse(text: str) -> str:
    return _EVERYONE.sub(_UNPING, _MASK.sub("]\\\\", _BRACKET.sub(_open_bracket, text)))


def _open_bracket(match: re.Match[str]) -> str:
    # The second backslash keeps "<@1>" from standing in the raw text, which is what pings.
    return f"\\<\\{match[1]}" if match[1] else "\\<"


def _cut(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    if limit <= 0:
        return ""
    end = _whole_character(text, limit - 1)
    space = text.rfind(" ", 0, end + 1)
    if space > end // 2:
        end = space
    return text[:end].rstrip(" ,;:-") + ELLIPSIS


def _cut_prose(text: str, limit: int) -> str:
    if len(text) <= limit:
        return text
    ends = [match.end() for match in _SENTENCE_END.finditer(text, 0, max(0, limit - 1))]
    if ends and ends[-1] >= limit // 2:
        return f"{text[: ends[-1]].rstrip()} {ELLIPSIS}"
    return _cut(text, limit)


def _break_before(text: str, limit: int) -> int:
    for mark in ("\n\n", "\n", " "):
        end = text.rfind(mark, 0, limit + 1)
        if end > limit // 2:
            return end
    return max(1, _whole_character(text, limit))


def _whole_character(text: str, end: int) -> int:
    """`end`, or a little before it, so that no accent is parted from its letter and no backslash from its sign."""
    while end > 1 and (unicodedata.category(text[end]).startswith("M") or text[end - 1] == "\\"):
        end -= 1
    return end
