"""The shop's texts in other languages, read from the .po files as they stand: nothing to build."""

from functools import cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

ENGLISH = "en"
_FOLDER = Path(__file__).parent
_FILE = "LC_MESSAGES/telekiosk.po"


@cache
def languages() -> tuple[str, ...]:
    """The languages the shop speaks; English, in which it is written, comes first."""
    return ENGLISH, *sorted(path.parts[-3] for path in _FOLDER.glob(f"*/{_FILE}"))


def nearest(tag: str) -> str:
    """The language for someone whose IETF tag is this: `de-AT` is told in `de`."""
    base = tag.replace("_", "-").split("-", 1)[0].lower()
    return base if base in languages() else ENGLISH


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of one language; English needs none."""
    if language == ENGLISH:
        return NullTranslations()
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)


def catalogue_path(language: str) -> Path:
    """Where a language's texts are kept."""
    return _FOLDER / language / _FILE
