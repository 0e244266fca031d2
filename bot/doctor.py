"""`telekiosk doctor`: tries each setting, token, key, clock and path, with a line for each."""

import socket
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bot.assemble import Parts, assemble
from bot.books_trouble import what_to_do
from bot.settings import Settings, load_settings
from bot.stocking import catalog_of
from bot.telegram import name_of
from shop.catalog.offers import has_catalog
from shop.catalog.products import STARS, Catalog
from shop.core.errors import BooksUnavailableError, ShopError
from shop.intake.backlog import backlog
from shop.ledger.balance import unbalanced
from shop.orders.ways import WayPolicy, WayRule, unshown
from shop.owner_file.choices import choices_of
from shop.ports import EndpointClosedError

_MOST_DRIFT = 30
_PATIENCE = 15.0
_REFUSALS = {401, 403, 404}
_CALLED_BY_NOBODY = {"stars", "telegram_cards", "transfer"}  # they have no webhook
_KEYS = {
    "stars": "TELEGRAM_BOT_TOKEN",
    "telegram_cards": "TELEGRAM_PROVIDER_TOKEN",
    "transfer": "TRANSFER_DETAILS",
}
_WEBHOOK_PORTS = {443, 80, 88, 8443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line: what was tried, whether it is fine (None: just worth knowing), what to do."""

    what: str
    is_fine: bool | None
    says: str


async def examine() -> bool:
    """Print every finding; returns True when nothing is broken."""
    table = Table(box=None, show_header=False, padding=(0, 1))
    is_well = True
    try:
        settings = load_settings()
        async for finding in _findings(settings):
            sign = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]![/]"}
            table.add_row(sign[finding.is_fine], escape(finding.what), escape(finding.says))
            is_well = is_well and finding.is_fine is not False
    except ShopError as error:
        for line in error.sentence.splitlines():
            table.add_row("[red]✗[/]", "settings", escape(line))
        is_well = False
    Console().print(table)
    return is_well


async def _findings(settings: Settings) -> AsyncIterator[Finding]:
    try:
        parts = assemble(settings)
    except ShopError as error:
        yield Finding(what="settings", is_fine=False, says=error.sentence)
        async with httpx.AsyncClient(timeout=_PATIENCE) as http:
            async for finding in _without_books(settings, http):
                yield finding
        return
    yield Finding(what="settings", is_fine=True, says="all readable")
    try:
        async for finding in _without_books(settings, parts.http):
            yield finding
        async for finding in _books(parts):
            yield finding
        yield await _catalog(parts)
        for name in parts.providers:
            yield await _provider(parts, name)
        if not parts.providers:
            says = "no way to pay is on: set a provider's keys, STARS=on or SANDBOX=on"
            yield Finding(what="payments", is_fine=False, says=says)
        try:
            for finding in _ways(parts):
                yield finding
        except ShopError:
            pass  # reported above, with the catalog
    finally:
        await parts.close()


async def _without_books(settings: Settings, http: httpx.AsyncClient) -> AsyncIterator[Finding]:
    async for finding in _telegram(settings, http):
        yield finding
    yield _addresses(settings)
    yield _staff(settings)


async def _telegram(settings: Settings, http: httpx.AsyncClient) -> AsyncIterator[Finding]:
    token = settings.telegram_bot_token.get_secret_value()
    if not token:
        says = "TELEGRAM_BOT_TOKEN is missing; @BotFather gives you one"
        yield Finding(what="Telegram", is_fine=False, says=says)
        return
    try:
        answer = await http.post(f"{settings.telegram_api_url}/bot{token}/getMe", json={})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        says = f"does not answer ({name_of(error)}); check the network or TELEGRAM_API_URL"
        yield Finding(what="Telegram", is_fine=False, says=says)
        return
    yield _bot(answer)
    yield _clock(answer)


def _bot(answer: httpx.Response) -> Finding:
    if answer.status_code in _REFUSALS:
        says = "does not know this TELEGRAM_BOT_TOKEN; copy it again from @BotFather"
        return Finding(what="Telegram", is_fine=False, says=says)
    try:
        name = str(answer.raise_for_status().json()["result"]["username"])
    except (httpx.HTTPStatusError, ValueError, KeyError, TypeError):
        says = f"answers HTTP {answer.status_code}, but not as Telegram; check TELEGRAM_API_URL"
        return Finding(what="Telegram", is_fine=False, says=says)
    return Finding(what="Telegram", is_fine=True, says=f"@{name} answers")


def _clock(answer: httpx.Response) -> Finding:
    try:
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (KeyError, ValueError):
        return Finding(what="clock", is_fine=None, says="could not be compared")
    drift = abs((datetime.now(UTC) - theirs).total_seconds())
    if drift > _MOST_DRIFT:
        says = f"{drift:.0f} s off: signatures will be refused; turn on time synchronisation"
        return Finding(what="clock", is_fine=False, says=says)
    return Finding(what="clock", is_fine=True, says=f"within {_MOST_DRIFT} s of Telegram's")


def _addresses(settings: Settings) -> Finding:
    with socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((settings.host, settings.port))
        except OSError as error:
            says = f"LISTEN {settings.listen}: {error.strerror}; is the shop running already?"
            return Finding(what="address", is_fine=None, says=says)
    url = httpx.URL(settings.address)
    if settings.telegram_mode == "webhook":
        port = url.port or 443
        if url.scheme != "https" or port not in _WEBHOOK_PORTS:
            says = "PUBLIC_URL: Telegram's webhooks need https on port 443, 80, 88 or 8443"
            return Finding(what="address", is_fine=False, says=says)
    if not settings.public_url:
        says = "PUBLIC_URL is not set: providers and payers reach this shop on this machine only"
        return Finding(what="address", is_fine=None, says=says)
    return Finding(what="address", is_fine=True, says=settings.public_url)


def _staff(settings: Settings) -> Finding:
    if not settings.staff_ids:
        says = "STAFF_IDS is empty: nobody can open /admin; put your own Telegram id there"
        return Finding(what="staff", is_fine=None, says=says)
    return Finding(what="staff", is_fine=True, says=f"{len(settings.staff_ids)} may open /admin")


async def _books(parts: Parts) -> AsyncIterator[Finding]:
    url = parts.settings.database_url.get_secret_value()
    try:
        applied = await parts.storage.open()
        found = await parts.storage.read(backlog)
        crooked = await parts.storage.read(unbalanced)
    except BooksUnavailableError as error:
        says = f"DATABASE_URL: {what_to_do(url, error)}"
        yield Finding(what="books", is_fine=False, says=says)
        return
    except ShopError as error:
        says = f"DATABASE_URL: {error.sentence}"
        yield Finding(what="books", is_fine=False, says=says)
        return
    says = f"{parts.storage.dialect} answers" + (", migrated just now" if applied else "")
    yield Finding(what="books", is_fine=True, says=says)
    balance = f"{len(crooked)} groups do not balance" if crooked else "balances"
    yield Finding(what="journal", is_fine=not crooked, says=balance)
    stuck = found.dead + sum(found.inbox_events.values())
    says = f"{stuck} things want a person: see /admin" if stuck else "nothing is stuck"
    yield Finding(what="queues", is_fine=None if stuck else True, says=says)
    for one in found.hidden:
        says = f"hidden from customers since {one.opened_at:%d %b %H:%M} UTC: {one.error}"
        yield Finding(what=one.provider, is_fine=False, says=says)
    if waits := found.held + found.unassigned:
        says = f"{waits} sums of money wait for a person's word: see /admin"
        yield Finding(what="money", is_fine=None, says=says)


async def _catalog(parts: Parts) -> Finding:
    try:
        plans = len(catalog_of(parts).plans)
    except ShopError as error:
        return Finding(what="catalog", is_fine=False, says=error.sentence)
    try:
        is_stocked = await parts.storage.read(has_catalog)
    except ShopError:
        is_stocked = False  # the books are reported above
    source = parts.settings.catalog or "the sample: set CATALOG to sell your own plans"
    is_fine = True if parts.settings.catalog or is_stocked else None
    return Finding(what="catalog", is_fine=is_fine, says=f"{plans} plans in {source}")


async def _provider(parts: Parts, name: str) -> Finding:
    provider = parts.providers[name]
    try:
        says = await provider.check()
    except ShopError as error:
        keys = _KEYS.get(name, f"{name.upper()}_…")
        says = f"{error.sentence.rstrip('.')}; check {keys} in your settings, and the network"
        return Finding(what=name, is_fine=False, says=says)
    try:
        provider.read_webhook({}, b"", now=parts.clock.now())
    except EndpointClosedError:
        if name not in _CALLED_BY_NOBODY:
            says += "; its webhook secret is not set, so payments are noticed by asking only"
            return Finding(what=name, is_fine=None, says=says)
    except ShopError:
        pass  # open, and it rightly refuses an empty call
    return Finding(what=name, is_fine=True, says=says)


def _ways(parts: Parts) -> Iterator[Finding]:
    """Which ways to pay the owner's rules show, and whether Telegram allows that."""
    catalog = catalog_of(parts)
    rules = choices_of(catalog.sections)[WayPolicy].rules
    hidden, off = unshown(rules, parts.providers)
    if hidden:
        says = f"{', '.join(hidden)}: on, but no [[way]] of the catalog shows it"
        yield Finding(what="ways", is_fine=None, says=says)
    if off:
        says = f"{', '.join(off)}: in a [[way]] of the catalog, but not on: set its keys"
        yield Finding(what="ways", is_fine=None, says=says)
    yield _stars(parts, catalog, rules)


def _stars(parts: Parts, catalog: Catalog, rules: Sequence[WayRule]) -> Finding:
    """Warn when digital goods are not sold for Stars; never an error, the owner may know why."""
    without = [
        plan.slug
        for plan in catalog.plans
        if not any(money.currency == STARS for each in plan.prices.values() for money in each)
    ]
    rule = "Telegram asks that digital goods sold inside it are paid in Stars"
    shown = [one for one in rules if one.provider == "stars"]
    is_hidden = bool(rules) and not shown
    if "stars" not in parts.providers or is_hidden:
        how = "show them in a [[way]]" if is_hidden else "STARS=on"
        says = f"{rule} ({how}); selling them otherwise is your decision and risk"
    elif shown and all(one.is_narrow_for(STARS) for one in shown):
        says = f"{rule}; your [[way]] shows them to some people or for some plans only"
    elif without:
        says = f"{rule}; without a price in XTR: {', '.join(without)}"
    else:
        return Finding(what="Telegram's rules", is_fine=True, says="Stars are offered")
    return Finding(what="Telegram's rules", is_fine=None, says=says)
