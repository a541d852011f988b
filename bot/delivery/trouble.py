"""What the errors of discord.py mean: the one place that tells a passing fault from a refusal."""

from dataclasses import dataclass
from enum import Enum, auto

import aiohttp
import discord

# Discord's codes: topics/opcodes-and-status-codes.
UNKNOWN_CHANNEL = 10003
UNKNOWN_MESSAGE = 10008
UNKNOWN_USER = 10013
UNKNOWN_INTERACTION = 10062
ALREADY_ACKNOWLEDGED = 40060
MISSING_ACCESS = 50001
CLOSED_DM = 50007
MISSING_PERMISSIONS = 50013
NO_MUTUAL_GUILD = 50278
OVERLOADED = 130000

_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND, _TIMEOUT, _TOO_MANY, _SERVER_ERROR = 401, 403, 404, 408, 429, 500
_GONE = frozenset({UNKNOWN_CHANNEL, UNKNOWN_MESSAGE})
_ANSWERED = frozenset({UNKNOWN_INTERACTION, ALREADY_ACKNOWLEDGED})
# A 429 that is not the API's own is Cloudflare's, for all that comes from this address: less than a minute of silence
# makes it worse (openclaw/openclaw#74489), whatever it may name itself.
_CLOUDFLARE_PAUSE = 60.0


class Kind(Enum):
    """What an error asks for."""

    GONE = auto()  # the message, or its channel, for good
    ABSENT = auto()  # something else that the call named
    FORBIDDEN = auto()  # until a moderator changes something
    REFUSED = auto()  # what we asked for, whenever we ask
    LIMITED = auto()  # patience
    PASSING = auto()  # another try: Discord, the network or what lies between was at fault; it may have been done
    ANSWERED = auto()  # an interaction that takes no first answer (any more)
    UNEXPECTED = auto()  # not Discord's


@dataclass(frozen=True, slots=True)
class Trouble:
    """`seconds` is the patience asked for, 0 where none was named; `everywhere`: with all calls, not this one alone.

    `code` is Discord's (0: none), and `words` is what it said, for logs and moderators.
    """

    kind: Kind
    seconds: float = 0.0
    everywhere: bool = False
    code: int = 0
    words: str = ""


def trouble(error: BaseException) -> Trouble:
    """What an error that a call of discord.py raised means."""
    if isinstance(error, discord.RateLimited):
        return Trouble(Kind.LIMITED, error.retry_after, words="it asked for patience")
    if isinstance(error, discord.HTTPException):
        words = f"{error.text[:200] or 'no words'} (error {error.status}, code {error.code})"
        if error.status == _TOO_MANY:  # also 30046: edits of messages older than an hour have a limit of their own
            return _limited(error, words)
        return Trouble(_kind(error.status, error.code), code=error.code, words=words)
    if isinstance(error, aiohttp.ClientError | OSError) or _closed(error):  # TimeoutError is an OSError
        return Trouble(Kind.PASSING, words=f"it could not be reached ({type(error).__name__})")
    return Trouble(Kind.UNEXPECTED, words=repr(error))


def _kind(status: int, code: int) -> Kind:
    if code in _ANSWERED:
        return Kind.ANSWERED
    if status >= _SERVER_ERROR or status in (_UNAUTHORIZED, _TIMEOUT) or code == OVERLOADED:
        return Kind.PASSING
    if status == _NOT_FOUND and code == 0:  # not the API's word: a proxy, a deployment, a wrong address
        return Kind.PASSING
    if status == _NOT_FOUND:
        return Kind.GONE if code in _GONE else Kind.ABSENT
    return Kind.FORBIDDEN if status == _FORBIDDEN else Kind.REFUSED


def _limited(error: discord.HTTPException, words: str) -> Trouble:
    headers = error.response.headers
    try:
        seconds = max(float(headers.get("Retry-After", 0)), 0.0)
    except ValueError:
        seconds = 0.0
    from_api = error.code != 0 or ("Via" in headers and "html" not in headers.get("Content-Type", ""))
    if from_api:
        return Trouble(Kind.LIMITED, seconds, code=error.code, words=words)
    return Trouble(Kind.LIMITED, max(seconds, _CLOUDFLARE_PAUSE), everywhere=True, words=words)


def _closed(error: BaseException) -> bool:
    """Whether the client was closed, or is not open yet: aiohttp has no class of its own for that."""
    return isinstance(error, RuntimeError) and "closed" in str(error)
