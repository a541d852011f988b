"""Talks and speakers changed from Discord, in the sandbox with the real bot, as moderator and as member."""

from typing import Any

TALK = "compute over data"


async def as_moderator(world: Any, e2e: Any, command: str, **options: Any) -> dict[str, Any]:
    answer: dict[str, Any] = await world.command(e2e.MODERATOR, command, **options)
    assert answer["state"] == "answered", answer
    return answer


async def submit(world: Any, e2e: Any, opened: dict[str, Any], **values: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await world.remote.submit(e2e.MODERATOR, opened["id"], values))["message"]
    return answer


async def schedule(world: Any, e2e: Any) -> str:
    text: str = e2e.text_of((await world.command(e2e.MEMBER, "schedule"))["message"])
    return text


async def test_a_talk_from_its_first_word_to_its_removal(world: Any, e2e: Any) -> None:
    await world.start_bot()
    await world.card()
    opened = await as_moderator(world, e2e, "programme talk add", position=2)
    done = await submit(world, e2e, opened, title="An *added* talk @everyone", abstract="Two\nlines")
    assert "is talk 2 of" in e2e.text_of(done)

    async def on_card() -> bool:
        return "2. **An" in e2e.text_of(await world.card()).replace("\\", "")

    await e2e.eventually(on_card, why="the card follows")
    shown = await schedule(world, e2e)
    assert "2. An \\*added\\* talk" in shown
    assert "3. Compute over Data" in shown

    opened = await world.press(e2e.MODERATOR, done, "Add a new speaker")
    person = {"name": "Speaker New", "affiliation": "Institute", "biography": "", "links": "https://example.org/me"}
    assert "Speaker New" in e2e.text_of(await submit(world, e2e, opened, **person))
    known = await as_moderator(world, e2e, "programme speaker add", talk="added", speaker="aronchik")
    assert "David Aronchik" in e2e.text_of(known["message"])
    twice = await as_moderator(world, e2e, "programme speaker add", talk="added", speaker="aronchik")
    assert "already" in e2e.text_of(twice["message"])
    assert "Speaker New" in await schedule(world, e2e)

    moved = await as_moderator(world, e2e, "programme talk move", talk="added", position=6)
    assert "is talk 6 now" in e2e.text_of(moved["message"])
    linked = await as_moderator(world, e2e, "programme talk links", talk="added", slides="https://example.org/slides")
    page = await world.command(e2e.MEMBER, "talk", title="added")
    assert "https://example.org/slides" in [button.get("url") for button in e2e.buttons(page["message"])]
    cleared = await world.press(e2e.MODERATOR, linked["message"], "Remove the link of the slides")
    assert "Slides: none" in e2e.text_of(cleared["message"])

    question = (await as_moderator(world, e2e, "programme talk remove", talk="added"))["message"]
    kept = await world.press(e2e.MODERATOR, question, "Leave it")
    assert "Nothing was changed" in e2e.text_of(kept["message"])
    assert "added" in await schedule(world, e2e)
    question = (await as_moderator(world, e2e, "programme talk remove", talk="added"))["message"]
    await world.press(e2e.MODERATOR, question, "Remove it")
    assert "added" not in await schedule(world, e2e)
    nobody = await world.command(e2e.MEMBER, "speaker", name="Speaker New")
    assert "Institute" not in e2e.text_of(nobody["message"])


async def test_a_start_is_shown_before_it_is_saved_and_lies_within_the_session(world: Any, e2e: Any) -> None:
    await world.start_bot()
    asked = (await as_moderator(world, e2e, "programme talk time", talk=TALK, at="10:30"))["message"]
    assert "<t:1653381000:F>" in e2e.text_of(asked)  # 10:30 in Berlin
    before = await world.command(e2e.MEMBER, "talk", title=TALK)
    assert "<t:1653381000:t>" not in e2e.text_of(before["message"])
    saved = await world.press(e2e.MODERATOR, asked, "Save")
    assert "<t:1653381000:F>" in e2e.text_of(saved["message"])
    after = await world.command(e2e.MEMBER, "talk", title=TALK)
    assert "<t:1653381000:t>" in e2e.text_of(after["message"])

    for typed, words in (("9:30", "outside the session"), ("11:30", "outside"), ("soon", "cannot read"), ("25:00", "")):
        refused = e2e.text_of((await as_moderator(world, e2e, "programme talk time", talk=TALK, at=typed))["message"])
        assert words in refused
        assert "Save" not in refused
    at_start = (await as_moderator(world, e2e, "programme talk time", talk=TALK, at="10:00"))["message"]
    assert "<t:1653379200:F>" in e2e.text_of(at_start)
    present = (await as_moderator(world, e2e, "programme talk time", talk=TALK))["message"]
    await world.press(e2e.MODERATOR, present, "Take it away")
    assert "<t:1653381000" not in e2e.text_of((await world.command(e2e.MEMBER, "talk", title=TALK))["message"])


async def test_what_was_refused_is_handed_back(world: Any, e2e: Any) -> None:
    await world.start_bot()
    opened = await as_moderator(world, e2e, "programme speaker edit", speaker="aronchik")
    typed = {"name": "David A.", "affiliation": "", "biography": "New words", "links": "ftp://example.org"}
    refused = await submit(world, e2e, opened, **typed)
    assert "link" in e2e.text_of(refused)
    again = await world.press(e2e.MODERATOR, refused, "Edit again")
    assert "New words" in str(again["modal"])
    done = await submit(world, e2e, again, **(typed | {"links": "Homepage https://example.org/a"}))
    assert "David A." in e2e.text_of(done)
    page = await world.command(e2e.MEMBER, "speaker", name="David A.")
    assert "New words" in e2e.text_of(page["message"])
    assert "Homepage" in [button["label"] for button in e2e.buttons(page["message"])]
    assert "David A." in await schedule(world, e2e)


async def test_members_may_change_nothing(world: Any, e2e: Any) -> None:
    await world.start_bot()
    question = (await as_moderator(world, e2e, "programme talk remove", talk=TALK))["message"]
    for command, options in (
        ("talk add", {}),
        ("talk edit", {"talk": TALK}),
        ("talk move", {"talk": TALK, "position": 1}),
        ("talk time", {"talk": TALK, "at": "10:30"}),
        ("talk links", {"talk": TALK, "slides": "https://example.org"}),
        ("talk remove", {"talk": TALK}),
        ("speaker add", {"talk": TALK}),
        ("speaker edit", {"speaker": "aronchik"}),
        ("speaker remove", {"speaker": "aronchik"}),
    ):
        refused = await world.command(e2e.MEMBER, f"programme {command}", **options)
        assert "Manage Server" in e2e.text_of(refused["message"]), command
    page = (await world.command(e2e.MEMBER, "talk", title=TALK))["message"]
    for custom_id in e2e.button_ids(question, "t-"):
        forged = await world.remote.press(e2e.MEMBER, page["id"], custom_id, force=True)
        assert "Manage Server" in e2e.text_of(forged["message"]), custom_id
    talk_id = e2e.button_ids(question, "t-remove:")[0].split(":")[1]
    for custom_id in (f"t-start-set:{talk_id}:0", f"s-new-open:{talk_id}", f"t-link-clear:{talk_id}:slides"):
        forged = await world.remote.press(e2e.MEMBER, page["id"], custom_id, force=True)
        assert "Manage Server" in e2e.text_of(forged["message"]), custom_id
    assert "Compute over Data" in await schedule(world, e2e)


async def test_an_abstract_that_came_in_between_is_shown_before_it_is_replaced(world: Any, e2e: Any) -> None:
    await world.start_bot()
    forms = [await as_moderator(world, e2e, "programme talk edit", talk=TALK) for _ in range(3)]
    title = next(
        part["component"]["value"]
        for part in forms[0]["modal"]["components"]
        if part["component"]["custom_id"] == "title"
    )
    await submit(world, e2e, forms[0], title=title, abstract="A long abstract")
    done = await submit(world, e2e, forms[1], title="Compute over Data, anew", abstract="Another")
    assert "`A long abstract`" in e2e.text_of(done)
    assert "<t:" in e2e.text_of(done)
    assert "\\<t:" not in e2e.text_of(done)
    assert "A long abstract" in e2e.text_of((await world.command(e2e.MEMBER, "talk", title=TALK))["message"])
    again = await world.press(e2e.MODERATOR, done, "Edit again")
    assert "Another" in str(again["modal"])
    await submit(world, e2e, again, title="Compute over Data, anew", abstract="Another")
    page = e2e.text_of((await world.command(e2e.MEMBER, "talk", title=TALK))["message"])
    assert "Another" in page
    assert "anew" in page
