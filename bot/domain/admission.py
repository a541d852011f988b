"""How a session takes answers: open or closed, until when, from whom; and what attendees are offered and lent."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.errors import Refusal

# Minutes that an offered seat is kept for a person: ours. Shorter is unfair to who is on the way, longer to who waits.
SHORTEST_OFFER, LONGEST_OFFER = 5, 3 * 24 * 60
HOUR_BEFORE = 60  # minutes before the start

_STILL = " If you have answered before, you can still say that you can't come."


@dataclass(frozen=True, slots=True)
class Admission:
    """What moderators have chosen for a session; the defaults are those of a session of which they said nothing.

    `offer_minutes`: a seat that becomes free is offered for so long; None: it goes to the next person at once.
    `lend_minutes`: `lend_role_id` is lent from so long before the start; None: to everybody who comes, at once.
    """

    closed: bool = False
    deadline_at: datetime | None = None
    only_role_id: int | None = None
    offer_minutes: int | None = None
    lend_role_id: int | None = None
    lend_minutes: int | None = None

    def shut(self, now: datetime) -> bool:
        """Whether nobody may answer anew at `now`."""
        return self.closed or (self.deadline_at is not None and now >= self.deadline_at)


def check_admission(admission: Admission, roles: AbstractSet[int], now: datetime) -> None:
    """Refuse a new answer of a person with these roles; to say that one cannot come is never refused.

    Raises:
        Refusal: with what is still possible.
    """
    if admission.closed:
        raise Refusal(
            f"The moderators have closed the answers to this session, so nothing was changed.{_STILL} "
            "For anything else, please ask them."
        )
    deadline = admission.deadline_at
    if deadline is not None and now >= deadline:
        raise Refusal(
            f"Answers to this session were taken until <t:{int(deadline.timestamp())}:f>, so nothing was changed."
            f"{_STILL} For anything else, please ask the moderators."
        )
    if admission.only_role_id is not None and admission.only_role_id not in roles:
        # A mention in a message that pings nobody: it only shows the role's name.
        raise Refusal(
            f"Only people with the role <@&{admission.only_role_id}> can come to this session, and I do not see it "
            f"on you here.{_STILL} Please ask the moderators for the role; then press again, in the server."
        )


def check_offer_minutes(minutes: int) -> int:
    """How long a seat is kept for a person.

    Raises:
        Refusal: it is out of bounds.
    """
    if not SHORTEST_OFFER <= minutes <= LONGEST_OFFER:
        raise Refusal(
            f"A seat can be kept for {SHORTEST_OFFER} minutes to {LONGEST_OFFER // 60 // 24} days; please give `offers`"
            " a number of minutes within that, or `off`."
        )
    return minutes


def offered_until(admission: Admission, now: datetime, ends_at: datetime) -> datetime:
    """Until when a seat that is offered at `now` is kept."""
    return min(now + timedelta(minutes=admission.offer_minutes or 0), ends_at)
