"""The answer to `/about`: who the community is and where to go on."""

import discord

from bot.domain.guilds import Community
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import address, plain, prose, safe
from bot.ui.views import Component, buttons, link

ABOUT = 2000
THANKS = "With thanks to"
BOT = (
    "I keep the programme of the sessions in this server: what is on and when, who speaks, where to watch, and who "
    "comes. I post reminders before each session, and when it starts.\n\n"
    "Begin with `/schedule`; `/help` shows the rest."
)


def about(community: Community | None) -> Reply:
    """The community's own words; what the bot is, where there are none."""
    if community is None:
        return Reply(embeds=(discord.Embed(title="About this bot", description=BOT, color=COLOR),))
    embed = discord.Embed(
        title=f"About {safe(community.name, 200)}", description=prose(community.about, ABOUT) or None, color=COLOR
    )
    for pathway in community.pathways:
        _add_if_it_fits(embed, safe(pathway.label, 100), prose(pathway.text, 300) or address(pathway.url))
    if community.thanks:
        thanks = "\n".join(f"{safe(item.label, 80)}: {address(item.url)}" for item in community.thanks)
        _add_if_it_fits(embed, THANKS, thanks)
    embed.set_footer(text="The sessions: /schedule · All commands: /help")
    return Reply(embeds=(embed,), view=buttons(_rows(community)))


def _add_if_it_fits(embed: discord.Embed, name: str, value: str) -> None:
    room = limits.EMBED_TOTAL - len(embed) - len(name) - 100
    if len(embed.fields) < limits.EMBED_FIELDS and len(value) <= min(room, limits.FIELD_VALUE):
        embed.add_field(name=name, value=value, inline=False)


def _rows(community: Community) -> list[list[Component]]:
    """The ways on are buttons: their addresses are long, and where a text did not fit its button is still there."""
    given = [("Website", community.website), *((pathway.label, pathway.url) for pathway in community.pathways)]
    known = [component for label, url in given if (component := link(plain(label, limits.BUTTON_LABEL), url))]
    step = limits.BUTTONS_IN_ROW
    return [known[at : at + step] for at in range(0, min(len(known), step * limits.ROWS), step)]
