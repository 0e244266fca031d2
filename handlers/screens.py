"""A screen: one message with its buttons, and the answer to the tap that led there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup

from handlers.wording import Html, escape
from shop.core.errors import ShopError

MOST_DATA = 64  # bytes; Telegram's limit for callback data
MOST_COPIED = 256  # characters of a copy button
MOST_TOAST = 200
_MOST_NUMBER = 18  # digits that always fit the books' integers
KEEP = "+"  # prefix of a button whose message must stay: the screen is sent as a new message

Row = tuple[InlineKeyboardButton, ...]


class OddButtonError(ShopError):
    """This button is no longer in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a person sees; `toast` answers the tap, as an alert when it explains something."""

    text: Html
    rows: tuple[Row, ...] = ()
    toast: str = ""
    is_alert: bool = False

    @property
    def keyboard(self) -> InlineKeyboardMarkup | None:
        """The buttons, as Telegram wants them."""
        return InlineKeyboardMarkup(self.rows) if self.rows else None

    def saying(self, toast: Html) -> "Screen":
        """The same screen, with a toast that says what was done."""
        return replace(self, toast=toast.plain, is_alert=False)

    def explaining(self, reason: Html) -> "Screen":
        """The same screen, with an alert that says why it is not the expected one."""
        return replace(self, toast=reason.plain, is_alert=True)


@dataclass(frozen=True, slots=True)
class Args:
    """The arguments in a button's data, which anyone may forge."""

    parts: tuple[str, ...]

    def text(self, index: int) -> str:
        """The argument at this index."""
        if index >= len(self.parts):
            raise OddButtonError
        return self.parts[index]

    def number(self, index: int) -> int:
        """The number at this index."""
        text = self.text(index)
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_NUMBER):
            raise OddButtonError
        return int(text)

    def choice(self, index: int, default: str = "") -> str:
        """The argument at this index, or the default."""
        return self.parts[index] if index < len(self.parts) else default


def data(screen: str, *args: object) -> str:
    """Callback data: `screen:arg:arg`."""
    return ":".join((screen, *(str(arg) for arg in args)))


def shown_below(update: Mapping[str, Any]) -> Mapping[str, Any]:
    """The same Bot API update, but a tap in it is answered with a new message."""
    query = update.get("callback_query")
    if query is None or str(query.get("data", "")).startswith(KEEP):
        return update
    return {**update, "callback_query": {**query, "data": f"{KEEP}{query.get('data', '')}"}}


def button(
    label: Html, screen: str, *args: object, style: str | None = None
) -> InlineKeyboardButton:
    """A button that leads to a screen; a `+` before the name keeps the button's message."""
    return InlineKeyboardButton(label.plain, callback_data=data(screen, *args), style=style)


def link(label: Html, url: str, *, style: str | None = None) -> InlineKeyboardButton:
    """A button that opens a web address."""
    return InlineKeyboardButton(label.plain, url=url, style=style)


def copy(label: Html, text: str) -> InlineKeyboardButton | None:
    """A button that copies a text; None when the text is too long for one."""
    if not 0 < len(text) <= MOST_COPIED:
        return None
    return InlineKeyboardButton(label.plain, copy_text=CopyTextButton(text))


def in_rows(buttons: Sequence[InlineKeyboardButton | None], *, wide: int) -> tuple[Row, ...]:
    """Arrange buttons, `wide` to a row; None is left out."""
    there = [one for one in buttons if one is not None]
    return tuple(tuple(there[i : i + wide]) for i in range(0, len(there), wide))


def code(text: str) -> Html:
    """Format a text that is typed or copied exactly."""
    return Html(f"<code>{escape(text)}</code>")


def bold(text: str) -> Html:
    """Format a text that is seen first."""
    return Html(f"<b>{escape(text)}</b>")
