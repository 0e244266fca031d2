"""A catalog file as it is being read: typed looks at its tables, and every mistake noted."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any

from shop.catalog.products import Texts
from shop.core.errors import BadInputError
from shop.owner_file.places import Path, line_of, places_in

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One mistake and its line, from 1."""

    line: int
    reason: str


class BadCatalogError(BadInputError):
    """{lines}"""  # noqa: D400 - each line is a sentence of its own

    def __init__(self, name: str, faults: Iterable[Fault]) -> None:
        """Put the faults in the order of the file."""
        self.faults = sorted(set(faults), key=lambda fault: (fault.line, fault.reason))
        lines = [f"{name}:{fault.line}: {fault.reason}" for fault in self.faults]
        super().__init__(lines="\n".join(lines))


class Page:
    """The text, and what is wrong with it."""

    def __init__(self, text: str) -> None:
        """Find the lines of its keys."""
        self.faults: list[Fault] = []
        self._places = places_in(text)

    def refuse(self, path: Path, reason: str) -> None:
        """Note a mistake at the line of this key."""
        self.faults.append(Fault(line=line_of(path, self._places), reason=reason))


class Table:
    """One table of the page; a wrong or missing value is noted and answered harmlessly."""

    def __init__(self, page: Page, path: Path, values: Mapping[str, Any]) -> None:
        """Look at the values of one table."""
        self.page, self.path, self.values = page, path, values
        self._asked: set[str] = set()

    def refuse(self, key: str, reason: str) -> None:
        """Note a mistake at one key, or at the table itself when it has no such key."""
        self.page.refuse((*self.path, key), reason)

    def get(self, key: str) -> object:
        """The raw value; the key is known from now on."""
        self._asked.add(key)
        return self.values.get(key)

    def text(
        self, key: str, *, most: int, default: str | None = None, like: str = ".*", hint: str = ""
    ) -> str:
        """A text of at most so many characters that matches the pattern `like`."""
        value = self.get(key)
        if value is None and default is not None:
            return default
        if not isinstance(value, str):
            self.refuse(key, f"{key} is missing." if value is None else f"{key} must be text.")
        elif default is None and not value.strip():
            self.refuse(key, f"{key} is empty.")
        elif self._fits((key,), value, most) and value and not re.fullmatch(like, value):
            self.refuse(key, f"{key} {value!r} is not right: {hint}.")
        else:
            return value.strip()
        return default or ""

    def texts(self, key: str, *, most: int, is_needed: bool = False) -> Texts:
        """A text, or a table with a text for each language."""
        value = self.get(key)
        if value is None:
            if is_needed:
                self.refuse(key, f"{key} is missing.")
            return {}
        by_language = value if isinstance(value, dict) else {"": value}
        for language, text in by_language.items():
            if language and not _LANGUAGE.fullmatch(language):
                reason = f"{key}: {language!r} is not a language such as en or pt-BR."
                self.page.refuse((*self.path, key, language), reason)
            if not isinstance(text, str):
                reason = f"{key} must be text, or texts by language."
                self.page.refuse((*self.path, key, language), reason)
            elif self._fits((key, language), text, most) and not text.strip():
                self.page.refuse((*self.path, key, language), f"{key} is empty.")
        return {language: str(text).strip() for language, text in by_language.items()}

    def whole(self, key: str, *, default: int, least: int, most: int) -> int:
        """A whole number within bounds."""
        value = self.get(key)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        self.refuse(key, f"{key} must be a whole number from {least} to {most}.")
        return default

    def flag(self, key: str, *, default: bool) -> bool:
        """Yes or no."""
        value = self.get(key)
        if value is None or isinstance(value, bool):
            return default if value is None else value
        self.refuse(key, f"{key} must be true or false.")
        return default

    def one_of(self, key: str, choices: Sequence[str], *, default: str) -> str:
        """One of a few words."""
        value = self.get(key)
        if value is None or value in choices:
            return default if value is None else str(value)
        self.refuse(key, f"{key} must be one of {', '.join(choices)}.")
        return default

    def words(self, key: str) -> tuple[str, ...]:
        """A list of texts, none when it is left out."""
        value = self.get(key)
        if value is None:
            return ()
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(value)
        self.refuse(key, f'{key} must be a list of texts such as ["solo", "duo"].')
        return ()

    def table(self, key: str) -> "Table | None":
        """The table of this name."""
        value = self.get(key)
        if isinstance(value, dict):
            return Table(self.page, (*self.path, key), value)
        name = ".".join(part for part in (*self.path, key) if isinstance(part, str))
        trouble = "is missing" if value is None else "must be a table"
        self.refuse(key, f"[{name}] {trouble}.")
        return None

    def tables(self, key: str) -> "list[Table]":
        """Each table of this array, none when it is left out."""
        value = self.get(key)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(one, dict) for one in value):
            return [Table(self.page, (*self.path, key, i), one) for i, one in enumerate(value)]
        self.refuse(key, f"{key} must stand in double brackets: [[{key}]].")
        return []

    def refuse_unknown(self) -> None:
        """Note every key nobody asked for, with the one it may have meant."""
        for key in self.values.keys() - self._asked:
            self.refuse(key, f"{key!r} is not known here.{meant(key, self._asked)}")

    def _fits(self, keys: Path, text: str, most: int) -> bool:
        # Telegram counts UTF-16 units: an emoji is two.
        size = len(text.strip().encode("utf-16-le")) // 2
        path = (*self.path, *keys)
        if size > most:
            self.page.refuse(path, f"{keys[0]} is {size} characters long; at most {most} fit.")
        if found := _CONTROL.search(text):
            code = f"U+{ord(found[0]):04X}"
            self.page.refuse(path, f"{keys[0]} holds a control character ({code}).")
        return size <= most and not found


def meant(word: str, known: Iterable[str]) -> str:
    """A question for someone who may have slipped, or nothing."""
    names = sorted(known)
    turned = [name for name in names if sorted(name) == sorted(word)]
    near = turned or get_close_matches(word, names, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""
