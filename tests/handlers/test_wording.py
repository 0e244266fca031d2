import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import handlers
from handlers.wording import Html, paragraphs, speak
from locales import catalogue_path
from shop.core.intervals import Interval
from shop.core.money import Money

NOW = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("tag", "money", "words"),
    [
        ("en", Money(799, "EUR"), "€7.99"),
        ("de", Money(799, "EUR"), "7,99\N{NO-BREAK SPACE}€"),
        ("de-CH", Money(799, "CHF"), "CHF\N{NO-BREAK SPACE}7.99"),
        ("es", Money(123456, "USD"), "1.234,56\N{NO-BREAK SPACE}US$"),
        ("en", Money(450, "XTR"), "⭐\N{NO-BREAK SPACE}450"),
        ("en", Money(1250, "JPY"), "¥1,250"),
        ("en", Money(1250, "KWD"), "KWD1.250"),
    ],
)
def test_money_is_written_as_people_write_it(tag: str, money: Money, words: str) -> None:
    assert speak(tag).money(money) == words


@pytest.mark.parametrize(
    ("tag", "key", "words"),
    [
        ("en", "1m", "1 month"),
        ("en", "12m", "1 year"),
        ("en", "24m", "2 years"),
        ("de", "3m", "3 Monate"),
        ("de", "7d", "7 Tage"),
        ("es", "1d", "1 día"),
        ("xx", "1m", "1 month"),
    ],
)
def test_lengths_of_time_have_their_plural(tag: str, key: str, words: str) -> None:
    assert speak(tag).interval(Interval.from_key(key)) == words


@pytest.mark.parametrize(
    ("tag", "until", "words"),
    [
        ("en", NOW + timedelta(days=12, hours=5), "12 days left"),
        ("en", NOW + timedelta(hours=23), "23 hours left"),
        ("en", NOW + timedelta(minutes=5), "less than an hour left"),
        ("de", NOW + timedelta(days=1), "noch 1 Tag"),
        ("es", NOW + timedelta(days=2), "quedan 2 días"),
    ],
)
def test_what_is_left_is_said_in_whole_units(tag: str, until: datetime, words: str) -> None:
    assert speak(tag).left(until, now=NOW) == words


@pytest.mark.parametrize(
    ("tag", "until", "words"),
    [
        ("en", datetime(2027, 2, 3, 23, 30, tzinfo=UTC), "February 4, 2027"),
        ("en-GB", datetime(2027, 2, 3, 12, tzinfo=UTC), "3 February 2027"),
        ("de", datetime(2026, 11, 3, 17, tzinfo=UTC), "3. November 2026, 18:00 Uhr"),
    ],
)
def test_a_day_is_the_day_where_the_person_lives(tag: str, until: datetime, words: str) -> None:
    assert speak(tag, "Europe/Berlin").moment(until, now=NOW) == words


def test_whatever_people_write_is_escaped_once() -> None:
    _ = speak("en")
    hello = _("Hello {name}!", name="<b>&")
    assert hello == "Hello &lt;b&gt;&amp;!"
    assert _("{plan}, {time}", plan=hello, time="") == "Hello &lt;b&gt;&amp;!, "
    assert hello.plain == "Hello <b>&!"


def test_empty_parts_leave_no_gap() -> None:
    assert paragraphs("a", Html(""), "b") == "a\n\nb"


def test_every_text_is_said_by_the_name_that_the_extractor_knows() -> None:
    missed = re.compile(r"(speech|self)\(\s*\"")
    folder = Path(handlers.__file__).parent
    assert [path.name for path in folder.rglob("*.py") if missed.search(path.read_text())] == []


def texts_of(language: str) -> list[tuple[str, str, frozenset[str]]]:
    """Every text of a language: what is said in English, each form of it, and the folders."""
    with catalogue_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language)
    found = []
    for message in catalogue:
        ids, strings = (
            (one,) if isinstance(one, str) else tuple(one or ())
            for one in (message.id, message.string)
        )
        folders = frozenset(str(Path(path).parent) for path, _line in message.locations)
        found += [(ids[0], string, folders) for string in strings if ids[0]]
    return found


FORMAL_SPANISH = re.compile(
    r"\b(usted(es)?|abra|apruebe|busque|compruébelo|devuelva|elija|envíe\w*|escriba|escríba\w*|"
    r"espere|guarde|haga|inténtelo|indique|míre(lo)?|mire|pague|pida|pulse|"
    r"súbalo|transfiera|vea|quiere devolver|ha visto)\b",
    re.IGNORECASE,
)
FAMILIAR_GERMAN = re.compile(r"\b(du|dir|dich|dein\w*|euch|euer|eure\w*)\b", re.IGNORECASE)
# Who reads these is the customer, so nothing in them is a third person's.
TO_CUSTOMERS = frozenset({"handlers/customer", "handlers/http", "payments"})
SPANISH_HIS = re.compile(r"\b(su|sus|suy[oa]s?)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("language", "other"), [("de", FAMILIAR_GERMAN), ("es", FORMAL_SPANISH)], ids=["de", "es"]
)
def test_people_are_addressed_in_one_way(language: str, other: re.Pattern[str]) -> None:
    assert [text for _, text, _ in texts_of(language) if other.search(text)] == []


def test_a_spanish_customer_reads_of_what_is_yours_not_his() -> None:
    texts = [text for _, text, folders in texts_of("es") if folders <= TO_CUSTOMERS]
    assert [text for text in texts if SPANISH_HIS.search(text)] == []


@pytest.mark.parametrize(
    ("language", "word", "instead"),
    [
        ("de", r"(der|dieser|im|den) Laden\b", "Shop"),
        ("de", r"Probezeit", "Testphase"),
        ("de", r"\bvon selbst\b", "automatisch"),
        ("de", r"\bBriefe?\b", "Meldung"),
        ("de", r"Banküberweisung", "Überweisung"),
        ("es", r"monedero", "saldo, of other people's coins cartera"),
        ("es", r"de otra manera", "de otra forma"),
        ("es", r"\bcarta\b", "notificación"),
        ("es", r"aceptada", "aprobada"),
    ],
)
def test_the_same_thing_has_the_same_name(language: str, word: str, instead: str) -> None:
    known = re.compile(word, re.IGNORECASE)
    assert [text for _, text, _ in texts_of(language) if known.search(text)] == [], instead


@pytest.mark.parametrize("language", ["de", "es"])
def test_a_button_that_a_text_names_has_that_name(language: str) -> None:
    texts = texts_of(language)
    names = {english: text for english, text, _ in texts}
    quoted = [
        (text, names[name])
        for english, text, _ in texts
        for name in re.findall("“([^”]+)”", english)
        if name in names
    ]
    assert quoted
    assert [
        pair for pair in quoted if not re.search(f"[„«]{re.escape(pair[1])}[“»]", pair[0])
    ] == []
