"""What lending roles needs of Discord, and how discord.py does it."""

from typing import Protocol

import discord

from bot.delivery.sender import translated

UNKNOWN_MEMBER = 10007  # topics/opcodes-and-status-codes
UNKNOWN_ROLE = 10011
REASON = "Lent to those who come to a session"  # in the server's audit log


class Roles(Protocol):
    """Calls about one person and one role; each raises `NotSent` in one of its forms."""

    async def has(self, guild_id: int, user_id: int, role_id: int) -> bool:
        """Whether the member has the role."""

    async def give(self, guild_id: int, user_id: int, role_id: int) -> None:
        """The member has the role from now on; who has it already keeps it."""

    async def take(self, guild_id: int, user_id: int, role_id: int) -> None:
        """The member no longer has the role; who does not have it stays without."""


class DiscordRoles:
    """The Roles that talk through a discord.py client."""

    def __init__(self, client: discord.Client) -> None:
        self._http = client.http

    async def has(self, guild_id: int, user_id: int, role_id: int) -> bool:
        with translated():
            member = await self._http.get_member(guild_id, user_id)
        return str(role_id) in member["roles"]

    async def give(self, guild_id: int, user_id: int, role_id: int) -> None:
        with translated():
            await self._http.add_role(guild_id, user_id, role_id, reason=REASON)

    async def take(self, guild_id: int, user_id: int, role_id: int) -> None:
        with translated():
            await self._http.remove_role(guild_id, user_id, role_id, reason=REASON)
