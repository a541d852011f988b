"""Channels and roles as they stand in a server: what the bot may do there, and what the person who chooses them may."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.errors import Refusal


class Right(StrEnum):
    """A permission, under the name that Discord's own pages give it."""

    VIEW = "View Channel"
    SEND = "Send Messages"
    EMBED = "Embed Links"
    ATTACH = "Attach Files"
    HISTORY = "Read Message History"


# What posts cannot do without, and what else is wanted: files of calendars and exports.
TO_ANNOUNCE = (Right.VIEW, Right.SEND, Right.EMBED, Right.HISTORY)
TO_LOG = (Right.VIEW, Right.SEND, Right.EMBED)
USEFUL = (Right.ATTACH,)

NO_CHANNEL = "That channel is not in this server, or I cannot see it. Please choose another one"
NO_ROLE = "That role is not in this server any more. Please choose another one."


@dataclass(frozen=True, slots=True)
class Place:
    """A channel. `name` is None when it is gone or unseen; `takes_posts` is false for a category or a forum.

    `mine` are the bot's rights there, `theirs` those of the person who asks.
    """

    id: int
    name: str | None = None
    takes_posts: bool = False
    mine: frozenset[Right] = frozenset()
    theirs: frozenset[Right] = frozenset()

    def missing(self, needed: tuple[Right, ...]) -> tuple[Right, ...]:
        """What of `needed` the bot may not do there."""
        return tuple(right for right in needed if right not in self.mine)


@dataclass(frozen=True, slots=True)
class Badge:
    """A role. `name` is None when it is gone; `everyone` marks the one that all members have.

    `i_may_ping` and `they_may_ping`: whether a mention by the bot, or by the person who asks, rings.
    """

    id: int
    name: str | None = None
    everyone: bool = False
    i_may_ping: bool = False
    they_may_ping: bool = False


def check_place(place: Place, needed: tuple[Right, ...]) -> None:
    """Let a channel be chosen for the bot's posts.

    Raises:
        Refusal: it is none of this server's, the bot lacks a right there, or the person may not write there himself.
    """
    if place.name is None:
        raise Refusal(f"{NO_CHANNEL}, or allow me “{Right.VIEW}” there.")
    if not place.takes_posts:
        raise Refusal(f"<#{place.id}> takes no posts. Please choose a text or announcement channel.")
    if not {Right.VIEW, Right.SEND} <= place.theirs:
        raise Refusal(f"You may not write in <#{place.id}> yourself, so you cannot let me post there.")
    missing = place.missing(needed)
    if missing:
        raise Refusal(f"In <#{place.id}> I need: {listed(missing)}. Allow that there, then choose it again.")


def check_ping(badge: Badge) -> None:
    """Let a role be chosen that announcements ping.

    Raises:
        Refusal: it is none of this server's, nobody would be pinged, or the person may not ping it himself.
    """
    if badge.name is None:
        raise Refusal(NO_ROLE)
    if badge.everyone:
        raise Refusal("I never ping everyone. Make a role that people can take for themselves, and choose that one.")
    if not badge.they_may_ping:
        raise Refusal(f"You may not ping <@&{badge.id}> yourself, so you cannot let me do it. {_MENTIONABLE}")
    if not badge.i_may_ping:
        raise Refusal(f"I may not ping <@&{badge.id}>. {_MENTIONABLE}")


def check_moderators(badge: Badge) -> None:
    """Let a role be chosen whose people may manage sessions.

    Raises:
        Refusal: it is none of this server's, or everybody has it.
    """
    if badge.name is None:
        raise Refusal(NO_ROLE)
    if badge.everyone:
        raise Refusal("Everybody has that role, so everybody could change the sessions. Please choose another one.")


def listed(rights: tuple[Right, ...]) -> str:
    return ", ".join(f"“{right}”" for right in rights)


_MENTIONABLE = "Under Server Settings, Roles, let anyone @mention it; then choose it again."
