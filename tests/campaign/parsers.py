"""Every parser of what comes from outside, called as a function: a value, or a refusal in words, and soon.

Those that exist are looked up in the packages; `missing` names what reads text and has no entry here.
"""

import importlib
import inspect
import json
import pkgutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from random import Random
from typing import Any

from bot.domain import (
    links,
    lookup,
    programme,
    programme_fields,
    programme_times,
    programme_toml,
    search,
    session_fields,
    settings_zones,
    talks,
    zones,
)
from bot.domain.errors import Refusal
from bot.domain.plans import Plan, Typed
from bot.domain.programme import ProgrammeError
from bot.domain.sessions import Mode, Session
from bot.formats import reading
from bot.formats.calendar_link import clean
from bot.services import days, durations, edits, plans, reminders, series_rules, times
from bot.ui import settings as settings_page
from bot.ui import text as shown
from tests.campaign import corpus

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2022, 5, 23, 12, tzinfo=UTC)
SHORT, FILE = 0.05, 1.0  # seconds of the processor
PACKAGES = ("bot.domain", "bot.services", "bot.formats")
# What begins like a parser and is none of text: checks of values that our own code has made.
NO_PARSERS = {
    *("check_place", "check_ping", "check_moderators", "check_admission", "check_offer_minutes", "check_start"),
    *("check_choice", "check_open", "check_references", "check_ahead", "check_room", "check_seats"),
    *("check_people_open", "check_asked_for"),
    *("read_c3voc", "read_sessionize", "read_programme"),  # behind read_programme_file
}
FILES = (
    "data/desci-berlin.toml",
    *(f"tests/formats/fixtures/{name}.json" for name in ("pretalx", "frab", "sessionize")),
)


@dataclass(frozen=True, slots=True)
class Parser:
    """`call` gets one text; beside a Refusal it may raise `raises`. `sound` says whether a value can be right."""

    call: Callable[[str], Any]
    seeds: tuple[str, ...] = ("A title", "Rafaël Kaufmann", "")
    raises: tuple[type[Exception], ...] = ()
    sound: Callable[[Any], bool] = lambda _: True
    limit: float = SHORT
    weight: int = 4


@cache
def table() -> dict[str, Parser]:
    """By the name of the function."""
    wrong, zone_names = (ValueError,), corpus.ZONES
    words = Parser
    return {
        "read_moment": Parser(lambda text: times.read_moment(text, _zone(text), NOW), corpus.TIMES, sound=_to_come),
        "read_end": Parser(
            lambda text: times.read_end(text, _zone(text), NOW), (*corpus.TIMES, *corpus.LENGTHS), weight=3
        ),
        "read_duration": words(durations.read_duration, corpus.LENGTHS, sound=_within),
        "read_delay": words(durations.read_delay, corpus.LENGTHS),
        "parse_duration": words(durations.parse_duration, corpus.LENGTHS),
        "read_offsets": words(reminders.read_offsets, corpus.LENGTHS),
        "read_rule": Parser(_rule, corpus.TIMES, weight=2),
        "read_plan": Parser(_plan, corpus.TIMES, weight=1, limit=4 * SHORT),
        "read_texts": words(_texts),
        "read_options": words(lambda text: edits.read_options(text, len(text), text), zone_names),
        "check_url": words(
            links.check_url, corpus.LINKS, raises=wrong, sound=lambda url: url[:8].lower() == "https://"
        ),
        "read_url": words(partial(talks.read_url, "slides"), corpus.LINKS),
        "read_links": words(talks.read_links, corpus.LINKS),
        "read_talk": words(lambda text: talks.read_talk(text[:300], text)),
        "read_speaker": words(lambda text: talks.read_speaker(text[:99], text[:200], text, text[:500]), corpus.LINKS),
        "check": words(lambda text: [session_fields.check(key, text) for key in session_fields._CHECKS], raises=wrong),
        "seats": words(session_fields.seats, ("40", "", "1000"), raises=wrong),
        "check_slug": words(programme_fields.check_slug, ("trent-mcconaghy",), raises=wrong),
        "slug_of": words(programme_fields.slug_of, sound=lambda slug: slug.isascii() and ":" not in slug),
        "read_time": words(programme_times.read_time, corpus.TIMES, raises=wrong),
        "find_zone": words(zones.find_zone, zone_names, raises=(zones.WrongTimeError,)),
        "resolve": words(_resolve, ("CEST", "UTC+2", "+02:00", "Z"), raises=(zones.WrongTimeError,)),
        "suggest_zones": words(settings_zones.suggest_zones, zone_names, sound=lambda found: len(found) <= 25),
        "fold": words(search.fold),
        "quoted": words(lookup.quoted),
        "nearest": words(lambda text: lookup.nearest(text, ("A title", text[::-1], "Zürich"))),
        "read": words(_day, corpus.TIMES, raises=(days.NoDayError, days.SeveralDaysError)),
        "clean": words(clean, sound=lambda text: "\r" not in text),
        "settings.read_rule": words(settings_page.read_rule, ("1440-60-10", "none")),
        "safe": words(shown.safe, sound=lambda text: len(text) <= 256 and "\n" not in text and "\u202e" not in text),
        "plain": words(shown.plain, sound=lambda text: len(text) <= 100 and "\n" not in text),
        "prose": words(shown.prose, sound=lambda text: len(text) <= 4096 and "\u202e" not in text),
        "split": words(lambda text: shown.split(text, 50), sound=lambda parts: all(len(part) <= 50 for part in parts)),
        "shorten": words(lambda text: shown.shorten(text, 10), sound=lambda text: len(text) <= 10),
        "parse": words(programme_toml.parse, _pieces(), raises=(programme_toml.TomlError,), limit=FILE, weight=2),
        "parse_programme": Parser(_programme, _files()[:1], limit=FILE, weight=1),
        "read_programme_file": Parser(_file, _files(), limit=FILE, weight=2),
    }


def missing() -> set[str]:
    """What is called like a parser and stands neither in the table nor among those that are none."""
    return {name for name in _named() if name not in table() and name not in NO_PARSERS}


@cache
def _order() -> tuple[str, ...]:
    return tuple(name for name, parser in table().items() for _ in range(parser.weight))


def attempt(rng: Random) -> tuple[str, str | None]:
    """One text to one parser: the parser's name, and what was wrong."""
    name = rng.choice(_order())
    parser = table()[name]
    most = 300 if parser.limit == SHORT and rng.randrange(20) else 5000
    if parser.limit == FILE:
        text = _spoiled_file(rng, rng.choice(parser.seeds))
    elif rng.randrange(3):
        text = corpus.spoiled(rng, rng.choice(parser.seeds), most)
    else:
        text = corpus.anything(rng, most)
    wrong = _tried(parser, text)
    if wrong is not None and "seconds" in wrong:
        wrong = _tried(parser, text)  # it may have been the collector of garbage
    return name, wrong and f"{name}({text[:200]!r}): {wrong}"


def timed(call: Callable[[], object]) -> float:
    """Seconds of the processor."""
    before = time.thread_time()
    call()
    return time.thread_time() - before


def _tried(parser: Parser, text: str) -> str | None:
    before = time.thread_time()
    try:
        value = parser.call(text)
    except (Refusal, ProgrammeError) as refusal:
        if not str(refusal) or len(str(refusal)) > 100_000:
            return "the refusal says nothing, or far too much"
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        if not isinstance(error, parser.raises) or isinstance(error, UnicodeError | json.JSONDecodeError):
            return f"{type(error).__name__}: {error}"
    else:
        if not parser.sound(value):
            return f"gives {value!r}"
    spent = time.thread_time() - before
    return f"took {spent:.2f} seconds" if spent > parser.limit else None


def _named() -> Iterator[str]:
    for package in PACKAGES:
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            module = importlib.import_module(found.name)
            for name, value in vars(module).items():
                own = inspect.isfunction(value) and value.__module__ == module.__name__
                if own and name.startswith(("read", "parse", "check")):
                    yield name


def _zone(text: str) -> str:
    return corpus.ZONES[len(text) % len(corpus.ZONES)]


def _to_come(moment: times.Moment) -> bool:
    return NOW <= moment.at <= NOW + timedelta(days=5 * 366)


def _within(length: timedelta) -> bool:
    return timedelta(minutes=5) <= length <= timedelta(days=7)


@cache
def _session() -> Session:
    return programme.read_programme(ROOT / FILES[0]).session(1)


@cache
def _files() -> tuple[str, ...]:
    return tuple((ROOT / name).read_text("utf-8") for name in FILES)


def _pieces() -> tuple[str, ...]:
    text = _files()[0]
    return tuple(text[at : at + 400] for at in range(0, min(len(text), 4000), 400))


def _spoiled_file(rng: Random, text: str) -> str:
    """Something done to a value, a line or a place of the file."""
    lines = text.split("\n")
    for _ in range(rng.randrange(3) + 1):
        at = rng.randrange(len(lines))
        kind = rng.randrange(5)
        if kind == 0:
            del lines[at]
        elif kind == 1:
            lines.insert(at, lines[rng.randrange(len(lines))])
        elif kind == 2:
            lines[at] = corpus.spoiled(rng, lines[at], 20_000)
        elif kind == 3:
            head, sep, _ = lines[at].partition("=" if "=" in lines[at] else ":")
            lines[at] = f"{head}{sep} {rng.choice(_VALUES)}"
        else:
            lines[at] = lines[at] * rng.choice((2, 40))
        lines = lines or [""]
    return "\n".join(lines)


_VALUES = (
    *(
        '"x"',
        "1",
        "[]",
        "{}",
        '[{"a": [1]}],',
        "null,",
        "true",
        '"\\u202e"',
        "1e999",
        "9" * 400,
        '"' + "x" * 5000 + '"',
    ),
    *('"2022-10-30T02:30:00",', "2022-10-30T02:30:00", '"Europe/Nowhere"', '"https://a@b.c"', '"@everyone",'),
)


def _programme(text: str) -> Session:
    return programme.parse_programme(text.encode("utf-8", "surrogatepass"), "x.toml").session(1)


def _file(text: str) -> Session:
    name = "x.json" if text.lstrip().startswith("{") else "x.toml"
    options = reading.Options()
    return reading.read_programme_file(text.encode("utf-8", "surrogatepass"), name, options).session(1)


def _rule(text: str) -> object:
    every = ("week", "second_week", "month", series_rules.LAST_OF_MONTH)[len(text) % 4]
    return series_rules.read_rule(_session(), every, None, text, NOW)


def _plan(text: str) -> object:
    typed = Typed(title=text[:90], start=text, end=text[::-1], zone=_zone(text), place=text[:50])
    return plans.read_plan(Plan(typed, mode=Mode.HYBRID), NOW)


def _texts(text: str) -> object:
    return edits.read_texts(_session(), dict.fromkeys(("title", "theme", "venue", "city", "capacity"), text))


def _resolve(text: str) -> object:
    return zones.resolve(datetime(2022, 10, 30, 2, len(text) % 60), _zone(text), text)  # noqa: DTZ001 - a wall


def _day(text: str) -> object:
    base = datetime(2022, 5, 23, 12)  # noqa: DTZ001 - what a wall shows
    return days.read(text.lower()[: durations.MOST_CHARACTERS], base.time(), base) if text.isascii() else None
