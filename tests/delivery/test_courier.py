"""The protocol of delivery, story by story."""

import asyncio
import itertools
import sqlite3
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.delivery.sender import Limited, Refused, Seen, Unsure
from bot.domain.reminders import ANNOUNCE, MOVED_UP, Reminder, State, key
from bot.domain.reminders import START as STARTING
from bot.domain.rsvps import Answer, Press
from bot.domain.sessions import MessageRef, Status
from bot.store import reminders, rsvps, sessions
from tests.delivery.fake_discord import Lost
from tests.delivery.world import ANNOUNCEMENTS, GUILD, PING, SESSION, START, World, moved

DAY, HOUR, TEN = timedelta(days=1), timedelta(hours=1), timedelta(minutes=10)
POINTS = ("after-claim", "before-send", "after-accept", "before-mark")
NO_PERMISSION = Refused(50013, "I may not post in the channel")


async def test_a_session_is_announced_and_counted_down_to(world: World) -> None:
    await world.announced()
    for before_start in (DAY, HOUR, TEN, timedelta()):
        await world.to(START - before_start)
    kinds = ["before-1440", "before-60", "before-10", STARTING]
    assert await world.states(kinds) == [State.SENT] * 4
    texts = [world.posts(kind) for kind in kinds]
    assert [len(each) for each in texts] == [1, 1, 1, 1]
    for (text,), heading in zip(texts, ("24 hours", "1 hour", "10 minutes", "We are starting"), strict=True):
        assert heading in text
        assert "late" not in text
        assert "The first talk" in text
    assert {message.pinged_role for message in world.discord.posts(ANNOUNCEMENTS)} == {PING}
    assert world.told() == []


async def test_the_announcement_becomes_the_card(world: World) -> None:
    await world.announced()
    card = (await world.db.read(sessions.get, GUILD, SESSION.id)).card  # type: ignore[union-attr] # it is there
    (post,) = world.discord.posts(ANNOUNCEMENTS, f"rsvp:{SESSION.id}:")
    assert card == MessageRef(ANNOUNCEMENTS, post.id)


async def test_an_answer_given_while_the_card_is_posted_reaches_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited: list[str] = []
    world.changes.on_card(edited.append)
    post = world.discord.send

    async def post_and_be_answered(*arguments: Any, **named: Any) -> int:
        press = Press(1, 7, "Member 7", Answer.IN_PERSON)
        await world.db.write(rsvps.apply, GUILD, SESSION.id, [press], world.clock.now())
        return await post(*arguments, **named)

    monkeypatch.setattr(world.discord, "send", post_and_be_answered)
    await world.announced()
    assert edited == [SESSION.id]


async def test_a_missed_reminder_is_made_up_for_by_one_truthful_post(world: World) -> None:
    await world.announced()
    await world.to(START - DAY)
    # The bot is down from before the 1-hour reminder until 40 minutes before the start.
    world.restart()
    await world.to(START - timedelta(minutes=40))
    (text,) = world.posts("before-60")
    assert "Starts in 40 minutes" in text
    assert "a little late" in text
    assert len(world.discord.texts(ANNOUNCEMENTS)) == 3
    assert world.told() == []


async def test_of_two_that_are_due_only_the_newer_is_posted(world: World) -> None:
    await world.announced()
    world.restart()
    await world.to(START - timedelta(minutes=5))
    assert world.posts("before-60") == []
    assert len(world.posts("before-10")) == 1
    skipped = await world.row("before-60")
    assert skipped.state is State.SKIPPED
    assert "10-minute reminder" in (skipped.reason or "")
    assert world.told() == []


async def test_posts_about_one_session_go_one_after_the_other_the_card_first(world: World) -> None:
    under_way: list[int] = []

    async def hold() -> None:
        under_way.append(world.discord.calls.count("send"))
        await asyncio.sleep(0.05)
        under_way.append(world.discord.calls.count("send"))

    world.discord.hold = hold
    await world.to(START - DAY)  # the bot was not there when the session was entered
    assert under_way == [1, 1, 2, 2], "the second is not begun before the first is done"
    (card, reminder) = world.discord.posts(ANNOUNCEMENTS)
    assert card.custom_ids[0].startswith("rsvp:")
    assert reminder.custom_ids[0].startswith("rm:")


async def test_what_is_past_its_deadline_is_not_posted_and_the_moderators_hear_of_it_in_one_message(
    world: World,
) -> None:
    await world.announced()
    world.restart()
    await world.to(START + timedelta(minutes=30))
    assert len(world.discord.texts(ANNOUNCEMENTS)) == 1
    assert (await world.row(STARTING)).state is State.SKIPPED
    (told,) = world.told()
    assert "“we are starting” post" in told
    assert "24-hour reminder" in told


async def test_the_moderators_are_told_even_if_discord_comes_back_after_the_deadline(world: World) -> None:
    await world.announced()
    world.discord.down = True
    await world.to(START - DAY)
    await world.to(START - timedelta(hours=12))
    assert (await world.row("before-1440")).state is not State.SKIPPED
    world.discord.down = False
    await world.wait(60)
    assert (await world.row("before-1440")).state is State.SKIPPED
    (told,) = world.told()
    assert "24-hour reminder" in told
    assert world.posts("before-1440") == []


@pytest.mark.parametrize("fault", [Lost(), Unsure("error 503")], ids=["reply lost", "error 503"])
async def test_a_try_without_an_answer_is_made_again_with_the_same_nonce(world: World, fault: Exception) -> None:
    await world.announced()
    world.discord.faults.append(fault)
    await world.to(START - DAY)
    assert (await world.row("before-1440")).state is State.CLAIMED
    await world.wait(3)
    assert (await world.row("before-1440")).state is State.SENT
    assert len(world.posts("before-1440")) == 1
    assert world.discord.calls.count("page") == 1  # at the first post: to learn an id of the server


async def test_retries_come_after_growing_pauses_and_never_stop_before_the_deadline(world: World) -> None:
    await world.announced()
    world.discord.down = True
    await world.to(START - DAY)
    tries = [world.clock.real]
    for _ in range(400):
        before = len(world.discord.calls)
        await world.wait(1)
        if len(world.discord.calls) > before:
            tries.append(world.clock.real)
    pauses = [round(later - earlier) for earlier, later in itertools.pairwise(tries)]
    assert pauses[:5] == [2, 5, 15, 30, 60]
    assert set(pauses[5:]) == {60}
    world.discord.down = False
    await world.wait(61)
    assert len(world.posts("before-1440")) == 1


async def test_retries_go_on_while_the_bots_clock_stands_still_or_goes_back(world: World) -> None:
    await world.announced()
    world.discord.faults.append(Unsure("error 503"))
    await world.to(START - DAY)
    world.clock.move(START - DAY - HOUR, 0)
    world.clock.real += 3
    await world.step()
    assert len(world.posts("before-1440")) == 1


async def test_when_discord_has_forgotten_the_nonce_the_history_is_searched(world: World) -> None:
    await world.announced()
    world.discord.faults.append(Lost())
    await world.to(START - DAY)
    world.discord.down = True
    await world.wait(600, steps=100)
    world.discord.down = False
    world.discord.chatter(ANNOUNCEMENTS, 250)
    await world.wait(60)
    assert len(world.posts("before-1440")) == 1
    row = await world.row("before-1440")
    assert (row.state, row.message_id) == (State.SENT, world.discord.posts(ANNOUNCEMENTS)[-1].id)


async def test_a_post_that_the_history_shows_only_a_moment_later_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.announced()
    world.discord.faults.append(Lost())
    await world.to(START - DAY)
    shown = world.discord.page
    begun = world.clock.real

    async def page(*arguments: Any, **named: Any) -> list[Seen]:
        return await shown(*arguments, **named) if world.clock.real >= begun + 200 + 3 else []

    monkeypatch.setattr(world.discord, "page", page)
    world.restart()
    await world.wait(200)  # by then Discord has forgotten the nonce
    assert len(world.posts("before-1440")) == 1
    assert (await world.row("before-1440")).state is State.SENT


async def test_a_post_is_found_though_the_machine_that_made_its_id_is_seconds_behind(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.announced()
    seconds_ahead = 4_000 << 22  # of an interaction's id, say, that was made elsewhere
    monkeypatch.setattr(world.discord, "newest_id", lambda _: world.discord.new_id() + seconds_ahead)
    world.discord.faults.append(Lost())
    await world.to(START - DAY)
    world.restart()
    await world.wait(200)
    assert len(world.posts("before-1440")) == 1
    assert (await world.row("before-1440")).state is State.SENT


async def test_a_post_deleted_by_a_moderator_is_not_posted_again(world: World) -> None:
    await world.announced()
    world.discord.faults.append(Lost())
    await world.to(START - DAY)
    (post,) = world.discord.posts(ANNOUNCEMENTS, "rm:")
    post.deleted = True
    await world.wait(3)
    row = await world.row("before-1440")
    assert (row.state, row.message_id) == (State.SENT, None)
    assert "deleted" in (row.reason or "")
    assert len(world.posts("before-1440")) == 1


@pytest.mark.parametrize("kind", [ANNOUNCE, "before-1440", STARTING])
@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("minutes_down", [0, 5])
async def test_killed_at_any_point_nothing_is_lost_or_doubled(
    world: World, point: str, kind: str, minutes_down: int
) -> None:
    if kind != ANNOUNCE:
        await world.announced()
        await world.to((await world.row(kind)).due_at - timedelta(seconds=1))
    world.crash_at = point
    await world.wait(1)
    assert world.killed
    world.restart()
    await world.wait(60 * minutes_down)
    await world.step()
    marker = f"rsvp:{SESSION.id}:" if kind == ANNOUNCE else f"rm:{key(SESSION.id, kind, 1)}:"
    (post,) = world.discord.posts(ANNOUNCEMENTS, marker)
    row = await world.row(kind)
    assert (row.state, row.message_id) == (State.SENT, post.id)


async def test_a_restored_backup_posts_nothing_twice(world: World) -> None:
    await world.announced()
    await world.to(START - HOUR)
    await world.db.write(_forget_that_it_was_sent)
    world.restart()
    await world.wait(5 * 60)
    assert len(world.posts("before-60")) == 1
    assert (await world.row("before-60")).state is State.SENT


async def test_a_failed_search_does_not_count_as_one(world: World) -> None:
    # The copy of the database knows nothing of the post; the search fails once, and must be made before any try.
    await world.announced()
    await world.to(START - HOUR)
    await world.db.write(_forget_that_it_was_sent)
    world.restart()
    world.discord.page_faults.append(Unsure("error 500"))
    await world.wait(5 * 60)
    await world.wait(3)
    assert len(world.posts("before-60")) == 1
    assert (await world.row("before-60")).state is State.SENT


async def test_an_unreadable_history_before_the_start_a_double_post_is_better_than_none(world: World) -> None:
    await world.announced()
    world.discord.readable = False
    world.crash_at = "before-send"
    await world.to(START - HOUR)
    world.restart()
    await world.wait(60)
    assert len(world.posts("before-60")) == 1
    (told,) = world.told()
    assert "Read Message History" in told


async def test_an_unreadable_history_after_the_start_silence_is_better(world: World) -> None:
    await world.announced()
    world.discord.readable = False
    world.crash_at = "before-send"
    await world.to(START)
    world.restart()
    await world.wait(60)
    assert world.posts(STARTING) == []
    row = await world.row(STARTING)
    assert row.state is State.SKIPPED
    (told,) = world.told()
    assert "Read Message History" in told


async def test_two_refusals_then_it_is_parked_the_moderators_hear_once_and_it_is_tried_again(world: World) -> None:
    await world.announced()
    world.discord.faults.extend([NO_PERMISSION, NO_PERMISSION])
    await world.to(START - DAY)
    await world.wait(6)
    (told,) = world.told()
    assert f"<#{ANNOUNCEMENTS}>" in told
    assert "may not post" in told
    await world.wait(9 * 60, steps=20)
    assert world.posts("before-1440") == []
    await world.wait(2 * 60)
    assert len(world.posts("before-1440")) == 1
    assert len(world.told()) == 1


async def test_a_refused_try_leaves_no_doubt_behind(world: World) -> None:
    await world.announced()
    world.discord.faults.append(NO_PERMISSION)
    await world.to(START - DAY)
    row = await world.row("before-1440")
    assert (row.state, row.first_try_at, row.tries) == (State.PENDING, None, 1)
    await world.wait(6)
    assert len(world.posts("before-1440")) == 1


async def test_cloudflares_pause_holds_the_posts_in_all_channels(world: World) -> None:
    await world.announced()
    world.discord.faults.append(Limited(60, everywhere=True))
    await world.to(START - DAY)
    held = world.clock.real
    await world.courier.moderators.tell(GUILD, "something")
    assert world.told() == ["something"]
    assert world.clock.real - held >= 60


async def test_a_parked_reminder_has_a_last_try_before_its_deadline(world: World) -> None:
    await world.announced()
    await world.to(START - TEN - timedelta(seconds=1))
    world.discord.faults.extend([NO_PERMISSION, NO_PERMISSION])
    await world.wait(1)
    await world.wait(6)
    await world.wait(8 * 60 + 54)
    assert len(world.posts("before-10")) == 1


async def test_refused_until_the_deadline_it_fails_with_its_reason(world: World) -> None:
    await world.announced()
    world.discord.faults.extend([NO_PERMISSION] * 3)
    await world.to(START - HOUR)
    await world.wait(6)
    await world.to(START - timedelta(minutes=31))
    await world.to(START - timedelta(minutes=30))
    row = await world.row("before-60")
    assert (row.state, row.reason) == (State.FAILED, str(NO_PERMISSION))
    assert "was not posted" in world.told()[-1]


async def test_another_channel_is_used_when_the_old_one_is_gone(world: World) -> None:
    await world.announced()
    world.discord.faults.extend([Refused(10003, "the channel no longer exists")] * 2)
    await world.to(START - DAY)
    await world.wait(6)
    await world.configure(announce_channel_id=111)
    await world.db.write(reminders.retry_now, GUILD, world.clock.now())
    await world.step()
    assert len(world.discord.texts(111)) == 1


async def test_without_an_announcement_channel_nothing_is_lost_when_one_is_chosen(world: World) -> None:
    await world.configure(announce_channel_id=None)
    await world.step()
    (told,) = world.told()
    assert "announcement channel" in told
    await world.wait(20 * 60, steps=4)
    assert len(world.told()) == 1
    await world.configure()
    await world.db.write(reminders.retry_now, GUILD, world.clock.now())
    await world.step()
    assert (await world.row(ANNOUNCE)).state is State.SENT


async def test_a_long_rate_limit_is_waited_for_without_a_word(world: World, caplog: pytest.LogCaptureFixture) -> None:
    await world.announced()
    world.discord.faults.append(Limited(3600))
    await world.to(START - DAY)
    sends = world.discord.calls.count("send")
    await world.wait(3590, steps=100)
    assert world.discord.calls.count("send") == sends
    await world.wait(20)
    assert len(world.posts("before-1440")) == 1
    assert (world.told(), caplog.records) == ([], [])


async def test_a_slow_channel_does_not_hold_the_others(world: World) -> None:
    other = replace(SESSION, id="6" * 32, guild_id=200, slug="other", talks=())  # type: ignore[arg-type] # an id
    gate = asyncio.Event()
    first = True

    async def hold() -> None:
        nonlocal first
        if first:
            first = False
            await gate.wait()

    world.discord.hold = hold
    await world.db.write(_second_guild, 210)
    await world.save(other)
    await world.courier.scan()
    for _ in range(200):
        await asyncio.sleep(0.005)
        if world.discord.texts(ANNOUNCEMENTS) or world.discord.posts(210):
            break
    assert len(world.discord.posts(ANNOUNCEMENTS)) + len(world.discord.posts(210)) == 1
    gate.set()
    await world.courier.idle()
    assert len(world.discord.posts(ANNOUNCEMENTS)) + len(world.discord.posts(210)) == 2


async def test_an_edit_while_its_reminder_is_in_flight_leaves_no_wrong_text(world: World) -> None:
    await world.announced()

    async def edit() -> None:
        world.discord.hold = None
        await world.save(moved(SESSION, timedelta(hours=2)))

    world.discord.hold = edit
    await world.to(START - HOUR)
    (post,) = world.discord.posts(ANNOUNCEMENTS, "rm:")
    assert post.deleted
    assert (await world.row("before-60")).state is State.SKIPPED
    await world.to(START + HOUR)
    assert [message.deleted for message in world.discord.posts(ANNOUNCEMENTS, "rm:")] == [True, False]
    assert (await world.row("before-60", generation=2)).state is State.SENT


async def test_an_outdated_post_is_taken_back_even_if_that_fails_first_or_the_bot_is_killed(world: World) -> None:
    await world.announced()

    async def edit_and_fall() -> None:
        world.discord.hold = None
        await world.save(moved(SESSION, timedelta(hours=2)))
        world.discord.down = True

    world.discord.hold = edit_and_fall
    await world.to(START - HOUR)
    (post,) = world.discord.posts(ANNOUNCEMENTS, "rm:")
    assert not post.deleted
    world.restart()
    world.discord.down = False
    await world.wait(5)
    assert post.deleted


async def test_a_cancelled_session_is_not_posted_about(world: World) -> None:
    await world.announced()
    await world.save(replace(SESSION, status=Status.CANCELLED))
    for before_start in (DAY, HOUR, TEN, timedelta()):
        await world.to(START - before_start)
    assert len(world.discord.texts(ANNOUNCEMENTS)) == 1
    assert world.told() == []


async def test_a_card_that_is_outdated_when_it_is_posted_is_refreshed(world: World) -> None:
    refreshed: list[str] = []
    world.changes.on_card(refreshed.append)

    async def edit() -> None:
        world.discord.hold = None
        await world.save(replace(SESSION, title="Another title"))

    world.discord.hold = edit
    await world.announced()
    assert refreshed == [SESSION.id]


async def test_the_card_is_posted_anew_on_request_though_the_old_one_is_still_there(world: World) -> None:
    await world.announced()
    await world.db.write(reminders.announce_again, SESSION, world.clock.now())
    world.crash_at = "before-send"
    await world.step()
    world.restart()
    await world.wait(10 * 60)
    old, new = world.discord.posts(ANNOUNCEMENTS, f"rsvp:{SESSION.id}:")
    row = await world.row(ANNOUNCE, generation=2)
    assert (row.state, row.message_id) == (State.SENT, new.id)
    assert old.id != new.id


async def test_who_moves_up_is_told_by_direct_message_once_and_nobody_is_pinged(world: World) -> None:
    await _seat(world, 302, waits=True)
    await world.wait(1)
    (post,) = world.discord.posts(302 + 1_000_000)
    assert "You have a seat now" in post.content
    assert post.pinged_role is None
    assert (await _notice(world)).state is State.SENT


async def test_who_moves_up_and_takes_no_direct_messages_is_named_to_the_moderators(world: World) -> None:
    world.discord.direct_fault = Refused(50007, "the person does not take direct messages")
    await _seat(world, 302, waits=True)
    await world.wait(1)
    notice = await _notice(world)
    assert (notice.state, notice.reason) == (State.FAILED, "the person does not take direct messages")
    (told,) = world.told()
    assert "<@302>" in told
    assert "does not take direct messages" in told
    assert world.courier._postman._first_sent == {}


async def test_who_has_given_up_the_seat_meanwhile_is_not_told(world: World) -> None:
    await _seat(world, 302, waits=True)
    await world.db.write(rsvps.apply, GUILD, SESSION.id, [Press(9, 302, "Member", Answer.DECLINED)], world.clock.now())
    await world.wait(1)
    assert world.discord.posts(302 + 1_000_000) == []
    assert (await _notice(world)).state is State.SKIPPED


async def test_one_scan_that_fails_does_not_end_the_work(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    real_due = reminders.due
    failures = iter([sqlite3.OperationalError("database is locked")])

    def due(*arguments: object) -> object:
        for failure in failures:
            raise failure
        return real_due(*arguments)  # type: ignore[arg-type] # handed on as they come

    monkeypatch.setattr(reminders, "due", due)
    arrived = asyncio.Event()

    async def arrive() -> None:
        arrived.set()

    world.discord.hold = arrive
    work = asyncio.create_task(world.courier.run())
    await asyncio.wait_for(arrived.wait(), 10)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert "A look at the reminders failed" in caplog.text


def _forget_that_it_was_sent(conn: sqlite3.Connection) -> None:
    conn.execute(
        "UPDATE reminder SET state = 'pending', message_id = NULL, channel_id = NULL, owner = NULL, tries = 0,"
        " first_try_at = NULL, floor_id = NULL, next_try_at = due_at WHERE kind = 'before-60'"
    )


def _second_guild(conn: sqlite3.Connection, channel_id: int) -> None:
    conn.execute("INSERT INTO guild (guild_id, announce_channel_id) VALUES (200, ?)", (channel_id,))


async def _seat(world: World, user_id: int, *, waits: bool) -> None:
    """One seat: somebody has it, `user_id` waits, and then gets it."""
    await world.announced()
    await world.save(replace(SESSION, capacity=1))
    now = world.clock.now()
    await world.db.write(
        rsvps.apply,
        GUILD,
        SESSION.id,
        [Press(1, 301, "First", Answer.IN_PERSON), Press(2, user_id, "Member", Answer.IN_PERSON)],
        now,
    )
    await world.db.write(rsvps.apply, GUILD, SESSION.id, [Press(3, 301, "First", Answer.DECLINED)], now)


async def _notice(world: World) -> Reminder:
    rows = await world.db.read(reminders.history, GUILD, 50)
    (notice,) = [row for row in rows if row.kind == MOVED_UP]
    return notice
