"""The sandbox page's markdown, drawn by the real modules in a real browser; no server, no network."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.async_api import Route, async_playwright

PAGE = Path(__file__).parents[2] / "bot" / "sandbox" / "page"
ORIGIN = "http://page.invalid"  # never asked: every request is answered from PAGE
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, ("chromium", "chromium-browser"))), None)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]

CASES = {
    "**a *b* __c__ ~~d~~**": "<strong>a <em>b</em> <u>c</u> <s>d</s></strong>",
    "***both*** _one_ snake_case_word": "<strong><em>both</em></strong> <em>one</em> snake_case_word",
    r"\*plain\* **a \*\* b** 2 * 3 * 4": "*plain* <strong>a ** b</strong> 2 * 3 * 4",
    "`a **b**` ``c ` d``": "<code>a **b**</code> <code>c ` d</code>",
    "<b>&amp;</b><script>x</script>": "&lt;b&gt;&amp;amp;&lt;/b&gt;&lt;script&gt;x&lt;/script&gt;",
    "<@5> <@&6> <@7>": (
        '<span class="mention me" data-id="5">@Ada</span> <span class="mention role">@Crew</span> '
        '<span class="mention" data-id="7">@unknown-user</span>'
    ),
    "see https://e.org/a_(b), or (https://e.org/c).": (
        'see <a href="https://e.org/a_(b)" title="https://e.org/a_(b)" target="_blank" rel="noopener noreferrer">'
        'https://e.org/a_(b)</a>, or (<a href="https://e.org/c" title="https://e.org/c" target="_blank" '
        'rel="noopener noreferrer">https://e.org/c</a>).'
    ),
    "[**x**](https://e.org/) [y](javascript:alert(1))": (
        '<a href="https://e.org/" title="https://e.org/" target="_blank" rel="noopener noreferrer">'
        "<strong>x</strong></a> [y](javascript:alert(1))"
    ),
}
BLOCKS = {
    "# A\n-# b\nc\nd": '<h3 class="md-h1">A</h3><div class="md-subtext">b</div><div class="md-text">c\nd</div>',
    "- a\n  - b\n- c\n1. d": '<ul><li>a<ul><li>b</li></ul></li><li>c</li></ul><ol start="1"><li>d</li></ol>',
    "> a\n> b\nc": '<blockquote><div class="md-text">a\nb</div></blockquote><div class="md-text">c</div>',
    "```py\n# **x**\n```y": '<pre data-language="py"><code># **x**</code></pre><div class="md-text">y</div>',
    "#no -no >no": '<div class="md-text">#no -no &gt;no</div>',
}
DRAW = """async (cases) => {
    const { markdown } = await import("/static/markdown_dom.js");
    const names = {
        isMe: (id) => id === "5",
        user: (id) => ({ 5: "Ada" })[id] ?? null,
        role: () => ({ name: "Crew", color: 0 }),
        channel: () => null,
    };
    return cases.map((text) => {
        const box = document.createElement("div");
        box.append(markdown(text, names));
        return box.innerHTML;
    });
}"""

# A relative time is drawn the day before, then the simulated clock is moved an hour past it.
COUNT = """async () => {
    const { clock, tick } = await import("/static/clock.js");
    const { markdown } = await import("/static/markdown_dom.js");
    clock.set({ now: "2022-05-23T08:00:00Z", speed: 0 });
    document.body.append(markdown("<t:1653379200:R>", {}));
    const before = document.body.textContent;
    clock.set({ now: "2022-05-24T09:00:00Z", speed: 0 });
    tick();
    return [before, document.body.textContent];
}"""


async def _serve(route: Route) -> None:
    name = route.request.url.rpartition("/")[2]
    if name:
        await route.fulfill(body=(PAGE / name).read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        await route.fulfill(body="<!doctype html><title>markdown</title>", content_type="text/html")


@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed; CHROMIUM names one that is elsewhere")
async def test_markdown_is_drawn_as_discord_draws_it() -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = await browser.new_page(locale="en-GB", timezone_id="UTC")
        await page.route("**/*", _serve)
        await page.goto(f"{ORIGIN}/")
        hostile = ["*" * 4000, "[" * 2000 + "](" * 1000, "**_" * 1300, "> " * 2000, "||" * 2000 + "`" * 1999]
        drawn: list[str] = await page.evaluate(DRAW, [*CASES, *BLOCKS, *hostile])
        counted: list[str] = await page.evaluate(COUNT)
        await browser.close()
    wanted = [f'<div class="md-text">{inline}</div>' for inline in CASES.values()] + [*BLOCKS.values()]
    assert drawn[: len(wanted)] == wanted
    assert all(drawn[len(wanted) :])
    assert counted == ["in 1 day", "1 hour ago"]
