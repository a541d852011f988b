"""The pages of the programme: what they say at each moment, and that Discord takes them whatever a programme holds."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain import limits as domain
from bot.domain.agenda import Agenda, Around, Reminding, Starred, Starring
from bot.domain.agenda import Entry as AgendaEntry
from bot.domain.guilds import Community, Pathway
from bot.domain.lookup import Appearance, Broadcast, Overview, Several, SpeakerHit, SpeakerPage, TalkHit
from bot.domain.reminders import before_talk
from bot.domain.rsvps import Answer, Rsvp
from bot.domain.sessions import (
    Headline,
    Link,
    Mode,
    Organizer,
    Session,
    SessionId,
    Speaker,
    SpeakerId,
    Status,
    Talk,
    TalkId,
)
from bot.sandbox.rules import check_message
from bot.ui import agenda, links, sessions, speakers, streams, talk_forms, talks
from bot.ui.about import about
from bot.ui.help import Entry, help_page
from bot.ui.now import coming_next, on_now
from bot.ui.reminders import talk_soon
from bot.ui.reply import Reply

T = TypeVar("T")

START = datetime(2022, 5, 24, 8, 0, tzinfo=UTC)
END = datetime(2022, 5, 24, 9, 30, tzinfo=UTC)
BEFORE = START - timedelta(days=1)
URL = "https://example.org/" + "a" * 492
PINGS = re.compile(r"@(?:everyone|here)|<@[!&]?\d+>", re.IGNORECASE)


def said(reply: Reply) -> str:
    """All texts of a reply, and the labels of its components."""
    parts = [reply.content or ""]
    for embed in reply.embeds:
        parts += [embed.title or "", embed.description or "", embed.footer.text or ""]
        parts += [f"{field.name}\n{field.value}" for field in embed.fields]
    return "\n".join(parts)


def components(reply: Reply) -> list[dict[str, Any]]:
    rows = reply.view.to_components() if reply.view else []
    return [component for row in rows for component in row["components"]]


def ids(reply: Reply) -> list[str]:
    return [component["custom_id"] for component in components(reply) if "custom_id" in component]


def opens(reply: Reply) -> list[str]:
    return [component["url"] for component in components(reply) if "url" in component]


def accepted(reply: Reply) -> None:
    """Discord takes it, and nobody is pinged by it."""
    body: dict[str, Any] = {"embeds": [embed.to_dict() for embed in reply.embeds]}
    if reply.content is not None:
        body["content"] = reply.content
    if reply.view is not None:
        body["components"] = reply.view.to_components()
    check_message(body)
    assert said(reply).strip()
    assert not PINGS.search(said(reply))


def person(number: int, **parts: Any) -> Speaker:
    values = {"name": f"Speaker {number}", "affiliation": f"Lab {number}"} | parts
    return Speaker(id=SpeakerId(f"{number:032x}"), slug=f"speaker-{number}", **values)


def talk(number: int, **parts: Any) -> Talk:
    values = {"title": f"Title {number}", "speakers": (person(number),), "abstract": "What it is about."} | parts
    return Talk(id=TalkId(f"{number:032x}"), slug=f"talk-{number}", position=number, **values)


def session(**parts: Any) -> Session:
    values: dict[str, Any] = {
        "id": SessionId("5" * 32),
        "guild_id": 1,
        "slug": "first",
        "title": "Decentralized AI",
        "starts_at": START,
        "ends_at": END,
        "zone": "Europe/Berlin",
        "theme": "One sentence. " * 60,
        "venue": "The Hall",
        "city": "Berlin",
        "organizers": (Organizer("Ada", "Lab 1"), Organizer("Grace")),
        "streamed": True,
        "recorded": True,
        "talks": (talk(1), talk(2, abstract=None)),
    }
    return Session(**(values | parts))


def other(number: int, starts_at: datetime, **parts: Any) -> Headline:
    return Headline(
        SessionId(f"{number:032x}"), 1, f"other-{number}", f"Other {number}", starts_at, starts_at + timedelta(hours=1),
        "Europe/Berlin", **parts,
    )  # fmt: skip


def test_schedule_shows_everything_and_leads_on() -> None:
    reply = sessions.schedule(Overview(session()), BEFORE)
    text = said(reply)
    assert "<t:1653379200:F> to <t:1653384600:t>\n<t:1653379200:R>" in text
    assert "The Hall, Berlin\nIn person and online" in text
    assert "Ada (Lab 1), Grace" in text
    assert text.index("**1. Title 1**\nSpeaker 1 (Lab 1)") < text.index("**2. Title 2**")
    assert (reply.embeds[0].description or "").endswith("One sentence. …")
    key = "5" * 32
    assert ids(reply) == [
        *(f"theme:{key}", f"speakers:{key}", f"talks:{key}"),
        *(f"rsvp:{key}:in_person", f"rsvp:{key}:online", f"rsvp:{key}:maybe", f"rsvp:{key}:declined"),
    ]
    assert "More sessions" not in text


def test_schedule_offers_the_other_sessions() -> None:
    later, past = other(1, START + timedelta(days=7)), other(2, START - timedelta(days=7), status=Status.CANCELLED)
    mine = session()
    reply = sessions.schedule(Overview(mine, past=(past,), upcoming=(mine, later)), BEFORE)
    assert "▸ <t:1653984000:D> Other 1\n✓ <t:1652774400:D> Other 2 (cancelled)" in said(reply)
    menu = components(reply)[-1]
    assert menu["custom_id"] == "session-pick"
    assert [option["value"] for option in menu["options"]] == [later.id, past.id]
    assert menu["options"][0]["description"] == "31 May 2022"


@pytest.mark.parametrize(
    ("now", "parts", "words", "answers", "link"),
    [
        (BEFORE, {"stream_url": URL}, "", True, [URL]),
        (START, {}, "on right now", True, []),
        (END, {"recording_url": URL, "stream_url": "https://a.org"}, "is over", False, [URL]),
        (BEFORE, {"status": Status.CANCELLED, "stream_url": URL}, "was cancelled", False, []),
    ],
)
def test_schedule_is_true_at_each_moment(
    now: datetime, parts: dict[str, Any], words: str, answers: bool, link: list[str]
) -> None:
    reply = sessions.schedule(Overview(session(**parts)), now)
    assert words in said(reply)
    assert any(key.startswith("rsvp:") for key in ids(reply)) is answers
    assert opens(reply) == link


def test_the_whole_theme_is_there() -> None:
    theme = "\n\n".join(f"Paragraph {number}. " + "word " * 100 for number in range(7))
    reply = sessions.theme(session(theme=theme, foreword="Before it."))
    assert "".join((embed.description or "") for embed in reply.embeds[:-1]).split() == theme.split()
    assert reply.embeds[-1].description == "Before it."
    assert "no description" in said(sessions.theme(session(theme=None)))


def test_a_speaker_with_a_talk_that_has_no_abstract() -> None:
    mine = person(1, biography="Knows things.", links=(Link("Web", "https://example.org"),))
    reply = speakers.page(SpeakerPage(mine, (Appearance(talk(2, abstract=None), session()),)), BEFORE)
    text = said(reply)
    assert "Speaker 1" in text
    assert "Knows things." in text
    assert "Affiliation\nLab 1" in text
    assert "🎤 Title 2\nDecentralized AI, <t:1653379200:f>\nNo abstract yet." in text
    assert ids(reply) == [f"talk:{2:032x}"]
    assert opens(reply) == ["https://example.org"]


def test_a_talk_with_its_speakers_and_links() -> None:
    found = Appearance(talk(1, starts_at=START, slides_url=URL, recording_url="https://a.org"), session())
    reply = talks.page(found, BEFORE)
    assert "What it is about." in said(reply)
    assert "By\nSpeaker 1 (Lab 1)" in said(reply)
    assert "<t:1653379200:t>" in said(reply)
    assert opens(reply) == [URL, "https://a.org"]
    assert "No abstract yet." in said(talks.page(replace(found, talk=talk(2, abstract=None)), BEFORE))


def test_lists_and_near_misses_lead_on() -> None:
    assert [option["label"] for option in components(speakers.of_session(session()))[0]["options"]] == [
        "Speaker 1",
        "Speaker 2",
    ]
    assert [option["label"] for option in components(talks.of_session(session()))[0]["options"]] == [
        "1. Title 1",
        "2. Title 2",
    ]
    hit = SpeakerHit(SpeakerId("1" * 32), "Rafael", "Gaia")
    assert "Did you mean **Rafael**" in said(speakers.several(Several("Rafeal", (hit,), nearest="Rafael")))
    assert "Whom do you mean?" in said(speakers.several(Several("r", (hit, hit))))
    assert "No speaker fits “\\*x”" in said(speakers.several(Several("*x")))
    assert "No talks are announced" in said(talks.of_session(session(talks=())))
    assert "No speakers are announced" in said(speakers.of_session(session(talks=())))


@pytest.mark.parametrize(
    ("now", "parts", "words", "link"),
    [
        (BEFORE, {}, "not announced yet", []),
        (BEFORE, {}, "posted in <#7> 10 minutes before, <t:1653378600:t>, and at the start, <t:1653379200:t>", []),
        (START - timedelta(minutes=5), {}, "posted in <#7> at the start, <t:1653379200:t>", []),
        (BEFORE, {"stream_url": URL}, "The stream will be here", [URL]),
        (START, {}, "on right now, but the link is not announced yet", []),
        (START, {"stream_url": URL}, "Watch it here", [URL]),
        (END, {"stream_url": URL}, "recording is not up yet", []),
        (END, {"stream_url": URL, "recording_url": "https://a.org"}, "Here is the recording", ["https://a.org"]),
        (END, {"recorded": False}, "No recording was announced", []),
        (END, {"talks": (talk(1, recording_url="https://a.org/1"),)}, "Title 1: https://a.org/1", []),
        (BEFORE, {"mode": Mode.IN_PERSON, "streamed": False}, "not streamed", []),
        (START, {"mode": Mode.IN_PERSON, "streamed": False}, "not streamed. It is recorded", []),
        (BEFORE, {"status": Status.CANCELLED, "stream_url": URL}, "was cancelled", []),
    ],
)
def test_stream_is_true_at_each_moment(now: datetime, parts: dict[str, Any], words: str, link: list[str]) -> None:
    reply = streams.stream(Broadcast(session(**parts), 7), now)
    assert words in said(reply)
    assert opens(reply) == link


def test_moderators_see_what_members_will_see() -> None:
    done = links.saved(Broadcast(session(stream_url=URL), 7), links.STREAM, BEFORE)
    assert "is set" in said(done)
    assert opens(done) == [URL]
    early = links.saved(Broadcast(session(recording_url=URL), 7), links.RECORDING, BEFORE)
    assert "when the session is over, <t:1653384600:R>" in said(early)
    assert "is removed" in said(links.saved(Broadcast(session(), 7), links.STREAM, BEFORE))
    assert ids(links.present(session(stream_url=URL), links.STREAM)) == [f"link-clear:{'5' * 32}:stream"]
    assert "no link yet" in said(links.present(session(), links.RECORDING))


def test_about_has_every_way_on() -> None:
    ways = tuple(Pathway(f"Way {number}", f"https://example.org/{number}", "Come in.") for number in range(5))
    reply = about(Community("Algovera", "A community.", "https://example.org", ways, (Link("Dao", "https://d.org"),)))
    assert opens(reply) == ["https://example.org", *(way.url for way in ways)]
    assert "Way 3\nCome in." in said(reply)
    assert "Dao: https://d.org" in said(reply)
    assert "programme of the sessions" in said(about(None))


def test_help_has_clickable_names_and_hides_what_members_cannot_use() -> None:
    entries = [Entry("talk", "A talk", "Programme"), Entry("session stream", "Set it", "Moderators", moderators=True)]
    assert "Programme\n</talk:5> A talk" in said(help_page(entries, {"talk": 5}, moderator=False))
    assert "Set it" not in said(help_page(entries, {}, moderator=False))
    assert "`/session stream` Set it" in said(help_page(entries, {"talk": 5}, moderator=True))
    many = [Entry(f"command-{number}", "*" * 100, "Programme") for number in range(100)]
    accepted(help_page(many, {}, moderator=True))


# Long, and worse once escaped.
HARD = ("*", "<@1>", "@everyone ", "word ", "A sentence. ", "\n\n", "é", "`[a](https://b.c)", "\u202e|", "-# ", "x")


class Maker:
    """Makes programmes at random, each text as long as the programme's own limits allow, or nearly."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def text(self, limit: int) -> str:
        part = self.random.choice(HARD)
        return (part * limit)[: self.random.choice((limit, limit - 1, self.random.randint(1, limit)))]

    def maybe(self, value: T) -> T | None:
        return self.random.choice((value, value, None))

    def url(self) -> str:
        return self.random.choice((URL, "https://example.org/_a_*b*"))

    def links(self) -> tuple[Link, ...]:
        return tuple(Link(self.text(domain.NAME), self.url()) for _ in range(self.random.choice((0, 1, domain.LINKS))))

    def speaker(self, number: int) -> Speaker:
        return person(
            number,
            name=self.text(domain.NAME),
            affiliation=self.maybe(self.text(domain.AFFILIATION)),
            biography=self.maybe(self.text(domain.TEXT)),
            links=self.links(),
        )

    def talk(self, number: int) -> Talk:
        crowd = self.random.choice((0, 1, 1, domain.SPEAKERS_OF_TALK))
        return talk(
            number,
            title=self.text(domain.TITLE),
            abstract=self.maybe(self.text(domain.TEXT)),
            speakers=tuple(self.speaker(100 * number + place) for place in range(crowd)),
            recording_url=self.maybe(self.url()),
            slides_url=self.maybe(self.url()),
            starts_at=self.maybe(START),
        )

    def session(self) -> Session:
        count = self.random.choice((0, 1, 5, domain.TALKS))
        return session(
            title=self.text(domain.TITLE),
            theme=self.maybe(self.text(domain.THEME)),
            foreword=self.maybe(self.text(domain.TEXT)),
            venue=self.maybe(self.text(domain.PLACE)),
            city=self.maybe(self.text(domain.PLACE)),
            organizers=tuple(Organizer(self.text(domain.NAME), self.text(domain.AFFILIATION)) for _ in range(10)),
            links=self.links(),
            stream_url=self.maybe(self.url()),
            recording_url=self.maybe(self.url()),
            mode=self.random.choice(list(Mode)),
            status=self.random.choice((Status.SCHEDULED, Status.SCHEDULED, Status.CANCELLED)),
            recorded=self.maybe(value=True) is True,
            talks=tuple(self.talk(number) for number in range(1, count + 1)),
        )


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32), hours=st.sampled_from((-30, 0, 30)))
def test_discord_takes_every_page(seed: int, hours: int) -> None:
    maker, now = Maker(seed), START + timedelta(hours=hours)
    mine = maker.session()
    others = [replace(other(day, START + timedelta(days=day)), title=maker.text(100)) for day in range(1, 25)]
    accepted(sessions.schedule(Overview(mine, tuple(others[12:]), tuple(others[:12])), now))
    accepted(sessions.theme(mine))
    accepted(speakers.of_session(mine))
    starred = frozenset(each.id for each in mine.talks[::2])
    accepted(talks.of_session(mine, starred=starred))
    for kind in links.KINDS:
        accepted(links.saved(Broadcast(mine, 7), kind, now))
        accepted(links.present(mine, kind))


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_discord_takes_every_person_and_talk(seed: int) -> None:
    maker = Maker(seed)
    mine, one, speaker = maker.session(), maker.talk(1), maker.speaker(1)
    accepted(talks.page(Appearance(one, mine), START))
    hits = tuple(TalkHit(TalkId(f"{number:032x}"), maker.text(domain.TITLE), mine) for number in range(25))
    accepted(talks.several(Several(maker.text(100), talks=hits)))
    accepted(talks.several(Several(maker.text(100), talks=hits[:1], nearest=one.title)))
    accepted(speakers.page(SpeakerPage(speaker, tuple(Appearance(given, mine) for given in mine.talks[:5])), START))
    found = tuple(
        SpeakerHit(SpeakerId(f"{number:032x}"), maker.text(domain.NAME), maker.text(domain.AFFILIATION))
        for number in range(25)
    )
    accepted(speakers.several(Several(maker.text(100), speakers=found)))
    accepted(speakers.several(Several(maker.text(100), speakers=found[:1], nearest=speaker.name)))


def numbered(given: Session, number: int) -> Session:
    """With ids that no other session's talks have."""
    ids = [TalkId(f"{number:016x}{each.position:016x}") for each in given.talks]
    named = tuple(replace(each, id=key) for each, key in zip(given.talks, ids, strict=True))
    return replace(given, id=SessionId(f"{number:032x}"), talks=named)


@settings(deadline=None, max_examples=60)
@given(
    seed=st.integers(0, 2**32),
    hours=st.sampled_from((-30, 0, 1, 30)),
    state=st.sampled_from(Reminding),
    outcome=st.sampled_from(Starred),
)
def test_discord_takes_every_agenda_and_moment(seed: int, hours: int, state: Reminding, outcome: Starred) -> None:
    maker, now = Maker(seed), START + timedelta(hours=hours)
    together = [numbered(maker.session(), number) for number in range(7)]
    around = Around(tuple(together[: maker.random.randrange(5)]), tuple(together[3:]), last=together[0])
    around = replace(around, cancelled_now=tuple(together[:4]), cancelled_next=tuple(together[:4]))
    accepted(on_now(around, now))
    accepted(coming_next(around, now))
    rsvp = Rsvp(7, maker.text(100), Answer.IN_PERSON, START, waiting=maker.maybe(3))
    entries = tuple(AgendaEntry(each, maker.maybe(rsvp), each.talks) for each in together)
    accepted(agenda.agenda(Agenda(entries[:4], entries[4:], state, more_coming=True), now))
    mine = together[0]
    for one in mine.talks[:3]:
        starring = Starring(outcome, mine, one, frozenset({one.id}) if maker.maybe(value=True) else frozenset(), state)
        page = talks.page(Appearance(one, mine), now, starred=True, below=agenda.note_buttons(starring))
        accepted(replace(page, content=agenda.note(starring, now)))
        accepted(talk_soon(mine, before_talk(mine.id, one.id, START, 7, now), min(now, START)))
        for reply in (
            talk_forms.added(mine, one),
            talk_forms.saved(mine, one),
            talk_forms.order(mine, one),
            talk_forms.start(mine, one),
            talk_forms.confirm_start(mine, one, START),
            talk_forms.links(one),
            talk_forms.confirm_removal(mine, one, 3),
            talk_forms.speaker_added(one),
        ):
            accepted(reply)


@settings(deadline=None, max_examples=60)
@given(seed=st.integers(0, 2**32))
def test_discord_takes_every_about(seed: int) -> None:
    maker = Maker(seed)
    ways = tuple(
        Pathway(maker.text(domain.NAME), maker.url(), maker.text(domain.PATHWAY_TEXT)) for _ in range(domain.PATHWAYS)
    )
    accepted(about(Community(maker.text(domain.NAME), maker.text(domain.TEXT), URL, ways, maker.links())))
