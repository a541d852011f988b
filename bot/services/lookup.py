"""What members ask for: one session, speaker or talk of their guild, or what there is to choose from."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import NoReturn
from zoneinfo import ZoneInfo

from bot.clock import Clock
from bot.domain.errors import Refusal
from bot.domain.guilds import Community, GuildConfig
from bot.domain.lookup import Appearance, Broadcast, Overview, Several, SpeakerPage, quoted
from bot.domain.sessions import Headline, Session
from bot.store import guilds, search
from bot.store.database import Database

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NO_SESSION = "There is no session yet. When the first one is announced, `/schedule` shows it."
GONE = "That is no longer in the programme. `/schedule` shows what is."
TITLE_IN_CHOICE = 80  # leaves room for date and time in the 100 characters of a choice
NAMED = 5  # sessions listed in a refusal


class LookupService:
    """Reads alone; each question is one read, which those who ask the same at the same time share.

    `text` is whatever was typed or chosen: an id, a slug, parts of a name, or None for what is at hand (the session
    that runs, else the next, else the last). Nothing outside `guild_id` is ever found.
    """

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def session(self, guild_id: int, text: str | None = None) -> Session:
        """One session.

        Raises:
            Refusal: none fits, or more than one.
        """
        found = await self._db.recall(search.session, guild_id, text, self.now())
        return found if isinstance(found, Session) else _refuse(text, found)

    async def overview(self, guild_id: int, text: str | None = None) -> Overview:
        """One session with those before and after it.

        Raises:
            Refusal: none fits, or more than one.
        """
        found = await self._db.recall(search.overview, guild_id, text, self.now())
        return found if isinstance(found, Overview) else _refuse(text, found)

    async def broadcast(self, guild_id: int, text: str | None = None) -> Broadcast:
        """One session and where its reminders are posted.

        Raises:
            Refusal: none fits, or more than one.
        """
        found = await self._db.recall(search.broadcast, guild_id, text, self.now())
        return found if isinstance(found, Broadcast) else _refuse(text, found)

    async def speaker(self, guild_id: int, text: str | None = None) -> SpeakerPage | Session | Several:
        """A speaker; the session at hand for None, whose speakers are to be listed; what fits if not exactly one does.

        Raises:
            Refusal: nothing was named and there is no session, or an id is of nothing here.
        """
        found = await self._db.recall(search.speaker, guild_id, text, self.now())
        return found if found is not None else _refuse(text, ())

    async def talk(self, guild_id: int, text: str | None = None) -> Appearance | Session | Several:
        """A talk; the session at hand for None, whose talks are to be listed; what fits if not exactly one does.

        Raises:
            Refusal: nothing was named and there is no session, or an id is of nothing here.
        """
        found = await self._db.recall(search.talk, guild_id, text, self.now())
        return found if found is not None else _refuse(text, ())

    async def session_choices(self, guild_id: int, text: str) -> list[tuple[str, str]]:
        """Names with ids for an autocomplete, best first, at most 25."""
        found = await self._db.recall(search.headlines, guild_id, text, self.now())
        names = _told_apart([(headline.title, headline) for headline in found])
        return [(name, headline.id) for name, headline in zip(names, found, strict=True)]

    async def speaker_choices(self, guild_id: int, text: str) -> list[tuple[str, str]]:
        """As `session_choices`, over names and affiliations."""
        found = await self._db.recall(search.speakers, guild_id, text, self.now())
        return [(f"{hit.name} ({hit.affiliation})" if hit.affiliation else hit.name, hit.id) for hit in found]

    async def talk_choices(self, guild_id: int, text: str) -> list[tuple[str, str]]:
        """As `session_choices`, over titles; talks of one title have their dates behind it."""
        found = await self._db.recall(search.talks, guild_id, text, self.now())
        shared = _repeated(hit.title for hit in found)
        names = _told_apart([(hit.title, hit.session) for hit in found])
        return [(name if hit.title in shared else hit.title, hit.id) for name, hit in zip(names, found, strict=True)]

    async def config(self, guild_id: int) -> GuildConfig:
        return await self._db.recall(guilds.config, guild_id)

    async def community(self, guild_id: int) -> Community | None:
        return await self._db.recall(guilds.community, guild_id)

    def now(self) -> datetime:
        """The moment for which answers are read and rendered, in whole seconds, as sessions begin and end.

        Who asks within the same second asks the same, and shares the answer.
        """
        return self._clock.now().replace(microsecond=0)


def _refuse(text: str | None, found: tuple[Headline, ...]) -> NoReturn:
    if text is None or not text.strip():
        raise Refusal(NO_SESSION)
    if search.is_id(text.strip()):
        raise Refusal(GONE)
    if not found:
        raise Refusal(
            f"No session here fits {quoted(text)}. Pick one of the suggestions while you type, "
            "or leave the option out to get the session at hand."
        )
    dated = _told_apart([(headline.title, headline) for headline in found[:NAMED]])
    names = "\n".join(f"- {quoted(name, 100)}" for name in dated)
    more = "\n- and more" if len(found) > NAMED else ""
    raise Refusal(f"More than one session fits {quoted(text)}. Please pick one of the suggestions:\n{names}{more}")


def _told_apart(titles: list[tuple[str, Headline]]) -> list[str]:
    """Titles with their dates; those that are the same then have the time of day as well."""
    names = [_dated(title, session) for title, session in titles]
    shared = _repeated(names)
    return [
        _dated(title, session, timed=True) if name in shared else name
        for name, (title, session) in zip(names, titles, strict=True)
    ]


def _dated(title: str, session: Headline, *, timed: bool = False) -> str:
    """The date is the one at the session's own place: choices cannot hold a time that Discord turns to the reader's."""
    day = session.starts_at.astimezone(ZoneInfo(session.zone))
    time = f" {day:%H:%M}" if timed else ""
    short = title if len(title) <= TITLE_IN_CHOICE else f"{title[: TITLE_IN_CHOICE - 1]}…"
    return f"{short} ({day.day} {MONTHS[day.month - 1]} {day.year}{time})"


def _repeated(titles: Iterable[str]) -> set[str]:
    return {title for title, times in Counter(titles).items() if times > 1}
