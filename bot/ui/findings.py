"""What is in order in a server and what is not, with what to do: for the panel of `/settings` and for `/doctor`."""

from dataclasses import dataclass
from enum import IntEnum

from bot.domain.places import TO_ANNOUNCE, TO_LOG, USEFUL, Badge, Place, Right, listed
from bot.domain.reminder_rules import rule_words
from bot.domain.reminders import DEFAULT_OFFSETS
from bot.domain.server import Server
from bot.domain.zones import WrongTimeError, find_zone
from bot.ui.text import safe, stamp


class Level(IntEnum):
    """How bad it is."""

    GOOD = 0
    HINT = 1
    BAD = 2


MARKS = {Level.GOOD: "✅", Level.HINT: "⚠️", Level.BAD: "❌"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One line, in Markdown; names in it are safe."""

    level: Level
    words: str

    def __str__(self) -> str:
        return f"{MARKS[self.level]} {self.words}"


def announcements(server: Server) -> list[Finding]:
    place = server.announce
    if place is None:
        return [Finding(Level.BAD, "No announcement channel is chosen, so **nothing is posted**.")]
    return _place(place, TO_ANNOUNCE, "Cards and reminders go to")


def log_channel(server: Server) -> list[Finding]:
    place = server.log
    if place is None:
        words = "No log channel is chosen: what goes wrong is not told to you."
        return [Finding(Level.HINT, words)]
    return _place(place, TO_LOG, "What goes wrong, and who changed what, is told in")


def moderators(server: Server) -> list[Finding]:
    badge = server.moderators
    if badge is None:
        return [Finding(Level.GOOD, "People with “Manage Server” look after sessions; no role for others is chosen.")]
    if badge.name is None:
        words = "The moderator role was deleted: only people with “Manage Server” are left. Choose another one."
        return [Finding(Level.BAD, words)]
    return [Finding(Level.GOOD, f"People with <@&{badge.id}> or “Manage Server” look after sessions.")]


def pings(server: Server) -> list[Finding]:
    badge = server.ping
    if badge is None:
        return [Finding(Level.GOOD, "Nobody is pinged. Choose a role if people want to be.")]
    return [_ping(badge)]


def zone(server: Server) -> list[Finding]:
    name = server.config.zone
    if name is None:
        return [Finding(Level.HINT, "No time zone is chosen: say with each new session whose clocks its times follow.")]
    try:
        find_zone(name)
    except WrongTimeError:
        return [Finding(Level.BAD, f"The time zone {safe(name, 60)} is not known any more. Choose another one.")]
    return [Finding(Level.GOOD, f"New sessions begin with the time zone {safe(name, 60)}.")]


def reminder_times(server: Server) -> list[Finding]:
    minutes = server.config.reminder_minutes
    rule = rule_words(DEFAULT_OFFSETS if minutes is None else minutes)
    found = [Finding(Level.GOOD, f"Reminders are posted {rule}.")]
    if server.paused_since is not None:
        words = f"**Paused** since {stamp(server.paused_since)}: nothing is posted. `/reminders resume` ends that."
        found.append(Finding(Level.BAD, words))
    return found


def _place(place: Place, needed: tuple[Right, ...], what: str) -> list[Finding]:
    if place.name is None:
        words = f"The channel <#{place.id}> is gone, or I cannot see it (“{Right.VIEW}”). Allow it, or choose another."
        return [Finding(Level.BAD, words)]
    if not place.takes_posts:
        return [Finding(Level.BAD, f"<#{place.id}> takes no posts. Choose a text or announcement channel.")]
    missing = place.missing(needed)
    if missing:
        return [Finding(Level.BAD, f"In <#{place.id}> I need: {listed(missing)}. Allow that in its permissions.")]
    useful = place.missing(USEFUL)
    if useful:
        return [Finding(Level.HINT, f"{what} <#{place.id}>. For files, allow me {listed(useful)} there, too.")]
    return [Finding(Level.GOOD, f"{what} <#{place.id}>.")]


def _ping(badge: Badge) -> Finding:
    if badge.name is None:
        return Finding(Level.BAD, "The role to ping was deleted. Choose another one, or none.")
    if not badge.i_may_ping:
        words = f"I may not ping <@&{badge.id}>: let anyone @mention it (Server Settings, Roles), or choose another."
        return Finding(Level.BAD, words)
    return Finding(Level.GOOD, f"Announcements and reminders ping <@&{badge.id}>.")
