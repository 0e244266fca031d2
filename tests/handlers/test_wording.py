import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import handlers
from handlers.wording import Html, paragraphs, speak
from locales import catalogue_path
from shop.rules.money import Money
from shop.rules.periods import Interval

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


@pytest.mark.parametrize(
    ("language", "other_address"),
    [
        ("de", r"\b(du|dich|dir|dein\w*|euch|euer)\b"),
        ("es", r"\b(usted|escr[ií]ba(nos|lo)?|elija|abra|envíe|pague|espere|pulse|le avisamos)\b"),
    ],
)
def test_everybody_is_addressed_in_one_way(language: str, other_address: str) -> None:
    catalogue = read_po(BytesIO(catalogue_path(language).read_bytes()), locale=language)
    said = [
        text
        for message in catalogue
        if message.id
        for text in (message.string if isinstance(message.string, tuple) else [message.string])
    ]
    assert len(said) > 100
    assert [text for text in said if re.search(other_address, str(text), re.IGNORECASE)] == []
