"""Modals as they come back when somebody has filled them in, checked as Discord's client checks them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.sandbox.components import (
    CHECKBOX,
    CHECKBOX_GROUP,
    FILE_UPLOAD,
    LABEL,
    RADIO,
    ROW,
    SELECTS,
    STRING_SELECT,
    TEXT_INPUT,
)
from bot.sandbox.trouble import TroubleError

if TYPE_CHECKING:
    from bot.sandbox.options import Resolver
    from bot.sandbox.wire import Json

OPTION_OF_SELECT = {5: 6, 6: 8, 7: 9, 8: 7}  # users, roles, both, channels
WITH_OPTIONS = (STRING_SELECT, RADIO, CHECKBOX_GROUP)


def filled_in(fields: list[Json], values: Json, resolver: Resolver) -> list[Json]:
    """The components of a submitted modal; `values` by custom_id, what is not named stays as it came.

    `resolver` gathers what ids and files among the values stand for. Raises TroubleError for a value that the client
    would not let through.
    """
    return [_filled(each, values, resolver) for each in fields]


def _filled(component: Json, values: Json, resolver: Resolver) -> Json:
    kind = component["type"]
    answer: Json = {"type": kind, "id": component["id"]}
    if kind == ROW:
        return answer | {"components": filled_in(component["components"], values, resolver)}
    if kind == LABEL:
        return answer | {"component": _filled(component["component"], values, resolver)}
    if "custom_id" not in component:
        return answer  # a text, which says nothing back
    answer["custom_id"] = component["custom_id"]
    given = values.get(component["custom_id"])
    if kind == TEXT_INPUT:
        text = str(component.get("value") or "") if given is None else str(given)
        return answer | {"value": _checked_text(component, text)}
    if kind == CHECKBOX:
        return answer | {"value": bool(component.get("default") if given is None else given)}
    chosen = _chosen(component, given)
    if kind == RADIO:
        return answer | {"value": chosen[0] if chosen else None}
    return answer | {"values": _resolved(kind, chosen, resolver)}


def _chosen(field: Json, given: Any) -> list[Any]:
    """What was chosen or uploaded, or what stood there before; checked."""
    if given is None:
        given = [option["value"] for option in field.get("options", ()) if option.get("default")]
        given += [default["id"] for default in field.get("default_values", ())]
    chosen = given if isinstance(given, list) else [given]
    if chosen or field.get("required", True):
        check_values(field, chosen)
    return chosen


def _resolved(kind: int, chosen: list[Any], resolver: Resolver) -> list[str]:
    if kind == FILE_UPLOAD:
        return [resolver.attach(each) for each in chosen]
    values = [str(each) for each in chosen]
    if kind in SELECTS and kind != STRING_SELECT:
        for value in values:
            resolver.add(OPTION_OF_SELECT[kind], value)
    return values


def check_values(component: Json, values: list[Any]) -> None:
    """Check how many were chosen, and that they are offered. Raises TroubleError."""
    offered = [option["value"] for option in component.get("options", ())]
    most = len(offered) if component["type"] == CHECKBOX_GROUP else 1
    least, most = component.get("min_values", 1), component.get("max_values", most)
    if not least <= len(values) <= most:
        raise TroubleError(400, f"{component['custom_id']} takes {least} to {most} values")
    if component["type"] in WITH_OPTIONS and not set(values) <= set(offered):
        raise TroubleError(400, f"{component['custom_id']}: a value is not offered")


def _checked_text(field: Json, text: str) -> str:
    least, most = field.get("min_length") or 0, field.get("max_length") or 4000
    if not text and field.get("required", True):
        raise TroubleError(400, f"{field['custom_id']} must be filled in")
    if text and not least <= len(text) <= most:
        raise TroubleError(400, f"{field['custom_id']} takes {least} to {most} characters")
    return text
