"""What a change to the answers or the seats of a session brought, for whoever made it."""

import sqlite3
from dataclasses import replace

from bot.domain.attendance import Settled
from bot.domain.sessions import Session
from bot.store import admission, attendance, offers, rsvps


def settled(conn: sqlite3.Connection, session: Session, batch: rsvps.Batch | None) -> Settled:
    """How the session is now; `batch` has who got a seat, or is offered one (None: seats were not given out)."""
    given = batch or rsvps.Batch(())
    found = Settled(session, admission.get(conn, session.id), len(given.moved), len(given.offered))
    if session.seats is None:
        return found
    seated, until = attendance.seated(conn, session.id), offers.open_until(conn, session.id)
    kept = min(max(seated + len(until) - session.seats, 0), len(until))
    return replace(found, over=max(seated - session.seats, 0), kept=kept, kept_until=until[-1] if kept else None)
