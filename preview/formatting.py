"""Turns what a bot sends (parse_mode or entities) into a message's text and entities."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from preview import utf16
from preview.errors import refuse
from preview.html_text import parse_html
from preview.markdown_text import parse_markdown

if TYPE_CHECKING:
    from collections.abc import Callable

    from preview.parameters import Parameters

__all__ = ["Formatted", "find_entities", "read_formatted"]

Formatted = tuple[str, list[dict[str, Any]]]

_FOUND = re.compile(
    r"(?P<bot_command>(?<![\w/])/[A-Za-z0-9_]{1,64}(?:@\w{3,32})?(?![\w/]))"
    r"|(?P<email>\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b)"
    r"|(?P<url>\bhttps?://[^\s<>\"]+|\b(?:[a-z0-9-]+\.)+(?:com|org|net|io|me|tv|dev|app|example)"
    r"\b(?:/[^\s<>\"]*)?)"
    r"|(?P<mention>(?<!\w)@[A-Za-z]\w{3,31})"
    r"|(?P<hashtag>(?<!\w)#\w*[^\W\d]\w*)",
    re.IGNORECASE,
)
_CLOSED = {"code", "pre", "text_link", "text_mention", "url", "custom_emoji"}


def read_formatted(
    call: Parameters,
    *,
    name: str,
    entities_name: str,
    user: Callable[[int], dict[str, Any] | None],
) -> Formatted:
    """Read one text parameter with its markup; `user` resolves tg://user?id= links."""
    source = call.text(name).replace("\r", "")
    mode = call.text("parse_mode").lower()
    if mode == "html":
        text, entities = parse_html(source)
    elif mode in {"markdown", "markdownv2"}:
        text, entities = parse_markdown(source, legacy=mode == "markdown")
    elif mode:
        refuse("unsupported parse_mode")
    else:
        text, entities = source, _given(call.structure(entities_name))
    entities = [one for one in (_mention(entity, user=user) for entity in entities) if one]
    text, entities = _trim(text, entities)
    return text, _merge(entities, find_entities(text))


def find_entities(text: str) -> list[dict[str, Any]]:
    """Find commands, links, addresses and mentions, as Telegram does in every text."""
    found = []
    for match in _FOUND.finditer(text):
        kind, value = str(match.lastgroup), match.group()
        if kind == "url":
            value = value.rstrip(".,;:!?)'\"")
        found.append(
            {
                "offset": utf16.units_before(text, match.start()),
                "length": utf16.length(value),
                "type": kind,
            }
        )
    return found


def _given(value: object) -> list[dict[str, Any]]:
    if value is None:
        return []
    if not isinstance(value, list):
        refuse("can't parse entities: expected an Array of MessageEntity")
    entities = []
    for one in value:
        if not isinstance(one, dict) or not isinstance(one.get("type"), str):
            refuse("can't parse MessageEntity: Can't find field \"type\"")
        if one["type"] in {"bot_command", "url", "email", "mention", "hashtag", "cashtag"}:
            continue  # found again below; Telegram ignores them here
        kept = {name: item for name, item in one.items() if item is not None}
        entities.append(kept | {"offset": int(one["offset"]), "length": int(one["length"])})
    return sorted(entities, key=lambda one: (one["offset"], -one["length"]))


def _mention(
    entity: dict[str, Any], *, user: Callable[[int], dict[str, Any] | None]
) -> dict[str, Any] | None:
    url = str(entity.get("url", ""))
    if not url.startswith("tg://user?id="):
        return entity
    number = url.removeprefix("tg://user?id=")
    known = user(int(number)) if number.isdecimal() else None
    if known is None:
        return None
    span = {"offset": entity["offset"], "length": entity["length"]}
    return {**span, "type": "text_mention", "user": known}


def _trim(text: str, entities: list[dict[str, Any]]) -> Formatted:
    stripped = text.lstrip()
    skipped = utf16.length(text) - utf16.length(stripped)
    stripped = stripped.rstrip()
    end = utf16.length(stripped)
    kept = []
    for entity in entities:
        first = max(0, entity["offset"] - skipped)
        last = min(end, entity["offset"] + entity["length"] - skipped)
        if last > first:
            kept.append(entity | {"offset": first, "length": last - first})
    return stripped, kept


def _merge(given: list[dict[str, Any]], found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    closed = [
        (one["offset"], one["offset"] + one["length"]) for one in given if one["type"] in _CLOSED
    ]
    free = [
        one
        for one in found
        if not any(
            one["offset"] < last and one["offset"] + one["length"] > first
            for first, last in closed
        )
    ]
    return sorted(given + free, key=lambda one: (one["offset"], -one["length"]))
