"""Converts lengths: Telegram counts UTF-16 units, Python characters."""

from __future__ import annotations

__all__ = ["cut", "length", "units_before"]


def length(text: str) -> int:
    """Give the length in UTF-16 units."""
    return len(text) + sum(character > "\uffff" for character in text)


def units_before(text: str, index: int) -> int:
    """Convert a Python index to a UTF-16 offset."""
    return length(text[:index])


def cut(text: str, *, offset: int, size: int) -> str:
    """Return the part of a text that an entity covers."""
    units = text.encode("utf-16-le")[offset * 2 : (offset + size) * 2]
    return units.decode("utf-16-le", "replace")
