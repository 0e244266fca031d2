"""Exit 1 when a catalogue lacks a text of the shop, leaves it fuzzy or breaks its placeholders."""

import io
import re
import string
import sys
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT: Final = Path(__file__).parents[1]
Text: TypeAlias = str | list[str] | tuple[str, ...] | None  # several are the plural forms

_TAG: Final = re.compile(r"</?[a-z-]+>|/[a-z]{3,}\b")  # tags and the bot's commands
PACKAGES: Final = ("bot", "handlers", "payments", "connectors", "shop")


def main() -> None:
    """Check every `locales/<language>/LC_MESSAGES/*.po` against the sources."""
    texts = texts_of(ROOT / package for package in PACKAGES)
    catalogues = sorted(ROOT.glob("locales/*/LC_MESSAGES/*.po"))
    faults = [
        f"{path.relative_to(ROOT)}: {it}" for path in catalogues for it in lacks(path, texts)
    ]
    print(*faults, f"Translations: {len(catalogues)} catalogues, {len(texts)} texts.", sep="\n")
    sys.exit(bool(faults))


def texts_of(packages: Iterable[Path]) -> list[Message]:
    """Return what the sources say through gettext, each text once."""
    catalogue = Catalog()
    for package in packages:
        for _file, _line, text, _comments, context in extract_from_dir(package):
            catalogue.add(text, context=context)
    return [message for message in catalogue if message.id]


def lacks(path: Path, texts: Collection[Message]) -> Iterator[str]:
    """Tell what one catalogue still needs."""
    catalogue = read_po(io.BytesIO(path.read_bytes()), locale=path.parts[-3])
    for text in texts:
        translation = catalogue.get(_key(text.id), context=text.context)
        if translation is None or not all(_several(translation.string)):
            yield f"not translated: {text.id!r}"
        elif translation.fuzzy:
            yield f"fuzzy: {text.id!r}"
        else:
            yield from _differences(text.id, translation.string)
    said = {(_key(text.id), text.context) for text in texts}
    for entry in catalogue:
        if entry.id and (_key(entry.id), entry.context) not in said:
            yield f"said no more: {entry.id!r}"


def _differences(source: Text, translation: Text) -> Iterator[str]:
    """Each form needs the facts and the markup of the source; only a count may be in words."""
    for form in _several(translation):
        if not _placeholders(source) - {"n"} <= _placeholders(form) <= _placeholders(source):
            yield f"other placeholders: {form!r}"
        if not any(_tags(form) == _tags(one) for one in _several(source)):
            yield f"other markup: {form!r}"


def _tags(text: str) -> list[str]:
    return sorted(_TAG.findall(text))


def _key(text: Text) -> str:
    return _several(text)[0]


def _several(text: Text) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _placeholders(text: Text) -> set[str]:
    parsed = (field for it in _several(text) for _, field, _, _ in string.Formatter().parse(it))
    return {field for field in parsed if field}


if __name__ == "__main__":
    main()
