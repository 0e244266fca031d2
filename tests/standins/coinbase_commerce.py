"""Coinbase Commerce's charges over HTTP, as they were before it closed."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.moods import Delivery, Moody

KEY = "commerce-key-of-the-stand-in"
SECRET = "commerce-shared-secret"

Json = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class CommerceServer(Moody):
    """A Commerce account: `pay` and its kin change a charge and return the signed webhook."""

    def __init__(self, *, now: Callable[[], datetime] = _now, secret: str = SECRET) -> None:
        super().__init__(refuse=_quote_key)
        self.now = now
        self.secret = secret
        self.may_list = True
        self.charges: dict[str, Json] = {}
        self._numbers = count(1)
        self.app = Starlette(
            routes=[
                Route("/charges", self.moody(self._create), methods=["POST"]),
                Route("/charges", self.moody(self._list)),
                Route("/charges/{id}", self.moody(self._retrieve)),
            ]
        )

    def see(self, charge_id: str, amount: str = "") -> Delivery:
        """Find a payment on the chain that has yet to be confirmed."""
        charge = self.charges[charge_id]
        price = charge["pricing"]["local"]
        number = next(self._numbers)
        charge["payments"].append(
            {
                "payment_id": f"0x{number:032x}",
                "network": "base",
                "transaction_id": f"0x{number:064x}",
                "status": "pending",
                "detected_at": self._time(),
                "value": {
                    "local": {"amount": amount or price["amount"], "currency": price["currency"]},
                    "crypto": {"amount": "1", "currency": "USDC"},
                },
            }
        )
        return self._change(charge_id, "PENDING", "charge:pending")

    def pay(self, charge_id: str, amount: str = "") -> Delivery:
        """Pay, by default what is asked, and have it confirmed."""
        self.see(charge_id, amount)
        return self.confirm(charge_id)

    def confirm(self, charge_id: str) -> Delivery:
        """Confirm what was seen."""
        for payment in self.charges[charge_id]["payments"]:
            payment["status"] = "confirmed"
        return self._change(charge_id, "COMPLETED", "charge:confirmed")

    def fail_with(self, charge_id: str, amount: str) -> Delivery:
        """Pay too little: the charge fails, the money stays."""
        self.see(charge_id, amount)
        for payment in self.charges[charge_id]["payments"]:
            payment["status"] = "CONFIRMED"
        return self._change(charge_id, "UNRESOLVED", "charge:failed")

    def fail(self, charge_id: str) -> Delivery:
        """Let the transaction fail."""
        return self._change(charge_id, "FAILED", "charge:failed")

    def expire(self, charge_id: str) -> Delivery:
        """Let the charge run out."""
        return self._change(charge_id, "EXPIRED", "charge:failed")

    def event(self, kind: str, thing: Json) -> Delivery:
        """Wrap a charge in a signed event of any kind."""
        event = {
            "id": str(uuid4()),
            "resource": "event",
            "type": kind,
            "api_version": "2018-03-22",
            "created_at": self._time(),
            "data": thing,
        }
        envelope = {"id": str(uuid4()), "attempt_number": 1, "event": event}
        return self.signed(json.dumps(envelope).encode())

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        """Sign any body as Commerce does; no time is part of it."""
        del at
        code = hmac.new((secret or self.secret).encode(), body, "sha256").hexdigest()
        return Delivery(headers={"x-cc-webhook-signature": code}, body=body)

    def _change(self, charge_id: str, status: str, kind: str) -> Delivery:
        charge = self.charges[charge_id]
        charge["timeline"].append({"time": self._time(), "status": status})
        return self.event(kind, charge)

    async def _create(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        wanted = await request.json()
        charge_id = str(uuid4())
        price = {**wanted["local_price"]}
        price["amount"] = f"{Decimal(price['amount']):.2f}"
        charge = {
            "id": charge_id,
            "code": f"XA{next(self._numbers):06d}",
            "hosted_url": f"https://commerce.coinbase.com/pay/{charge_id}",
            "pricing_type": wanted["pricing_type"],
            "pricing": {"local": price, "settlement": {"amount": "1", "currency": "USDC"}},
            "metadata": wanted["metadata"],
            "timeline": [{"time": self._time(), "status": "NEW"}],
            "payments": [],
            "created_at": self._time(),
            "expires_at": f"{self.now() + timedelta(hours=48):%Y-%m-%dT%H:%M:%SZ}",
        }
        self.charges[charge_id] = charge
        return JSONResponse({"data": charge}, 201)

    async def _retrieve(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        charge = self.charges.get(request.path_params["id"])
        if charge is None:
            return _no(404, "not_found", "Not found")
        return JSONResponse({"data": charge})

    async def _list(self, request: Request) -> Response:
        if refused := _unauthorized(request):
            return refused
        if not self.may_list:
            return _no(405, "invalid_request", "This key may not list charges")
        latest = list(self.charges.values())[::-1]
        limit = int(request.query_params.get("limit", "25"))
        return JSONResponse({"data": latest[:limit], "pagination": {"limit": limit}})

    def _time(self) -> str:
        return f"{self.now():%Y-%m-%dT%H:%M:%SZ}"


def _unauthorized(request: Request) -> Response | None:
    if request.headers.get("x-cc-api-key") == KEY:
        return None
    return _no(401, "authentication_error", "Invalid API key")


def _quote_key(request: Request) -> dict[str, object]:
    words = f"Not with {request.headers.get('x-cc-api-key')}."
    return {"error": {"type": "invalid_request", "message": words}}


def _no(status: int, kind: str, message: str) -> Response:
    return JSONResponse({"error": {"type": kind, "message": message}}, status)
