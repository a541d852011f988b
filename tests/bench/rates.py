"""How many interactions a second are answered, beside a bare client that answers "pong"."""

import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from tests.bench.houses import BARE, GENERAL, GUILD, MEMBER, OURS, Card, House, Json, find_card, house, rate, settings
from tests.bench.size import Size
from tests.bench.table import Part, Row

ANSWERS = ("in_person", "online", "maybe", "declined")
MEMBERS = 600
WORDS = "Interactions answered in a second, 32 in flight unless said otherwise. Beside: a client that answers “pong”."

Act = Callable[[int], Awaitable[Json]]
Say = Callable[[str], None]


class Acts:
    """What the members do, in either sandbox."""

    def __init__(self, ours: House, bare: House, members: list[str], card: Card) -> None:
        self._ours, self._bare, self._members, self._card = ours.remote, bare.remote, members, card
        self._round = 0

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
        answer = ANSWERS[(self._round + number // len(self._members)) % len(ANSWERS)]
        return await self._ours.press(member, self._card.message_id, self._card.button(answer))

    def next_round(self) -> None:
        self._round += 1


async def measure(size: Size, say: Say) -> Part:
    with tempfile.TemporaryDirectory() as folder:
        environment = settings(Path(folder) / "bench.db")
        async with house(OURS, environment) as ours, house(BARE, {}) as bare:
            members = await ours.remote.add_members(GUILD, MEMBERS)
            rows = await _rounds(Acts(ours, bare, members, await find_card(ours.remote)), size, say)
            return Part("Interactions", WORDS, rows)


async def _rounds(acts: Acts, size: Size, say: Say) -> list[Row]:
    plan: list[tuple[Row, Act, int]] = [
        (Row("`/schedule`", 0.85, "/s"), acts.command("schedule"), 32),
        (Row("`/speaker`", 0.85, "/s"), acts.command("speaker", name="rafael"), 32),
        (Row("autocomplete", 0.85, "/s"), acts.complete, 32),
        (Row("RSVP press", 0.55, "/s"), acts.press, 32),
        (Row("RSVP press, 128 in flight", 0.75, "/s"), acts.press, 128),
    ]
    for number in size.numbers():  # the first warms up
        for row, act, in_flight in plan:
            acts.next_round()
            ceiling = await rate(acts.ping, size.calls, in_flight)
            ours = await rate(act, size.calls, in_flight)
            if number >= 0:
                row.add(ours, ceiling)
        say(f"round {number + 1} of {size.rounds}")
    return [row for row, _, _ in plan]
