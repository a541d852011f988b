"""The panel, the doctor and the lists of reminders: that Discord takes them, and that they say what is so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.doctor import ClockState, Connection, DatabaseState, Examination, Records
from bot.domain.guilds import GuildConfig
from bot.domain.places import Badge, Place, Right
from bot.domain.reminder_rules import COMMON, Entry, Page, in_order
from bot.domain.reminders import Reminder, State, before, sample
from bot.domain.server import Server
from bot.domain.sessions import Session, SessionId, Status, Talk, TalkId
from bot.domain.settings_zones import COMMON_ZONES, suggest_zones
from bot.domain.zones import find_zone
from bot.sandbox.rules import check_message
from bot.ui import limits, reminder_list, settings, welcome
from bot.ui.doctor import doctor
from bot.ui.findings import Finding, Level
from bot.ui.layouts import Layout
from bot.ui.reply import Reply

NOW = datetime(2022, 5, 23, 8, 0, tzinfo=UTC)
ALL = frozenset(Right)
CHANNEL = 900000000000000110
ROLE = 900000000000000120
SESSION = Session(
    id=SessionId("5" * 32),
    guild_id=900000000000000100,
    slug="session",
    title="Session",
    starts_at=NOW + timedelta(days=1),
    ends_at=NOW + timedelta(days=1, hours=1),
    zone="Europe/Berlin",
    talks=(Talk(TalkId("a" * 32), "t", 1, "Talk", abstract="About", starts_at=NOW + timedelta(days=1)),),
    stream_url="https://example.org/live",
)
PLACE = Place(CHANNEL, "general", takes_posts=True, mine=ALL, theirs=ALL)
BADGE = Badge(ROLE, "Role", i_may_ping=True, they_may_ping=True)
GOOD = Server(GuildConfig(SESSION.guild_id, CHANNEL, CHANNEL, ROLE, ROLE, "Europe/Berlin"), PLACE, PLACE, BADGE, BADGE)

places = st.none() | st.builds(
    Place,
    st.just(CHANNEL),
    st.none() | st.just("general"),
    st.booleans(),
    st.frozensets(st.sampled_from(Right)),
    st.frozensets(st.sampled_from(Right)),
)
badges = st.none() | st.builds(
    Badge, st.just(ROLE), st.none() | st.just("Role"), st.booleans(), st.booleans(), st.booleans()
)
rules = st.none() | st.lists(st.integers(1, 43_200), max_size=8).map(in_order)
configs = st.builds(
    GuildConfig,
    st.just(SESSION.guild_id),
    *[st.none() | st.integers(10**17, 2**63 - 1)] * 4,
    zone=st.none() | st.sampled_from((*COMMON_ZONES, "Asia/Kathmandu", "Mars/Olympus")),
    reminder_minutes=rules,
)
servers = st.builds(Server, configs, places, places, badges, badges, st.none() | st.just(NOW))
titles = st.text(min_size=1, max_size=100)


def body(reply: Reply) -> dict[str, Any]:
    made: dict[str, Any] = {"embeds": [embed.to_dict() for embed in reply.embeds]}
    if reply.content is not None:
        made["content"] = reply.content
    if reply.view is not None:
        made["components"] = reply.view.to_components()
    return made


def parts(layout: Layout) -> list[dict[str, Any]]:
    (frame,) = layout.to_components()
    return [each for part in frame["components"] for each in (part, *part.get("components", ()))]


def text(layout: Layout) -> str:
    return "\n".join(part["content"] for part in parts(layout) if "content" in part)


@given(servers, st.none() | st.text(max_size=1500).map(lambda words: Finding(Level.BAD, words)))
def test_discord_takes_every_panel(server: Server, notice: Finding | None) -> None:
    panel = settings.panel(server, NOW, notice)
    assert panel.has_components_v2()
    check_message({"flags": 1 << 15, "components": panel.to_components()})
    ids = [part["custom_id"] for part in parts(panel) if "custom_id" in part]
    names = ("announce", "log", "moderators", "ping", "zone", "reminders")
    assert ids == [*(f"settings:{name}" for name in names), "doctor"]


def test_a_panel_without_trouble_and_one_with() -> None:
    assert "❌" not in text(settings.panel(GOOD, NOW))
    missing = replace(GOOD, announce=replace(PLACE, mine=frozenset({Right.VIEW, Right.SEND})))
    assert f"In <#{CHANNEL}> I need: “Embed Links”, “Read Message History”" in text(settings.panel(missing, NOW))
    gone = replace(GOOD, announce=Place(CHANNEL), ping=Badge(ROLE), moderators=Badge(ROLE))
    assert text(settings.panel(gone, NOW)).count("❌") == 3


def test_a_rule_of_the_menu_is_read_back_and_nothing_else() -> None:
    for rule in COMMON:
        assert settings.read_rule(settings.rule_value(rule)) == rule
    for forged in ("", "1-2-3", "none-", "99999999999", "60 OR 1"):
        assert settings.read_rule(forged) is None


def test_zones_are_found_while_they_are_typed() -> None:
    assert suggest_zones("berl")[0] == "Europe/Berlin"
    assert suggest_zones("SÃO pau")[0] == "America/Sao_Paulo"
    assert suggest_zones("") == list(COMMON_ZONES)
    assert suggest_zones("nowhere at all") == []
    assert len(suggest_zones("a")) == 25
    for name in (*COMMON_ZONES, *suggest_zones("america", 200)):
        find_zone(name)


def reminder(**fields: Any) -> Reminder:
    kind = fields.pop("kind", before(60))
    due = fields.pop("due_at", NOW + timedelta(hours=1))
    return Reminder("k" * 20, SESSION.id, kind, 1, due, due + timedelta(hours=1), **fields)


reminders = st.builds(
    reminder,
    kind=st.sampled_from(("announce", "start", before(1), before(43_200), before(90), "from-another-release")),
    state=st.sampled_from(State),
    reason=st.none() | st.text(max_size=600),
    channel_id=st.none() | st.just(CHANNEL),
    message_id=st.none() | st.just(CHANNEL),
    due_at=st.datetimes(datetime(2022, 5, 1), datetime(2022, 6, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - made aware
)
sessions = titles.map(lambda title: replace(SESSION, title=title))
entries = st.builds(Entry, reminders, sessions)
pages = st.builds(
    Page,
    configs,
    st.lists(entries, max_size=8).map(tuple),
    st.integers(0, 3),
    st.just(4),
    st.none() | st.just(NOW),
    st.integers(0, 3),
    st.none() | sessions,
)


@given(pages)
def test_discord_takes_every_list(found: Page) -> None:
    check_message(body(reminder_list.page(found, NOW)))
    check_message(body(reminder_list.paused(found, NOW)))
    check_message(body(reminder_list.resumed(found, NOW, 2)))


def listed(**fields: Any) -> str:
    entry = Entry(reminder(**fields), SESSION)
    page = Page(GOOD.config, (entry,), 0, 1, None, 0)
    return str(reminder_list.page(page, NOW).embeds[0].description)


def test_a_line_says_when_where_and_what_became_of_it() -> None:
    coming = listed()
    assert coming.strip().startswith("⏳ <t:1653296400:f> **1-hour reminder** in <#900000000000000110> · Session")
    posted = listed(state=State.SENT, channel_id=1, message_id=2)
    assert "✅" in posted
    assert "https://discord.com/channels/900000000000000100/1/2" in posted
    assert "not posted: it was late" in listed(state=State.SKIPPED, reason="it was late")
    assert "waits: I may not" in listed(reason="I may not")
    assert "too late by now" in listed(due_at=NOW - timedelta(hours=2))


def test_a_session_announced_elsewhere_has_its_reminders_there() -> None:
    nowhere = replace(GOOD.config, announce_channel_id=None)
    own = Entry(reminder(), SESSION, channel_id=77)
    usual = Entry(reminder(), SESSION)

    def said(config: GuildConfig, *entries: Entry, session: Session | None = None) -> str:
        page = Page(config, entries, 0, 1, None, 0, session)
        return str(reminder_list.page(page, NOW).embeds[0].description)

    assert "in <#77>" in said(GOOD.config, own)
    assert "No announcement channel" not in said(nowhere, own)
    assert "No announcement channel" not in said(nowhere, own, session=replace(SESSION, channel_id=77))
    assert "nothing can be posted" in said(nowhere, usual, session=SESSION)
    assert "without a channel cannot be posted" in said(nowhere, own, usual)
    assert "nothing can be posted" in said(nowhere)


def test_pages_are_turned_within_their_bounds() -> None:
    def ids(number: int) -> list[str]:
        view = reminder_list.page(Page(GOOD.config, (), number, 3, None, 0), NOW).view
        assert view is not None
        return [button["custom_id"] for button in view.to_components()[0]["components"]]

    assert ids(0) == ["reminders-page:all:1"]
    assert ids(1) == ["reminders-page:all:0", "reminders-page:all:2"]
    assert ids(2) == ["reminders-page:all:1"]


@given(sessions, st.none() | st.just(ROLE), st.integers(-3600, 10 * 86_400))
def test_a_test_post_is_marked_and_dead(session: Session, role: int | None, seconds: int) -> None:
    now = session.starts_at - timedelta(seconds=seconds)
    made = reminder_list.test_post(session, sample(session, now), now, role)
    check_message(body(made))
    assert made.content is not None
    assert made.content.startswith("🧪 **This is a test")
    assert made.view is not None
    pressed = [each for row in made.view.to_components() for each in row["components"] if "custom_id" in each]
    assert pressed
    assert all(each["disabled"] and each["custom_id"].startswith("reminders-test:") for each in pressed)


WELL = Examination(
    NOW,
    GOOD,
    Records((SESSION,), (Entry(reminder(), SESSION),), (), None),
    DatabaseState(None, 1 << 20, 0),
    Connection(timedelta(milliseconds=80), NOW),
    ClockState(timedelta(seconds=1), 1.0),
)


def examined(found: Examination) -> str:
    (embed,) = doctor(found).embeds
    assert embed.footer.text is not None
    return "\n".join([str(embed.title), *(str(field.value) for field in embed.fields)])


def test_when_all_is_well_everything_is_green() -> None:
    words = examined(WELL)
    assert words.startswith("✅ All is well")
    assert "⚠️" not in words
    assert "❌" not in words


TROUBLED = [
    (replace(WELL, server=replace(GOOD, paused_since=NOW)), "Paused", "❌"),
    (replace(WELL, server=replace(GOOD, announce=None)), "nothing is posted", "❌"),
    (replace(WELL, database=DatabaseState("row 7 missing", 1, 1)), "restore a backup", "❌"),
    (replace(WELL, database=DatabaseState(None, 1, 65 << 20)), "log is large", "⚠️"),
    (replace(WELL, connection=Connection(None, None)), "heartbeat", "⚠️"),
    (replace(WELL, connection=Connection(timedelta(seconds=3), NOW)), "3000 ms", "⚠️"),
    (replace(WELL, clock=ClockState(timedelta(hours=-1), 1.0)), "3,600 seconds behind", "❌"),
    (replace(WELL, clock=ClockState(timedelta(), 60.0)), "60 times", "⚠️"),
]


@pytest.mark.parametrize(("found", "words", "mark"), TROUBLED)
def test_each_trouble_is_said_with_its_colour(found: Examination, words: str, mark: str) -> None:
    said = examined(found)
    assert said.startswith(mark)
    assert any(words in line and line.startswith(mark) for line in said.splitlines()[1:])


def test_what_a_session_lacks() -> None:
    def said(session: Session) -> str:
        return examined(replace(WELL, records=replace(WELL.records, sessions=(session,))))

    bare = replace(SESSION, stream_url=None, talks=(replace(SESSION.talks[0], abstract=None, starts_at=None),))
    words = said(bare)
    assert words.startswith("⚠️")
    assert "no link to its stream" in words
    assert "1 of 1 talks has no abstract: Talk" in words
    assert "no time of their own" in words
    assert said(replace(bare, starts_at=NOW + timedelta(minutes=30))).startswith("❌")
    assert "no talks yet" in said(replace(SESSION, talks=()))
    assert "No session is coming" in said(replace(bare, status=Status.CANCELLED))
    stuck = Entry(reminder(reason="I may not post"), SESSION)
    assert "1-hour reminder of Session: I may not post" in examined(
        replace(WELL, records=replace(WELL.records, trouble=(stuck,)))
    )


def test_no_post_is_both_in_order_and_not() -> None:
    stuck = Entry(reminder(reason="I may not post"), SESSION)
    said = examined(replace(WELL, records=replace(WELL.records, coming=(stuck,), trouble=(stuck,))))
    assert [line[0] for line in said.splitlines() if "1-hour reminder of Session" in line] == ["❌"]
    for server in (replace(GOOD, paused_since=NOW), replace(GOOD, announce=None)):
        said = examined(replace(WELL, server=server))
        assert [line[0] for line in said.splitlines() if "1-hour reminder of Session" in line] == ["⚠"]


@given(servers, st.lists(sessions, max_size=5), st.lists(entries, max_size=5), st.text(max_size=500))
def test_discord_takes_every_examination(server: Server, found: list[Session], posts: list[Entry], damage: str) -> None:
    bare = tuple(
        replace(each, stream_url=None, talks=(replace(each.talks[0], title=each.title, abstract=None),))
        for each in found
    )
    made = doctor(
        replace(
            WELL,
            server=server,
            records=Records(bare, tuple(posts), tuple(posts), server.paused_since),
            database=DatabaseState(damage, 10**12, 10**12),
        )
    )
    check_message(body(made))
    assert len(made.embeds[0]) <= limits.EMBED_TOTAL


def test_the_welcome_leads_to_the_panel() -> None:
    for reply in (welcome.hello(), welcome.back()):
        check_message(body(reply))
        assert reply.view is not None
        assert reply.view.to_components()[0]["components"][0]["custom_id"] == settings.OPEN
