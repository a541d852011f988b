"""Limits of messages: each is accepted at the limit and refused one above it, at its own place."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.sandbox.rules import check_message, is_empty
from tests.sandbox.refusals import places, refused

Body = dict[str, Any]


def embed(**parts: Any) -> Body:
    return {"embeds": [{"title": "t"} | parts]}


def field(**parts: Any) -> Body:
    return embed(fields=[{"name": "n", "value": "v"} | parts])


def many(count: int) -> list[Body]:
    return [{"title": "t"}] * count


LIMITS: list[tuple[str, int, Callable[[int], Body]]] = [
    ("content", 2000, lambda n: {"content": "x" * n}),
    ("embeds", 10, lambda n: {"embeds": many(n)}),
    ("embeds.0.title", 256, lambda n: embed(title="x" * n)),
    ("embeds.0.description", 4096, lambda n: embed(description="x" * n)),
    ("embeds.0.fields", 25, lambda n: embed(fields=[{"name": "n", "value": "v"}] * n)),
    ("embeds.0.fields.0.name", 256, lambda n: field(name="x" * n)),
    ("embeds.0.fields.0.value", 1024, lambda n: field(value="x" * n)),
    ("embeds.0.footer.text", 2048, lambda n: embed(footer={"text": "x" * n})),
    ("embeds.0.author.name", 256, lambda n: embed(author={"name": "x" * n})),
    ("embeds.0.url", 2048, lambda n: embed(url="https://a.org/".ljust(n, "x"))),
    ("embeds.0.color", 0xFFFFFF, lambda n: embed(color=n)),
    ("nonce", 25, lambda n: {"content": "x", "nonce": "1" * n}),
    ("nonce", 2**63 - 1, lambda n: {"content": "x", "nonce": n}),
    ("allowed_mentions.users", 100, lambda n: {"content": "x", "allowed_mentions": {"users": list(range(n))}}),
    ("allowed_mentions.roles", 100, lambda n: {"content": "x", "allowed_mentions": {"roles": list(range(n))}}),
    ("sticker_ids", 3, lambda n: {"sticker_ids": [str(index) for index in range(n)]}),
    ("attachments", 10, lambda n: {"attachments": [{"id": index} for index in range(n)]}),
    ("attachments.0.description", 1024, lambda n: {"attachments": [{"id": 0, "description": "x" * n}]}),
    ("poll.question.text", 300, lambda n: poll("x" * n, "a")),
    ("poll.answers.0.poll_media.text", 55, lambda n: poll("q", "x" * n)),
    ("poll.answers", 10, lambda n: poll("q", *"x" * n)),
    ("poll.duration", 768, lambda n: poll("q", "a", hours=n)),
]


def poll(question: str, *answers: str, hours: int = 24) -> Body:
    media = [{"poll_media": {"text": answer}} for answer in answers]
    return {"poll": {"question": {"text": question}, "answers": media, "duration": hours}}


@pytest.mark.parametrize(("place", "limit", "body"), LIMITS, ids=[f"{place}-{limit}" for place, limit, _ in LIMITS])
def test_a_limit_is_inclusive(place: str, limit: int, body: Callable[[int], Body]) -> None:
    assert places(check_message, body(limit)) == {}
    assert list(places(check_message, body(limit + 1))) == [place]


@pytest.mark.parametrize(
    ("place", "code", "body"),
    [
        ("embeds.0.fields.0.name", "BASE_TYPE_REQUIRED", field(name="")),
        ("embeds.0.fields.0.value", "BASE_TYPE_REQUIRED", field(value=None)),
        ("embeds.0.url", "URL_TYPE_INVALID_SCHEME", embed(url="ftp://a.org")),
        ("embeds.0.url", "URL_TYPE_INVALID_URL", embed(url="a.org/page")),
        ("embeds.0.image.url", "URL_TYPE_INVALID_SCHEME", embed(image={"url": "file:///etc/passwd"})),
        ("embeds.0.timestamp", "DATE_TIME_TYPE_PARSE", embed(timestamp="tomorrow")),
        ("embeds.0.color", "NUMBER_TYPE_COERCE", embed(color="red")),
        ("embeds.0", "MODEL_TYPE_CONVERT", {"embeds": ["text"]}),
        ("embeds", "LIST_TYPE_CONVERT", {"embeds": {"title": "t"}}),
        ("content", "STRING_TYPE_CONVERT", {"content": ["x"]}),
        ("content", "STRING_TYPE_CONVERT", {"content": 5}),
        ("embeds.0.color", "NUMBER_TYPE_COERCE", embed(color="255")),
        ("flags", "NUMBER_TYPE_COERCE", {"content": "x", "flags": True}),
        ("tts", "BOOLEAN_TYPE_CONVERT", {"content": "x", "tts": "no"}),
        ("allowed_mentions.parse.0", "BASE_TYPE_CHOICES", {"content": "x", "allowed_mentions": {"parse": ["here"]}}),
        ("allowed_mentions.users.0", "NUMBER_TYPE_COERCE", {"content": "x", "allowed_mentions": {"users": ["me"]}}),
        (
            "allowed_mentions.users",
            "SET_TYPE_ALREADY_CONTAINS_VALUE",
            {"content": "x", "allowed_mentions": {"users": ["1", 1]}},
        ),
        (
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        ),
        (
            "allowed_mentions",
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
            {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": ["1"]}},
        ),
    ],
)
def test_what_is_refused(place: str, code: str, body: Body) -> None:
    assert places(check_message, body) == {place: [code]}


@pytest.mark.parametrize(
    "body",
    [
        embed(image={"url": "attachment://map.png"}, thumbnail={"url": "HTTPS://a.org/x.png"}),
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": [], "roles": ["1", 2]}},
        {"content": "x", "allowed_mentions": None, "embeds": None, "components": None, "nonce": None},
        {"content": "x", "nobody_knows_this": {"at": "all"}},
        {"sticker_ids": [900000000000000001]},
    ],
)
def test_what_discord_takes(body: Body) -> None:
    assert places(check_message, body) == {}


def test_embed_texts_count_together_over_all_embeds() -> None:
    def of(last: int) -> Body:
        whole = {"title": "t" * 256, "description": "d" * 2494, "footer": {"text": "f" * 200}}
        rest = {"author": {"name": "a" * 50}, "fields": [{"name": "n" * 100, "value": "v" * 900}]}
        return {"embeds": [whole, rest, {"description": "l" * last}]}

    assert places(check_message, of(2000)) == {}
    assert places(check_message, of(2001)) == {"embeds": ["MAX_EMBED_SIZE_EXCEEDED"]}


def test_whitespace_around_a_text_does_not_count() -> None:
    assert places(check_message, {"content": " \n" + "x" * 2000 + "\t "}) == {}
    assert places(check_message, {"embeds": [{"description": "x" * 4096 + " " * 4096}] * 1}) == {}
    assert places(check_message, field(name="   ")) == {"embeds.0.fields.0.name": ["BASE_TYPE_REQUIRED"]}


def test_one_refusal_names_every_problem() -> None:
    body = embed(title="x" * 257, fields=[{"name": "n", "value": "v" * 1025}]) | {"content": "x" * 2001}
    refusal = refused(check_message, body)
    assert refusal.body() == {
        "code": 50035,
        "message": "Invalid Form Body",
        "errors": {
            "embeds": {
                "0": {
                    "title": {
                        "_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 256 or fewer in length."}]
                    },
                    "fields": {
                        "0": {
                            "value": {
                                "_errors": [
                                    {"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 1024 or fewer in length."}
                                ]
                            }
                        }
                    },
                }
            },
            "content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]},
        },
    }


def test_problems_of_parts_hide_those_of_the_whole() -> None:
    body = {"embeds": [{"description": "x" * 4097}, {"description": "x" * 4000}]}
    assert places(check_message, body) == {"embeds.0.description": ["BASE_TYPE_MAX_LENGTH"]}


@pytest.mark.parametrize(
    "body", [{}, {"content": " \n "}, {"content": None, "embeds": []}, {"embeds": [{}]}, {"embeds": [{"color": 5}]}]
)
def test_an_empty_message_is_refused_but_may_be_an_edit(body: Body) -> None:
    refusal = refused(check_message, body)
    assert (refusal.status, refusal.code) == (400, 50006)
    assert "errors" not in refusal.body()
    assert is_empty(body)
    check_message(body, is_edit=True)
    check_message(body, has_files=True)


def test_a_forward_needs_no_text_of_its_own() -> None:
    check_message({"message_reference": {"type": 1, "message_id": "5"}})
    assert refused(check_message, {"message_reference": {"message_id": "5"}}).code == 50006
