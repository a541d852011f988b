"""Two people write at the same text at the same time: neither's words go away without being seen."""

import hashlib
import unicodedata
from collections.abc import Mapping

from bot.domain.audit import Change
from bot.domain.errors import Refusal
from bot.domain.lookup import quoted

OLD = "This form is from an older version of the bot. Please use the command again."
SHOWN = 200  # characters of the text that stands there now
_SIGNS = 8  # of the mark of one text: that another one has the same is one in four thousand million


class OverwriteRefusal(Refusal):
    """A text that somebody wants to replace is not the one that was shown; `seen` are the marks with what is told."""

    def __init__(self, words: str, seen: str) -> None:
        super().__init__(words)
        self.seen = seen


def marks(texts: Mapping[str, str]) -> str:
    """A short mark of each text that a form shows, in their order.

    It fits into the custom id of the form, so a form that stays open for hours is still compared with what it showed.
    """
    return "".join(map(_mark, texts.values()))


def own(typed: Mapping[str, str], seen: str) -> dict[str, str]:
    """What the person wrote anew: what a form showed and got back as it was is nobody's wish.

    Raises:
        Refusal: the marks are none of a form with these fields.
    """
    shown = _apart(typed, seen)
    return {name: text for name, text in typed.items() if _mark(text) != shown[name]}


def clashes(stored: Mapping[str, str], typed: Mapping[str, str], seen: str) -> list[str]:
    """The fields that the person wrote anew and that somebody else has changed since, to something else.

    Raises:
        Refusal: as `own`.
    """
    shown = _apart(stored, seen)
    return [
        name
        for name, text in own(typed, seen).items()
        if _mark(stored[name]) != shown[name] and _mark(stored[name]) != _mark(text)
    ]


def refusal(stored: Mapping[str, str], seen: str, found: Mapping[str, Change | None]) -> OverwriteRefusal:
    """What to say of clashes: the fields with who changed them, as far as the record of changes knows."""
    shown = _apart(stored, seen)
    lines = [f"- **{name.capitalize()}**{_by(change)}: {_now(stored[name])}" for name, change in found.items()]
    told = shown | {name: _mark(stored[name]) for name in found}
    words = "\n".join(
        (
            "Somebody else changed the same text while your form was open, so yours is not saved yet:",
            *lines,
            "Press **Edit again** to see what you wrote. If you send it again, it takes the place of the text above.",
        )
    )
    return OverwriteRefusal(words, "".join(told.values()))


def _mark(text: str) -> str:
    plain = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:_SIGNS]


def _apart(texts: Mapping[str, str], seen: str) -> dict[str, str]:
    if len(seen) != _SIGNS * len(texts):
        raise Refusal(OLD)
    return {name: seen[_SIGNS * at : _SIGNS * (at + 1)] for at, name in enumerate(texts)}


def _by(change: Change | None) -> str:
    if change is None:
        return ""
    return f", changed by {quoted(change.actor_name)} <t:{int(change.at.timestamp())}:R>"


def _now(text: str) -> str:
    return f"now {quoted(text, SHOWN)}" if text.strip() else "now empty"
