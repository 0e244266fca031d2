"""As much of a BTCPay Server's Greenfield API as a shop needs: one store, its invoices."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.moods import Delivery, Moody

KEY = "greenfield-key-of-the-stand-in"
STORE = "store1"
SECRET = "btcpay-webhook-secret"
RATE = "50000"

Json = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class BTCPayServer(Moody):
    """A store; `pay` and its kin change an invoice and return the signed webhook."""

    def __init__(self, *, now: Callable[[], datetime] = _now, secret: str = SECRET) -> None:
        super().__init__()
        self.now = now
        self.secret = secret
        self.invoices: dict[str, Json] = {}
        self.payments: dict[str, list[Json]] = {}
        self.pulls: list[Json] = []
        self.payouts: dict[str, list[Json]] = {}
        self._numbers = count(1)
        base = f"/api/v1/stores/{STORE}/invoices"
        self.app = Starlette(
            routes=[
                Route(base, self.moody(self._create), methods=["POST"]),
                Route(base, self.moody(self._list)),
                Route(f"{base}/{{id}}", self.moody(self._get)),
                Route(f"{base}/{{id}}/payment-methods", self.moody(self._methods)),
                Route(f"{base}/{{id}}/refund", self.moody(self._refund), methods=["POST"]),
                Route(f"/api/v1/stores/{STORE}/pull-payments", self.moody(self._pulls)),
                Route("/api/v1/pull-payments/{id}/payouts", self.moody(self._payouts)),
            ]
        )

    def see(self, invoice_id: str, value: str = "", *, fee: str = "0") -> Delivery:
        """Find a payment that has yet to be confirmed; by default of the whole price."""
        price = Decimal(self.invoices[invoice_id]["amount"])
        number = next(self._numbers)
        payment = {
            "id": f"{number:064x}-0",
            "receivedDate": self._unix(),
            "value": value or f"{price / Decimal(RATE):.8f}",
            "fee": fee,
            "status": "Processing",
            "destination": "bc1q",
        }
        self.payments[invoice_id].append(payment)
        return self._news(
            invoice_id, "InvoiceReceivedPayment", paymentMethodId="BTC-CHAIN", payment=payment
        )

    def settle(self, invoice_id: str, status: str = "Settled", more: str = "None") -> Delivery:
        """Confirm every payment, and bring the invoice to an end."""
        for payment in self.payments[invoice_id]:
            payment["status"] = "Settled"
        if (status, more) == ("Settled", "None"):
            status, more = self._judged(invoice_id)
        return self.end(invoice_id, status, more)

    def _judged(self, invoice_id: str) -> tuple[str, str]:
        """Settled, or Expired where too little came; late and too much have names as well."""
        invoice = self.invoices[invoice_id]
        net = (Decimal(one["value"]) - Decimal(one["fee"]) for one in self.payments[invoice_id])
        counted = (sum(net, Decimal(0)) * Decimal(RATE)).quantize(Decimal("0.01"))
        price = Decimal(invoice["amount"])
        if counted < price:
            return "Expired", "PaidPartial"
        if self._unix() > invoice["expirationTime"]:
            return "Settled", "PaidLate"
        return "Settled", "PaidOver" if counted > price else "None"

    def pay(self, invoice_id: str, value: str = "") -> Delivery:
        """Pay, by default what is asked, and have it confirmed."""
        self.see(invoice_id, value)
        return self.settle(invoice_id)

    def end(self, invoice_id: str, status: str, more: str = "None") -> Delivery:
        """Let the invoice run out, become invalid, or be marked by hand."""
        self.invoices[invoice_id] |= {"status": status, "additionalStatus": more}
        return self._news(invoice_id, f"Invoice{status}", manuallyMarked=more == "Marked")

    def mark(self, invoice_id: str, status: str) -> Delivery:
        """Have the merchant mark it settled or invalid; its payments stay what they are."""
        return self.end(invoice_id, status, "Marked")

    def drop(self, invoice_id: str) -> Delivery:
        """Let the chain lose the latest payment: replaced, or reorganised away.

        An invoice that was settled stays so: BTCPay itself tells of it only when asked.
        """
        self.payments[invoice_id][-1]["status"] = "Invalid"
        return self._news(invoice_id, "InvoiceReceivedPayment")

    def claim(self, pull_id: str) -> None:
        """Let the customer take the money, and the server send it."""
        [pull] = [one for one in self.pulls if one["id"] == pull_id]
        paid = {"state": "Completed", "originalAmount": pull["amount"], "payoutAmount": "0.1"}
        self.payouts[pull_id].append(paid)

    def event(self, kind: str, **more: object) -> Delivery:
        """Send a signed event of any kind."""
        delivery_id = f"delivery{next(self._numbers)}"
        body = {
            "deliveryId": delivery_id,
            "webhookId": "hook1",
            "originalDeliveryId": delivery_id,
            "isRedelivery": False,
            "type": kind,
            "timestamp": self._unix(),
            "storeId": STORE,
            **more,
        }
        return self.signed(json.dumps(body).encode())

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        """Sign any body as BTCPay does; no time is part of it."""
        del at
        code = hmac.new((secret or self.secret).encode(), body, "sha256").hexdigest()
        return Delivery(headers={"btcpay-sig": f"sha256={code}"}, body=body)

    def _news(self, invoice_id: str, kind: str, **more: object) -> Delivery:
        metadata = self.invoices[invoice_id]["metadata"]
        return self.event(kind, invoiceId=invoice_id, metadata=metadata, **more)

    async def _create(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        wanted = await request.json()
        if not isinstance(wanted.get("amount"), str) or not wanted.get("currency"):
            words = "Without an amount any payment would settle it; shops never want that"
            return JSONResponse([{"path": "amount", "message": words}], 422)
        lifetime = timedelta(minutes=wanted["checkout"]["expirationMinutes"])
        invoice_id = f"invoice{next(self._numbers)}"
        self.invoices[invoice_id] = {
            "id": invoice_id,
            "storeId": STORE,
            "amount": wanted["amount"],
            "currency": wanted["currency"],
            "type": "Standard",
            "metadata": wanted["metadata"],
            "checkout": wanted["checkout"],
            "checkoutLink": f"https://btcpay.example/i/{invoice_id}",
            "status": "New",
            "additionalStatus": "None",
            "createdTime": self._unix(),
            "expirationTime": self._unix() + int(lifetime.total_seconds()),
        }
        self.payments[invoice_id] = []
        return JSONResponse(self.invoices[invoice_id])

    async def _list(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        wanted = request.query_params.get("orderId")
        rows = list(self.invoices.values())[::-1]
        return JSONResponse(
            [row for row in rows if wanted in (None, row["metadata"].get("orderId"))]
        )

    async def _get(self, request: Request) -> Response:
        return self._found(request) or JSONResponse(self.invoices[request.path_params["id"]])

    async def _methods(self, request: Request) -> Response:
        if refused := self._found(request):
            return refused
        payments = self.payments[request.path_params["id"]]
        method = {"paymentMethodId": "BTC-CHAIN", "currency": "BTC", "rate": RATE}
        idle = {"paymentMethodId": "BTC-LN", "currency": "BTC", "rate": RATE, "payments": []}
        return JSONResponse([{**method, "payments": payments}, idle])

    async def _refund(self, request: Request) -> Response:
        if refused := self._found(request):
            return refused
        wanted = await request.json()
        assert wanted["refundVariant"] == "Custom"
        pull_id = f"pull{next(self._numbers)}"
        pull = {
            "id": pull_id,
            "name": wanted["name"],
            "amount": wanted["customAmount"],
            "currency": wanted["customCurrency"],
            "viewLink": f"https://btcpay.example/pull-payments/{pull_id}",
            "archived": False,
        }
        self.pulls.append(pull)
        self.payouts[pull_id] = []
        return JSONResponse(pull)

    async def _pulls(self, request: Request) -> Response:
        return _unauthorized(request) or JSONResponse(self.pulls)  # archived ones included

    async def _payouts(self, request: Request) -> Response:
        return _unauthorized(request) or JSONResponse(self.payouts[request.path_params["id"]])

    def _found(self, request: Request) -> Response | None:
        if refused := _unauthorized(request):
            return refused
        if request.path_params["id"] in self.invoices:
            return None
        words = {"code": "invoice-not-found", "message": "The invoice was not found"}
        return JSONResponse(words, 404)

    def _unix(self) -> int:
        return int(self.now().timestamp())


def _unauthorized(request: Request) -> Response | None:
    if request.headers.get("authorization") == f"token {KEY}":
        return None
    return JSONResponse({"code": "unauthenticated", "message": "Authentication is required"}, 401)
