"""The answer to `/doctor`: what is in order, what is not, and what to do about it."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import discord

from bot.domain.doctor import ClockState, Connection, DatabaseState, Examination
from bot.domain.reminder_rules import Entry
from bot.domain.sessions import Session, Status
from bot.ui import findings, limits
from bot.ui.findings import MARKS, Finding, Level
from bot.ui.reminders import name
from bot.ui.reply import Reply
from bot.ui.streams import is_streamed
from bot.ui.text import listed, safe, stamp

COLOURS = {Level.GOOD: 0x23A55A, Level.HINT: 0xFAA61A, Level.BAD: 0xDA373C}
TITLES = {Level.GOOD: "All is well", Level.HINT: "All works; some things to look at", Level.BAD: "Something is wrong"}

SOON = timedelta(hours=1)  # from here on a missing link is a trouble
TALKS_SOON = timedelta(days=7)
SLOW = timedelta(seconds=1)
OFF = timedelta(seconds=30)  # our clock against Discord's
NAMED = 3  # talks
LARGE_LOG = 64 << 20  # bytes: a write-ahead log of that size was not written back for long


def doctor(found: Examination) -> Reply:
    """Everything on one page, the worst in the title and the colour."""
    parts = {
        "Channels and roles": _server(found),
        "Sessions": list(_sessions(found)),
        "Next posts": _posts(found),
        "The bot itself": [_database(found.database), _connection(found.connection), _clock(found.clock)],
    }
    worst = max((finding.level for part in parts.values() for finding in part), default=Level.GOOD)
    embed = discord.Embed(title=f"{MARKS[worst]} {TITLES[worst]}", color=COLOURS[worst])
    for title, part in parts.items():
        lines = [str(finding) for finding in sorted(part, key=lambda finding: -finding.level)]
        embed.add_field(name=title, value=listed(lines, limits.FIELD_VALUE), inline=False)
    embed.set_footer(text="✅ in order · ⚠️ worth a look · ❌ needs you")
    return Reply(embeds=(embed,))


def _server(found: Examination) -> list[Finding]:
    server = found.server
    return [
        *findings.announcements(server),
        *findings.log_channel(server),
        *findings.moderators(server),
        *findings.pings(server),
        *findings.zone(server),
    ]


def _sessions(found: Examination) -> Iterator[Finding]:
    sessions = [session for session in found.records.sessions if session.status is not Status.CANCELLED]
    if not sessions:
        yield Finding(Level.HINT, "No session is coming. `/session create` makes one.")
    for session in sessions:
        troubles = [*_stream(session, found), *_talks(session, found)]
        yield from troubles
        if not troubles:
            yield Finding(Level.GOOD, f"{_title(session)} {stamp(session.starts_at, 'R')}")


def _stream(session: Session, found: Examination) -> Iterator[Finding]:
    if not is_streamed(session) or session.stream_url is not None:
        return
    level = Level.BAD if session.starts_at - found.now <= SOON else Level.HINT
    when = stamp(session.starts_at, "R")
    yield Finding(level, f"{_title(session)} starts {when} and has no link to its stream: `/session stream`")


def _talks(session: Session, found: Examination) -> Iterator[Finding]:
    if not session.talks:
        yield Finding(Level.HINT, f"{_title(session)} has no talks yet.")
        return
    if session.starts_at - found.now > TALKS_SOON:
        return
    silent = [talk.title for talk in session.talks if not talk.abstract]
    if silent:
        yield Finding(Level.HINT, f"{_title(session)}: {_count(silent, session)} no abstract: {_named(silent)}")
    untimed = [talk.title for talk in session.talks if talk.starts_at is None]
    if untimed:
        yield Finding(Level.HINT, f"{_title(session)}: {_count(untimed, session)} no time of their own.")


def _posts(found: Examination) -> list[Finding]:
    rules = findings.reminder_times(found.server)
    trouble = [
        Finding(Level.BAD, f"{_post(entry)}: {safe(entry.reminder.reason or '', 200)}")
        for entry in found.records.trouble
    ]
    # A post that waits with a reason is a trouble, and is not in order as well; nor is one that is held back.
    stuck = {entry.reminder.key for entry in found.records.trouble}
    if found.records.paused_since is not None or found.server.paused_since is not None:
        level, but = Level.HINT, ", unless the pause goes on"
    elif found.server.announce is None:
        level, but = Level.HINT, ", if its session has a channel of its own"
    else:
        level, but = Level.GOOD, ""
    coming = [
        Finding(level, f"{stamp(entry.reminder.due_at)} {_post(entry)}{but}")
        for entry in found.records.coming
        if entry.reminder.key not in stuck
    ]
    if not found.records.coming:
        coming = [Finding(Level.HINT, "Nothing is going to be posted.")]
    return [*rules, *trouble, *coming]


def _database(state: DatabaseState) -> Finding:
    sizes = f"{_megabytes(state.size)}, log {_megabytes(state.log_size)}"
    if state.damage is not None:
        words = f"The database is damaged ({safe(state.damage, 100)}). Stop the bot and restore a backup."
        return Finding(Level.BAD, words)
    if state.log_size > LARGE_LOG:
        return Finding(Level.HINT, f"The database is sound, but its log is large ({sizes}). Restart the bot soon.")
    return Finding(Level.GOOD, f"The database is sound ({sizes}).")


def _connection(state: Connection) -> Finding:
    since = f", connected {stamp(state.since, 'R')}" if state.since is not None else ""
    if state.latency is None:
        return Finding(Level.HINT, f"Discord has not answered a heartbeat yet{since}. Look again in a minute.")
    milliseconds = f"{state.latency / timedelta(milliseconds=1):.0f} ms"
    if state.latency > SLOW:
        return Finding(Level.HINT, f"Discord answers slowly: {milliseconds}{since}. The network or Discord is busy.")
    return Finding(Level.GOOD, f"Discord answers in {milliseconds}{since}.")


def _clock(state: ClockState) -> Finding:
    if state.speed != 1:
        return Finding(Level.HINT, f"The clock runs at {state.speed:g} times its speed: this is a rehearsal.")
    if abs(state.ahead) > OFF:
        seconds = abs(state.ahead) // timedelta(seconds=1)
        way = "ahead of" if state.ahead > timedelta() else "behind"
        words = f"The clock is {seconds:,} seconds {way} Discord's: posts come at wrong times. Set the machine's clock."
        return Finding(Level.BAD, words)
    return Finding(Level.GOOD, "The clock is right.")


def _title(session: Session) -> str:
    return f"**{safe(session.title, 60)}**"


def _post(entry: Entry) -> str:
    try:
        called = name(entry.reminder.kind)
    except KeyError:  # of a release that knew other posts
        called = "post"
    return f"{called} of {safe(entry.session.title, 60)}"


def _reason(entry: Entry) -> str:
    return safe(entry.reminder.reason or "", 200)


def _count(some: Sequence[str], session: Session) -> str:
    return f"{len(some)} of {len(session.talks)} talks {'has' if len(some) == 1 else 'have'}"


def _named(titles: Sequence[str]) -> str:
    shown = ", ".join(safe(title, 40) for title in titles[:NAMED])
    return f"{shown} …" if len(titles) > NAMED else shown


def _megabytes(size: int) -> str:
    return f"{size / (1 << 20):.1f} MB"
