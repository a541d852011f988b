"""Where the rounds take place: sandboxes in this process, real bot processes in them, and what both know afterwards."""

from __future__ import annotations

import asyncio
import contextlib
import re
import shutil
import signal
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from bot.sandbox.__main__ import parser, settings
from bot.sandbox.ratelimits import LIMITS
from bot.sandbox.remote import Remote
from bot.sandbox.server import Server
from tests.e2e import conftest as e2e
from tests.e2e.canary import TOKEN, leaks, written
from tests.e2e.conftest import ENVIRONMENT, GUARDED, ROOT, START, World, components
from tests.e2e.nursery import POSSIBLE, Nursery

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Iterator

    from bot.sandbox.core import Sandbox
    from tests.campaign.tally import Tally

CHANGEABLE = "You can change this until"  # stands in every confirmation, and in no refusal
APOLOGY = "tell the moderators the reference"
WITHDRAW = "withdraw"


@dataclass(kw_only=True)
class House(World):
    """A world whose sandbox can be looked into."""

    sandbox: Sandbox

    async def stand(self) -> str:
        """What the bot said last, and where all its threads stand: for a round that waits in vain."""
        if self.bot is None or self.bot.process.returncode is not None:
            return "" if self.bot is None else self.bot.text[-2000:]
        self.bot.process.send_signal(signal.SIGUSR1)
        with contextlib.suppress(AssertionError):
            await e2e.eventually(self._said_where, within=2)
        return self.bot.text[-6000:]

    async def _said_where(self) -> bool:
        return self.bot is not None and "most recent call first" in self.bot.text


@contextlib.contextmanager
def nurseries() -> Iterator[Nursery | None]:
    """Where the bots of all houses come from; the windows of Discord's rate limits are shortened meanwhile."""
    short = {route: (calls, seconds / 5) for route, (calls, seconds) in LIMITS.items()}
    with patch.dict(LIMITS, short):
        ours = Nursery(GUARDED, ENVIRONMENT, ROOT) if POSSIBLE else None
        try:
            yield ours
        finally:
            if ours is not None:
                ours.close()


@contextlib.asynccontextmanager
async def house(nursery: Nursery | None, *arguments: str, **environment: str) -> AsyncIterator[House]:
    """A sandbox with these arguments, in which bots are started with this environment."""
    with tempfile.TemporaryDirectory(prefix="campaign-") as folder:
        begin = (START - timedelta(hours=24, seconds=40)).isoformat()
        line = ["--port", "0", "--clock-start", begin, "--token", TOKEN, *arguments]
        async with Server(settings(parser().parse_args(line))) as server, Remote(server.base_url) as remote:
            ours = House(
                remote=remote,
                address=server.base_url,
                folder=Path(folder),
                nursery=nursery,
                environment=environment,
                sandbox=server.sandbox,
            )
            try:
                yield ours
            finally:
                for process in ours.started:
                    if process.process.returncode is None:
                        await process.stop()
            texts = [process.text for process in ours.started]
            assert leaks(written(ours.folder, texts, server.sandbox)) == [], "a secret was written"


async def played(ours: House, play: Awaitable[None], tally: Tally, number: int, *, seconds: float, where: str) -> bool:
    """Play a round that may take so many seconds. False when it broke off, which is a fault; `where` begins the words.

    The next round is then given a new house.
    """
    try:
        async with asyncio.timeout(seconds):
            await play
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told, and the campaign goes on
        tally.fault(number, "corrupt", f"{where}the round broke off: {error!r}\n{await ours.stand()}")
        return False
    return True


# -- what the sandbox knows --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pressed:
    """A press on an answer's button, and whether its author was told that it counts."""

    id: int
    user: int
    session: str
    choice: str | None
    confirmed: bool


def pressed(sandbox: Sandbox, since: int = 0) -> list[Pressed]:
    """All presses on answers, in their order."""
    found = []
    for number, one in list(sandbox.interactions._all.items()):
        name, *rest = one.name.split(":")
        if number > since and name in ("rsvp", "rm") and len(rest) >= 2:
            choice = None if rest[-1] == WITHDRAW else rest[-1]
            found.append(Pressed(number, one.user.id, rest[-2], choice, _confirmed(one)))
    return found


def _confirmed(interaction: Any) -> bool:
    if interaction.callback_type in (6, 7):  # the card follows, or is the answer
        return True
    return interaction.original is not None and CHANGEABLE in (interaction.original.shown.get("content") or "")


def unanswered(sandbox: Sandbox, since: int = 0) -> list[Any]:
    """What people did that nobody answered, or only with the words for failures inside the bot."""
    return [
        one
        for number, one in list(sandbox.interactions._all.items())
        if number > since and (one.state == "failed" or _apology(one))
    ]


def _apology(interaction: Any) -> bool:
    return interaction.original is not None and APOLOGY in (interaction.original.shown.get("content") or "")


def posts(sandbox: Sandbox) -> tuple[Counter[str], Counter[str]]:
    """How often each session's card and each reminder's key stands in any channel, direct messages too."""
    cards: Counter[str] = Counter()
    keys: Counter[str] = Counter()
    for channel in sandbox.world.channels.values():
        for message in channel.messages.values():
            ids = [str(one.get("custom_id", "")).split(":") for one in components(message.data)]
            cards.update({rest[0] for name, *rest in ids if name == "rsvp"})
            keys.update({rest[0] for name, *rest in ids if name == "rm"})
    return cards, keys


# -- what the database knows -------------------------------------------------------------------------------------------


def copied(house: House) -> Path:
    """The database as a kill left it: a copy, so that the bot itself finds it untouched."""
    target = house.folder / "as-killed.db"
    for ending in ("", "-wal"):
        source = house.folder / f"community.db{ending}"
        copy = target.with_name(target.name + ending)
        copy.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, copy)
    target.with_name(target.name + "-shm").unlink(missing_ok=True)
    return target


def rows(path: Path, sql: str, *values: object) -> list[Any]:
    with closing(sqlite3.connect(path, timeout=10)) as conn:
        return conn.execute(sql, values).fetchall()


def integrity(path: Path) -> str:
    (found,) = rows(path, "PRAGMA integrity_check(1)")
    return str(found[0])


def answers(path: Path, session: str) -> dict[int, str | None]:
    return dict(rows(path, "SELECT user_id, answer FROM rsvp WHERE session_id = ?", session))


def lost_answers(told: list[Pressed], stored: dict[int, str | None]) -> list[str]:
    """Whose confirmed answer is not what is stored, nor an answer of the same person that came after it."""
    wrong = []
    for user in sorted({one.user for one in told}):
        mine = [one for one in told if one.user == user]
        last = max((one.id for one in mine if one.confirmed), default=None)
        if last is None:
            continue
        allowed = {one.choice for one in mine if one.id >= last}
        if user not in stored or stored[user] not in allowed:
            wrong.append(f"{user} was told {allowed}, stored is {stored.get(user, 'nothing')!r}")
    return wrong


def seats(path: Path, session: str) -> str:
    """What is wrong with the seats of a session; empty when nothing is."""
    ((capacity,),) = rows(path, "SELECT capacity FROM session WHERE id = ?", session)
    where = "SELECT count(*) FROM rsvp WHERE session_id = ? AND answer = 'in_person' AND waiting = ?"
    ((seated,),), ((waiting,),) = rows(path, where, session, 0), rows(path, where, session, 1)
    if capacity is not None and seated > capacity:
        return f"{seated} people on {capacity} seats"
    if waiting and (capacity is None or seated < capacity):
        return f"{waiting} people wait while {seated} of {capacity} seats are taken"
    return ""


def shown(text: str, name: str) -> int:
    """The count that a card shows beside one of its answers."""
    found = re.search(rf"{re.escape(name)} · (\d+)", text)
    return int(found[1]) if found else 0


def card_text(sandbox: Sandbox, session: str) -> str:
    """What stands on the card of a session."""
    for channel in sandbox.world.channels.values():
        for message in channel.messages.values():
            if any(one.get("custom_id", "").startswith(f"rsvp:{session}:") for one in components(message.data)):
                return e2e.text_of(message.data)
    return ""


LABELS = {"in_person": "In person", "online": "Online", "maybe": "Maybe", "declined": "Can't go"}


def card_is_right(sandbox: Sandbox, path: Path, session: str) -> bool:
    """Whether the card shows what the database holds."""
    text = card_text(sandbox, session)
    sql = "SELECT answer, waiting, count(*) FROM rsvp WHERE session_id = ? AND answer IS NOT NULL GROUP BY 1, 2"
    counts = {(answer, waiting): count for answer, waiting, count in rows(path, sql, session)}
    right = all(shown(text, label) == counts.get((answer, 0), 0) for answer, label in LABELS.items())
    return right and shown(text, "Waiting list") == counts.get(("in_person", 1), 0)
