"""Cards follow the database: one leads, the others are acknowledged, edits are few, and nothing steps back."""

import asyncio
import logging
import random
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.clock import Clock
from bot.delivery.cards import PARKED, CardKeeper
from bot.delivery.pace import Pace
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import MessageRef, Session, SessionId
from bot.services.changes import Changes
from bot.services.rsvps import RsvpService
from bot.store import sessions
from bot.store.database import Database
from bot.ui.reply import Reply

GUILD = 100
CARD = MessageRef(110, 7000)


class HandClock(Clock):
    """Time passes when the test says so."""

    def __init__(self, start: datetime) -> None:
        super().__init__(start, speed=0)
        self.elapsed = 1000.0
        self.sleepers: list[tuple[float, asyncio.Future[None]]] = []

    def monotonic(self) -> float:
        return self.elapsed

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.elapsed + seconds, future))
        await future

    def advance(self, seconds: float) -> None:
        self.elapsed += seconds
        for due, future in self.sleepers:
            if due <= self.elapsed and not future.done():
                future.set_result(None)


class Message:
    """The card in Discord: what it showed, one state after the other; calls can be held up and refused."""

    def __init__(self) -> None:
        self.counts: list[int] = []
        self.edits: list[MessageRef] = []
        self.buttons: list[bool] = []
        self.trouble: list[Exception] = []
        self.open = asyncio.Event()
        self.open.set()
        self.delay: Callable[[], Awaitable[None]] | None = None

    async def edit(self, card: MessageRef, reply: Reply) -> None:
        self.edits.append(card)
        self.buttons.append(reply.view is not None)
        await self.change(reply)

    async def change(self, reply: Reply) -> None:
        await self.open.wait()
        if self.delay is not None:
            await self.delay()
        if self.trouble:
            raise self.trouble.pop(0)
        names = [field.name or "" for field in reply.embeds[0].fields]
        self.counts.append(sum(int(re.sub(r".*· ([\d,]+)$", r"\1", name).replace(",", "")) for name in names))


class FakePress:
    def __init__(self, message: Message, message_id: int = CARD.message_id) -> None:
        self.message = message
        self.message_id = message_id
        self.left = 2.3
        self.answers: list[str] = []

    async def show(self, reply: Reply) -> None:
        await self.message.change(reply)
        self.answers.append("shown")

    async def acknowledge(self) -> None:
        if self.answers:
            raise discord.InteractionResponded(SimpleNamespace())  # type: ignore[arg-type] # the double's own interaction
        self.answers.append("acknowledged")


class House:
    """Everything wired but Discord."""

    def __init__(self, db: Database, clock: HandClock) -> None:
        self.db = db
        self.clock = clock
        self.message = Message()
        changes = Changes()
        self.rsvps = RsvpService(db, clock, changes)
        self.told: list[tuple[int, str]] = []
        self.pace = Pace(clock)
        self.keeper = CardKeeper(db, clock, changes, self.message, pace=self.pace, tell=self.tell)
        self.session = Session(
            id=SessionId("a" * 32),
            guild_id=GUILD,
            slug="first",
            title="First session",
            starts_at=clock.now() + timedelta(hours=1),
            ends_at=clock.now() + timedelta(hours=2),
            zone="Europe/Berlin",
            card=CARD,
        )

    async def tell(self, guild_id: int, words: str) -> bool:
        self.told.append((guild_id, words))
        return True

    async def press(self, number: int, message_id: int = CARD.message_id, left: float = 2.3) -> list[str]:
        """A new person presses Online on the card."""
        press = FakePress(self.message, message_id)
        press.left = left
        outcome = await self.answer(number, follows=True)
        await self.keeper.follow(self.session.id, press, outcome)
        return press.answers

    async def answer(self, number: int, *, follows: bool = False) -> int:
        press = Press(number, number, f"Member {number}", Answer.ONLINE)
        return (await self.rsvps.answer(GUILD, self.session.id, press, follows=follows)).commit

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(5_000):
            if condition():
                return
            await asyncio.sleep(0.001)
        pytest.fail("it did not come to that")

    async def edited(self, times: int) -> None:
        await self.until(lambda: len(self.message.edits) >= times)
        await self.quiet()
        assert len(self.message.edits) == times

    async def quiet(self) -> None:
        """Whatever can go on without time passing has gone on."""
        for _ in range(5):
            await self.db.read(lambda conn: conn.execute("SELECT 1").fetchone())
            await asyncio.sleep(0)

    async def idle(self) -> None:
        """Let the pauses pass until nothing is under way."""
        await self.quiet()
        async with asyncio.timeout(10):
            while self.keeper._lanes:
                self.clock.advance(100)
                await self.quiet()


@pytest.fixture
async def house(db: Database, clock: Clock) -> AsyncIterator[House]:
    made = House(db, HandClock(clock.now()))
    await db.write(sessions.save, made.session)
    await db.write(sessions.set_card, made.session.id, CARD)
    yield made
    await made.rsvps.close()
    await made.keeper.close()


def failure(status: int, code: int = 0, headers: dict[str, str] | None = None) -> discord.HTTPException:
    kinds = {403: discord.Forbidden, 404: discord.NotFound, 503: discord.DiscordServerError}
    response: Any = SimpleNamespace(status=status, reason="Reason", headers=headers or {})
    return kinds.get(status, discord.HTTPException)(response, {"code": code, "message": "words"})


async def test_of_many_presses_few_lead_and_the_rest_is_acknowledged(house: House) -> None:
    answers = await asyncio.gather(*(house.press(number) for number in range(1, 101)))
    assert sorted({tuple(answer) for answer in answers}) == [("acknowledged",), ("shown",)]
    assert answers.count(["shown"]) <= 5
    await house.idle()
    assert house.message.counts[-1] == 100
    assert house.message.edits == []


@pytest.mark.parametrize("seed", range(5))
async def test_counts_never_step_back_and_end_right(house: House, seed: int) -> None:
    dice = random.Random(seed)

    async def dawdle() -> None:
        for _ in range(dice.randrange(6)):
            await house.quiet()
            house.clock.advance(0.3)

    house.message.delay = dawdle

    async def somebody(number: int) -> None:
        for _ in range(dice.randrange(200)):
            await asyncio.sleep(0)
        await (house.press(number) if dice.random() < 0.7 else house.answer(number))

    await asyncio.gather(*(somebody(number) for number in range(1, 121)))
    await house.idle()
    assert house.message.counts == sorted(house.message.counts)
    assert house.message.counts[-1] == 120


async def test_a_press_behind_a_held_up_leader_is_released_after_a_second(house: House) -> None:
    house.message.open.clear()
    leader = asyncio.create_task(house.press(1))
    await house.until(lambda: any(lane.busy for lane in house.keeper._lanes.values()))
    waiting = asyncio.create_task(house.press(2))
    await house.until(lambda: any(lane.next for lane in house.keeper._lanes.values()))
    assert await house.press(3) == ["acknowledged"]
    house.clock.advance(0.9)
    await house.quiet()
    assert not waiting.done()
    house.clock.advance(0.1)
    assert await waiting == ["acknowledged"]
    house.message.open.set()
    assert await leader == ["shown"]
    await house.idle()
    assert len(house.message.edits) == 1
    assert house.message.counts[-1] == 3


async def test_edits_of_one_message_are_a_second_apart_and_show_the_last_state(house: House) -> None:
    for number in range(1, 6):
        await house.answer(number)
    await house.until(lambda: house.message.counts)
    for number in range(6, 11):
        await house.answer(number)
    house.clock.advance(0.9)
    await house.quiet()
    assert len(house.message.edits) == 1
    house.clock.advance(0.1)
    await house.until(lambda: house.message.counts[-1] == 10)
    assert len(house.message.edits) == 2
    assert house.message.edits == [CARD] * 2


async def test_a_press_does_not_wait_for_the_pause_between_edits(house: House) -> None:
    await house.answer(1)
    await house.until(lambda: house.message.counts == [1])
    await house.answer(2)
    assert await house.press(3) == ["shown"]
    await house.idle()
    assert house.message.counts == [1, 3]
    assert len(house.message.edits) == 1, "the press has shown what the edit would have"


async def test_a_deleted_card_is_forgotten(house: House, caplog: pytest.LogCaptureFixture) -> None:
    house.message.trouble = [failure(404, 10008)]
    await house.answer(1)
    await house.idle()
    session = await house.db.read(sessions.by_id, house.session.id)
    assert session is not None
    assert session.card is None
    assert "was deleted" in caplog.text
    ((guild_id, words),) = house.told
    assert guild_id == GUILD
    assert "`/session announce`" in words
    await house.answer(2)
    await house.idle()
    assert len(house.message.edits) == 1


@pytest.mark.parametrize("error", [failure(404), failure(404, 10004), failure(401), failure(408)])
async def test_one_answer_of_another_kind_does_not_lose_the_card(house: House, error: Exception) -> None:
    house.message.trouble = [error]
    await house.answer(1)
    await house.idle()
    session = await house.db.read(sessions.by_id, house.session.id)
    assert session is not None
    assert session.card == CARD
    assert house.message.counts == [1]
    assert house.told == []


async def test_a_new_card_is_not_forgotten_with_the_old_one(house: House) -> None:
    newer = replace(CARD, message_id=8000)

    async def announce_meanwhile() -> None:
        await house.db.write(sessions.set_card, house.session.id, newer)

    house.message.delay = announce_meanwhile
    house.message.trouble = [failure(404, 10008)]
    await house.answer(1)
    await house.idle()
    session = await house.db.read(sessions.by_id, house.session.id)
    assert session is not None
    assert session.card == newer


async def test_a_card_that_may_not_be_edited_is_tried_every_ten_minutes_and_told_once(house: House) -> None:
    house.message.trouble = [failure(403, 50001), failure(403, 50001)]
    await house.answer(1)
    await house.edited(1)
    house.clock.advance(2)
    await house.answer(2)
    await house.quiet()
    assert len(house.message.edits) == 1
    for edits in (2, 3):
        house.clock.advance(PARKED)
        await house.edited(edits)
    assert house.message.counts == [2], "without another answer"
    ((_, words),) = house.told
    assert "may not edit" in words
    await house.answer(3)
    house.clock.advance(2)
    await house.until(lambda: house.message.counts == [2, 3])


async def test_a_forbidden_card_of_a_session_long_over_is_let_go(house: House) -> None:
    house.clock.move(house.session.ends_at + timedelta(days=2), speed=0)
    house.message.trouble = [failure(403, 50013)] * 9
    house.keeper.changed(house.session.id)
    await house.idle()
    assert len(house.message.edits) == 1


async def test_a_refused_edit_is_told_with_its_code(house: House) -> None:
    house.message.trouble = [failure(400, 50035)]
    await house.answer(1)
    await house.idle()
    ((_, words),) = house.told
    assert "50035" in words
    await house.answer(2)
    await house.idle()
    assert house.message.counts == [2]


async def test_cloudflares_pause_holds_all_calls_for_a_minute(house: House) -> None:
    page: Any = SimpleNamespace(status=429, reason="Too Many Requests", headers={"Content-Type": "text/html"})
    house.message.trouble = [discord.HTTPException(page, "<html>error code: 1015</html>")]
    await house.answer(1)
    await house.edited(1)
    elsewhere = asyncio.create_task(house.pace.turn())
    house.clock.advance(59)
    await house.quiet()
    assert len(house.message.edits) == 1
    assert not elsewhere.done()
    house.clock.advance(2)
    await elsewhere
    await house.edited(2)
    assert house.message.counts == [1]


async def test_discord_s_patience_is_kept_and_the_pause_grows(house: House) -> None:
    house.message.trouble = [failure(429, 30046, {"Retry-After": "7"}), failure(429, 30046)]
    await house.answer(1)
    await house.until(lambda: len(house.message.edits) == 1)
    await house.quiet()
    for wait, edits in ((6.9, 1), (0.1, 2), (13.9, 2), (0.1, 3)):
        house.clock.advance(wait)
        await house.edited(edits)
    assert house.message.counts == [1]


async def test_an_error_that_passes_is_tried_again(house: House) -> None:
    house.message.trouble = [failure(503), TimeoutError(), ConnectionResetError()]
    await house.answer(1)
    for wait, edits in ((0, 1), (2, 2), (5, 3), (15, 4)):
        house.clock.advance(wait)
        await house.edited(edits)
    assert house.message.counts == [1]


async def test_an_error_nobody_thought_of_does_not_end_the_keeper(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.message.trouble = [ZeroDivisionError("oops")]
    await house.answer(1)
    await house.idle()
    assert "oops" in caplog.text
    await house.answer(2)
    await house.idle()
    assert house.message.counts == [2]


@pytest.mark.parametrize("error", [failure(500), failure(404, 10062), TimeoutError(), ZeroDivisionError()])
async def test_a_leader_that_fails_is_acknowledged_and_an_edit_follows(house: House, error: Exception) -> None:
    house.message.trouble = [error]
    assert await house.press(1) == ["acknowledged"]
    await house.idle()
    assert house.message.counts == [1]
    assert len(house.message.edits) == 1


async def test_while_discord_limits_the_message_presses_are_only_acknowledged(house: House) -> None:
    house.message.trouble = [failure(429, 30046, {"Retry-After": "5"})]
    assert await house.press(1) == ["acknowledged"]
    assert await house.press(2) == ["acknowledged"]
    await house.quiet()
    assert house.message.counts == []
    house.clock.advance(5)
    await house.until(lambda: house.message.counts == [2])
    await house.idle()
    assert await house.press(3) == ["shown"]


async def test_a_press_on_an_older_card_changes_that_and_the_present_one(house: House) -> None:
    assert await house.press(1, message_id=CARD.message_id - 1) == ["shown"]
    await house.idle()
    assert house.message.edits == [CARD]


async def test_a_press_waits_no_longer_than_its_own_deadline(house: House) -> None:
    house.message.open.clear()
    leader = asyncio.create_task(house.press(1))
    await house.until(lambda: any(lane.busy for lane in house.keeper._lanes.values()))
    waiting = asyncio.create_task(house.press(2, left=0.3))
    await house.until(lambda: any(lane.next for lane in house.keeper._lanes.values()))
    house.clock.advance(0.3)
    assert await waiting == ["acknowledged"]
    house.message.open.set()
    await leader


@pytest.mark.parametrize("code", [10062, 40060])
async def test_a_press_that_takes_no_answer_is_no_error(
    house: House, code: int, caplog: pytest.LogCaptureFixture
) -> None:
    house.message.trouble = [failure(400 if code == 40060 else 404, code)]
    await house.press(1)
    await house.idle()
    assert house.message.counts == [1]
    assert [record for record in caplog.records if record.levelno >= logging.WARNING] == []


async def test_a_repeated_delivery_of_an_answered_press_is_harmless(house: House) -> None:
    press = FakePress(house.message)
    commit = await house.answer(1, follows=True)
    await house.keeper.follow(house.session.id, press, commit)
    await house.keeper.follow(house.session.id, press, commit)
    await house.idle()
    assert press.answers[0] == "shown"
    assert set(house.message.counts) == {1}


async def test_nothing_is_kept_of_an_idle_card(house: House) -> None:
    await asyncio.gather(*(house.press(number) for number in range(1, 30)))
    await house.answer(30)
    await house.idle()
    await house.quiet()
    assert (house.keeper._lanes, house.keeper._tasks, house.keeper._told) == ({}, set(), {})


async def test_closing_shows_the_last_state_at_once(house: House) -> None:
    await house.answer(1)
    await house.until(lambda: house.message.counts == [1])
    await house.answer(2)
    await house.keeper.close()
    assert house.message.counts == [1, 2]
    assert house.keeper._tasks == set()
    assert await house.press(3) == ["acknowledged"]


async def test_cards_follow_the_time(house: House) -> None:
    house.keeper.start()
    await house.until(lambda: house.message.counts == [0])
    house.clock.advance(5)
    await house.quiet()
    assert len(house.message.edits) == 1
    house.clock.move(house.session.ends_at, speed=0)
    house.clock.advance(5)
    await house.until(lambda: len(house.message.edits) == 2)
    await house.quiet()
    assert house.message.buttons == [True, False]


async def test_a_failed_look_is_tried_again(house: House, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        reading, house.keeper._db = house.keeper._db, None  # type: ignore[assignment] # breaks the look
        house.keeper.start()
        await house.until(lambda: "is tried again" in caplog.text)
        house.keeper._db = reading
        house.clock.advance(5)
        await house.until(lambda: house.message.counts == [0])
