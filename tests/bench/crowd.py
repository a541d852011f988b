"""Many presses on one card in a few seconds: when each is answered, when the card shows it, and whether it is right."""

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from pathlib import Path

from bot.sandbox.remote import Remote
from tests.bench.houses import (
    ANNOUNCEMENTS,
    GUILD,
    MEMBER,
    OURS,
    Card,
    Json,
    answered,
    find_card,
    house,
    quiet,
    settings,
)
from tests.bench.rates import ANSWERS
from tests.bench.size import Size
from tests.bench.table import Part, Row, quantile

WORDS = (
    "People who answer for the first time, evenly spread, with Discord's rate limits on. Shown: from the press until "
    "the card as the server has it counts that press. In milliseconds."
)
EPOCH = 1_420_070_400_000  # Discord's ids count milliseconds from 2015 on
LATE = 5.0  # seconds for the card to show the last of them

Counts = tuple[int, ...]


@dataclass(frozen=True)
class Pressed:
    """A press as it ended; `at` in milliseconds of the sandbox's clock."""

    at: int
    answer: int
    took: float


@dataclass(frozen=True)
class Shown:
    at: float
    counts: Counts


async def measure(size: Size, say: Callable[[str], None]) -> Part:
    name = f"{size.presses} presses in {size.press_seconds:g} s"
    first = Row(f"{name}: first answer, p99", 300, "ms", "value", at_most=True)
    first_middle = Row(f"{name}: first answer, p50", None, "ms", "value")
    shown = Row(f"{name}: shown on the card, p99", 380, "ms", "value", at_most=True)
    shown_middle = Row(f"{name}: shown on the card, p50", None, "ms", "value")
    back = Row(f"{name}: steps back of a count", 0, "", "value", at_most=True)
    wrong = Row(f"{name}: counts wrong in the end", 0, "", "value", at_most=True)
    refused = Row(f"{name}: answers 429", 0, "", "value", at_most=True)
    with tempfile.TemporaryDirectory() as folder:
        async with house(OURS, settings(Path(folder) / "bench.db"), limits=True) as ours:
            card = await find_card(ours.remote)
            for number in range(size.rounds):
                await quiet(ours.remote)
                before, since = await _counts(ours.remote, card), (await ours.remote.journal(since=1 << 60))["next"]
                pressed = await _crowd(ours.remote, card, size)
                wrong.add(await _wrong(ours.remote, card, _after(before, pressed)))
                entries = (await ours.remote.journal(since=since))["entries"]
                states = list(_states(entries, card))
                delays = list(_delays(pressed, before, states))
                first.add(quantile((press.took for press in pressed), 0.99))
                first_middle.add(quantile((press.took for press in pressed), 0.5))
                shown.add(quantile(delays, 0.99))
                shown_middle.add(quantile(delays, 0.5))
                back.add(_steps_back([before, *(state.counts for state in states)]))
                refused.add(sum(entry["status"] == 429 for entry in entries))
                say(f"round {number + 1} of {size.rounds}")
    return Part("A crowd on one card", WORDS, [first_middle, first, shown_middle, shown, back, wrong, refused])


async def _crowd(remote: Remote, card: Card, size: Size) -> list[Pressed]:
    """In the order in which the sandbox took them."""
    members = await remote.add_members(GUILD, size.presses)
    loop = asyncio.get_running_loop()
    began = loop.time()

    async def one(number: int, member: str) -> Pressed:
        await asyncio.sleep(began + number * size.press_seconds / size.presses - loop.time())
        answer = number * 7 % 11 % len(ANSWERS)
        done = answered(await remote.press(member, card.message_id, card.button(ANSWERS[answer])))
        return Pressed((int(done["id"]) >> 22) + EPOCH, answer, float(done["answered_after_ms"]))

    pressed = await asyncio.gather(*(one(number, member) for number, member in enumerate(members)))
    return sorted(pressed, key=lambda press: press.at)


async def _wrong(remote: Remote, card: Card, right: Counts) -> int:
    """1 when the card does not come to show what is right."""
    for _ in range(int(LATE / 0.1)):
        if await _counts(remote, card) == right:
            return 0
        await asyncio.sleep(0.1)
    return 1


async def _counts(remote: Remote, card: Card) -> Counts:
    messages = await remote.messages(ANNOUNCEMENTS, MEMBER)
    return _read(next(message for message in messages if message["id"] == card.message_id))


def _read(message: Json) -> Counts:
    """The number in the heading of each of the four groups."""
    found = [re.search(r" · ([0-9]+)$", row["name"]) for row in message["embeds"][0]["fields"]]
    assert len(found) == len(ANSWERS)
    return tuple(int(match[1]) for match in found if match)


def _states(entries: Iterable[Json], card: Card) -> Iterator[Shown]:
    """What the card showed, each from the moment on at which the server had it."""
    for entry in entries:
        body = entry["request"]
        if entry["status"] >= 300 or not isinstance(body, dict):
            continue
        edits = entry["method"] == "PATCH" and entry["path"].endswith(f"/messages/{card.message_id}")
        updates = body.get("type") == 7
        if edits or updates:
            at = datetime.fromisoformat(entry["at"]).timestamp() * 1000
            yield Shown(at, _read(body["data"] if updates else body))


def _delays(pressed: Iterable[Pressed], before: Counts, states: list[Shown]) -> Iterator[float]:
    """Milliseconds until each press was counted: the bot takes them in the order in which they come."""
    counted = list(before)
    for press in pressed:
        counted[press.answer] += 1
        place = counted[press.answer]
        at = next((state.at for state in states if state.counts[press.answer] >= place), float("inf"))
        yield at - press.at


def _steps_back(counts: list[Counts]) -> int:
    return sum(any(b < a for a, b in zip(one, after, strict=True)) for one, after in pairwise(counts))


def _after(before: Counts, pressed: Iterable[Pressed]) -> Counts:
    added = [press.answer for press in pressed]
    return tuple(count + added.count(answer) for answer, count in enumerate(before))
