"""Texts, money and dates in one person's language."""

import html
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from gettext import NullTranslations
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_currency, format_decimal

import locales
from shop.access.reminder_rules import zone_of
from shop.catalog.products import STARS, Texts, text_in
from shop.core.intervals import Interval, Unit
from shop.core.money import Money

_TAG = re.compile(r"<[^>]+>")
_MONTHS_A_YEAR = 12
_SOON = timedelta(hours=48)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


class Html(str):
    """Text that is ready for Telegram: what people wrote is already escaped."""

    __slots__ = ()

    @property
    def plain(self) -> str:
        """The same without markup, for buttons and toasts."""
        return html.unescape(_TAG.sub("", self))


def escape(text: str) -> Html:
    """Escape a text that came from outside."""
    return text if isinstance(text, Html) else Html(html.escape(text, quote=False))


def paragraphs(*parts: Html | str) -> Html:
    """Join parts with an empty line between them; empty parts are left out."""
    return Html("\n\n".join(part for part in parts if part))


def lines(*parts: Html | str) -> Html:
    """Join parts as lines; empty parts are left out."""
    return Html("\n".join(part for part in parts if part))


def speak(tag: str, zone: str = "UTC") -> "Speech":
    """The speech for a language tag and a time zone."""
    language = locales.nearest(tag)
    return Speech(
        tag=tag,
        language=language,
        locale=_locale(tag, language),
        zone=zone_of(zone),
        catalogue=locales.translations(language),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How to talk to one person; `tag` is their full IETF tag, for the owner's texts."""

    tag: str
    language: str
    locale: Locale
    zone: ZoneInfo
    catalogue: NullTranslations

    @property
    def direction(self) -> str:
        """The writing direction: `ltr` or `rtl`."""
        return "rtl" if self.locale.text_direction == "rtl" else "ltr"

    def __call__(self, text: str, **facts: object) -> Html:
        """One of the shop's texts, with the facts filled in and escaped."""
        return _filled(self.catalogue.gettext(text), facts)

    def ngettext(self, one: str, many: str, n: int, **facts: object) -> Html:
        """A text that counts: `{n}` is the number."""
        text = self.catalogue.ngettext(one, many, n)
        return _filled(text, {"n": format_decimal(n, locale=self.locale), **facts})

    def own(self, texts: Texts) -> Html:
        """One of the owner's texts."""
        return escape(text_in(texts, self.tag).strip())

    def money(self, money: Money) -> Html:
        """An amount: `€7.99`, `7,99 €`, `⭐ 450`."""
        if money.currency == STARS:
            return Html(f"⭐\N{NO-BREAK SPACE}{format_decimal(money.minor, locale=self.locale)}")
        return escape(
            format_currency(
                money.decimal(), money.currency, locale=self.locale, decimal_quantization=False
            )
        )

    def date(self, moment: datetime) -> Html:
        """A day, in full: `3 February 2027`."""
        return escape(format_date(moment.astimezone(self.zone), "long", locale=self.locale))

    def day(self, moment: datetime) -> Html:
        """A day in short, for lists: `3 Feb`."""
        return escape(
            format_skeleton("MMMd", moment, tzinfo=self.zone, locale=self.locale, fuzzy=True)
        )

    def clock(self, moment: datetime) -> Html:
        """A time of day."""
        return escape(format_time(moment, "short", tzinfo=self.zone, locale=self.locale))

    def moment(self, moment: datetime, *, now: datetime) -> Html:
        """A day; with the time of day when it is near."""
        if abs(moment - now) > _SOON:
            return self.date(moment)
        _ = self
        return _("{date}, {time}", date=self.date(moment), time=self.clock(moment))

    def interval(self, interval: Interval) -> Html:
        """A length of time: `3 months`."""
        n = interval.count
        if interval.unit is Unit.DAY:
            return self.ngettext("{n} day", "{n} days", n)
        if n % _MONTHS_A_YEAR:
            return self.ngettext("{n} month", "{n} months", n)
        return self.ngettext("{n} year", "{n} years", n // _MONTHS_A_YEAR)

    def left(self, until: datetime, *, now: datetime) -> Html:
        """The time left, to the nearest whole unit: a month just bought has 31 days."""
        rest = until - now
        if rest >= _DAY:
            return self.ngettext("{n} day left", "{n} days left", round(rest / _DAY))
        if rest >= _HOUR:
            return self.ngettext("{n} hour left", "{n} hours left", round(rest / _HOUR))
        _ = self
        return _("less than an hour left")


def _filled(text: str, facts: dict[str, object]) -> Html:
    return Html(text.format_map({key: escape_fact(fact) for key, fact in facts.items()}))


def escape_fact(fact: object) -> Html:
    """Escape any value."""
    return fact if isinstance(fact, Html) else escape(str(fact))


@cache
def _locale(tag: str, language: str) -> Locale:
    """The person's regional format if we speak their language, else the language's own."""
    try:
        own = Locale.parse(tag, sep="-" if "-" in tag else "_")
    except (ValueError, UnknownLocaleError, TypeError):
        return Locale.parse(language)
    return own if own.language == language else Locale.parse(language)
