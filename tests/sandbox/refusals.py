"""Reads refusals: what was refused, at which place, with which code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.sandbox.rules import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable


def refused(check: Callable[..., None], *arguments: Any, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        check(*arguments, **options)
    return caught.value


def places(check: Callable[..., None], *arguments: Any, **options: Any) -> dict[str, list[str]]:
    """The codes of an invalid form by place, as in {"embeds.0.title": ["BASE_TYPE_MAX_LENGTH"]}; empty when taken."""
    refusal = None
    try:
        check(*arguments, **options)
    except Refusal as caught:
        refusal = caught
    if refusal is None:
        return {}
    assert (refusal.status, refusal.code) == (400, 50035), refusal
    assert refusal.errors
    return _flat(refusal.errors, "")


def _flat(node: dict[str, Any], place: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, below in node.items():
        if key == "_errors":
            found[place] = [error["code"] for error in below]
        else:
            found |= _flat(below, f"{place}.{key}" if place else key)
    return found
