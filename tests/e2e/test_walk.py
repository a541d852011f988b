"""One walk through the product as a newcomer takes it: `python -m bot`, the page in a real browser, Ctrl-C."""

import os
import shutil
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, async_playwright, expect

from bot.sandbox.remote import Remote

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / ".github" / "pictures"
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
WIDTH, HEIGHT = 1400, 900
SOON = 40_000  # milliseconds; a busy machine takes its time
expect.set_options(timeout=SOON)

pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium is installed; CHROMIUM names one that is elsewhere"
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def children(pid: int) -> list[int]:
    """Processes that this one has started; none where the system has no /proc."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(child) for child in listed.read_text("ascii").split()] if listed.exists() else []


async def picture(page: Page, name: str, height: int = HEIGHT) -> None:
    """Keep what the page shows for the README, when that is asked for; `height` where a message needs more room."""
    if os.environ.get("UPDATE_PICTURES"):
        await page.set_viewport_size({"width": WIDTH, "height": height})
        await page.mouse.move(0, 0)
        await page.screenshot(path=PICTURES / name, animations="disabled")
        await page.set_viewport_size({"width": WIDTH, "height": HEIGHT})


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = await browser.new_page(
            viewport={"width": WIDTH, "height": HEIGHT}, locale="en-GB", timezone_id="Europe/Berlin"
        )
        opened.set_default_timeout(SOON)
        yield opened
        await browser.close()


@pytest.fixture
async def product(tmp_path: Path, e2e: Any) -> AsyncIterator[tuple[Any, str]]:
    """`python -m bot` with no settings but a port, in a folder of its own, and the address of its page."""
    shutil.copytree(ROOT / "data", tmp_path / "data", ignore=shutil.ignore_patterns("*.db*"))
    port = free_port()
    command = [sys.executable, str(ROOT / "tests/e2e/guarded.py")]
    process = await e2e.start(command, {"SANDBOX_PORT": str(port)}, tmp_path)

    async def online() -> bool:
        assert process.process.returncode is None, process.text
        return "open http" in process.text

    try:
        await e2e.eventually(online, why="the bot says where its page is")
        yield process, f"http://127.0.0.1:{port}/"
    finally:
        await process.stop()  # not kill: the sandbox would stay behind


@pytest.mark.timeout(400)
async def test_a_newcomers_walk(page: Page, product: tuple[Any, str], e2e: Any) -> None:
    process, address = product
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    await page.goto(address)
    await asks_for_the_schedule(page)
    await answers_on_the_card(page)
    await is_reminded(page)
    async with Remote(address) as remote:
        await sees_others_take_the_seats(page, remote, e2e)
    await expect(page.locator("#violation-count")).to_have_text("0")
    assert faults == []

    started = children(process.process.pid)
    began = time.monotonic()
    process.process.send_signal(signal.SIGINT)
    assert await process.ended() == 0, process.text
    assert time.monotonic() - began < 5
    assert "Traceback" not in process.text
    assert [pid for pid in started if alive(pid)] == []
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection(("127.0.0.1", int(address.split(":")[2][:-1]))),
    ):
        pass


@pytest.mark.timeout(400)
async def test_a_moderators_walk(page: Page, product: tuple[Any, str], e2e: Any) -> None:
    _, address = product
    await page.goto(f"{address}#guild={e2e.GUILD}&channel={e2e.LOG}&user={e2e.OWNER}")
    await expect(page.get_by_test_id("bot-status")).to_have_attribute("data-online", "true")
    await page.get_by_test_id("channel-announcements").click()
    await page.get_by_test_id("message").first.get_by_role("button", name="In person", exact=True).click()
    await page.get_by_test_id("channel-moderators").click()

    await uses(page, "/session create", "")
    form = page.get_by_test_id("modal")
    for field, typed in (("title", "Open Source AI evening"), ("start", "tomorrow 8pm"), ("end", "90m")):
        await form.get_by_test_id(f"input-{field}").fill(typed)
    await page.get_by_test_id("modal-submit").click()
    confirmation = page.get_by_test_id("message").last
    await expect(confirmation).to_contain_text("Open Source AI evening")
    await picture(page, "confirm.png")
    for command, words, name in (
        ("/attendee list", "Owner", None),
        ("/reminders list", "1-hour reminder", None),
        ("/settings", "announcements", "settings.png"),
        ("/doctor", "announcements", "doctor.png"),
        ("/stats", "In person", "stats.png"),
        ("/privacy", "erase", "privacy.png"),
    ):
        await uses(page, command, words)
        if name is not None:
            await picture(page, name, height=1150 if name in {"settings.png", "stats.png"} else HEIGHT)
    await expect(page.locator("#violation-count")).to_have_text("0")


async def uses(page: Page, command: str, words: str) -> None:
    """Send a command without options, and wait until its answer has these words."""
    composer = page.get_by_test_id("composer")
    await composer.fill(command)
    await composer.press("Enter")
    await page.get_by_test_id("send").click()
    if words:
        used = page.get_by_test_id("message").filter(has_text=f"used {command}").last
        await expect(used).to_contain_text(words, ignore_case=True)


async def asks_for_the_schedule(page: Page) -> None:
    await expect(page.get_by_test_id("bot-status")).to_have_attribute("data-online", "true")
    composer = page.get_by_test_id("composer")
    await composer.press_sequentially("/sched")
    await expect(page.get_by_test_id("command-schedule")).to_be_visible()
    await composer.press("Enter")
    await composer.press("Enter")
    answer = page.get_by_test_id("message").filter(has=page.get_by_test_id("ephemeral"))
    await expect(answer).to_contain_text("Decentralized AI Infrastructure")
    await expect(answer).to_contain_text("Tuesday, 24 May 2022 at 10:00")
    await expect(page.get_by_test_id("used")).to_contain_text("Member 1 used /schedule")
    await picture(page, "schedule.png", height=1080)
    await composer.press_sequentially("/speaker ")
    await page.keyboard.type("rafael")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("message").last).to_contain_text("Digital Gaia")


async def answers_on_the_card(page: Page) -> None:
    await page.get_by_test_id("channel-announcements").click()
    card = page.get_by_test_id("message").first
    await card.get_by_role("button", name="Online", exact=True).click()
    await expect(card).to_contain_text("Online · 1")
    await expect(card).to_contain_text("Member 1")


async def is_reminded(page: Page) -> None:
    await page.get_by_test_id("moment-0").click()
    await expect(page.get_by_test_id("message").filter(has_text="Starts in 24 hours")).to_be_visible()
    await picture(page, "sandbox.png")
    await page.get_by_test_id("moment-1").click()
    reminder = page.get_by_test_id("message").filter(has_text="Starts in 1 hour")
    await expect(reminder).to_contain_text("in 1 hour")
    await picture(page, "reminder.png")


async def sees_others_take_the_seats(page: Page, remote: Remote, e2e: Any) -> None:
    """What happens elsewhere shows on the open page: a moderator limits the seats, and more people come than fit."""
    seats = {"guild": e2e.GUILD, "channel": e2e.GENERAL, "options": {"number": 2}}
    await remote.command(e2e.MODERATOR, "attendee capacity", **seats)
    posted = (await remote.messages(channel=e2e.ANNOUNCEMENTS, user=e2e.MEMBER))[0]
    (in_person,) = [one for one in e2e.button_ids(posted, "rsvp:") if one.endswith(":in_person")]
    for user in (e2e.OWNER, e2e.MEMBER_2, e2e.MEMBER_3):
        await remote.press(user, posted["id"], in_person)
    card = page.get_by_test_id("message").first
    await expect(card).to_contain_text("2 of 2 seats taken")
    await expect(card).to_contain_text("Waiting list · 1")
    await card.evaluate("card => card.scrollIntoView()")
    await picture(page, "waiting.png")


async def test_a_page_that_is_opened_while_the_bot_logs_in_sees_it(page: Page, world: Any) -> None:
    async def answered_late(route: Route) -> None:
        without_bot = await route.fetch()
        await world.start_bot()
        await route.fulfill(response=without_bot)

    await page.route("**/_state", answered_late, times=1)
    await page.goto(f"{world.address}/")
    await expect(page.get_by_test_id("bot-status")).to_have_attribute("data-online", "true")
    await page.get_by_test_id("composer").press_sequentially("/sched")
    await expect(page.get_by_test_id("command-schedule")).to_be_visible()
