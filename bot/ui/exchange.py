"""What moderators see of an import: what is wrong with a file, or what it would change; and files to take away."""

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO

import discord

from bot.domain.programme_problems import Problem
from bot.domain.sessions import Session
from bot.formats.diff import Difference, Value
from bot.ui import limits
from bot.ui.reply import Reply
from bot.ui.sessions import COLOR
from bot.ui.text import NOTHING, address, listed, safe, shorten, stamp
from bot.ui.views import Style, button, buttons

APPLY, CANCEL = "import-apply", "import-cancel"
PROBLEMS_SHOWN = 5
VALUE = 90  # characters of each old and new value; the whole of it stands in the file
LINES = 3900  # of the 4096 of an embed's description

CANCELLED = "Nothing was imported."


def reading(stage: str) -> Reply:
    """While it takes longer than a moment."""
    return Reply(content=f"⏳ {stage} …")


def problems(name: str, found: Sequence[Problem]) -> Reply:
    """The first problems in words, all of them as a file."""
    lines = [f"• {_problem(problem)}" for problem in found[:PROBLEMS_SHOWN]]
    more = len(found) - len(lines)
    rest = [f"… and {more} more, in the file below."] if more > 0 else []
    head = f"**{safe(name, 100)} cannot be imported**, so nothing was changed. Please correct this and send it again:"
    text = "\n".join(map(str, found)) + "\n"
    return Reply(
        content=shorten("\n".join([head, *lines, *rest]), limits.MESSAGE_CONTENT),
        files=(attached("problems.txt", text.encode()),),
    )


def proposal(name: str, before: Session | None, after: Session, found: Sequence[Difference], draft: str) -> Reply:
    """What would change, with the buttons that decide; all of it as a file where it does not fit."""
    lines = [_line(difference) for difference in found if before is not None or _is_news(difference)]
    description = listed([_head(name, before, after), "", *lines], LINES, "… and {} more lines, in the file below")
    heading = "A new session" if before is None else "What would change"
    embed = discord.Embed(title=heading, description=description, color=COLOR)
    embed.set_footer(text="Nothing is saved yet. This is kept for 15 minutes.")
    decide = [
        button("Apply", f"{APPLY}:{draft}", emoji="✅", style=Style.SUCCESS),
        button("Cancel", f"{CANCEL}:{draft}"),
    ]
    whole = "\n".join(_plain(difference) for difference in found)
    files = (attached("changes.txt", whole.encode()),) if _is_cut(found, description) else ()
    return Reply(embeds=(embed,), view=buttons([decide]), files=files)


def unchanged(name: str, session: Session) -> Reply:
    title = safe(session.title)
    return Reply(content=f"**{title}** is already as {safe(name, 100)} has it, so nothing would change.")


def applied(before: Session | None, after: Session, number: int) -> Reply:
    """It is done."""
    title = safe(after.title)
    if before is None:
        return Reply(content=f"✅ **{title}** is here now, {stamp(after.starts_at, 'F')}. `/schedule` shows it.")
    changes = "1 change was" if number == 1 else f"{number} changes were"
    told = ""
    if before.starts_at != after.starts_at:
        told = (
            " Those who come or wait for a seat are told of the new time, and a deadline for answers that is still to"
            " come moves along."
        )
    return Reply(content=f"✅ {changes} made to **{title}**. Answers and stars stay as they were.{told}")


def changed_meanwhile(again: Reply) -> Reply:
    """The session was edited between the preview and its confirmation: here is what would change now."""
    words = "Somebody changed this session in the meantime, so nothing was imported yet. This is how it would be now:"
    return Reply(content=words, embeds=again.embeds, view=again.view, files=again.files)


def exported(session: Session, name: str, data: bytes, *, back: bool) -> Reply:
    """A session as a file; `back` says whether it can be imported again."""
    hint = " Edit it and bring it back with `/session import`." if back else ""
    return Reply(content=f"**{safe(session.title)}** as a file.{hint}", files=(attached(name, data),))


def attached(name: str, data: bytes) -> discord.File:
    return discord.File(BytesIO(data), filename=name)


def _problem(problem: Problem) -> str:
    where = f"line {problem.line}: " if problem.line else ""
    key = f"`{problem.key.replace('`', '?')[:120]}` " if problem.key else ""
    return f"{where}{key}{safe(problem.words, 300)}"


def _head(name: str, before: Session | None, after: Session) -> str:
    if before is None:
        return f"{safe(name, 100)} would make **{safe(after.title)}**."
    return f"{safe(name, 100)} would change **{safe(before.title)}**, {stamp(before.starts_at, 'f')}:"


def _line(difference: Difference) -> str:
    what = safe(difference.what, 120)
    if difference.old is None:
        return f"**{what}:** {_value(difference.new)}"
    return f"**{what}:** {_value(difference.old)} → {_value(difference.new)}"


def _is_news(difference: Difference) -> bool:
    """Of a new session: not what is so with every new one, or said with the talks."""
    return difference.what != "Cancelled" and not difference.what.endswith("”: name") and difference.new != "no"


def _value(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, datetime):
        return stamp(value, "F")
    if value.startswith("https://") and len(value) <= VALUE:
        return address(value)
    return safe(value, VALUE) or NOTHING


def _plain(difference: Difference) -> str:
    """The whole, for reading beside the message; times in UTC, since a file cannot turn them to its reader's."""
    old, new = (_plain_value(value) for value in (difference.old, difference.new))
    return f"{difference.what}\n  before: {old}\n  after:  {new}\n"


def _plain_value(value: Value) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return "-" if value is None else value.replace("\n", "\n          ")


def _is_cut(found: Sequence[Difference], description: str) -> bool:
    texts = [value for each in found for value in (each.old, each.new) if isinstance(value, str)]
    return "in the file below" in description or any(len(text) > VALUE for text in texts)
