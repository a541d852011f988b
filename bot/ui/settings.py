"""The panel of `/settings`: what is chosen, whether it works, and a menu for each."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.reminder_rules import COMMON, rule_words
from bot.domain.reminders import DEFAULT_OFFSETS
from bot.domain.server import Server
from bot.domain.settings_zones import COMMON_ZONES
from bot.domain.zones import WrongTimeError, find_zone, offset_words
from bot.ui import findings
from bot.ui.findings import Finding, Level
from bot.ui.layouts import Layout, channel_menu, layout, line, role_menu, row, words
from bot.ui.sessions import COLOR
from bot.ui.text import shorten
from bot.ui.views import Component, Option, Style, button, select

# The menus, by the last part of their custom ids.
ANNOUNCE, LOG, MODERATORS, PING, ZONE, REMINDERS = "announce", "log", "moderators", "ping", "zone", "reminders"
MENU = "settings"  # settings:announce
OPEN = "settings-open"

INTRO = "## Settings of this server\nEvery choice is checked and holds at once. Only you see this."
NOTICE = 600  # characters


def panel(server: Server, now: datetime, notice: Finding | None = None) -> Layout:
    """`notice` is what became of the last choice."""
    chosen = server.config
    parts = [words(INTRO), *([words(shorten(str(notice), NOTICE))] if notice else []), line()]
    parts += _part(
        "Announcement channel",
        findings.announcements(server),
        channel_menu(_id(ANNOUNCE), "Where cards and reminders are posted", chosen.announce_channel_id),
    )
    parts += _part(
        "Log channel",
        findings.log_channel(server),
        channel_menu(_id(LOG), "Where moderators are told what goes wrong", chosen.log_channel_id),
    )
    parts += _part(
        "Moderator role",
        findings.moderators(server),
        role_menu(_id(MODERATORS), "Who may look after sessions", chosen.moderator_role_id),
    )
    parts += _part(
        "Role to ping",
        findings.pings(server),
        role_menu(_id(PING), "Who is pinged by announcements and reminders", chosen.ping_role_id),
    )
    parts += _part("Time zone", findings.zone(server), _zones(chosen.zone, now))
    parts += _part("Reminders", findings.reminder_times(server), _rules(chosen.reminder_minutes))
    parts += [
        line(),
        words("-# Another time zone or other times: `/settings zone:` and `/settings reminders:`"),
        row([button("Check everything", "doctor", emoji="🩺", style=Style.SECONDARY)]),
    ]
    return layout(parts, COLOR)


def _part(title: str, found: Sequence[Finding], menu: Component | None) -> list[Component]:
    text = "\n".join([f"**{title}**", *map(str, found)])
    return [words(text), row([menu] if menu else [])]


def _id(name: str) -> str:
    return f"{MENU}:{name}"


def _zones(chosen: str | None, now: datetime) -> Component | None:
    names = COMMON_ZONES if chosen is None or chosen in COMMON_ZONES else (chosen, *COMMON_ZONES)
    options = [Option(f"{name} ({_offset(name, now)})", name, chosen=name == chosen) for name in names]
    return select(_id(ZONE), "Whose clocks new sessions follow", options)


def _offset(name: str, now: datetime) -> str:
    try:
        offset = now.astimezone(find_zone(name)).utcoffset()
    except WrongTimeError:
        return "not known"
    return offset_words(offset) if offset is not None else "not known"


def _rules(chosen: tuple[int, ...] | None) -> Component | None:
    holds = DEFAULT_OFFSETS if chosen is None else chosen
    rules = COMMON if holds in COMMON else (holds, *COMMON)
    options = [Option(rule_words(rule), rule_value(rule), chosen=rule == holds) for rule in rules]
    return select(_id(REMINDERS), "When people are reminded of a session", options)


def rule_value(minutes: tuple[int, ...]) -> str:
    """The value of a rule in the menu: "1440-60-10"."""
    return "-".join(map(str, minutes)) or "none"


def read_rule(value: str) -> tuple[int, ...] | None:
    """The reverse of `rule_value`, for rules that the menu offers; None for anything else."""
    return next((rule for rule in COMMON if rule_value(rule) == value), None)


def saved(what: str) -> Finding:
    return Finding(Level.GOOD, what)


def refused(why: str) -> Finding:
    return Finding(Level.BAD, f"Nothing was changed. {why}")
