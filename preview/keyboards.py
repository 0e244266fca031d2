"""Reads keyboards, under messages or the composer, and checks Telegram's limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from preview.errors import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from preview.parameters import Parameters

__all__ = ["inline_rows", "read_markup"]

CALLBACK_BYTES = 64
COPY_UNITS = 256
BUTTONS = 100
STYLES = {"danger", "success", "primary"}
_ACTIONS = (
    "url",
    "callback_data",
    "callback_game",
    "pay",
    "switch_inline_query",
    "switch_inline_query_chosen_chat",
    "switch_inline_query_current_chat",
    "login_url",
    "web_app",
    "copy_text",
    "disabled",
)


def read_markup(call: Parameters) -> dict[str, Any] | None:
    """Read `reply_markup`, cleaned of empty rows; None when the call has none."""
    value = call.structure("reply_markup")
    if value is None:
        return None
    if not isinstance(value, dict):
        refuse("object expected as reply markup")
    if "inline_keyboard" in value:
        return {"inline_keyboard": _rows(value, "inline_keyboard", read=_inline_button)}
    if "keyboard" in value:
        rows = _rows(value, "keyboard", read=_reply_button)
        return value | {"keyboard": rows}
    return value


def inline_rows(message: dict[str, Any]) -> list[list[dict[str, Any]]]:
    """Give the rows of buttons under a message."""
    rows: list[list[dict[str, Any]]] = message.get("reply_markup", {}).get("inline_keyboard", [])
    return rows


def _rows(
    markup: dict[str, Any], name: str, *, read: Callable[[Any], dict[str, Any]]
) -> list[list[dict[str, Any]]]:
    rows = markup[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        refuse(f'field "{name}" must be an Array of Arrays')
    cleaned = [[read(button) for button in row] for row in rows if row]
    if sum(len(row) for row in cleaned) > BUTTONS:
        refuse("reply markup is too long")
    return cleaned


def _reply_button(button: object) -> dict[str, Any]:
    if isinstance(button, str):
        return {"text": button}
    if not isinstance(button, dict):
        refuse("can't parse keyboard button: KeyboardButton must be a String or an Object")
    _need_text(button, what="keyboard button")
    return {name: value for name, value in button.items() if value is not None}


def _inline_button(button: object) -> dict[str, Any]:
    if not isinstance(button, dict):
        refuse("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    _need_text(button, what="inline keyboard button")
    clean = {name: value for name, value in button.items() if value is not None}
    if clean.get("style", "primary") not in STYLES:
        refuse("invalid button style specified")
    if not any(name in clean for name in _ACTIONS):
        refuse("text buttons are unallowed in the inline keyboard")
    _check_action(clean)
    return clean


def _check_action(button: dict[str, Any]) -> None:
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= CALLBACK_BYTES:
        refuse("BUTTON_DATA_INVALID")
    if "copy_text" in button and not 1 <= len(button["copy_text"].get("text", "")) <= COPY_UNITS:
        refuse("BUTTON_COPY_TEXT_INVALID")
    for name in ("url", "web_app", "login_url"):
        if name in button:
            url = button[name] if name == "url" else button[name].get("url", "")
            _check_url(str(url), secure=name != "url")


def _check_url(url: str, *, secure: bool) -> None:
    split = urlsplit(url if "://" in url or url.startswith("tg:") else f"http://{url}")
    where = f"inline keyboard button URL '{url}' is invalid"
    if split.scheme not in {"http", "https", "tg", "ton"}:
        refuse(f"{where}: Unsupported URL protocol")
    if split.scheme in {"tg", "ton"}:
        return
    host = split.hostname or ""
    if not host or ("." not in host and ":" not in host) or any(sign in url for sign in " \n\t"):
        refuse(f"{where}: Wrong HTTP URL")
    loopback = host.startswith("127.") or host == "::1"
    if secure and split.scheme != "https" and not loopback:
        refuse(f"{where}: Only HTTPS links are allowed")


def _need_text(button: dict[str, Any], *, what: str) -> None:
    text = button.get("text")
    if not isinstance(text, str):
        refuse(f"can't parse {what}: Can't find field \"text\"")
    if not text.strip():
        refuse(
            "BUTTON_TEXT_INVALID" if what.startswith("inline") else "keyboard button text is empty"
        )
