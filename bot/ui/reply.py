"""What a renderer returns: everything that is said in one message."""

from dataclasses import dataclass
from typing import Any

import discord


@dataclass(frozen=True, slots=True)
class Reply:
    """One message; sending it changes nothing of it, but files are read up: those with files are for one sending."""

    content: str | None = None
    embeds: tuple[discord.Embed, ...] = ()
    view: discord.ui.View | None = None
    files: tuple[discord.File, ...] = ()

    def kwargs(self) -> dict[str, Any]:
        """Arguments for sending (`response.send_message`, `followup.send`, `channel.send`)."""
        given: dict[str, Any] = {}
        if self.content is not None:
            given["content"] = self.content
        if self.embeds:
            given["embeds"] = list(self.embeds)
        if self.view is not None:
            given["view"] = self.view
        if self.files:
            given["files"] = list(self.files)
        return given

    def edit_kwargs(self) -> dict[str, Any]:
        """Arguments for an edit that leaves nothing of the old message but its files."""
        return {"content": self.content, "embeds": list(self.embeds), "view": self.view}
