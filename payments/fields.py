"""Reads untrusted fields: each is valid, or `BadInputError` is raised.

Provider answers and webhooks are read through here, so that no other exception escapes.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from shop.core.errors import BadInputError

Fields = Mapping[str, object]

_LONGEST = 500
_MOST = 2**62
_MOST_DECIMALS = 40  # coins have up to 18; 1e-999999999, written out, would take a gigabyte
_CODE_LENGTHS = range(3, 6)


def parse_object(raw: bytes) -> dict[str, object]:
    """Read a JSON object; numbers with a decimal point become Decimal (law 1)."""
    data = _parse(raw)
    if type(data) is not dict:
        raise BadInputError(reason="The body is not a JSON object.")
    return data


def parse_rows(raw: bytes) -> list[Fields]:
    """Read a JSON list of objects."""
    data = _parse(raw)
    if type(data) is not list or not all(type(row) is dict for row in data):
        raise BadInputError(reason="The body is not a list of JSON objects.")
    return data


def _parse(raw: bytes) -> object:
    try:
        return json.loads(raw, parse_float=Decimal)
    except (ValueError, InvalidOperation, RecursionError) as error:
        raise BadInputError(reason="The body is not JSON.") from error


def text(data: Fields, key: str) -> str:
    """Read a short printable text, such as an identifier, that any database can hold."""
    value = data.get(key)
    if not (type(value) is str and value and len(value) <= _LONGEST and value.isprintable()):
        _refuse(key)
    return value


def address(data: Fields, key: str) -> str:
    """Read an http address; Stripe's are about a thousand characters long."""
    value = data.get(key)
    if not (
        type(value) is str and value.startswith(("https://", "http://")) and value.isprintable()
    ):
        _refuse(key)
    return value


def optional_text(data: Fields, key: str) -> str:
    """Like `text`, but "" when it is missing."""
    return text(data, key) if data.get(key) not in (None, "") else ""


def section(data: Fields, key: str) -> Fields:
    """Read a nested object."""
    value = data.get(key)
    if type(value) is not dict:
        _refuse(key)
    return value


def optional_section(data: Fields, key: str) -> Fields:
    """Like `section`, but empty when it is missing."""
    return section(data, key) if data.get(key) is not None else {}


def rows(data: Fields, key: str) -> list[Fields]:
    """Read a list of objects; empty when it is missing."""
    value = data.get(key)
    if value is None:
        return []
    if type(value) is not list or not all(type(row) is dict for row in value):
        _refuse(key)
    return value


def whole(data: Fields, key: str) -> int:
    """Read a non-negative whole number that a database can hold."""
    value = data.get(key)
    if not (type(value) is int and 0 <= value <= _MOST):
        _refuse(key)
    return value


def identifier(data: Fields, key: str) -> str:
    """Read an id written as text or as a whole number."""
    return str(whole(data, key)) if type(data.get(key)) is int else text(data, key)


def amount(data: Fields, key: str) -> Decimal:
    """Read an amount written as text or as a number: finite, not negative."""
    value = data.get(key)
    if type(value) is str:
        try:
            value = Decimal(text(data, key))
        except InvalidOperation:
            _refuse(key)
    if type(value) is int:
        value = Decimal(whole(data, key))
    if not (type(value) is Decimal and value.is_finite() and 0 <= value <= _MOST):
        _refuse(key)
    exponent = value.as_tuple().exponent
    if type(exponent) is not int or exponent < -_MOST_DECIMALS:
        _refuse(key)
    return value


def currency(data: Fields, key: str) -> str:
    """Read a currency code in any case, such as EUR or USDC."""
    code = text(data, key).upper()
    if not (len(code) in _CODE_LENGTHS and code.isascii() and code.isalpha()):
        _refuse(key)
    return code


def minor_units(minor: int) -> int:
    """Check that a computed number of minor units fits a database."""
    if not 0 <= minor <= _MOST:
        raise BadInputError(reason="That is no amount of money.")
    return minor


def unix_moment(data: Fields, key: str) -> datetime:
    """Read a unix time in seconds, as aware UTC."""
    try:
        return datetime.fromtimestamp(whole(data, key), UTC)
    except (ValueError, OverflowError, OSError):
        _refuse(key)


def iso_moment(data: Fields, key: str) -> datetime:
    """Read an ISO 8601 time, as aware UTC in whole seconds; without a zone it is UTC."""
    try:
        moment = datetime.fromisoformat(text(data, key))
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        _refuse(key)


def _refuse(key: str) -> NoReturn:
    raise BadInputError(reason=f"The field {key!r} is missing or is not what it should be.")
