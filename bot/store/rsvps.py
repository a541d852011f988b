"""Answers of people to sessions: rows in, values out; seats and the waiting list follow in the same transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import itemgetter

from bot.domain.admission import Admission, offered_until
from bot.domain.errors import Refusal
from bot.domain.reminders import MOVED_UP, SEAT_OFFER
from bot.domain.rsvps import Answer, Outcome, Outlook, Press, Roster, Rsvp, check_open
from bot.domain.seats import After, Before, Place, Standing, settle
from bot.domain.sessions import Mode, Session, SessionId
from bot.domain.stats import deltas
from bot.store import admission, reminders, session_rows, sessions, stats
from bot.store.values import from_unix, to_unix

NAMES = 20  # of each group, more than a card ever shows

_UPSERT = """
INSERT INTO rsvp (session_id, user_id, answer, waiting, queue, name, answered_at, press_id)
VALUES (?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (session_id, user_id) DO UPDATE SET answer = excluded.answer, waiting = excluded.waiting,
 queue = excluded.queue, name = excluded.name, answered_at = excluded.answered_at, press_id = excluded.press_id
"""
_COUNTS = "SELECT answer, waiting, count(*), max(queue) FROM rsvp WHERE session_id = ? GROUP BY answer, waiting"
_SESSION = f"""
SELECT session.*, {admission.COLUMNS}
FROM session LEFT JOIN admission ON session_id = id WHERE guild_id = ? AND id = ?
"""  # noqa: S608 - names of our own
_LINE = """
SELECT rsvp.queue, rsvp.user_id, seat_offer.queue FROM rsvp
LEFT JOIN seat_offer ON seat_offer.session_id = rsvp.session_id AND seat_offer.user_id = rsvp.user_id
WHERE rsvp.session_id = ? AND answer = 'in_person' AND waiting = 1 ORDER BY rsvp.queue
"""
_OFFER = """
INSERT INTO seat_offer (session_id, user_id, queue, expires_at) VALUES (?, ?, ?, ?)
ON CONFLICT (session_id, user_id) DO UPDATE SET queue = excluded.queue, expires_at = excluded.expires_at
"""
_ROWS_OF_ONE = """
SELECT user_id, name, answer, waiting, queue, press_id, answered_at FROM rsvp WHERE session_id = ? AND user_id IN (?)
"""
_NAMES = "SELECT name FROM rsvp WHERE session_id = ? AND answer = ? AND waiting = ? ORDER BY queue LIMIT ?"


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of presses, one by one in their order, and who has a seat now because of them.

    `offered` are those for whom one is kept. `lends`: a role goes with coming to this session. `outlook` has the
    session without its talks, and nobody's answer.
    """

    outcomes: tuple[Outcome | Refusal, ...]
    moved: tuple[int, ...] = ()
    offered: tuple[int, ...] = ()
    lends: bool = False
    outlook: Outlook | None = None


def apply(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, presses: Sequence[Press], now: datetime
) -> Batch:
    """Set the answers of `presses` in their order, move up those who wait for a seat, and order the notices to them.

    A handful of statements, however many presses there are. Without presses it only fills free seats.

    Raises:
        Refusal: for all of them: the session is not of this guild, cancelled, or over.
    """
    cursor = conn.execute(_SESSION, (guild_id, session_id))
    values = cursor.fetchone()
    if values is None:
        raise Refusal("This session is not here any more. `/schedule` shows what is on.")
    row = {column[0]: value for column, value in zip(cursor.description, values, strict=True)}
    session = session_rows.session(row, ())
    check_open(session.status, session.ends_at, now)
    chosen = admission.of_columns([row[name] for name in admission.COLUMNS.split(", ")])
    before = _before(conn, session_id, session.mode, session.capacity, presses, chosen=chosen)
    after = settle(before, presses, now)
    _store(conn, session_id, after)
    stats.add(conn, session_id, deltas(before, after), now)
    if after.offered:
        _offer(conn, session_id, after.offered, offered_until(chosen, now, session.ends_at))
    if after.moved or after.offered:
        _notify(conn, guild_id, session_id, after, now)
    return Batch(
        after.outcomes,
        tuple(place.user_id for place in after.moved),
        tuple(place.user_id for place in after.offered),
        lends=chosen.lend_role_id is not None,
        outlook=Outlook(session, None, chosen),
    )


def roster(conn: sqlite3.Connection, session_id: SessionId) -> Roster:
    """Counts of all answers, and the first `NAMES` names of each group."""
    counts: dict[Answer, int] = {}
    names: dict[Answer, tuple[str, ...]] = {}
    waiting = 0
    waiting_names: tuple[str, ...] = ()
    for text, waits, count, _ in conn.execute(_COUNTS, (session_id,)).fetchall():
        if text is None:
            continue
        answer = Answer(text)
        if waits:
            waiting, waiting_names = count, _names(conn, session_id, answer, waits)
        else:
            counts[answer], names[answer] = count, _names(conn, session_id, answer, waits)
    return Roster(counts, waiting, names, waiting_names, admission.get(conn, session_id))


def of_user(conn: sqlite3.Connection, guild_id: int, session_id: SessionId, user_id: int) -> Rsvp | None:
    """What one person answered to a session of the guild; None without an answer, or when it was withdrawn."""
    row = conn.execute(
        "SELECT rsvp.name, answer, waiting, queue, answered_at FROM rsvp JOIN session ON session.id = rsvp.session_id"
        " WHERE session_id = ? AND user_id = ? AND guild_id = ? AND answer IS NOT NULL",
        (session_id, user_id, guild_id),
    ).fetchone()
    if row is None:
        return None
    name, answer, waiting, queue, answered_at = row
    place = _place(conn, session_id, queue) if waiting else None
    return Rsvp(user_id, name, Answer(answer), from_unix(answered_at), place)


def standing(
    conn: sqlite3.Connection, guild_id: int, session_id: SessionId, user_id: int
) -> tuple[Session | None, Rsvp | None]:
    """A session of the guild and what one person answered to it."""
    return sessions.get(conn, guild_id, session_id), of_user(conn, guild_id, session_id, user_id)


def outlook(conn: sqlite3.Connection, guild_id: int, session_id: SessionId, user_id: int) -> Outlook | None:
    """A session of the guild, what one person answered to it, and what the next answer depends on."""
    session = sessions.get(conn, guild_id, session_id)
    if session is None:
        return None
    kept = conn.execute(
        "SELECT expires_at FROM seat_offer JOIN rsvp ON rsvp.session_id = seat_offer.session_id"
        " AND rsvp.user_id = seat_offer.user_id AND rsvp.queue = seat_offer.queue AND waiting = 1"
        " WHERE seat_offer.session_id = ? AND seat_offer.user_id = ?",
        (session_id, user_id),
    ).fetchone()
    return Outlook(
        session,
        of_user(conn, guild_id, session_id, user_id),
        admission.get(conn, session_id),
        None if kept is None else from_unix(kept[0]),
    )


def card(conn: sqlite3.Connection, session_id: SessionId) -> tuple[Session, Roster] | None:
    """What the card of a session shows; for delivery alone, which is told the session by our own rows."""
    session = sessions.by_id(conn, session_id)
    return None if session is None else (session, roster(conn, session_id))


def cards_since(conn: sqlite3.Connection, moment: datetime) -> list[SessionId]:
    """Sessions with a card that were not over yet at `moment`."""
    rows = conn.execute(
        "SELECT id, starts_at FROM session WHERE ends_at > ? AND card_message_id IS NOT NULL", (to_unix(moment),)
    )
    # Sorted here: asked to, SQLite would walk all cards there ever were in this order.
    return [SessionId(row[0]) for row in sorted(rows, key=itemgetter(1))]


def cards_turned(conn: sqlite3.Connection, after: datetime, until: datetime) -> list[SessionId]:
    """Sessions with a card that began or ended after `after`, and not after `until`."""
    rows = conn.execute(
        "SELECT id FROM session WHERE card_message_id IS NOT NULL AND starts_at > :after AND starts_at <= :until"
        " UNION SELECT id FROM session WHERE card_message_id IS NOT NULL AND ends_at > :after AND ends_at <= :until",
        {"after": to_unix(after), "until": to_unix(until)},
    )
    return [SessionId(row[0]) for row in rows]


def _before(
    conn: sqlite3.Connection,
    session_id: SessionId,
    mode: Mode,
    capacity: int | None,
    presses: Sequence[Press],
    *,
    chosen: Admission,
) -> Before:
    counts = conn.execute(_COUNTS, (session_id,)).fetchall()
    line, held = _line(conn, session_id) if any(waits for _, waits, _, _ in counts) else ([], frozenset[int]())
    return Before(
        mode,
        capacity,
        answers=sum(count for answer, _, count, _ in counts if answer is not None),
        seated=sum(count for answer, waits, count, _ in counts if answer == Answer.IN_PERSON and not waits),
        last_queue=max(map(itemgetter(3), counts), default=0),
        rows=_rows(conn, session_id, {press.user_id for press in presses}),
        line=line,
        admission=chosen,
        held=held,
    )


def _rows(conn: sqlite3.Connection, session_id: SessionId, users: Iterable[int]) -> dict[int, Standing]:
    wanted = list(users)
    if not wanted:
        return {}
    # Filled up by repeating one, so that a few statements serve all sizes and stay prepared.
    size = 1 << (len(wanted) - 1).bit_length()
    wanted += wanted[:1] * (size - len(wanted))
    return {row[0]: _standing(row) for row in conn.execute(_rows_of(size), (session_id, *wanted))}


@lru_cache(maxsize=16)
def _rows_of(size: int) -> str:
    return _ROWS_OF_ONE.replace("(?)", f"({', '.join('?' * size)})")


def _standing(row: tuple[int, str, str | None, int, int, int, int]) -> Standing:
    user_id, name, answer, waiting, queue, press_id, answered_at = row
    return Standing(
        user_id,
        name,
        None if answer is None else Answer(answer),
        bool(waiting),
        queue,
        press_id,
        from_unix(answered_at),
    )


def _line(conn: sqlite3.Connection, session_id: SessionId) -> tuple[list[Place], AbstractSet[int]]:
    """Those who wait, and who of them has an offer that is still open."""
    rows = conn.execute(_LINE, (session_id,)).fetchall()
    held = frozenset(user_id for queue, user_id, offered in rows if offered == queue)
    return [Place(queue, user_id) for queue, user_id, _ in rows], held


def _store(conn: sqlite3.Connection, session_id: SessionId, after: After) -> None:
    conn.executemany(
        _UPSERT,
        [
            (
                *(session_id, row.user_id, row.answer and row.answer.value, int(row.waiting), row.queue),
                *(row.name, to_unix(row.answered_at), row.press_id),
            )
            for row in after.changed
        ],
    )
    conn.executemany(
        "UPDATE rsvp SET waiting = 0 WHERE session_id = ? AND user_id = ?",
        [(session_id, place.user_id) for place in after.moved],
    )


def _offer(conn: sqlite3.Connection, session_id: SessionId, offered: Iterable[Place], until: datetime) -> None:
    conn.executemany(_OFFER, [(session_id, place.user_id, place.queue, to_unix(until)) for place in offered])


def _notify(conn: sqlite3.Connection, guild_id: int, session_id: SessionId, after: After, now: datetime) -> None:
    session = sessions.get(conn, guild_id, session_id)
    assert session is not None
    for kind, places in ((MOVED_UP, after.moved), (SEAT_OFFER, after.offered)):
        for place in places:
            reminders.notify(conn, session, kind, place.user_id, generation=place.queue, now=now)


def _names(conn: sqlite3.Connection, session_id: SessionId, answer: Answer, waiting: int) -> tuple[str, ...]:
    return tuple(row[0] for row in conn.execute(_NAMES, (session_id, answer.value, waiting, NAMES)))


def _place(conn: sqlite3.Connection, session_id: SessionId, queue: int) -> int | None:
    """The place in the line of the person with this number; None where nobody needs a seat."""
    count: int = conn.execute(
        "SELECT count(*) FROM rsvp JOIN session ON session.id = session_id WHERE session_id = ?"
        " AND answer = 'in_person' AND waiting = 1 AND queue <= ? AND mode <> ?",
        (session_id, queue, Mode.ONLINE.value),
    ).fetchone()[0]
    return count or None
