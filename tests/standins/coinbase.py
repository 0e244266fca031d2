"""Coinbase Business' Checkouts over HTTP: JWT keys, idempotency keys, Hook0 signatures."""

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.moods import Delivery, Moody

SECRET = "8f3f9f7e-1111-4222-8333-444455556666"
KEY_ID = "organizations/standin/apiKeys/1"
_PRIVATE = Ed25519PrivateKey.from_private_bytes(b"a seed for tests, 32 bytes long!")
_PUBLIC = _PRIVATE.public_key()
KEY_SECRET = b64encode(
    _PRIVATE.private_bytes_raw() + _PUBLIC.public_bytes(Encoding.Raw, PublicFormat.Raw)
).decode()

_CURRENCIES = {"USD", "EUR", "GBP", "SGD", "USDC"}
_MOST_AMOUNT, _LONGEST_DESCRIPTION = 100_000_000, 500
_MOST_METADATA, _LONGEST_VALUE = 20, 100
_UUID = 4

Json = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class CoinbaseServer(Moody):
    """A Coinbase Business account: `pay` and its kin return the signed webhook."""

    def __init__(self, *, now: Callable[[], datetime] = _now, secret: str = SECRET) -> None:
        super().__init__()
        self.now = now
        self.secret = secret
        self.checkouts: dict[str, Json] = {}
        self.claims: list[Json] = []
        self._answers: dict[str, Json] = {}
        self._numbers = count(1)
        self.app = Starlette(
            routes=[
                Route("/api/v1/checkouts", self.moody(self._create), methods=["POST"]),
                Route("/api/v1/checkouts", self.moody(self._list)),
                Route("/api/v1/checkouts/{id}", self.moody(self._retrieve)),
                Route("/api/v1/checkouts/{id}/refund", self.moody(self._refund), methods=["POST"]),
            ]
        )

    def pay(self, checkout_id: str) -> Delivery:
        """Pay what is asked; there is no other amount here."""
        found = {"transactionHash": f"0x{next(self._numbers):064x}"}
        return self._change(checkout_id, "COMPLETED", "checkout.payment.success", **found)

    def start(self, checkout_id: str) -> None:
        """Send a transaction that the chain has yet to confirm."""
        self.checkouts[checkout_id].update(status="PROCESSING")

    def fail(self, checkout_id: str) -> Delivery:
        """Let the transaction fail."""
        return self._change(checkout_id, "FAILED", "checkout.payment.failed")

    def expire(self, checkout_id: str) -> Delivery:
        """Let the checkout run out."""
        return self._change(checkout_id, "EXPIRED", "checkout.payment.expired")

    def refund(self, checkout_id: str, *, whole: bool = True) -> Delivery:
        """Give the money back, all or part of it."""
        status = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
        return self._change(checkout_id, status, "checkout.refund.success")

    def fail_refund(self, checkout_id: str) -> Delivery:
        """Give nothing back after all: the money stays, or is here again."""
        return self._change(checkout_id, "COMPLETED", "checkout.refund.failed")

    def event(self, kind: str, thing: Json) -> Delivery:
        """Sign a webhook of any kind."""
        return self.signed(json.dumps({**thing, "eventType": kind}).encode())

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        """Sign any body as Coinbase does, with both versions."""
        stamp = str(int(self.now().timestamp()) if at is None else at).encode()
        key = (secret or self.secret).encode()
        event_id = f"evt-{next(self._numbers)}"
        headers = {"content-type": "application/json", "x-event-id": event_id}
        covered = b"x-event-id content-type." + f"{event_id}.application/json".encode()
        v0 = hmac.new(key, b".".join([stamp, body]), "sha256").hexdigest()
        v1 = hmac.new(key, b".".join([stamp, covered, body]), "sha256").hexdigest()
        signature = f"t={stamp.decode()},v0={v0},h=x-event-id content-type,v1={v1}"
        return Delivery(headers={**headers, "x-hook0-signature": signature}, body=body)

    def _change(self, checkout_id: str, status: str, kind: str, **found: str) -> Delivery:
        checkout = self.checkouts[checkout_id]
        checkout.update(status=status, updatedAt=self._time(), **found)
        return self.event(kind, checkout)

    async def _create(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        once, wanted = request.headers["x-idempotency-key"], await request.json()
        if once in self._answers:
            return JSONResponse(self._answers[once], 201)
        if UUID(once).version != _UUID:
            problem = "X-Idempotency-Key must be a UUID v4"
            return JSONResponse({"errorType": "invalid_request", "errorMessage": problem}, 400)
        if problem := _problem(wanted):
            return JSONResponse({"errorType": "invalid_request", "errorMessage": problem}, 400)
        checkout_id = f"{next(self._numbers):024x}"
        checkout = {
            "id": checkout_id,
            "url": f"https://payments.coinbase.com/payment-links/pl_{checkout_id}",
            "network": "base",
            "address": "0x0000000000000000000000000000000000000001",
            "status": "ACTIVE",
            "createdAt": self._time(),
            "updatedAt": self._time(),
            "expiresAt": (self.now() + timedelta(hours=24)).isoformat(),
            "metadata": {},
            **wanted,
        }
        self.checkouts[checkout_id] = checkout
        self._answers[once] = dict(checkout)
        return JSONResponse(checkout, 201)

    async def _retrieve(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        checkout = self.checkouts.get(request.path_params["id"])
        if checkout is None:
            return JSONResponse({"errorType": "not_found", "errorMessage": "No such"}, 404)
        return JSONResponse(checkout)

    async def _refund(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        # Its documentation knows no idempotency key here: whoever asks twice, gets it twice.
        checkout = self.checkouts[request.path_params["id"]]
        wanted = await request.json()
        if checkout["status"] not in {"COMPLETED", "PARTIALLY_REFUNDED"}:
            problem = "only a completed checkout can be refunded"
            return JSONResponse({"errorType": "invalid_request", "errorMessage": problem}, 400)
        back = Decimal(checkout.get("refundedAmount", "0")) + Decimal(wanted["amount"])
        if back > Decimal(checkout["amount"]) or wanted["currency"] != checkout["currency"]:
            problem = "amount exceeds what was paid"
            return JSONResponse({"errorType": "invalid_request", "errorMessage": problem}, 400)
        status = "REFUNDED" if back == Decimal(checkout["amount"]) else "PARTIALLY_REFUNDED"
        refund = {"id": f"refund{next(self._numbers)}", "status": "COMPLETED", **wanted}
        checkout.update(
            status=status, refundedAmount=f"{back}", refunds=[*checkout.get("refunds", []), refund]
        )
        return JSONResponse({"checkout": checkout, "refund": refund})

    async def _list(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        return JSONResponse({"checkouts": list(self.checkouts.values())[:1]})

    def _unauthorized(self, request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        refused = JSONResponse({"errorType": "unauthorized", "errorMessage": "No."}, 401)
        try:
            claims = claims_of(token)
        except jwt.InvalidTokenError:
            return refused
        self.claims.append(claims)
        uri = f"{request.method} {request.url.netloc}{request.url.path}"
        is_now = claims["nbf"] <= self.now().timestamp() <= claims["exp"]
        return None if is_now and uri in claims["uris"] else refused

    def _time(self) -> str:
        return f"{self.now():%Y-%m-%dT%H:%M:%SZ}"


def _problem(wanted: Json) -> str:
    """What its documentation forbids: the first of what is wrong, "" when nothing is."""
    amount, metadata = str(wanted.get("amount", "")), wanted.get("metadata", {})
    is_amount = re.fullmatch(r"\d+(\.\d{1,2})?", amount) is not None
    redirects = [wanted.get(key) for key in ("successRedirectUrl", "failRedirectUrl")]
    wrong = {
        "amount must be a text with two decimals at most": not is_amount,
        "amount is out of range": is_amount
        and not Decimal("0.01") <= Decimal(amount) <= _MOST_AMOUNT,
        "currency is not supported": wanted.get("currency") not in _CURRENCIES,
        "description is too long": len(wanted.get("description", "")) > _LONGEST_DESCRIPTION,
        "metadata are too many or too long": len(metadata) > _MOST_METADATA
        or any(type(one) is not str or len(one) > _LONGEST_VALUE for one in metadata.values()),
        "redirect URLs must be https": any(
            url is not None and not url.startswith("https://") for url in redirects
        ),
    }
    return next((words for words, is_wrong in wrong.items() if is_wrong), "")


def claims_of(token: str) -> Json:
    """Read a token without asking when it was made."""
    options: jwt.types.Options = {
        "verify_exp": False,
        "verify_nbf": False,
        "verify_aud": False,
    }
    claims: Json = jwt.decode(token, _PUBLIC, ["EdDSA", "ES256"], options, issuer="cdp")
    return claims
