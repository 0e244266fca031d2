"""JSON as JavaScript writes it, for signatures over a text that we must rebuild.

Numbers keep their characters: Python would write 0.00002 as 2e-05.
"""

import json
from collections.abc import Mapping, Sequence
from typing import NoReturn

from shop.core.errors import BadInputError


class Number(str):
    """A number, kept in the characters it was written in."""

    __slots__ = ()


def read(raw: bytes) -> dict[str, object]:
    """Read a JSON object without touching its numbers."""
    try:
        thing = json.loads(raw, parse_float=Number, parse_int=Number, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadInputError(reason="The body is not JSON.") from error
    if type(thing) is not dict:
        raise BadInputError(reason="The body is not a JSON object.")
    return thing


def write(thing: object) -> str:
    """Write as `JSON.stringify(thing)` does."""
    match thing:
        case Number():
            return str(thing)
        case dict():
            pairs = (f"{write(str(name))}:{write(inner)}" for name, inner in thing.items())
            return f"{{{','.join(pairs)}}}"
        case list():
            return f"[{','.join(write(inner) for inner in thing)}]"
        case _:
            # A lone surrogate is escaped, as in JavaScript; everything else stays.
            text = json.dumps(thing, ensure_ascii=False)
            return text.encode(errors="backslashreplace").decode()


def with_sorted_names(thing: object) -> object:
    """Sort the names in every object, at any depth."""
    if isinstance(thing, Mapping):
        return {name: with_sorted_names(thing[name]) for name in names_of(thing)}
    if isinstance(thing, list):
        return [with_sorted_names(inner) for inner in thing]
    return thing


def with_only(thing: object, names: Sequence[str]) -> object:
    """Keep only these names, in this order, at every depth: `stringify`'s second argument."""
    if isinstance(thing, Mapping):
        return {name: with_only(thing[name], names) for name in names if name in thing}
    if isinstance(thing, list):
        return [with_only(inner, names) for inner in thing]
    return thing


def names_of(thing: Mapping[str, object]) -> list[str]:
    """Sort the names as `Object.keys(thing).sort()` does: by UTF-16 units."""
    return sorted(thing, key=lambda name: name.encode("utf-16-be", "surrogatepass"))


def _refuse(token: str) -> NoReturn:
    """Refuse NaN and Infinity, which are not JSON."""
    raise ValueError(token)
