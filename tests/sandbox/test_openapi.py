"""The contract check against Discord's OpenAPI file itself, and the sandbox's rules against the contract."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sandbox.rules import Refusal, check_message
from tests.openapi import WHY_SKIPPED, Contract, from_environment

pytestmark = pytest.mark.skipif(from_environment() is None, reason=WHY_SKIPPED)

MESSAGES = "/channels/900000000000000111/messages"
CALLBACK = "/interactions/900000000000000500/token/callback"
LIMIT = {"message": "You are being rate limited.", "retry_after": 0.5, "global": False, "code": 0}
FORM = {"0": {"title": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Too long"}]}}}


@pytest.fixture(scope="module")
def contract() -> Contract:
    found = from_environment()
    assert found
    return found


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", MESSAGES, {"content": "x", "nonce": "5", "attachments": [{"id": 0}]}),
        ("POST", f"/api/v10{MESSAGES}?wait=true", {"payload_json": '{"content": "x"}'}),
        ("POST", CALLBACK, {"type": 6}),
        ("POST", CALLBACK, {"type": 4, "data": {"content": "x", "flags": 64}}),
        ("PATCH", "/webhooks/900000000000000001/token/messages/@original", {"embeds": [{"title": "t"}]}),
        ("PUT", "/applications/900000000000000001/commands", [{"name": "about", "description": "d", "contexts": None}]),
        ("GET", "/users/@me", None),
        ("DELETE", f"{MESSAGES}/5", None),
    ],
)
def test_good_requests(contract: Contract, method: str, path: str, body: Any) -> None:
    assert contract.request_errors(method, path, body) == []


@pytest.mark.parametrize(
    ("method", "path", "body", "words"),
    [
        ("POST", MESSAGES, {"embeds": [{"title": "x" * 257}]}, "$.embeds[0].title: 'xx"),
        ("POST", MESSAGES, {"embeds": [{"url": "no address"}]}, "$.embeds[0].url"),
        ("POST", MESSAGES, {"sticker_ids": ["18446744073709551616"]}, "$.sticker_ids[0]"),
        ("POST", MESSAGES, {"payload_json": '{"tts": 3}'}, "$.tts"),
        ("POST", MESSAGES, None, "body missing"),
        ("POST", CALLBACK, {"type": 4, "data": {"content": "x" * 2001}}, "$.data.content"),
        ("POST", CALLBACK, {"type": 9, "data": {"custom_id": "m", "title": "t"}}, "$.data: 'components' is a required"),
        ("GET", "/users/@me", {"a": 1}, "takes no body"),
        ("GET", "/no/such/thing", None, "no such operation"),
        ("PATCH", MESSAGES, {}, "no such operation"),
    ],
)
def test_bad_requests(contract: Contract, method: str, path: str, body: Any, words: str) -> None:
    errors = contract.request_errors(method, path, body)
    assert len(errors) == 1
    assert words in errors[0]


@pytest.mark.parametrize(
    ("method", "path", "status", "body"),
    [
        ("POST", MESSAGES, 400, {"code": 50035, "message": "Invalid Form Body", "errors": {"embeds": FORM}}),
        ("POST", MESSAGES, 429, LIMIT),
        ("DELETE", f"{MESSAGES}/5", 204, None),
        ("GET", "/gateway", 200, {"url": "wss://gateway.discord.gg"}),
    ],
)
def test_good_answers(contract: Contract, method: str, path: str, status: int, body: Any) -> None:
    assert contract.response_errors(method, path, status, body) == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (("POST", MESSAGES, 400, {"message": "no code"}), "'code' is a required property"),
        (("POST", MESSAGES, 400, {"code": 50035, "message": "x", "errors": {"a": {"_errors": ["x"]}}}), "errors"),
        (("POST", MESSAGES, 201, {}), "no such answer"),
        (("DELETE", f"{MESSAGES}/5", 204, {}), "should have none"),
        (("GET", "/gateway", 200, {}), "'url' is a required property"),
    ],
)
def test_bad_answers(contract: Contract, answer: tuple[str, str, int, Any], words: str) -> None:
    errors = contract.response_errors(*answer)
    assert errors
    assert all(words in error for error in errors)


def test_a_journal(contract: Contract) -> None:
    def entry(status: int, request: Any, response: Any) -> dict[str, Any]:
        return {"method": "POST", "path": MESSAGES, "status": status, "request": request, "response": response}

    refused = entry(400, {"content": "x" * 5000}, {"code": 50035, "message": "Invalid Form Body"})
    broken = entry(502, {"content": "x"}, "<html>")
    cut, banned = entry(0, {"content": 5}, None), entry(429, {}, "<html>") | {"fault": "cloudflare_429"}
    assert contract.journal_errors([refused, broken, cut, banned, entry(429, {}, LIMIT)]) == []
    assert len(contract.journal_errors([entry(200, {"content": 5}, None)])) == 2


def near(limit: int) -> st.SearchStrategy[str]:
    return st.sampled_from([1, limit - 1, limit, limit, limit, limit + 1]).map("x".__mul__)


optional = st.none()
unique = st.integers(0, 10**9).map(str) | near(100)
option = st.fixed_dictionaries({"label": near(100), "value": unique}, optional={"description": near(100) | optional})
select = st.fixed_dictionaries(
    {"type": st.just(3), "custom_id": unique, "options": st.lists(option, min_size=1, max_size=3)},
    optional={"placeholder": near(150), "min_values": st.integers(-1, 2), "max_values": st.integers(0, 3)},
)
pressed = st.fixed_dictionaries(
    {"type": st.just(2), "style": st.integers(0, 4), "label": near(80), "custom_id": unique},
    optional={"disabled": st.booleans() | optional},
)
link = st.fixed_dictionaries(
    {"type": st.just(2), "style": st.just(5), "label": near(80), "url": near(498).map("https://a.org/".__add__)}
)
components = st.lists(pressed | link, max_size=6) | st.lists(select, min_size=1, max_size=1)
row = st.fixed_dictionaries({"type": st.just(1), "components": components})
field = st.fixed_dictionaries({"name": near(256), "value": near(1024)}, optional={"inline": st.booleans() | optional})
embed = st.fixed_dictionaries(
    {},
    optional={
        "title": near(256),
        "description": near(4096),
        "color": st.integers(-1, 0x1000000),
        "fields": st.lists(field, max_size=2) | optional,
        "footer": st.fixed_dictionaries({"text": near(2048)}),
        "author": st.fixed_dictionaries({"name": near(256)}),
    },
)
message = st.fixed_dictionaries(
    {"content": near(2000)},
    optional={
        "embeds": st.lists(embed, max_size=2),
        "components": st.lists(row, max_size=6),
        "nonce": near(25) | st.sampled_from([2**63 - 1, 2**63]),
        "sticker_ids": st.lists(st.sampled_from(["0", "1", 2, "x"]), max_size=4),
    },
)


@given(message)
def test_what_the_rules_take_fits_the_contract(contract: Contract, body: dict[str, Any]) -> None:
    try:
        check_message(body)
    except Refusal:
        return
    assert contract.request_errors("POST", MESSAGES, body) == []
