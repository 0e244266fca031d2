"""NOWPayments' invoices over HTTP, and its notifications, signed as JavaScript would."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.moods import Delivery, Moody

KEY = "NOWPAY-KEY-OF-THE-STAND-IN"
SECRET = "ipn-secret-of-the-stand-in"

Json = dict[str, Any]
_FIAT = frozenset({"usd", "eur", "gbp", "brl", "nzd"})


def _now() -> datetime:
    return datetime.now(UTC)


class NowServer(Moody):
    """An account; `choose` makes a payment of an invoice, `change` moves it on."""

    def __init__(self, *, now: Callable[[], datetime] = _now, secret: str = SECRET) -> None:
        super().__init__(refuse=_quote_key)
        self.now = now
        self.secret = secret
        self.url = ""
        self.may_list = True
        self.least: dict[str, str] = {"trx": "0.01"}
        self.invoices: dict[str, Json] = {}
        self.payments: dict[str, Json] = {}
        self.bodies: list[bytes] = []
        self._numbers = count(4_000_000_001)
        self.app = Starlette(
            routes=[
                Route("/v1/invoice", self.moody(self._create), methods=["POST"]),
                Route("/v1/payment/", self.moody(self._list)),
                Route("/v1/merchant/coins", self.moody(self._coins)),
                Route("/v1/min-amount", self.moody(self._min_amount)),
            ]
        )

    def choose(self, invoice_id: str, coin: str = "trx") -> str:
        """Let the customer pick a coin: an invoice may have several payments."""
        invoice, number = self.invoices[invoice_id], next(self._numbers)
        self.payments[str(number)] = {
            "payment_id": number,
            "parent_payment_id": None,
            "invoice_id": int(invoice_id),
            "payment_status": "waiting",
            "pay_address": "TXaddress",
            "price_amount": invoice["price_amount"],
            "price_currency": invoice["price_currency"],
            "pay_amount": 31.5,
            "actually_paid": 0,
            "actually_paid_at_fiat": 0,
            "pay_currency": coin,
            "order_id": invoice["order_id"],
            "order_description": invoice["order_description"],
            "purchase_id": "5312345678",
            "outcome_amount": 0.5,
            "outcome_currency": "usdttrc20",
            "fee": {"currency": "trx", "depositFee": 0.25, "withdrawalFee": 0, "serviceFee": 0},
        }
        return str(number)

    def change(self, payment_id: str, status: str, **more: object) -> Delivery:
        """Move a payment on."""
        self.payments[payment_id] |= {"payment_status": status, **more}
        return self.notice(payment_id)

    def pay(self, invoice_id: str) -> Delivery:
        """Pay in full."""
        return self.change(self.choose(invoice_id), "finished", actually_paid=31.5)

    def notice(self, payment_id: str) -> Delivery:
        """Tell of a payment as it is."""
        return self.signed(json.dumps(self.payments[payment_id], separators=(",", ":")).encode())

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        """Sign a body: an object with its names sorted, anything else as it is."""
        del at
        code = hmac.new((secret or self.secret).encode(), _form(body), "sha512").hexdigest()
        return Delivery(headers={"x-nowpayments-sig": code}, body=body)

    async def _create(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        self.bodies.append(await request.body())
        wanted = await request.json()
        needed = {"price_amount", "price_currency", "order_id"}
        is_number = type(wanted.get("price_amount")) in {int, float}
        if not (is_number and needed <= wanted.keys()):
            return JSONResponse({"statusCode": 400, "message": "price_amount is required"}, 400)
        invoice_id = str(next(self._numbers))
        self.invoices[invoice_id] = wanted
        url = f"https://nowpayments.io/payment/?iid={invoice_id}"
        answer = wanted | {"price_amount": str(wanted["price_amount"])}
        return JSONResponse({**answer, "id": invoice_id, "invoice_url": url})

    async def _list(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        if not self.may_list:
            return JSONResponse({"code": "AUTH_REQUIRED", "message": "Bearer JWT required"}, 401)
        wanted = request.query_params.get("invoiceId")
        rows = [r for r in self.payments.values() if wanted in (None, str(r["invoice_id"]))]
        return JSONResponse({"data": rows, "limit": 500, "page": 0, "total": len(rows)})

    async def _coins(self, request: Request) -> Response:
        coins = [coin.upper() for coin in self.least]
        return _unauthorized(request) or JSONResponse({"selectedCurrencies": coins})

    async def _min_amount(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        coin = request.query_params["currency_from"]
        is_off = self.least.get(coin, "refused") == "refused"
        if is_off or request.query_params["fiat_equivalent"] not in _FIAT:
            return JSONResponse({"statusCode": 400, "message": f"Currency {coin} is off"}, 400)
        worth = float(self.least[coin])
        told = {"currency_from": coin, "currency_to": "usdttrc20", "min_amount": 2.5}
        return JSONResponse({**told, "fiat_equivalent": worth})


def _form(body: bytes) -> bytes:
    """Write sorted, where Python and JavaScript would write the same."""
    try:
        thing = json.loads(body, object_hook=_as_javascript_sorts)
        text = json.dumps(thing, separators=(",", ":"), ensure_ascii=False)
        return text.encode() if isinstance(thing, dict) else body
    except (ValueError, RecursionError):
        return body


def _as_javascript_sorts(thing: dict[str, Any]) -> dict[str, Any]:
    """By UTF-16 units: what lies beyond the first plane comes before U+E000."""
    return dict(sorted(thing.items(), key=lambda one: one[0].encode("utf-16-be")))


def _unauthorized(request: Request) -> Response | None:
    if request.headers.get("x-api-key") == KEY:
        return None
    return JSONResponse({"statusCode": 403, "message": "Invalid api key"}, 403)


def _quote_key(request: Request) -> dict[str, object]:
    return {"statusCode": 400, "message": f"Not with {request.headers.get('x-api-key')}."}
