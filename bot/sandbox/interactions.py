"""Interactions from the press of a person to the bot's answer, with Discord's two clocks."""

from __future__ import annotations

import asyncio
import base64
import secrets
import time
from collections import OrderedDict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.sandbox import payloads
from bot.sandbox.rules import Refusal

if TYPE_CHECKING:
    from bot.sandbox.core import Sandbox
    from bot.sandbox.wire import Json
    from bot.sandbox.world import Channel, Message, User

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
KIND_WORDS = {COMMAND: "command", COMPONENT: "press", AUTOCOMPLETE: "autocomplete", MODAL_SUBMIT: "submit"}
PENDING, DEFERRED, ANSWERED, FAILED = "pending", "deferred", "answered", "failed"
NO_ANSWER = "The application did not respond"
KEPT = 10_000
LATENCIES = 100_000


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction and what became of it; times are monotonic seconds."""

    id: int
    token: str
    kind: int
    user: User
    channel: Channel
    name: str
    opened: float
    source: Message | None = None  # the message whose component was used, also behind a submitted modal
    parent: Interaction | None = None  # what the submitted modal answered
    state: str = PENDING
    first_answer: float = 0.0
    callback_type: int | None = None
    original: Message | None = None
    modal: Json | None = None
    submission: Interaction | None = None  # what its modal was submitted with
    choices: list[Json] | None = None
    followups: list[Message] = field(default_factory=list)
    failure: str | None = None
    settled: asyncio.Event | None = None
    timer: asyncio.TimerHandle | None = None

    @property
    def answered_after_ms(self) -> float | None:
        return round((self.first_answer - self.opened) * 1000, 3) if self.first_answer else None

    def as_json(self) -> Json:
        return {
            "id": str(self.id),
            "kind": KIND_WORDS[self.kind],
            "user": str(self.user.id),
            "channel_id": str(self.channel.id),
            "state": self.state,
            "answered_after_ms": self.answered_after_ms,
            "callback_type": self.callback_type,
            "message": self.original.shown if self.original and not self.original.deleted else None,
            "modal": self.modal,
            "choices": self.choices,
            "followups": [each.shown for each in self.followups if not each.deleted],
            "failure": self.failure,
        }


class Interactions:
    """All interactions of late, by id; the oldest are forgotten."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._all: OrderedDict[int, Interaction] = OrderedDict()
        self._by_token: dict[str, Interaction] = {}
        self.latencies: deque[float] = deque(maxlen=LATENCIES)

    def open(self, kind: int, user: User, channel: Channel, name: str, **more: Any) -> Interaction:
        """Make an interaction; it is not sent yet."""
        made_id = self._sandbox.ids.new()
        token = _token(made_id)
        made = Interaction(made_id, token, kind, user, channel, name, time.monotonic(), **more)
        self._all[made.id] = self._by_token[token] = made
        while len(self._all) > KEPT:
            _, oldest = self._all.popitem(last=False)
            del self._by_token[oldest.token]
        return made

    def send(self, interaction: Interaction, payload: Json) -> None:
        """Dispatch it and start the clock of the first answer."""
        loop = asyncio.get_running_loop()
        interaction.opened = time.monotonic()
        seconds = self._sandbox.settings.answer_seconds
        interaction.timer = loop.call_later(seconds, self._expire, interaction)
        self._sandbox.gateway.dispatch("INTERACTION_CREATE", payload)
        self.tell(interaction)

    def get(self, interaction_id: int) -> Interaction | None:
        return self._all.get(interaction_id)

    def waiting(self, interaction_id: int, token: str) -> Interaction:
        """The interaction that is to be answered for the first time. Raises Refusal 10062 and 40060."""
        interaction = self._all.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.state == FAILED:
            raise Refusal(404, 10062, "Unknown interaction")
        if interaction.state != PENDING:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        return interaction

    def webhook(self, token: str) -> Interaction:
        """The interaction behind a follow-up. Raises Refusal 10015 and 50027."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.state in (PENDING, FAILED):
            raise Refusal(404, 10015, "Unknown Webhook")
        if time.monotonic() - interaction.opened > self._sandbox.settings.token_seconds:
            raise Refusal(401, 50027, "Invalid Webhook Token")
        return interaction

    def acknowledge(self, interaction: Interaction, callback_type: int, state: str) -> None:
        """Note the first answer."""
        interaction.first_answer = time.monotonic()
        interaction.callback_type = callback_type
        self.latencies.append(interaction.first_answer - interaction.opened)
        if interaction.timer is not None:
            interaction.timer.cancel()
            interaction.timer = None
        self.settle(interaction, state)

    def settle(self, interaction: Interaction, state: str) -> None:
        interaction.state = state
        if state in (ANSWERED, FAILED) and interaction.settled is not None:
            interaction.settled.set()
        self.tell(interaction)

    def tell(self, interaction: Interaction) -> None:
        if self._sandbox.events.listening:
            frame = {"type": "interaction", "interaction": interaction.as_json()}
            self._sandbox.events.publish(frame, viewer=interaction.user.id)

    def _expire(self, interaction: Interaction) -> None:
        interaction.timer = None
        if interaction.state == PENDING:
            interaction.failure = NO_ANSWER
            self.settle(interaction, FAILED)

    async def wait(self, interaction: Interaction, seconds: float) -> None:
        """Wait until it is answered for good or failed, at most this long."""
        if interaction.state in (ANSWERED, FAILED):
            return
        interaction.settled = interaction.settled or asyncio.Event()
        try:
            await asyncio.wait_for(interaction.settled.wait(), seconds)
        except TimeoutError:
            return

    def quantiles(self) -> Json:
        """Milliseconds until the first answer."""
        ordered = sorted(self.latencies)
        pick = {"p50": 0.50, "p90": 0.90, "p99": 0.99, "max": 1.0}
        last = len(ordered) - 1
        return {"count": len(ordered)} | {
            f"{name}_ms": round(ordered[round(last * share)] * 1000, 3) if ordered else None
            for name, share in pick.items()
        }


def metadata(interaction: Interaction) -> Json:
    """What a message says about the interaction that it answers."""
    described: Json = {
        "id": str(interaction.id),
        "type": interaction.kind,
        "user": payloads.user(interaction.user),
        "authorizing_integration_owners": owners(interaction.channel),
    }
    if interaction.kind == COMPONENT and interaction.source is not None:
        described["interacted_message_id"] = str(interaction.source.id)
    if interaction.kind == MODAL_SUBMIT and interaction.parent is not None:
        described["triggering_interaction_metadata"] = metadata(interaction.parent)
    return described


def _token(interaction_id: int) -> str:
    """Like Discord's own: anybody can see what it is a token of."""
    readable = f"interaction:{interaction_id}:{secrets.token_urlsafe(72)}"
    return base64.urlsafe_b64encode(readable.encode()).decode().rstrip("=")


def owners(channel: Channel) -> Json:
    return {"0": str(channel.guild_id)}
