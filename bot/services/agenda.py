"""What people put on their agenda, and what is on now and next."""

from bot.clock import Clock
from bot.domain.agenda import Agenda, Around, Reminding, Starring
from bot.domain.errors import Refusal
from bot.domain.sessions import TalkId
from bot.services.changes import Changes
from bot.store import agenda, reminders
from bot.store.agenda import StarPress
from bot.store.database import Database

GONE = "That talk is no longer in the programme. `/talk` shows those that are."


class AgendaService:
    """Everything here is bounded by a guild and, but for `around`, about one person."""

    def __init__(self, db: Database, clock: Clock, changes: Changes) -> None:
        self._db = db
        self._clock = clock
        self._changes = changes

    async def star(self, guild_id: int, talk_id: TalkId, user_id: int, press_id: int, *, starred: bool) -> Starring:
        """Set a star or take it away, and return when that is on disk. An older press that comes late changes nothing.

        Args:
            guild_id: where.
            talk_id: which talk.
            user_id: whose star.
            press_id: the id of the interaction, which only rises.
            starred: whether the talk has the star afterwards.

        Raises:
            Refusal: the guild has no such talk.
        """
        press = StarPress(press_id, user_id, talk_id, starred)
        starring = await self._db.write(agenda.set_star, guild_id, press, self._clock.now())
        if starring is None:
            raise Refusal(GONE)
        self._changes.reminders()
        return starring

    async def stars(self, guild_id: int, user_id: int) -> frozenset[TalkId]:
        """The talks of the guild with this person's star."""
        return await self._db.read(agenda.stars, guild_id, user_id)

    async def remind(self, guild_id: int, user_id: int, press_id: int, *, wanted: bool) -> Reminding:
        """Turn messages before starred talks on or off for this person, see `star` for `press_id`."""
        now = self._clock.now()
        state = await self._db.write(agenda.set_reminding, guild_id, user_id, press_id, now, wanted=wanted)
        self._changes.reminders()
        return state

    async def of(self, guild_id: int, user_id: int) -> Agenda:
        return await self._db.read(agenda.of_user, guild_id, user_id, self._clock.now())

    async def around(self, guild_id: int) -> Around:
        """The sessions that are on now, or come next."""
        return await self._db.read(agenda.around, guild_id, self._clock.now())

    async def guild_of_message(self, key: str, user_id: int) -> int | None:
        """The guild that a message of ours before a talk was about; only its own reader knows its key."""
        return await self._db.read(reminders.guild_of_notice, key, user_id)
