"""Folding of names, so that people find them without accents and capitals."""

import unicodedata


def fold(text: str) -> str:
    """`text` as it is compared: no case, no accents, single spaces.

    "Rafaël  KAUFMANN" and "rafael kaufmann" fold to the same; letters without a plain form stay as they are.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(character for character in decomposed if not unicodedata.combining(character))
    return " ".join(unicodedata.normalize("NFKC", plain).casefold().split())
