"""Which addresses may be shown: nothing is ever fetched from them."""

import re
from urllib.parse import urlsplit

from bot.domain import limits

# RFC 3986 without what ends a link in Markdown or in quotes.
_PLAIN = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]+", re.ASCII)
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?:[a-z]{2,63}|xn--[a-z0-9-]{1,59})", re.ASCII)


def check_url(text: str) -> str:
    """`text` without the spaces around it.

    Raises:
        ValueError: it cannot be shown as a link; the words say why, and what to write.
    """
    url = text.strip()
    if not url:
        raise ValueError("the address is empty: write one like https://example.org/live, or leave it out")
    if len(url) > limits.URL:
        raise ValueError(f"the address has {len(url)} characters and {limits.URL} fit on a button: use a shorter one")
    if not _PLAIN.fullmatch(url):
        raise ValueError(
            "the address has spaces or signs that do not belong in one: copy it from the browser's address bar"
        )
    if not url.lower().startswith("https://"):
        raise ValueError("the address must begin with https://")
    _check_host(url)
    return url


def _check_host(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("the address cannot be read: copy it from the browser's address bar") from None
    if "@" in parts.netloc:
        raise ValueError("the address carries a name or password before an @: leave that out, everybody would see it")
    if not _HOST.fullmatch(host):
        raise ValueError("the address names no site: write one like https://example.org/live")
