"""Replays the posts of a session in a channel, faster than it will be; nothing of it is stored.

One at a time in a guild. It lives in memory alone, so that a restart ends it.
"""

import asyncio
import logging
import secrets
import sqlite3
from dataclasses import dataclass

from bot.clock import Clock
from bot.delivery.calls import Calls
from bot.delivery.sender import NotSent, Sender
from bot.domain.errors import Refusal
from bot.domain.rehearsal import Scene, Speed, scenes
from bot.domain.rsvps import Roster
from bot.domain.sessions import Session, SessionId
from bot.services.known import known
from bot.store import reminder_rules, rsvps
from bot.store.database import Database
from bot.ui import rehearsal as ui
from bot.ui.reply import Reply

log = logging.getLogger(__name__)

ANOTHER = "A rehearsal is under way in this server already. Stop it, or wait until it is over."


@dataclass(frozen=True, slots=True)
class Script:
    """What is played where; read once, so that what is changed meanwhile does not show."""

    session: Session
    roster: Roster
    scenes: tuple[Scene, ...]
    channel_id: int


@dataclass(frozen=True, slots=True)
class Begun:
    """`token` names this rehearsal to its stop button; `message_id` is its first post."""

    token: str
    message_id: int


@dataclass(frozen=True, slots=True)
class _Running:
    token: str
    stop: asyncio.Event
    task: asyncio.Task[None]


class Rehearsals:
    def __init__(self, clock: Clock, db: Database, sender: Sender, calls: Calls) -> None:
        self._clock = clock
        self._db = db
        self._sender = sender
        self._calls = calls
        self._running: dict[int, _Running] = {}
        self._beginning: set[int] = set()

    async def begin(self, guild_id: int, session_id: SessionId, channel_id: int, speed: Speed) -> Begun:
        """Post the opening and go on by itself.

        Raises:
            Refusal: another one is under way, nothing can be posted there, or there is nothing to rehearse.
        """
        if guild_id in self._running or guild_id in self._beginning:
            raise Refusal(ANOTHER)
        self._beginning.add(guild_id)
        try:
            script = await self._db.read(_script, guild_id, session_id, channel_id, speed)
            token = secrets.token_hex(8)
            opening = ui.opening(script.session, script.scenes, token, self._clock.now())
            try:
                message_id = await self._post(channel_id, opening)
            except NotSent as error:
                raise Refusal(f"I could not post in <#{channel_id}>: {error}.") from None
            stop = asyncio.Event()
            task = asyncio.create_task(self._run(guild_id, script, stop), name=f"rehearsal {guild_id}")
            self._running[guild_id] = _Running(token, stop, task)
        finally:
            self._beginning.discard(guild_id)
        return Begun(token, message_id)

    def stop(self, guild_id: int, token: str) -> bool:
        """Stop the rehearsal of this name; False when it is not under way any more."""
        running = self._running.get(guild_id)
        if running is None or running.token != token:
            return False
        running.stop.set()
        return True

    async def close(self) -> None:
        """End all of them; without a word, since the bot stops."""
        tasks = [running.task for running in self._running.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, guild_id: int, script: Script, stop: asyncio.Event) -> None:
        try:
            await self._play(script, stop)
        except NotSent as error:
            log.warning("A rehearsal in channel %d ended early: %s", script.channel_id, error)
        except Exception:
            log.exception("A rehearsal in channel %d ended early", script.channel_id)
        del self._running[guild_id]
        try:
            await self._post(script.channel_id, ui.closing(stopped=stop.is_set()))
        except NotSent as error:
            log.info("The end of a rehearsal was not told: %s", error)

    async def _play(self, script: Script, stop: asyncio.Event) -> None:
        card_id: int | None = None
        for scene in script.scenes:
            if await self._stopped(stop, scene.after):
                return
            if scene.reminder is not None:
                post = ui.rehearsed_reminder(script.session, scene.reminder, scene.at)
                await self._post(script.channel_id, post)
            if scene.changes_card:
                card_id = await self._show_card(script, scene, card_id)

    async def _stopped(self, stop: asyncio.Event, within: float) -> bool:
        """Wait for so many real seconds, or until it is stopped."""
        waits = [asyncio.create_task(self._clock.sleep(within)), asyncio.create_task(stop.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        return stop.is_set()

    async def _show_card(self, script: Script, scene: Scene, card_id: int | None) -> int:
        card, channel_id = ui.rehearsed_card(script.session, script.roster, scene.at), script.channel_id
        if card_id is None:
            return await self._post(channel_id, card)
        await self._calls.make(channel_id, lambda: self._sender.correct(channel_id, card_id, card))
        return card_id

    async def _post(self, channel_id: int, post: Reply) -> int:
        return await self._calls.make(
            channel_id, lambda: self._sender.send(channel_id, post, nonce=None, marker=None, ping_role_id=None)
        )


def _script(conn: sqlite3.Connection, guild_id: int, session_id: SessionId, channel_id: int, speed: Speed) -> Script:
    session = known(conn, guild_id, session_id)
    played = scenes(session, reminder_rules.offsets(conn, session), speed)
    return Script(session, rsvps.roster(conn, session.id), played, channel_id)
