"""What the texts of a programme file may be made of."""

import re
import unicodedata
from collections.abc import Callable
from typing import Annotated

from pydantic import AfterValidator

from bot.domain import limits
from bot.domain.links import check_url
from bot.domain.search import fold

# Control and format characters (also those that turn the direction of text), lone surrogates, line separators.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
# Zero-width joiners hold Persian and Hindi words and family emoji together.
_JOINERS = "\u200c\u200d"
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*", re.ASCII)


def line(limit: int, why: str) -> AfterValidator:
    """A text on one line with at most `limit` characters; `why` says what sets the limit."""
    return AfterValidator(_text(limit, why, allowed=_JOINERS))


def paragraphs(limit: int, why: str) -> AfterValidator:
    """A text that may have several lines."""
    return AfterValidator(_text(limit, why, allowed=_JOINERS + "\n\t"))


def slug_of(text: str) -> str:
    """A slug made from a name or title; empty where nothing of it can be kept.

    "Rafaël Kaufmann" becomes "rafael-kaufmann".
    """
    plain = re.sub(r"[^a-z0-9]+", "-", fold(re.sub("['\u2019]", "", text))).strip("-")
    return plain[: limits.SLUG].strip("-")


def check_slug(text: str) -> str:
    if len(text) > limits.SLUG or not SLUG.fullmatch(text):
        raise ValueError(
            f'must be made of a-z, 0-9 and single hyphens, at most {limits.SLUG}: for example "trent-mcconaghy"'
        )
    return text


def _text(limit: int, why: str, allowed: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        text = value.strip()
        if len(text) <= limit:  # the time it takes grows with the square of the length
            text = unicodedata.normalize("NFC", text)
        faults = []
        if not text:
            faults.append("is empty: write something, or leave the line out")
        if len(text) > limit:
            faults.append(f"has {len(text)} characters and {limit} fit ({why}): shorten it")
        unseen = next((sign for sign in text if sign not in allowed and unicodedata.category(sign) in _UNSEEN), None)
        if unseen is not None:
            faults.append(f"contains {_sign(unseen)}, which must not be here: delete it")
        if faults:
            raise ValueError("; ".join(faults))
        return text

    return check


def _sign(sign: str) -> str:
    if sign in "\n\r":
        return "a line break"
    return f"the invisible character U+{ord(sign):04X} ({unicodedata.name(sign, 'a control character').lower()})"


Slug = Annotated[str, AfterValidator(check_slug)]
Url = Annotated[str, AfterValidator(check_url)]
Title = Annotated[str, line(limits.TITLE, "Discord's event names and menus")]
Name = Annotated[str, line(limits.NAME, "Discord's buttons")]
Affiliation = Annotated[str, line(limits.AFFILIATION, "Discord's menus")]
Place = Annotated[str, line(limits.PLACE, "the location of a Discord event")]
PathwayText = Annotated[str, line(limits.PATHWAY_TEXT, "one field of the answer to /about")]
Text = Annotated[str, paragraphs(limits.TEXT, "one message")]
Theme = Annotated[str, paragraphs(limits.THEME, "one form field in Discord")]
