"""`/session import` and `/session export`: programmes as files, in and out."""

import asyncio
from collections.abc import Coroutine
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord
from discord import app_commands

from bot.domain import limits
from bot.domain.errors import Refusal
from bot.domain.programme_problems import LARGEST, ProgrammeError
from bot.services.exchange import Format, Proposal, Source
from bot.ui import exchange
from bot.ui.reply import Reply
from cogs.answers import answer
from cogs.channels import may_ping
from cogs.rights import actor, guild_of, require_moderator
from cogs.routed import Routes
from cogs.session_group import SESSION, SessionCommands

KIND = "import"  # of the drafts that wait for their confirmation
PROGRESS = 1.5  # seconds, from where on people are told what takes so long; a press wants its answer within three
FETCHED_WITHIN = 20.0
ZONE_LONGEST = 64
# Where Discord keeps what people attach.
CDN_HOSTS = {"cdn.discordapp.com", "media.discordapp.net"}

FETCHING, READING, APPLYING = "Fetching the file", "Reading the file", "Importing"
_NOT_FETCHED = "The file could not be fetched from Discord. Please send it again."


class ExchangeCommands(SessionCommands):
    """An import is shown first, and carried out by the button below it; until then it is a draft."""

    def routes(self) -> Routes:
        return super().routes() | {
            exchange.APPLY: (self.import_confirmed, 1),
            exchange.CANCEL: (self.import_given_up, 1),
        }

    @SESSION.command(name="import", description="Bring in a programme from a file; you see first what would change")
    @app_commands.describe(
        file="A programme in TOML, a schedule.json (pretalx, frab) or Sessionize's view/All, up to 1 MiB",
        session="The session it becomes part of; leave it out for the one that the file names, or a new one",
        title="The title of the session, where the file has none",
        zone="The time zone of its times, where the file has none: Europe/Berlin",
    )
    async def import_programme(
        self,
        interaction: discord.Interaction,
        file: discord.Attachment,
        session: str | None = None,
        title: app_commands.Range[str, 1, limits.TITLE] | None = None,
        zone: app_commands.Range[str, 1, ZONE_LONGEST] | None = None,
    ) -> None:
        guild_id = await require_moderator(self._app, interaction)
        self._check(file)
        into = None if session is None else (await self._app.lookup.session(guild_id, session)).id
        await interaction.response.defer(ephemeral=True, thinking=True)
        progress = _Progress(interaction)

        async def propose() -> Reply:
            data = await _fetched(file)
            progress.stage = READING
            source = Source(data, file.filename, into, title, zone)
            return await self._shown(interaction, source, await self._app.exchange.propose(guild_id, source))

        try:
            reply = await progress.over(propose())
        except ProgrammeError as error:
            reply = exchange.problems(file.filename, error.problems)
        except Refusal as refusal:
            reply = Reply(content=str(refusal))
        await _show(interaction, reply)

    @SESSION.command(name="export", description="A session as a file: to edit, for other programs, for calendars")
    @app_commands.rename(kind="format")
    @app_commands.describe(kind="What for", session="Leave it out for the session that is on, or the next one")
    @app_commands.choices(
        kind=[
            app_commands.Choice(name="TOML: to edit and import again", value=Format.TOML.value),
            app_commands.Choice(name="schedule.json: for conference apps", value=Format.C3VOC.value),
            app_commands.Choice(name="iCalendar: for calendars, with its talks", value=Format.ICAL.value),
        ]
    )
    async def export_programme(self, interaction: discord.Interaction, kind: str, session: str | None = None) -> None:
        guild_id = await require_moderator(self._app, interaction)
        found = await self._app.lookup.session(guild_id, session)
        wanted = Format(kind)
        written = await self._app.exchange.export(guild_id, found.id, wanted)
        reply = exchange.exported(found, written.name, written.data, back=wanted is not Format.ICAL)
        await answer(interaction, reply)

    @import_programme.autocomplete("session")
    @export_programme.autocomplete("session")
    async def _suggest_for_exchange(
        self, interaction: discord.Interaction, text: str
    ) -> list[app_commands.Choice[str]]:
        return await self.suggest_session(interaction, text)

    async def import_confirmed(self, interaction: discord.Interaction, draft: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        body = await self._app.drafts.get(guild_id, interaction.user.id, KIND, draft)
        work = self._applied(interaction, _source(body), str(body["seen"]), draft)
        await _show(interaction, await _Progress(interaction, APPLYING).over(work))

    async def _applied(self, interaction: discord.Interaction, source: Source, seen: str, draft: str) -> Reply:
        guild_id = guild_of(interaction)
        quiet = not may_ping(interaction, await self._app.lookup.config(guild_id), None)
        try:
            done = await self._app.exchange.apply(guild_id, actor(interaction), source, seen=seen, quiet=quiet)
        except ProgrammeError as error:  # what is stored has changed so that the file no longer fits it
            return exchange.problems(source.name, error.problems)
        if isinstance(done, Proposal):
            return exchange.changed_meanwhile(await self._shown(interaction, source, done, draft))
        await self._app.drafts.finish(guild_id, interaction.user.id, KIND, draft)
        made = done.proposal
        return exchange.applied(made.before, made.after, len(made.differences))

    async def import_given_up(self, interaction: discord.Interaction, draft: str) -> None:
        guild_id = await require_moderator(self._app, interaction)
        await self._app.drafts.drop(guild_id, interaction.user.id, draft)
        await interaction.response.edit_message(content=exchange.CANCELLED, embeds=[], view=None, attachments=[])

    async def _shown(
        self, interaction: discord.Interaction, source: Source, proposal: Proposal, draft: str | None = None
    ) -> Reply:
        """The proposal for its author, who finds it again by the draft that is kept with it."""
        if not proposal.differences:
            return exchange.unchanged(source.name, proposal.after)
        body = {
            "file": source.data.decode(),
            "name": source.name,
            "session": source.session_id,
            "title": source.title,
            "zone": source.zone,
            "seen": proposal.seen,
        }
        guild_id = proposal.after.guild_id
        draft = await self._app.drafts.keep(guild_id, interaction.user.id, KIND, body, draft)
        return exchange.proposal(source.name, proposal.before, proposal.after, proposal.differences, draft)

    def _check(self, file: discord.Attachment) -> None:
        """By what Discord says of it, before a byte is fetched."""
        if file.size > LARGEST:
            raise Refusal(
                f"The file has {file.size:,} bytes, and {LARGEST:,} are read (1 MiB). Please export a part of it: one"
                " session, one day or one room."
            )
        if not _is_attachment(file.url, self._app.settings.discord_api_url):
            raise Refusal("This is no file that Discord keeps, so I do not open it. Please attach the file itself.")


class _Progress:
    """Tells the person what is being done, once that takes long."""

    def __init__(self, interaction: discord.Interaction, stage: str = FETCHING) -> None:
        self._interaction = interaction
        self.stage = stage

    async def over(self, work: Coroutine[Any, Any, Reply]) -> Reply:
        """The result of `work`, however long it takes."""
        task, told = asyncio.ensure_future(work), ""
        try:
            while not (await asyncio.wait([task], timeout=PROGRESS))[0]:
                if self.stage != told:
                    told = self.stage
                    await _show(self._interaction, exchange.reading(told))
            return await task
        finally:
            task.cancel()


def _source(body: dict[str, Any]) -> Source:
    return Source(body["file"].encode(), body["name"], body["session"], body["title"], body["zone"])


def _is_attachment(url: str, api_url: str) -> bool:
    try:
        parts, api = urlsplit(url), urlsplit(api_url)
        on_cdn = parts.scheme == "https" and parts.netloc in CDN_HOSTS
    except ValueError:
        return False
    return on_cdn or (parts.scheme, parts.netloc) == (api.scheme, api.netloc)


async def _fetched(file: discord.Attachment) -> bytes:
    try:
        async with asyncio.timeout(FETCHED_WITHIN):
            data = await file.read()
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError, OSError):
        raise Refusal(_NOT_FETCHED) from None
    if len(data) > LARGEST:
        raise Refusal(_NOT_FETCHED)
    return data


async def _show(interaction: discord.Interaction, reply: Reply) -> None:
    """In place of what the interaction has shown so far, or of the message whose button was pressed."""
    shown = {**reply.edit_kwargs(), "attachments": list(reply.files)}
    if interaction.response.is_done():
        await interaction.edit_original_response(**shown)
    else:
        await interaction.response.edit_message(**shown)
