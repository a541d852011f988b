"""The reference model of delivery: from what happened it computes which posts may and must be, and which reports.

It knows the promise and the times (design, sections 2 and 3), and neither rows nor the protocol: it hears of what the
moderators did, of the clock, and of every message that Discord accepted.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from bot.domain.reminders import key
from tests.campaign.tally import Kind
from tests.delivery.fake_discord import FakeDiscord, Message
from tests.delivery.world import ANNOUNCEMENTS, SESSION

MINUTE = timedelta(minutes=1)
ANNOUNCE = "announce"
# How long before the start each is due, how long it is worth posting, and what moderators call it; in their order.
COUNTDOWN = {
    "before-1440": (1440 * MINUTE, 360 * MINUTE, "1-day reminder"),
    "before-60": (60 * MINUTE, 30 * MINUTE, "1-hour reminder"),
    "before-10": (10 * MINUTE, 10 * MINUTE, "10-minute reminder"),
    "start": (0 * MINUTE, 10 * MINUTE, "“we are starting” post"),
}
KINDS = (ANNOUNCE, *COUNTDOWN)
SETTLING = 4 * MINUTE  # what delivery may take once nothing is in its way
BLIND = "may have been posted already"

Wrong = tuple[Kind, str]


@dataclass(frozen=True, slots=True)
class Plan:
    """The session as its moderators want it."""

    starts_at: datetime
    ends_at: datetime
    generation: int = 1
    on: bool = True
    title: str = SESSION.title

    def due(self, kind: str) -> datetime:
        return self.starts_at - COUNTDOWN[kind][0]

    def deadline(self, kind: str) -> datetime:
        return self.ends_at if kind == ANNOUNCE else self.due(kind) + COUNTDOWN[kind][1]

    def key(self, kind: str) -> str:
        return ANNOUNCE if kind == ANNOUNCE else key(SESSION.id, kind, self.generation)


@dataclass(slots=True)
class Post:
    """A message that was accepted."""

    message: Message
    kind: str
    plan: Plan  # that it speaks of
    removed: bool | None = None  # by a moderator, and whether it was on record by then


@dataclass(slots=True)
class Memory:
    """What a copy of the database knows of the moderators' wishes."""

    plan: Plan
    wanted: set[str] = field(default_factory=set)  # keys of what was planned before its moment
    given_up: set[str] = field(default_factory=set)  # tried, then cancelled


class Ledger:
    """Told of events as they happen; `verdict` says at the end what is wrong."""

    def __init__(self, discord: FakeDiscord, plan: Plan) -> None:
        self.discord = discord
        self.memory = Memory(plan)
        self.plans: dict[int, Plan] = {}
        self.posts: list[Post] = []
        self.wrong: list[Wrong] = []
        self.excused = 0
        self.latest = discord.clock.now()  # the furthest that the clock has been
        self.replaced = False  # the database was restored, or there are two
        self._tried: set[str] = set()
        self._limits: dict[str, tuple[datetime, float]] = {}  # until when, by the bot's clock and in real seconds
        self._blind_at: int = 0  # the newest message when the history could not be read last
        discord.on_try = self._try
        discord.on_accept = self._accept
        discord.on_fault = self._fault
        self.saved(plan)

    @property
    def plan(self) -> Plan:
        return self.memory.plan

    def saved(self, plan: Plan) -> None:
        """The moderators' wish was committed."""
        now, before = self.discord.clock.now(), self.plan
        self.memory.plan = self.plans[plan.generation] = plan
        self.memory.wanted.add(ANNOUNCE)
        if before.on and not plan.on:
            keys = {plan.key(kind) for kind in COUNTDOWN}
            self.memory.wanted -= keys
            self.memory.given_up |= keys & self._tried
        if plan.on:
            keys = {plan.key(kind) for kind in COUNTDOWN if plan.due(kind) >= now}
            self.memory.wanted |= keys - self.memory.given_up

    def copied(self) -> Memory:
        return replace(self.memory, wanted=set(self.memory.wanted), given_up=set(self.memory.given_up))

    def restored(self, memory: Memory) -> None:
        self.replaced = True
        self.memory = replace(memory, wanted=set(memory.wanted), given_up=set(memory.given_up))

    def ticked(self) -> None:
        """The clock was moved, or what the bot may do was changed."""
        self.latest = max(self.latest, self.discord.clock.now())
        if not self.discord.readable:
            self._blind_at = self.discord.new_id()

    def deleted(self, message: Message, *, on_record: bool) -> None:
        """A moderator deleted a post."""
        for post in self.posts:
            if post.message is message:
                post.removed = on_record

    def verdict(self, since: datetime, latest: datetime, real: float) -> Iterator[Wrong]:
        """From `since` on (`real`, in real seconds) nothing was in the way; the clock had been at `latest` before."""
        yield from self.wrong
        yield from self._standing()
        told = self.discord.texts(112)
        for kind in KINDS if self.plan.on else ():
            yield from self._missing(kind, max(since, latest), since - timedelta(seconds=real), told)

    def _standing(self) -> Iterator[Wrong]:
        for post in self.posts:
            unsure = self.replaced or post.message.id <= self._blind_at
            if post.message.deleted or post.kind == ANNOUNCE or unsure:
                continue
            if not self.plan.on or post.plan.generation != self.plan.generation:
                yield "corrupt", f"{post.kind} of the plan {post.plan} stands, and it is {self.plan}"
            elif self.plan.title not in post.message.content:
                yield "corrupt", f"{post.kind} says {post.message.content!r}, and the title is {self.plan.title!r}"

    def _missing(self, kind: str, latest: datetime, real_zero: datetime, told: list[str]) -> Iterator[Wrong]:
        plan = self.plan
        if plan.key(kind) not in self.memory.wanted or self._of(plan.key(kind)):
            return
        deadline = plan.deadline(kind)
        free = max(latest, *self._limited_until(plan.key(kind), real_zero))
        words = COUNTDOWN[kind][2] if kind in COUNTDOWN else "announcement"
        reported = any(words in text for text in told)
        if not self._overtaken(kind, latest) and free + SETTLING < deadline:
            blind = reported and self._blind_at and any(BLIND in text for text in told)
            if not blind:
                yield "lost", f"{kind} was not posted, though nothing was in the way from {free} to {deadline}"
        elif not reported and not self._overtaken(kind, max(latest, deadline)):
            yield "lost", f"{kind} was not posted, and nobody was told"

    def _limited_until(self, key: str, real_zero: datetime) -> tuple[datetime, datetime]:
        moment, real = self._limits.get(key, (self.latest, 0.0))
        return moment, real_zero + timedelta(seconds=real)

    def _overtaken(self, kind: str, by: datetime) -> bool:
        """Whether a newer one had come up by then: two at once would be noise."""
        if kind == ANNOUNCE:
            return False
        newer = list(COUNTDOWN)[list(COUNTDOWN).index(kind) + 1 :]
        return any(self.plan.key(each) in self.memory.wanted and self.plan.due(each) <= by for each in newer)

    def _of(self, key: str) -> list[Post]:
        return [post for post in self.posts if post.plan.key(post.kind) == key]

    def _try(self, nonce: str) -> None:
        self._tried.add(nonce.removeprefix("r1"))

    def _fault(self, nonce: str, fault: Exception) -> None:
        seconds = getattr(fault, "seconds", 0.0)
        if seconds:
            name = nonce.removeprefix("r1")
            known = {plan.key(kind) for plan in self.plans.values() for kind in COUNTDOWN}
            moment = self.discord.clock.now() + timedelta(seconds=seconds)
            self._limits[name if name in known else ANNOUNCE] = (moment, self.discord.clock.real + seconds)

    def _accept(self, message: Message) -> None:
        if message not in self.discord.messages.get(ANNOUNCEMENTS, []):
            return
        marker, name = message.custom_ids[0].split(":")[:2]
        found = [
            (plan, kind)
            for plan in self.plans.values()
            for kind in KINDS
            if plan.key(kind) == (name if marker == "rm" else ANNOUNCE)
        ]
        if not found:
            self.wrong.append(("corrupt", f"a post that nobody planned: {message.custom_ids}"))
            return
        plan, kind = next((each for each in found if each[0] is self.plan), found[0])
        self._check_time(plan, kind)
        self._check_only(message, plan.key(kind))
        self.posts.append(Post(message, kind, plan))

    def _check_time(self, plan: Plan, kind: str) -> None:
        now = self.discord.clock.now()
        if kind != ANNOUNCE and self.latest < plan.due(kind):
            self.wrong.append(("corrupt", f"{kind} came at {now}, before {plan.due(kind)}"))
        if now >= plan.deadline(kind):
            self.wrong.append(("corrupt", f"{kind} came at {now}, after {plan.deadline(kind)}"))

    def _check_only(self, message: Message, key: str) -> None:
        """A second one is excused where the history could not be read, or a moderator had deleted the first."""
        for post in self._of(key):
            if post.message.deleted and not post.removed:  # taken back by the bot, or deleted before it was on record
                self.excused += post.removed is False
            elif post.message.id <= self._blind_at:
                self.excused += 1
            else:
                self.wrong.append(("doubled", f"{message.custom_ids[0]} stands as {post.message.id} already"))
