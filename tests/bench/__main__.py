"""`make bench`: our bot beside a bare discord.py client, in turn, medians of at least seven rounds."""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.houses import ANNOUNCEMENTS, GENERAL, GUILD, MEMBER, ROOT, House, Json, house, rate

START = datetime(2022, 5, 23, 7, 0, tzinfo=UTC)
Act = Callable[[int], Awaitable[Json]]


@dataclass
class Row:
    """One line of the table: our rate over the ceiling's, round by round."""

    what: str
    goal: float
    ours: list[float] = field(default_factory=list)
    ceiling: list[float] = field(default_factory=list)

    at_most: bool = False
    digits: int = 0

    def line(self) -> str:
        ratios = [mine / bare for mine, bare in zip(self.ours, self.ceiling, strict=True)]
        ours, bare, ratio = (statistics.median(each) for each in (self.ours, self.ceiling, ratios))
        reached = "yes" if (ratio <= self.goal if self.at_most else ratio >= self.goal) else "no"
        figures = f"{ours:.{self.digits}f} | {bare:.{self.digits}f} | {ratio:.2f} | {self.goal:.2f}"
        return f"| {self.what} | {figures} | {reached} |"


class Acts:
    """What the members do, in either sandbox."""

    def __init__(self, ours: House, bare: House, members: list[str]) -> None:
        self._ours, self._bare, self._members = ours.remote, bare.remote, members
        self._round = 0
        self.card: Json = {}

    async def ping(self, _: int) -> Json:
        return await self._bare.command(MEMBER, "ping", guild=GUILD, channel=GENERAL)

    def command(self, name: str, /, **options: str) -> Act:
        async def act(_: int) -> Json:
            return await self._ours.command(MEMBER, name, guild=GUILD, channel=GENERAL, options=options)

        return act

    async def complete(self, _: int) -> Json:
        choices = await self._ours.autocomplete(
            MEMBER, "speaker", "name", guild=GUILD, channel=GENERAL, options={"name": "ra"}
        )
        assert choices
        return {}

    async def press(self, number: int) -> Json:
        """Everybody answers anew each round, and nobody what he said before."""
        member = self._members[number % len(self._members)]
        answers = ("in_person", "online", "maybe", "declined")
        answer = answers[(self._round + number // len(self._members)) % len(answers)]
        return await self._ours.press(member, self.card["id"], f"{self.card['prefix']}:{answer}")

    def next_round(self) -> None:
        self._round += 1

    async def find_card(self) -> None:
        while not self.card:
            for message in await self._ours.messages(ANNOUNCEMENTS, MEMBER):
                custom_id = message["components"][0]["components"][0]["custom_id"] if message["components"] else ""
                if custom_id.startswith("rsvp:"):
                    self.card = {"id": message["id"], "prefix": custom_id.rsplit(":", 1)[0]}
            await asyncio.sleep(0.05)


async def bench(rounds: int, count: int) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "DISCORD_GUILD_ID": GUILD,
            "ANNOUNCE_CHANNEL_ID": ANNOUNCEMENTS,
            "DATABASE_PATH": str(Path(folder) / "bench.db"),
            "BACKUPS_KEPT": "0",
        }
        start = ("--clock-start", START.isoformat())
        async with (
            house(["-m", "bot"], settings, *start) as ours,
            house(["-m", "tests.bench.bare"], {}, *start) as bare,
        ):
            acts = Acts(ours, bare, await ours.remote.add_members(GUILD, 600))
            await acts.find_card()
            rows = await _rates(acts, rounds, count)
            start_up = Row("start until READY, s", 1.3, [ours.ready_after], [bare.ready_after], at_most=True, digits=2)
            memory = Row("resident memory, MB", 1.3, [ours.resident()], [bare.resident()], at_most=True)
            return [row.line() for row in (*rows, start_up, memory)]


async def _rates(acts: Acts, rounds: int, count: int) -> list[Row]:
    plan: list[tuple[Row, Act, int]] = [
        (Row("/schedule", 0.85), acts.command("schedule"), 32),
        (Row("/speaker", 0.85), acts.command("speaker", name="rafael"), 32),
        (Row("autocomplete", 0.85), acts.complete, 32),
        (Row("RSVP press, 32 in flight", 0.55), acts.press, 32),
        (Row("RSVP press, 128 in flight", 0.75), acts.press, 128),
    ]
    for number in range(-1, rounds):  # the first warms up
        for row, act, in_flight in plan:
            acts.next_round()
            ceiling = await rate(acts.ping, count, in_flight)
            ours = await rate(act, count, in_flight)
            if number >= 0:
                row.ceiling.append(ceiling)
                row.ours.append(ours)
        sys.stderr.write(f"round {number + 1} of {rounds}\n")
    return [row for row, _, _ in plan]


def main() -> int:
    parser = argparse.ArgumentParser("python -m tests.bench")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--count", type=int, default=600, help="calls a round and row")
    options = parser.parse_args()
    lines = asyncio.run(bench(options.rounds, options.count))
    sys.stdout.write("| what | ours | bare | ratio | goal | reached |\n|-|-|-|-|-|-|\n" + "\n".join(lines) + "\n")
    return 0


if __name__ == "__main__":
    assert ROOT.is_dir()
    sys.exit(main())
