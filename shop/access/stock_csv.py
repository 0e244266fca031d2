"""Reads lines of credentials from the CSV that panels and spreadsheets write."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from unicodedata import category
from urllib.parse import urlsplit

from shop.core.errors import BadInputError

MOST_LINES = 5_000
_NEEDED, _MORE = ("username", "password"), ("url", "note")
_MOST = {"username": 200, "password": 200, "url": 1000, "note": 500}
_HEADER = "The first line must name the columns: username,password and, if you like, url,note."
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://\S+")
# https://owasp.org/www-community/attacks/CSV_Injection: it would run when staff export again.
# Passwords are left alone, for a made-up one may begin with anything.
_FORMULA = re.compile(r"\s*[=+\-@].*[(|!]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What a CSV text holds: lines by column name, and (line number, reason) of the others."""

    lines: tuple[Mapping[str, str], ...]
    refused: tuple[tuple[int, str], ...]


def read_stock(text: str) -> Sheet:
    """Read a header and its lines; separated by comma, semicolon or tab.

    Raises `BadInputError` when the file as a whole is not right.
    """
    text = text.removeprefix("\ufeff")
    rows = _rows(text)
    columns = _columns(next(rows, (1, [])))
    lines: list[Mapping[str, str]] = []
    refused: list[tuple[int, str]] = []
    for number, row in rows:
        if isinstance(row, str):
            refused.append((number, row))
        elif reason := _fault(columns, row):
            refused.append((number, reason))
        else:
            lines.append(dict(zip(columns, map(str.strip, row), strict=False)))
        if len(lines) + len(refused) > MOST_LINES:
            raise BadInputError(reason=f"At most {MOST_LINES:,} lines fit at once; cut the file.")
    return Sheet(lines=tuple(lines), refused=tuple(refused))


def _rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """Each row that is not empty with the number of its first line; a text says what is wrong."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    while True:
        number = reader.line_num + 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield number, "a quote is not closed, or stands within a value"
            continue
        if any(field.strip() for field in row):
            yield number, row


def _columns(header: tuple[int, list[str] | str]) -> list[str]:
    row = header[1]
    columns = [] if isinstance(row, str) else [name.strip().lower() for name in row]
    known = {*_NEEDED, *_MORE}
    is_right = set(_NEEDED) <= set(columns) <= known and len(set(columns)) == len(columns)
    if not is_right:
        raise BadInputError(reason=_HEADER)
    return columns


def _fault(columns: list[str], row: list[str]) -> str:
    """What is wrong with a row, without its values, which are secret; "" when it is right."""
    if len(row) > len(columns):
        return f"it has {len(row)} values for {len(columns)} columns"
    values = {name: value.strip() for name, value in zip(columns, row, strict=False)}
    for name in _NEEDED:
        if not values.get(name):
            return f"{name} is empty"
    for name, value in values.items():
        if reason := _fault_of(name, value):
            return f"{name} {reason}"
    return ""


def host_of(url: str) -> str:
    """The host of an address, written one way; "" where it names none that can be read."""
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
        return host.encode("idna").decode("ascii")
    except ValueError:  # such as http://[::1
        return ""


def _fault_of(name: str, value: str) -> str:
    if len(value) > _MOST[name]:
        return f"is longer than {_MOST[name]} characters"
    if _CONTROL.search(value):
        return "holds a control character or a line break"
    if name != "note" and any(category(sign) == "Cf" for sign in value):
        return "holds an invisible sign"  # two names would look the same
    if name == "url" and value and not (_URL.fullmatch(value) and host_of(value)):
        return "is not an address such as https://…"
    if name != "password" and _FORMULA.match(value):
        return "looks like a spreadsheet formula"
    return ""
