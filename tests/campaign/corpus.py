"""Text as nobody should type it: pieces that have broken programs before, and ways to spoil what was right."""

from random import Random

ZONES = ("Europe/Berlin", "UTC", "America/St_Johns", "Pacific/Chatham", "Antarctica/Troll", "Africa/Casablanca")
TIMES = (
    *("2022-05-24 10:00", "tomorrow 8pm", "friday 18:30", "24 May 2022 10:00", "in 2 hours", "24.05.2022 18:00"),
    *("next tuesday at noon", "2022-10-30 02:30 CEST", "8pm", "3/4/2023 7:00", "May 24th, 10:00 a.m.", "20:00 UTC+2"),
)
LENGTHS = ("90m", "1h30", "1:30", "2 days", "1.5h", "1 hour and 30 minutes", "24h, 1h, 10m", "none", "default", "5w")
LINKS = (
    "https://example.org/live?v=1#t",
    "Homepage https://example.org\nhttps://b.example.org",
    "https://user@example.org",
    "http://example.org",
    "https://xn--bcher-kva.example/ü",
    "javascript:alert(1)",
    "https://[::1]:99999/",
)
# Bidirectional controls, joiners, marks without a letter, surrogates, look-alikes, digits that are none in ASCII.
SIGNS = (
    *("\u202e", "\u2066", "\u200b", "\u200d", "\ufeff", "\u0000", "\u0007", "\u001b[31m", "\r", "\n", "\u2028"),
    *("\u0301" * 20, "\ud800", "\U0001f468\u200d\U0001f469\u200d\U0001f467", "\u0660\u0661", "\uff11\uff12", "²", "Ⅷ"),
    *("\u0130", "ß", "ﬁ", "\u1e9e", "\u00a0", "\t", "\U000e0041", "\ufffd", "\uffff"),
)
TRICKS = (
    *(
        "@everyone",
        "@here",
        "<@77>",
        "<@!88>",
        "<@&900000000000000120>",
        "<#900000000000000111>",
        "<t:0:R>",
        "</help:1>",
    ),
    *("<id:home>", "<a:x:1>", "**", "__", "~~", "||", "```", "`", "# ", "-# ", "> ", "- ", "[a](https://b.c)", "\\"),
    *("%s%n", "{0}", "${x}", "{{", "'; DROP TABLE session; --", '"', "<script>", "../../etc/passwd", "=1+1", "a:b:c"),
    *("BEGIN:VCALENDAR", "\r\nATTENDEE:x", "null", "NaN", "-0", "1e999", "0x10", "inf", "None", "true", ""),
)
NUMBERS = ("9" * 400, "-1", "0", "99999999999999999999", "1" * 19, "00000001", "1_000", "+5", "4.5", "٣")
PIECES = (*SIGNS, *TRICKS, *NUMBERS)


def spoiled(rng: Random, right: str, most: int = 4000) -> str:
    """`right` with something done to it, several times at most; once in a while it stays."""
    text = right
    for _ in range(rng.randrange(4)):
        text = _once(rng, text)[:most]
    return text


def anything(rng: Random, most: int = 4000) -> str:
    """Text that was never right."""
    kind = rng.randrange(4)
    if kind == 0:
        return "".join(chr(rng.randrange(0x110000)) for _ in range(rng.randrange(40)))[:most]
    if kind == 1:
        return ((rng.choice(PIECES) or " ") * rng.choice((1, 2, 30, 1000)))[:most]
    return "".join(rng.choice((*PIECES, *TIMES, *LENGTHS, *LINKS, " ", ",")) for _ in range(rng.randrange(8)))[:most]


def encodable(text: str) -> str:
    """As it can come through Discord's JSON: no half characters."""
    return text.encode("utf-8", "replace").decode()


def _once(rng: Random, text: str) -> str:
    at = rng.randrange(len(text) + 1)
    end = min(at + rng.randrange(6), len(text))
    kind = rng.randrange(7)
    if kind == 0:
        return text[:at] + rng.choice(PIECES) + text[at:]
    if kind == 1:
        return text[:at] + text[end:]
    if kind == 2:
        return text[:at] + text[at:end] * rng.choice((2, 3, 50)) + text[end:]
    if kind == 3:
        return text[:at] + chr(rng.randrange(0x20, 0x3000)) + text[end:]
    if kind == 4:
        return rng.choice((text.upper(), text.title(), text[::-1], text.strip(), f" {text} "))
    if kind == 5:
        return text[:at] + rng.choice(NUMBERS) + text[end:]
    return text[:at] + rng.choice((*TIMES, *LENGTHS, *LINKS)) + text[end:]
