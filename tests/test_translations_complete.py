from pathlib import Path

import pytest

from tests.translations_complete import lacks, texts_of

SOURCE = """
_("Pay {amount}")
ngettext("{n} day left", "{n} days left", n)
"""
HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
PAY = 'msgid "Pay {amount}"\nmsgstr "Zahle {amount}"\n\n'
DAYS = (
    'msgid "{n} day left"\nmsgid_plural "{n} days left"\n'
    'msgstr[0] "noch {n} Tag"\nmsgstr[1] "noch {n} Tage"\n\n'
)


@pytest.mark.parametrize(
    ("catalogue", "faults"),
    [
        (PAY + DAYS, []),
        (DAYS, ["not translated: 'Pay {amount}'"]),
        (PAY.replace("Zahle {amount}", "") + DAYS, ["not translated: 'Pay {amount}'"]),
        ("#, fuzzy\n" + PAY + DAYS, ["fuzzy: 'Pay {amount}'"]),
        (
            PAY.replace("Zahle {amount}", "Zahle {sum}") + DAYS,
            ["other placeholders: 'Zahle {sum}'"],
        ),
        (PAY.replace("Zahle {amount}", "Zahle") + DAYS, ["other placeholders: 'Zahle'"]),
        (
            PAY.replace("Zahle {amount}", "<b>Zahle</b> {amount}") + DAYS,
            ["other markup: '<b>Zahle</b> {amount}'"],
        ),
        (PAY + DAYS.replace('noch {n} Tag"', 'noch ein Tag"'), []),
        (PAY + DAYS + 'msgid "Old"\nmsgstr "Alt"\n', ["said no more: 'Old'"]),
        (
            PAY + DAYS.replace("noch {n} Tage", ""),
            ["not translated: ('{n} day left', '{n} days left')"],
        ),
    ],
)
def test_a_catalogue_must_say_everything_the_shop_says(
    catalogue: str, faults: list[str], tmp_path: Path
) -> None:
    shop = tmp_path / "shop"
    shop.mkdir()
    (shop / "screen.py").write_text(SOURCE)
    path = tmp_path / "locales" / "de" / "LC_MESSAGES" / "telekiosk.po"
    path.parent.mkdir(parents=True)
    path.write_text(HEADER + catalogue)
    assert list(lacks(path, texts_of([shop]))) == faults
