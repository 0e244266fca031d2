"""How fast the clock asks about 10,000 open payments, should every webhook have been lost."""

import asyncio
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks.engines import Engine
from benchmarks.orders import POLICY, stock
from benchmarks.providers import open_with
from benchmarks.tables import milliseconds, show, thousands
from bot.clocks import SystemClock
from payments.cryptopay import CryptoPay
from shop.books.books import Books
from shop.books.opening import Storage, storage_at
from shop.checkout.pages import note_page
from shop.intake.polling import ask_about, claim_polls
from shop.ports import PaymentPage, PaymentProvider
from tests.fixtures.tables import Tables
from tests.standins.server import serve

_PAYMENTS = 10_000
_AT_ONCE = 50  # as the clock's door takes them
_TOKEN = "1:benchmark"  # noqa: S105 - it opens nothing
_TOGETHER = 100


class _Later:
    """The time at which all of them are due."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return datetime.now(UTC).replace(microsecond=0) + self._ahead


def polling(engine: Engine) -> None:
    """Print one line for each answer a provider may give."""
    rows = [(answer, *asyncio.run(_poll(engine.fresh(), answer))) for answer in ("active", "paid")]
    show(
        f"polling: {_PAYMENTS:,} open payments asked about over HTTP, {engine.name}",
        ("the provider says", "asked and noted a second", "in all", "of it claiming"),
        [
            (
                f"{answer}: " + ("nothing yet" if answer == "active" else "settled"),
                thousands(_PAYMENTS / took),
                f"{took:.1f} s",
                milliseconds(claimed),
            )
            for answer, took, claimed in rows
        ],
        f"{_AT_ONCE} at once, as the clock does; the provider is a stand-in in this process, so "
        "its own work is in the figures.",
    )


async def _poll(url: str, answer: str) -> tuple[float, float]:
    storage = storage_at(url)
    await storage.open()
    now = datetime.now(UTC).replace(microsecond=0)
    await stock(storage, now=now)
    for start in range(1, _PAYMENTS + 1, _TOGETHER):
        await storage.run(_open_some, range(start, start + _TOGETHER), now=now)
    with ExitStack() as stack:
        api = stack.enter_context(serve(_api(answer)))
        async with httpx.AsyncClient() as http:
            provider = CryptoPay(
                token=_TOKEN, webhook_tokens=_TOKEN, clock=SystemClock(), http=http, api_url=api
            )
            found = await _ask_all(storage, {provider.name: provider})
    await storage.close()
    settled = Tables(url).one("SELECT COUNT(*) FROM receipts WHERE verdict = 'paid'")
    assert settled == (_PAYMENTS if answer == "paid" else 0)
    return found


async def _ask_all(storage: Storage, providers: dict[str, PaymentProvider]) -> tuple[float, float]:
    clock, asked, claiming = _Later(timedelta(minutes=2)), 0, 0.0
    began = time.perf_counter()
    while asked < _PAYMENTS:
        before = time.perf_counter()
        due = await storage.run(claim_polls, now=clock.now(), most=_AT_ONCE)
        claiming += time.perf_counter() - before
        assert due
        await asyncio.gather(
            *(ask_about(storage, providers, one, policy=POLICY, clock=clock) for one in due)
        )
        asked += len(due)
    return time.perf_counter() - began, claiming


def _open_some(books: Books, customers: range, *, now: datetime) -> None:
    for payment in open_with(books, customers, provider="cryptopay", currency="EUR", now=now):
        page = PaymentPage(provider_ref=f"{payment.id}", url="https://t.me/CryptoBot")
        note_page(books, payment, page)


def _api(status: str) -> Starlette:
    """Answer getInvoices with the one that was asked for; its payload is made of its number."""

    async def answer(request: Request) -> Response:
        params = await request.json()
        invoice = {
            "invoice_id": int(params["invoice_ids"]),
            "currency_type": "fiat",
            "fiat": "EUR",
            "amount": "7.99",
            "status": status,
            "payload": "",
        }
        return JSONResponse({"ok": True, "result": {"items": [invoice]}})

    return Starlette(routes=[Route("/api/getInvoices", answer, methods=["POST"])])
