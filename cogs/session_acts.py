"""`/session cancel`, `reopen`, `announce`, `delete` and `list`."""

import logging

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.session_fields import REASON, optional
from bot.domain.sessions import Phase, SessionId
from bot.ui import session_acts as acts
from cogs.answers import show
from cogs.channels import may_ping, own_channel
from cogs.rights import actor, require_moderator
from cogs.routed import Routes
from cogs.session_group import SESSION, SessionCommands

log = logging.getLogger(__name__)

CANCEL = "cancel"  # kind of a draft


class ActCommands(SessionCommands):
    """What is done to a session as a whole; what cannot be taken back is asked first."""

    def routes(self) -> Routes:
        return super().routes() | {
            acts.CANCEL_ASK: (self.cancel_asked, 1),
            acts.CANCEL_DONE: (self.cancel_confirmed, 1),
            acts.DELETE_ASK: (self.delete_asked_again, 1),
            acts.DELETE_DONE: (self.delete_confirmed, 1),
            acts.LIST: (self.list_paged, 1),
        }

    @SESSION.command(description="Say that a session does not take place; those who come are told")
    @app_commands.describe(
        session="Leave it out for the session that is on, or the next one",
        reason="Why, for those who wanted to come; up to 300 characters",
    )
    async def cancel(
        self,
        interaction: discord.Interaction,
        session: str | None = None,
        reason: app_commands.Range[str, 1, REASON] | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        await self._ask_cancel(interaction, guild_id, found.id, _reason(reason))

    @SESSION.command(description="Bring a cancelled session back")
    @app_commands.describe(session="Which one")
    async def reopen(self, interaction: discord.Interaction, session: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        edited = await self._app.sessions.reopen(guild_id, found.id, actor(interaction))
        await show(interaction, acts.reopened(edited.after, edited.told))

    @SESSION.command(description="Post the card of a session, or post it anew")
    @app_commands.describe(
        session="Leave it out for the session that is on, or the next one",
        channel="Where; its reminders come there, too. Leave it out for where they come now",
    )
    async def announce(
        self,
        interaction: discord.Interaction,
        session: str | None = None,
        channel: discord.TextChannel | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        config = await self._app.lookup.config(guild_id)
        wanted = own_channel(interaction, config, channel.id) if channel else found.channel_id
        quiet = not may_ping(interaction, config, wanted)
        edited = await self._app.sessions.announce(
            guild_id, found.id, actor(interaction), channel_id=wanted, quiet=quiet
        )
        where = edited.after.channel_id or config.announce_channel_id
        await show(interaction, acts.announced(edited.after, where, quiet=quiet))

    @SESSION.command(description="Delete a session with all answers to it, for good")
    @app_commands.describe(session="Which one")
    async def delete(self, interaction: discord.Interaction, session: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        answers, coming = await self._app.sessions.answers(found.id)
        upcoming = found.phase(self._app.clock.now()) in (Phase.UPCOMING, Phase.RUNNING)
        await show(interaction, acts.ask_delete(found, answers, coming, upcoming=upcoming))

    @SESSION.command(name="list", description="All sessions, those to come first")
    async def list_sessions(self, interaction: discord.Interaction) -> None:
        guild_id = await require_moderator(self._app, interaction)
        await show(interaction, acts.listing(await self._app.sessions.listing(guild_id, 0)))

    @cancel.autocomplete("session")
    @reopen.autocomplete("session")
    @announce.autocomplete("session")
    @delete.autocomplete("session")
    async def _suggest_for_act(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_session(interaction, text)

    async def cancel_asked(self, interaction: discord.Interaction, session_id: str) -> None:
        """The button beside the question whether to delete it."""
        guild_id = await require_moderator(self._app, interaction)
        await self._ask_cancel(interaction, guild_id, SessionId(session_id), None)

    async def cancel_confirmed(self, interaction: discord.Interaction, draft_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        body = await self._app.drafts.get(guild_id, interaction.user.id, CANCEL, draft_id)
        edited = await self._app.sessions.cancel(guild_id, body["session_id"], actor(interaction), body["reason"])
        await self._app.drafts.finish(guild_id, interaction.user.id, CANCEL, draft_id)
        await show(interaction, acts.cancelled(edited.after, edited.told))

    async def delete_asked_again(self, interaction: discord.Interaction, session_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        session = await self._app.lookup.session(guild_id, session_id)
        answers, _ = await self._app.sessions.answers(session.id)
        await show(interaction, acts.ask_delete_again(session, answers))

    async def delete_confirmed(self, interaction: discord.Interaction, session_id: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        deleted = await self._app.sessions.delete(guild_id, SessionId(session_id), actor(interaction))
        await show(interaction, acts.deleted(deleted.session))
        for channel_id, message_id in deleted.posts:
            await _remove(interaction.client, channel_id, message_id)

    async def list_paged(self, interaction: discord.Interaction, page: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        number = int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 0  # noqa: PLR2004 - no such page
        await show(interaction, acts.listing(await self._app.sessions.listing(guild_id, number)))

    async def _ask_cancel(
        self, interaction: discord.Interaction, guild_id: int, session_id: SessionId, reason: str | None
    ) -> None:
        session = await self._app.lookup.session(guild_id, session_id)
        phase = session.phase(self._app.clock.now())
        if phase is Phase.CANCELLED:
            raise Refusal("This session is cancelled already. `/session reopen` brings it back.")
        if phase is Phase.OVER:
            raise Refusal("This session is over, so it cannot be cancelled any more.")
        body = {"session_id": session.id, "reason": reason}
        draft_id = await self._app.drafts.keep(guild_id, interaction.user.id, CANCEL, body)
        _, coming = await self._app.sessions.answers(session.id)
        await show(interaction, acts.ask_cancel(session, coming, draft_id, reason))


def _reason(text: str | None) -> str | None:
    try:
        return optional("reason", text or "")
    except ValueError as error:
        raise Refusal(f"The reason {error}.") from None


async def _remove(client: discord.Client, channel_id: int, message_id: int) -> None:
    try:
        await client.get_partial_messageable(channel_id).get_partial_message(message_id).delete()
    except discord.HTTPException as error:  # its buttons say that the session is gone
        log.warning("A post about a deleted session could not be removed: %s", error)
