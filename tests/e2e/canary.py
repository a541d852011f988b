"""The bot's token in these tests, and the search for it, and for interactions' tokens, in all that was written."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from bot.sandbox.core import Sandbox

TOKEN = "OTAwMDAwMDAwMDAwMDAwMDAx.canary.sings-where-it-is-written-anywhere"
# How every token of an interaction begins, in the sandbox as at Discord: "interaction:" in base64.
INTERACTIONS = "aW50ZXJhY3Rpb246"


def leaks(written: Mapping[str, bytes]) -> list[str]:
    """What of `written`, by name, has a secret in it."""
    return [
        f"{what} in {name}"
        for name, text in written.items()
        for what, secret in (("the bot's token", TOKEN), ("an interaction's token", INTERACTIONS))
        if secret.encode() in text
    ]


def written(folder: Path, said: Iterable[str], sandbox: Sandbox) -> dict[str, bytes]:
    """Output of the processes, files beside the database, bodies of calls and files that were posted."""
    found = {f"the output of process {number}": text.encode() for number, text in enumerate(said)}
    found |= {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    return found | dict(_sent(sandbox))


def _sent(sandbox: Sandbox) -> Iterator[tuple[str, bytes]]:
    # Addresses hold tokens by right, and so do Discord's own answers.
    yield "bodies of calls", b"\n".join(entry[5] for entry in sandbox.journal.last(20_000))
    yield "posted files", b"\n".join(upload.data for upload in sandbox.files.all())
