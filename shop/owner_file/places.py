"""Finds the line of a key in a TOML text, which `tomllib` tells only for errors of syntax."""

import re
import tomllib
from collections.abc import Iterator, Mapping

Path = tuple[str | int, ...]  # table names, keys, and a number within an array of tables
_PART = r"""(?:[A-Za-z0-9_-]+|"(?:\\.|[^"\\\n])*"|'[^'\n]*')"""
_DOTTED = rf"{_PART}(?:[ \t]*\.[ \t]*{_PART})*"
_HEADER = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_DOTTED})[ \t]*\]")
_KEY = re.compile(rf"[ \t]*({_DOTTED})[ \t]*=")
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}|"
    r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|#[^\n]*|[\[{\]}\n]",
    re.DOTALL,
)


def places_in(text: str) -> Mapping[Path, int]:
    """The line of every table and key; the text has been read as TOML already."""
    places: dict[Path, int] = {}
    many: dict[Path, int] = {}
    table: Path = ()
    position = line = 0
    while position < len(text):
        line += 1
        end = position
        if header := _HEADER.match(text, position):
            table = _enter(header, many)
            places.setdefault(table, line)
            places.setdefault(table[:-1], line)
            end = header.end()
        elif key := _KEY.match(text, position):
            parts = tuple(_parts(key[1]))
            for size in range(1, len(parts) + 1):
                places.setdefault((*table, *parts[:size]), line)
            end = key.end()
        end = _end_of_value(text, end)
        line += text.count("\n", position, end)
        position = end + 1
    return places


def line_of(path: Path, places: Mapping[Path, int]) -> int:
    """The line of this key, or of the nearest thing around it that has one."""
    while path and path not in places:
        path = path[:-1]
    return places.get(path, 1)


def _enter(header: re.Match[str], many: dict[Path, int]) -> Path:
    parts = list(_parts(header[2]))
    path: Path = ()
    for part in parts[:-1]:
        path = (*path, part)
        if path in many:
            path = (*path, many[path])
    path = (*path, parts[-1])
    if header[1] == "[[":
        many[path] = many.get(path, -1) + 1
        return (*path, many[path])
    return path


def _parts(dotted: str) -> Iterator[str]:
    inner = tomllib.loads(f"{dotted} = 0")
    while isinstance(inner, dict):
        key, inner = next(iter(inner.items()))
        yield key


def _end_of_value(text: str, position: int) -> int:
    """The newline that ends this statement: not within brackets, strings or comments."""
    depth = 0
    for token in _TOKEN.finditer(text, position):
        match token[0]:
            case "[" | "{":
                depth += 1
            case "]" | "}":
                depth -= 1
            case "\n" if depth <= 0:
                return token.start()
            case _:
                pass
    return len(text)
