"""How slash commands and their options may be called."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.sandbox.rules.form import Form

MAX_NAME = 32
MAX_DESCRIPTION = 100
# Discord's pattern is [-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]: `re` has no such classes, so the two scripts stand here
# with their vowel signs, which are no letters.
SCRIPTS = ((0x0900, 0x0950), (0x0955, 0x0963), (0x0966, 0x097F), (0x0E01, 0x0E3A), (0x0E40, 0x0E5B), (0xA8E0, 0xA8FF))
# fmt: off
LOCALES = frozenset({
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr", "hu", "id",
    "it", "ja", "ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
})
# fmt: on


def is_name(name: str) -> bool:
    """Whether a name fits: letters, digits, - _ ', at most 32, lower case where there is one."""
    return 1 <= len(name) <= MAX_NAME and name == name.lower() and all(map(_fits, name))


def _fits(character: str) -> bool:
    if character in "-_'" or unicodedata.category(character)[0] in "LN":
        return True
    return any(first <= ord(character) <= last for first, last in SCRIPTS)


def check_naming(form: Form) -> None:
    """Check name and description of a slash command or option, in every language it has them in."""
    _check_name(form, "name", form.body.get("name"))
    form.text("description", MAX_DESCRIPTION, 1, required=True)
    if names := _languages(form, "name_localizations"):
        for language, name in names.body.items():
            _check_name(names, language, name)
    if descriptions := _languages(form, "description_localizations"):
        for language in descriptions.body:
            descriptions.text(language, MAX_DESCRIPTION, 1)


def _languages(form: Form, key: str) -> Form | None:
    texts = form.child(key)
    if texts is not None:
        for language in texts.body.keys() - LOCALES:
            texts.wrong("ENUM_TYPE_COERCE", f'Value "{language}" is not a valid enum value.', language)
    return texts


def _check_name(form: Form, key: str, name: object) -> None:
    if form.text(key, MAX_NAME, 1, required=True) in range(1, MAX_NAME + 1) and not is_name(str(name)):
        form.wrong("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid", key)
