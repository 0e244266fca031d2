"""Reads a catalog from TOML: all of it is right, or every mistake is told with its line."""

import re
import tomllib
from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from shop.catalog.products import (
    MOST_STARS,
    MOST_STARS_AT_ONCE,
    STAR_TERM,
    STARS,
    Catalog,
    Channel,
    Plan,
    Setup,
    Shopfront,
    Terms,
)
from shop.core.currencies import CURRENCIES
from shop.core.errors import BadInputError
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.owner_file.amounts import amounts_by_currency
from shop.owner_file.choices import Known, read_choices, sections_of
from shop.owner_file.page import BadCatalogError, Fault, Page, Table, meant

# https://core.telegram.org/bots/api#sendinvoice: a title has 32 characters, a description 255;
# a message 4096, less what stands around the text.
_TITLE, _DESCRIPTION, _MESSAGE = 32, 255, 3800
_SLUG = r"[a-z0-9_]{1,24}"  # it travels in callback data, which has 64 bytes
_CHANNEL_ID = r"[A-Za-z0-9_.-]{1,64}"
_URL = r"https?://[^\s{}\"<>]+(?:\{token\}[^\s{}\"<>]*)*"
_URL_HINT = "write an http(s) address; only {token} may stand in braces"
_SYNTAX_LINE = re.compile(r"^(.*) \(at (?:line (\d+), column \d+|end of document)\)$", re.DOTALL)


def load_catalog(path: Path, *, known: Known) -> Catalog:
    """The catalog in this file; raises `BadCatalogError` with all that is wrong with it.

    `known` is what it may name.
    """
    try:
        text = path.read_text("utf-8-sig")
    except OSError as error:
        reason = f"{path} cannot be read: {error.strerror or error}."
        raise BadInputError(reason=reason) from error
    except UnicodeDecodeError as error:
        line = path.read_bytes().count(b"\n", 0, error.start) + 1
        fault = Fault(line=line, reason="this is not UTF-8; save the file as UTF-8.")
        raise BadCatalogError(str(path), [fault]) from error
    return read_catalog(text, name=str(path), known=known)


def read_catalog(text: str, *, name: str, known: Known) -> Catalog:
    """The catalog in this TOML; `name` stands before the line in what is wrong."""
    text = text.replace("\r\n", "\n")
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadCatalogError(name, [_syntax_fault(error, text)]) from error
    page = Page(text)
    catalog = _catalog(Table(page, (), values), known)
    if page.faults:
        raise BadCatalogError(name, page.faults)
    return catalog


def _syntax_fault(error: tomllib.TOMLDecodeError, text: str) -> Fault:
    found = _SYNTAX_LINE.match(str(error))
    reason = found[1] if found else str(error)
    last = text.count("\n") + 1
    return Fault(line=int(found[2]) if found and found[2] else last, reason=f"{reason}.")


def _catalog(top: Table, known: Known) -> Catalog:
    shop = top.table("shop")
    currency = _base_currency(shop) if shop else ""
    plans = tuple(_plan(table, currency, known.connectors) for table in top.tables("plan"))
    if not plans:
        top.refuse("plan", "there is no [[plan]]; a shop needs something to sell.")
    slugs = [plan.slug for plan in plans]
    _refuse_repeats(top, "plan", "slug", slugs)
    setup = tuple(_setup(table) for table in top.tables("setup"))
    channels = tuple(_channel(table, slugs) for table in top.tables("channel"))
    _refuse_repeats(top, "channel", "id", [channel.id for channel in channels])
    read_choices(top, known=replace(known, plans=slugs))
    front = Shopfront(name={})
    if shop:
        front = _front(shop, setup, channels)
        if not front.stream_url and not all(channel.url for channel in channels):
            shop.refuse("stream_url", "a channel without url needs the shop's stream_url.")
        shop.refuse_unknown()
    top.refuse_unknown()
    return Catalog(currency=currency, front=front, plans=plans, sections=sections_of(top.values))


def _base_currency(shop: Table) -> str:
    currency = shop.text("currency", most=5)
    if currency and currency not in CURRENCIES:
        near = meant(currency, CURRENCIES)
        shop.refuse("currency", f"{currency!r} is not a currency such as EUR.{near}")
        return ""
    return currency


def _front(shop: Table, setup: tuple[Setup, ...], channels: tuple[Channel, ...]) -> Shopfront:
    return Shopfront(
        name=shop.texts("name", most=64, is_needed=True),
        greeting=shop.texts("greeting", most=1000),
        terms=shop.texts("terms", most=_MESSAGE),
        privacy=shop.texts("privacy", most=_MESSAGE),
        support=shop.text("support", most=200, default=""),
        stream_url=shop.text("stream_url", most=500, default="", like=_URL, hint=_URL_HINT),
        setup=setup,
        channels=channels,
    )


def _plan(table: Table, currency: str, connectors: Collection[str] | None) -> Plan:
    stars = table.whole("star_subscription", default=0, least=0, most=MOST_STARS)
    plan = Plan(
        slug=table.text("slug", most=24, like=_SLUG, hint="use a-z, 0-9 and _"),
        name=table.texts("name", most=_TITLE, is_needed=True),
        description=table.texts("description", most=_DESCRIPTION, is_needed=True),
        screens=table.whole("screens", default=1, least=1, most=1000),
        connector=_connector(table, connectors),
        trial_days=table.whole("trial_days", default=0, least=0, most=90),
        terms=Terms(
            grace_days=table.whole("grace_days", default=3, least=0, most=60),
            keep_days=table.whole("keep_days", default=14, least=0, most=365),
        ),
        prices=_with_stars(table, _prices(table.table("prices"), currency), stars),
        star_subscription=stars,
    )
    table.refuse_unknown()
    return plan


def _with_stars(
    table: Table, prices: dict[Interval, tuple[Money, ...]], stars: int
) -> dict[Interval, tuple[Money, ...]]:
    """The prices with that of the Star subscription, which is one like any other."""
    if not stars:
        return prices
    usual = prices.get(STAR_TERM, ())
    if any(money.currency == STARS for money in usual):
        reason = "30 days have a price in XTR already; the subscription's takes its place."
        table.refuse("star_subscription", reason)
    return {**prices, STAR_TERM: (*usual, Money(stars, STARS))}


def _connector(table: Table, connectors: Collection[str] | None) -> str:
    usual = next(iter(connectors or ()), None)
    name = table.text("connector", most=24, default=usual)
    if name and connectors is not None and name not in connectors:
        known = " or ".join(sorted(connectors))
        near = meant(name, connectors)
        table.refuse("connector", f"connector {name!r} is not known; write {known}.{near}")
    return name


def _prices(table: Table | None, base: str) -> dict[Interval, tuple[Money, ...]]:
    found: dict[Interval, tuple[Money, ...]] = {}
    if table is None:
        return found
    if not table.values:
        table.refuse("", 'a plan needs a price, such as "1 month" = { EUR = "7.99" }.')
    for words, amounts in table.values.items():
        try:
            interval = Interval.from_words(words)
        except BadInputError as error:
            table.refuse(words, error.sentence)
            continue
        if interval in found:
            table.refuse(words, f"{words!r} is priced twice (as {interval.words()!r}).")
        found[interval] = amounts_by_currency(table, words, amounts)
        stars = [one.minor for one in found[interval] if one.currency == STARS]
        if any(minor > MOST_STARS_AT_ONCE for minor in stars):
            table.refuse(words, f"Telegram takes {MOST_STARS_AT_ONCE} Stars at most at once.")
        if base and isinstance(amounts, dict) and base not in amounts:
            table.refuse(words, f"{words!r} has no price in {base}, the shop's own currency.")
    return found


def _setup(table: Table) -> Setup:
    setup = Setup(
        device=table.texts("device", most=_TITLE, is_needed=True),
        steps=table.texts("steps", most=_MESSAGE, is_needed=True),
    )
    table.refuse_unknown()
    return setup


def _channel(table: Table, slugs: list[str]) -> Channel:
    channel = Channel(
        id=table.text("id", most=64, like=_CHANNEL_ID, hint="use letters, 0-9, _ . and -"),
        name=table.text("name", most=100),
        group=table.text("group", most=100, default=""),
        logo=table.text("logo", most=500, default="", like=_URL, hint=_URL_HINT),
        url=table.text("url", most=500, default="", like=_URL, hint=_URL_HINT),
        plans=table.words("plans"),
    )
    for slug in channel.plans:
        if slug not in slugs:
            table.refuse("plans", f"there is no plan {slug!r}.{meant(slug, slugs)}")
    table.refuse_unknown()
    return channel


def _refuse_repeats(top: Table, name: str, key: str, values: list[str]) -> None:
    for i, value in enumerate(values):
        if value and value in values[:i]:
            top.page.refuse((name, i, key), f"{key} {value!r} is used twice.")
