"""`/session repeat`, `/session series` and `/session copy`: what takes place again, and what is like an earlier one."""

import re
from datetime import UTC, datetime

import discord
from discord import app_commands

from bot.domain.errors import Refusal
from bot.domain.plans import MOST_OPEN
from bot.domain.repeats import Act, Along, Wish, digest
from bot.domain.series import Every, Rule, Scope
from bot.domain.sessions import Session, SessionId
from bot.services.durations import MOST_CHARACTERS
from bot.services.series_rules import LAST_OF_MONTH
from bot.ui import series
from bot.ui.reply import Reply
from cogs.answers import answer
from cogs.channels import may_ping, own_channel
from cogs.rights import actor, require_moderator
from cogs.role_rights import may_lend
from cogs.routed import Routes
from cogs.session_group import SESSION, SessionCommands

SHOW = "show"
_END = re.compile(r"n(\d{1,3})|u(\d{4})(\d{2})(\d{2})", re.ASCII)
_MOMENT = re.compile(r"\d{1,11}", re.ASCII)
_OLD = "This button is from an older version of the bot. Please use `/session` again."
_THIS = "Leave it out for the session that is on, or the next one"


class SeriesCommands(SessionCommands):
    """Everything is shown first; the button below it holds all there is to know, so nothing is kept meanwhile."""

    def routes(self) -> Routes:
        return super().routes() | {
            series.REPEAT: (self.repeat_confirmed, 4),
            series.CHANGE: (self.change_confirmed, 5),
            series.COPY: (self.copy_confirmed, 3),
            series.DISMISS: (self.given_up, 0),
        }

    @SESSION.command(description="Let a session take place again and again; you see all dates first")
    @app_commands.describe(
        every="How often; the time stays the same on the clocks of its place",
        times="After how many sessions it ends, this one included; or use until",
        until="On which day it ends: 2027-12-31",
        session=_THIS,
    )
    @app_commands.choices(
        every=[
            app_commands.Choice(name="Every week", value=Every.WEEK.value),
            app_commands.Choice(name="Every second week", value=Every.SECOND_WEEK.value),
            app_commands.Choice(name="Every month on that weekday, like the second Tuesday", value=Every.MONTH.value),
            app_commands.Choice(name="Every month, the last of its weekday, like the last Friday", value=LAST_OF_MONTH),
        ]
    )
    async def repeat(
        self,
        interaction: discord.Interaction,
        every: str,
        times: app_commands.Range[int, 2, MOST_OPEN] | None = None,
        until: app_commands.Range[str, 1, MOST_CHARACTERS] | None = None,
        session: str | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        rule = await self._app.series.rule(found, every, times, until)
        planned = await self._app.series.preview(guild_id, found.id, rule)
        along, lends = await self._along(interaction, found)
        reply = series.repetition(planned.session, rule, every, planned.occurrences, along=along, may_lend=lends)
        await answer(interaction, reply)

    @SESSION.command(name="series", description="See a series; move, skip or cancel one session or all that follow")
    @app_commands.describe(
        what="What to do",
        scope="This session alone, or all that follow as well",
        to="Where to move it: friday 18:30; the others move by as much",
        session=_THIS,
    )
    @app_commands.choices(
        what=[
            app_commands.Choice(name="Show all its sessions", value=SHOW),
            app_commands.Choice(name="Move to another time", value=Act.MOVE.value),
            app_commands.Choice(name="Skip, before it is announced", value=Act.SKIP.value),
            app_commands.Choice(name="Cancel, and tell those who come", value=Act.CANCEL.value),
        ],
        scope=[
            app_commands.Choice(name="This session", value=Scope.THIS.value),
            app_commands.Choice(name="This session and all that follow", value=Scope.FOLLOWING.value),
        ],
    )
    async def change_series(
        self,
        interaction: discord.Interaction,
        what: str,
        session: str | None = None,
        scope: str = Scope.THIS.value,
        to: app_commands.Range[str, 1, MOST_CHARACTERS] | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        if what == SHOW:
            reply = series.overview(
                await self._app.series.of_session(guild_id, found.id), found.title, self._app.clock.now()
            )
        else:
            reply = await self._change(guild_id, found, Act(what), Scope(scope), to)
        await answer(interaction, reply)

    @SESSION.command(description="Make a new session like an earlier one; you choose whether its talks come along")
    @app_commands.describe(start="When the new one begins: 24 May 2027 10:00", session=_THIS)
    async def copy(
        self,
        interaction: discord.Interaction,
        start: app_commands.Range[str, 1, MOST_CHARACTERS],
        session: str | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        starts_at = await self._app.series.moment(found, start)
        reply = series.copying(found, starts_at, *await self._along(interaction, found))
        await answer(interaction, reply)

    @repeat.autocomplete("session")
    @change_series.autocomplete("session")
    @copy.autocomplete("session")
    async def _suggest_for_series(self, interaction: discord.Interaction, text: str) -> list[app_commands.Choice[str]]:
        return await self.suggest_session(interaction, text)

    async def repeat_confirmed(
        self, interaction: discord.Interaction, session_id: str, every: str, end: str, seen: str
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session_id)
        rule = await self._rule(found, every, end)
        quiet = await self._quiet(interaction, found)
        _, lends = await self._along(interaction, found)
        made = await self._app.series.repeat(
            guild_id, actor(interaction), found.id, rule, seen=_moment(seen), quiet=quiet, may_lend=lends
        )
        await _replace(interaction, series.repeated(made.session, made.rule, made.occurrences))

    async def change_confirmed(self, interaction: discord.Interaction, *arguments: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        session_id, act, scope, to, seen = arguments
        try:
            moment = _moment(to) if act == Act.MOVE else None
            wish = Wish(SessionId(session_id), Act(act), Scope(scope), moment)
        except ValueError:
            raise Refusal(_OLD) from None
        quiet = await self._quiet(interaction, await self._app.lookup.session(guild_id, wish.session_id))
        done = await self._app.series.apply(guild_id, actor(interaction), wish, seen=seen, quiet=quiet)
        await _replace(interaction, series.changed(done))

    async def copy_confirmed(self, interaction: discord.Interaction, session_id: str, start: str, talks: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session_id)
        quiet, with_talks = await self._quiet(interaction, found), talks == series.WITH_TALKS
        _, lends = await self._along(interaction, found)
        made = await self._app.series.copy(
            guild_id, actor(interaction), found.id, _moment(start), talks=with_talks, quiet=quiet, may_lend=lends
        )
        await _replace(interaction, series.copied(made))

    async def given_up(self, interaction: discord.Interaction) -> None:
        await require_moderator(self._app, interaction)
        await _replace(interaction, Reply(content=series.NOTHING_DONE))

    async def _change(self, guild_id: int, found: Session, act: Act, scope: Scope, to: str | None) -> Reply:
        if act is Act.MOVE and to is None:
            raise Refusal("Where to? Please fill in the option `to` as well, like `friday 18:30`.")
        moment = None if to is None or act is not Act.MOVE else await self._app.series.moment(found, to)
        wish = Wish(found.id, act, scope, moment)
        wanted = await self._app.series.change(guild_id, wish)
        return series.change(found.title, wish, wanted, digest(wanted))

    async def _along(self, interaction: discord.Interaction, session: Session) -> tuple[Along, int | None]:
        """What comes along to sessions like this one, and the role that they may lend: if the person may give it."""
        along = await self._app.series.along(session)
        role_id = along.admission.lend_role_id
        return along, role_id if may_lend(interaction, role_id) else None

    async def _quiet(self, interaction: discord.Interaction, session: Session) -> bool:
        """Whether posts about sessions like this one ping nobody, since the person may not.

        Raises:
            Refusal: the person may not write in the session's own channel, or the bot may not.
        """
        config = await self._app.lookup.config(session.guild_id)
        return not may_ping(interaction, config, own_channel(interaction, config, session.channel_id))

    async def _rule(self, session: Session, every: str, end: str) -> Rule:
        known = _END.fullmatch(end)
        if known is None or every not in {*Every, LAST_OF_MONTH}:
            raise Refusal(_OLD)
        times, year, month, day = known.groups()
        until = f"{year}-{month}-{day}" if year else None
        return await self._app.series.rule(session, every, int(times) if times else None, until)


def _moment(text: str) -> datetime:
    """From a custom id, in seconds since 1970."""
    if not _MOMENT.fullmatch(text):
        raise Refusal(_OLD)
    return datetime.fromtimestamp(int(text), UTC)


async def _replace(interaction: discord.Interaction, reply: Reply) -> None:
    await interaction.response.edit_message(**reply.edit_kwargs())
