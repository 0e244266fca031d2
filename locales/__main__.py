"""`python -m locales`: bring every catalogue in line with the sources; new texts come empty."""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from locales import ENGLISH, catalogue_path, languages

_ROOT = Path(__file__).parents[1]
_PACKAGES = ("bot", "handlers", "payments", "connectors", "shop")


def main() -> None:
    """Rewrite the .po files; what the sources say no more is dropped."""
    texts = Catalog(charset="utf-8")
    for package in _PACKAGES:
        found = extract_from_dir(_ROOT / package, comment_tags=("Translators:",))
        for file, _line, text, comments, context in found:
            texts.add(
                text, locations=[(f"{package}/{file}", 0)], auto_comments=comments, context=context
            )
    for language in languages():
        if language != ENGLISH:
            _update(catalogue_path(language), texts, language)


def _update(path: Path, texts: Catalog, language: str) -> None:
    catalogue = read_po(BytesIO(path.read_bytes()), locale=language)
    began = catalogue.creation_date
    catalogue.update(texts, no_fuzzy_matching=True)
    catalogue.creation_date = began  # else every update would change every file
    catalogue.obsolete.clear()
    out = BytesIO()
    write_po(out, catalogue, width=99, omit_header=False, sort_by_file=True, include_lineno=False)
    path.write_bytes(out.getvalue())


if __name__ == "__main__":
    main()
