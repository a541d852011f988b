"""Finds sessions, speakers and talks of one guild by what people type: an id, a slug, or parts of a name."""

import re
import sqlite3
from datetime import datetime

from bot.domain.lookup import (
    Appearance,
    Broadcast,
    Overview,
    Several,
    SpeakerHit,
    SpeakerPage,
    TalkHit,
    nearest,
)
from bot.domain.search import fold
from bot.domain.sessions import Headline, Session, SessionId, Speaker, SpeakerId, TalkId
from bot.store import guilds, reminder_rules, sessions
from bot.store import session_rows as rows
from bot.store.values import to_unix

MENU = 25  # Discord: options of a select, choices of an autocomplete
APPEARANCES = 5
OTHERS = 12  # sessions before and after: together they fit one menu
NAMES = 200  # looked through for the nearest one

_LONGEST_QUERY = 100
_WORDS = 4
_ID = re.compile(r"[0-9a-f]{32}")

# Nearest in time first: what runs or comes, what is over, what was cancelled. Times are below 10^10 until 2286.
# %(fits)s stands for one comparison for each word that was typed.
_SESSIONS = """
SELECT id, guild_id, slug, title, starts_at, ends_at, zone, mode, status FROM session
WHERE guild_id = :guild%(fits)s
ORDER BY CASE WHEN folded LIKE :first ESCAPE '!' THEN 0 WHEN folded LIKE :inside ESCAPE '!' THEN 1 ELSE 2 END,
CASE WHEN status = 'cancelled' THEN 2 WHEN ends_at > :now THEN 0 ELSE 1 END, abs(starts_at - :now), id LIMIT :limit
"""
# When somebody speaks next is asked of so many that fit, not of everybody who ever spoke: it takes all their talks.
_SPEAKERS = """
SELECT id, name, affiliation FROM (
    SELECT id, name, affiliation,
    CASE WHEN folded LIKE :first ESCAPE '!' THEN 0 WHEN folded LIKE :inside ESCAPE '!' THEN 1 ELSE 2 END AS place
    FROM speaker WHERE guild_id = :guild%(fits)s ORDER BY place, name, id LIMIT 100
) AS found
ORDER BY place, (
    SELECT min(CASE WHEN session.status = 'cancelled' THEN 20000000000 WHEN session.ends_at > :now THEN 0
    ELSE 10000000000 END + abs(session.starts_at - :now))
    FROM talk_speaker JOIN talk ON talk.id = talk_id JOIN session ON session.id = talk.session_id
    WHERE speaker_id = found.id
), name, id LIMIT :limit
"""
# Taken from the newest session back, so that most of what is to be sorted is at once seen to come too late; only of
# the best is the rest read. CROSS JOIN: SQLite keeps to the order.
_TALKS = """
SELECT talk.id, talk.title, session.id, guild_id, session.slug, session.title, session.starts_at, ends_at, zone, mode,
status FROM (
    SELECT talk.id AS found,
    CASE WHEN talk.folded LIKE :first ESCAPE '!' THEN 0 WHEN talk.folded LIKE :inside ESCAPE '!' THEN 1 ELSE 2 END
    AS place,
    CASE WHEN status = 'cancelled' THEN 2 WHEN ends_at > :now THEN 0 ELSE 1 END AS phase,
    abs(near.starts_at - :now) AS distance, position AS number
    FROM (
        SELECT id, starts_at, ends_at, status FROM session WHERE guild_id = :guild
        ORDER BY starts_at DESC LIMIT 1000000000
    ) AS near CROSS JOIN talk
    WHERE session_id = near.id%(fits)s
    ORDER BY place, phase, distance, number, found LIMIT :limit
) AS best CROSS JOIN talk CROSS JOIN session
WHERE talk.id = found AND session.id = session_id ORDER BY place, phase, distance, number, found
"""


def is_id(text: str) -> bool:
    """Whether `text` is an id of ours, and so no name that anybody would type."""
    return _ID.fullmatch(text) is not None


def headlines(
    conn: sqlite3.Connection, guild_id: int, text: str, now: datetime, limit: int = MENU
) -> tuple[Headline, ...]:
    """Sessions that fit `text`, best first; nearest in time first for an empty one."""
    if not text.strip():
        past, upcoming = sessions.past_and_upcoming(conn, guild_id, now, limit)
        return (*upcoming, *past)[:limit]
    return tuple(map(rows.headline, _found(conn, _SESSIONS, _bounds(guild_id, text, now, limit))))


def speakers(
    conn: sqlite3.Connection, guild_id: int, text: str, now: datetime, limit: int = MENU
) -> tuple[SpeakerHit, ...]:
    """Speakers whose name or affiliation fits; those of the session at hand for an empty text."""
    if not text.strip():
        session = sessions.relevant(conn, guild_id, now)
        known = session.speakers() if session else ()
        return tuple(SpeakerHit(speaker.id, speaker.name, speaker.affiliation) for speaker in known)[:limit]
    return tuple(SpeakerHit(*row) for row in _found(conn, _SPEAKERS, _bounds(guild_id, text, now, limit)))


def talks(conn: sqlite3.Connection, guild_id: int, text: str, now: datetime, limit: int = MENU) -> tuple[TalkHit, ...]:
    """Talks whose title fits; those of the session at hand for an empty text."""
    if not text.strip():
        session = sessions.relevant(conn, guild_id, now)
        return tuple(TalkHit(talk.id, talk.title, session) for talk in session.talks)[:limit] if session else ()
    found = _found(conn, _TALKS, _bounds(guild_id, text, now, limit))
    return tuple(TalkHit(row[0], row[1], rows.headline(row[2:])) for row in found)


def session(conn: sqlite3.Connection, guild_id: int, text: str | None, now: datetime) -> Session | tuple[Headline, ...]:
    """The session meant by an id, a slug, or words; the one at hand without any; else all that fit, or nothing."""
    if text is None or not text.strip():
        return sessions.relevant(conn, guild_id, now) or ()
    named = _session_by_name(conn, guild_id, text.strip())
    if named is not None:
        return named
    found = headlines(conn, guild_id, text, now)
    exact = [headline for headline in found if fold(headline.title) == fold(text)]
    if len(exact) == 1 or len(found) == 1:
        return sessions.get(conn, guild_id, (exact or found)[0].id) or ()
    return found


def overview(
    conn: sqlite3.Connection, guild_id: int, text: str | None, now: datetime
) -> Overview | tuple[Headline, ...]:
    """As `session`, with the sessions before and after."""
    found = session(conn, guild_id, text, now)
    if isinstance(found, Session):
        return Overview(found, *sessions.past_and_upcoming(conn, guild_id, now, OTHERS))
    return found


def broadcast(
    conn: sqlite3.Connection, guild_id: int, text: str | None, now: datetime
) -> Broadcast | tuple[Headline, ...]:
    """As `session`, with the channel of its reminders."""
    found = session(conn, guild_id, text, now)
    if isinstance(found, Session):
        channel_id = found.channel_id or guilds.config(conn, guild_id).announce_channel_id
        return Broadcast(found, channel_id, reminder_rules.offsets(conn, found))
    return found


def speaker(
    conn: sqlite3.Connection, guild_id: int, text: str | None, now: datetime
) -> SpeakerPage | Session | Several | None:
    """The speaker meant by an id or words; without any, the session at hand. None: no such id, or no session."""
    if text is None or not text.strip():
        return sessions.relevant(conn, guild_id, now)
    text = text.strip()
    if is_id(text):
        return speaker_page(conn, guild_id, SpeakerId(text), now)
    hits = speakers(conn, guild_id, text, now)
    exact = [hit for hit in hits if fold(hit.name) == fold(text)]
    if len(exact) == 1 or len(hits) == 1:
        return speaker_page(conn, guild_id, (exact or hits)[0].id, now)
    if hits:
        return Several(text, speakers=hits)
    known = conn.execute(
        "SELECT id, name, affiliation FROM speaker WHERE guild_id = ? ORDER BY id LIMIT ?", (guild_id, NAMES)
    )
    by_name = {row[1]: SpeakerHit(*row) for row in known}
    meant = nearest(text, by_name)
    return Several(text, speakers=(by_name[meant],) if meant else (), nearest=meant)


def talk(
    conn: sqlite3.Connection, guild_id: int, text: str | None, now: datetime
) -> Appearance | Session | Several | None:
    """The talk meant by an id or words; without any, the session at hand. None: no such id, or no session."""
    if text is None or not text.strip():
        return sessions.relevant(conn, guild_id, now)
    text = text.strip()
    if is_id(text):
        return talk_page(conn, guild_id, TalkId(text))
    hits = talks(conn, guild_id, text, now)
    exact = [hit for hit in hits if fold(hit.title) == fold(text)]
    if len(exact) == 1 or len(hits) == 1:
        return talk_page(conn, guild_id, (exact or hits)[0].id)
    if hits:
        return Several(text, talks=hits)
    by_title = {hit.title: hit for hit in _any_talks(conn, guild_id, now)}
    meant = nearest(text, by_title)
    return Several(text, talks=(by_title[meant],) if meant else (), nearest=meant)


def speaker_page(conn: sqlite3.Connection, guild_id: int, speaker_id: SpeakerId, now: datetime) -> SpeakerPage | None:
    row = conn.execute(
        "SELECT id, slug, name, affiliation, biography, links FROM speaker WHERE guild_id = ? AND id = ?",
        (guild_id, speaker_id),
    ).fetchone()
    if row is None:
        return None
    found = conn.execute(
        """
        SELECT talk.id, talk.slug, talk.position, talk.title, abstract, talk.starts_at, slides_url, talk.recording_url,
        session.id, guild_id, session.slug, session.title, session.starts_at, ends_at, zone, mode, status
        FROM talk_speaker JOIN talk ON talk.id = talk_id JOIN session ON session.id = talk.session_id
        WHERE speaker_id = :speaker AND guild_id = :guild
        ORDER BY CASE WHEN status = 'cancelled' THEN 2 WHEN ends_at > :now THEN 0 ELSE 1 END,
        abs(session.starts_at - :now), talk.position LIMIT :limit
        """,
        {"speaker": speaker_id, "guild": guild_id, "now": to_unix(now), "limit": APPEARANCES},
    )
    return SpeakerPage(
        rows.speaker(row), tuple(Appearance(rows.talk(talk[:8], ()), rows.headline(talk[8:])) for talk in found)
    )


def talk_page(conn: sqlite3.Connection, guild_id: int, talk_id: TalkId) -> Appearance | None:
    row = conn.execute(
        """
        SELECT talk.id, talk.slug, position, talk.title, abstract, talk.starts_at, slides_url, talk.recording_url,
        session.id, guild_id, session.slug, session.title, session.starts_at, ends_at, zone, mode, status
        FROM talk JOIN session ON session.id = session_id WHERE guild_id = ? AND talk.id = ?
        """,
        (guild_id, talk_id),
    ).fetchone()
    if row is None:
        return None
    return Appearance(rows.talk(row[:8], _speakers_of(conn, talk_id)), rows.headline(row[8:]))


def _speakers_of(conn: sqlite3.Connection, talk_id: TalkId) -> tuple[Speaker, ...]:
    found = conn.execute(
        """
        SELECT id, slug, name, affiliation, biography, links FROM talk_speaker JOIN speaker ON id = speaker_id
        WHERE talk_id = ? ORDER BY position
        """,
        (talk_id,),
    )
    return tuple(map(rows.speaker, found))


def _session_by_name(conn: sqlite3.Connection, guild_id: int, name: str) -> Session | None:
    found = sessions.get(conn, guild_id, SessionId(name)) if is_id(name) else None
    return found or sessions.by_slug(conn, guild_id, name[:_LONGEST_QUERY])


def _any_talks(conn: sqlite3.Connection, guild_id: int, now: datetime) -> tuple[TalkHit, ...]:
    found = _found(conn, _TALKS, _bounds(guild_id, "", now, NAMES))
    return tuple(TalkHit(row[0], row[1], rows.headline(row[2:])) for row in found)


def _found(conn: sqlite3.Connection, statement: str, bounds: dict[str, object]) -> sqlite3.Cursor:
    words = sum(f"word{number}" in bounds for number in range(1, _WORDS + 1))
    column = "talk.folded" if statement is _TALKS else "folded"
    fits = "".join(f" AND {column} LIKE :word{number} ESCAPE '!'" for number in range(1, words + 1))
    return conn.execute(statement % {"fits": fits}, bounds)


def _bounds(guild_id: int, text: str, now: datetime, limit: int) -> dict[str, object]:
    folded = fold(text[:_LONGEST_QUERY])
    words = [f"%{_escaped(word)}%" for word in folded.split(maxsplit=_WORDS - 1)]
    whole = _escaped(folded)
    return {
        "guild": guild_id,
        "now": to_unix(now),
        "limit": limit,
        "first": f"{whole}%",
        "inside": f"% {whole}%",
        **{f"word{number}": word for number, word in enumerate(words, 1)},
    }


def _escaped(text: str) -> str:
    """`text` so that LIKE takes it literally; "!" is the escape in all statements here."""
    return text.replace("!", "!!").replace("%", "!%").replace("_", "!_")
