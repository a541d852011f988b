"""`/my data` and `/my erase`: what is stored about the person who asks, and the end of it."""

import discord

from bot.domain.errors import Refusal
from bot.ui import privacy
from cogs.answers import answer
from cogs.my_group import MY, MyCommands
from cogs.routed import Routes


class DataCommands(MyCommands):
    """About the interaction's own user alone, in every server: nobody can ask for somebody else's."""

    def routes(self) -> Routes:
        return super().routes() | {"my-erase": (self.erase_pressed, 1)}

    @MY.command(description="Everything that is stored about you, as a file")
    async def data(self, interaction: discord.Interaction) -> None:
        user_id = interaction.user.id
        held = await self._app.privacy.export(user_id)
        reply = privacy.my_data(user_id, held, self._app.clock.now())
        await answer(interaction, reply)

    @MY.command(description="Delete everything that is stored about you")
    async def erase(self, interaction: discord.Interaction) -> None:
        await answer(interaction, privacy.first_question())

    async def erase_pressed(self, interaction: discord.Interaction, step: str) -> None:
        """The answer to the first question asks the second; the answer to that erases."""
        if step == privacy.ASK:
            await interaction.response.edit_message(**privacy.second_question().edit_kwargs())
            return
        if step != privacy.SURE:
            raise Refusal("This button is from an older version of the bot. Please use `/my erase` again.")
        await interaction.response.defer()  # a large file takes a while to look through
        person = interaction.user
        try:
            done = await self._app.privacy.erase(person.id, person.display_name)
        except Refusal as refusal:
            await interaction.edit_original_response(content=str(refusal), view=None)
            return
        reply = privacy.erased(
            done.rows,
            searched=done.searched,
            ids=done.ids,
            names=done.names,
            roles_left=done.roles_left,
            backups=self._app.settings.backups_kept,
        )
        await interaction.edit_original_response(**reply.edit_kwargs())
