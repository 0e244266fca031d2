"""Crypto Pay's invoices over HTTP: one app of @CryptoBot."""

import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.moods import Delivery, Moody

TOKEN = "12345:AAtokenOfTheStandIn"

_MOST, _LONGEST_DESCRIPTION, _LONGEST_PAYLOAD, _LONGEST_LIFETIME = 1000, 1024, 4096, 2_678_400
_BUTTONS = {"viewItem", "openChannel", "openBot", "callback"}

Json = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class CryptoPayServer(Moody):
    """An app; `pay` and `expire` change an invoice."""

    def __init__(self, *, now: Callable[[], datetime] = _now, token: str = TOKEN) -> None:
        super().__init__(refuse=_quote_token)
        self.now = now
        self.token = token
        self.invoices: dict[str, Json] = {}
        self._numbers = count(1)
        path = "/api/{method}"
        self.app = Starlette(routes=[Route(path, self.moody(self._answer), methods=["POST"])])

    def pay(self, invoice_id: str) -> Delivery:
        """Pay from a wallet."""
        self.invoices[invoice_id] |= {
            "status": "paid",
            "paid_at": self._time(self.now()),
            "paid_asset": "TON",
            "paid_amount": "2.345678912",
            "paid_anonymously": False,
        }
        return self.event("invoice_paid", self.invoices[invoice_id])

    def expire(self, invoice_id: str) -> None:
        """Let the invoice run out; nobody is told."""
        self.invoices[invoice_id]["status"] = "expired"

    def event(self, kind: str, payload: Json) -> Delivery:
        """Wrap an invoice in a signed update."""
        update = {
            "update_id": next(self._numbers),
            "update_type": kind,
            "request_date": self._time(self.now()),
            "payload": payload,
        }
        return self.signed(json.dumps(update).encode())

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        """Sign any body as Crypto Pay does; no time is part of it."""
        del at
        key = sha256((secret or self.token).encode()).digest()
        code = hmac.new(key, body, "sha256").hexdigest()
        return Delivery(headers={"crypto-pay-api-signature": code}, body=body)

    async def _answer(self, request: Request) -> Response:
        if request.headers.get("crypto-pay-api-token") != self.token:
            return _no(401, "UNAUTHORIZED")
        params = await request.json()
        match request.path_params["method"]:
            case "getMe":
                return _ok({"app_id": 1, "name": "Kiosk", "payment_processing_bot_username": "b"})
            case "createInvoice":
                wrong = _wrong(params)
                return _no(400, wrong) if wrong else _ok(self._create(params))
            case "getInvoices" if not 1 <= params.get("count", 100) <= _MOST:
                return _no(400, "COUNT_INVALID")
            case "getInvoices":
                return _ok({"items": self._chosen(params)})
            case _:
                return _no(405, "METHOD_NOT_FOUND")

    def _create(self, wanted: Json) -> Json:
        number = next(self._numbers)
        made = self.now()
        self.invoices[str(number)] = {
            "invoice_id": number,
            "hash": f"IV{number}",
            "currency_type": wanted["currency_type"],
            "fiat": wanted["fiat"],
            "amount": wanted["amount"],
            "bot_invoice_url": f"https://t.me/CryptoBot?start=IV{number}",
            "description": wanted["description"],
            "payload": wanted["payload"],
            "status": "active",
            "created_at": self._time(made),
            "expiration_date": self._time(made + timedelta(seconds=wanted["expires_in"])),
        }
        return self.invoices[str(number)]

    def _chosen(self, params: Json) -> list[Json]:
        ids = params["invoice_ids"].split(",") if "invoice_ids" in params else None
        status = params.get("status")
        return [
            invoice
            for invoice_id, invoice in self.invoices.items()
            if (ids is None or invoice_id in ids) and status in (None, invoice["status"])
        ]

    def _time(self, moment: datetime) -> str:
        return f"{moment:%Y-%m-%dT%H:%M:%S}.000Z"


def _wrong(wanted: Json) -> str:
    """What its documentation forbids: the first of what is wrong, "" when nothing is."""
    amount, url = wanted.get("amount"), wanted.get("paid_btn_url")
    wrong = {
        "AMOUNT_INVALID": not (isinstance(amount, str) and Decimal(amount) > 0),
        "FIAT_INVALID": wanted.get("currency_type") != "fiat" or "fiat" not in wanted,
        "DESCRIPTION_TOO_LONG": len(wanted.get("description", "")) > _LONGEST_DESCRIPTION,
        "PAYLOAD_TOO_LONG": len(wanted.get("payload", "").encode()) > _LONGEST_PAYLOAD,
        "EXPIRES_IN_INVALID": not 1 <= wanted.get("expires_in", 1) <= _LONGEST_LIFETIME,
        "PAID_BTN_NAME_INVALID": wanted.get("paid_btn_name") not in {*_BUTTONS, None},
        "PAID_BTN_URL_REQUIRED": ("paid_btn_name" in wanted) != bool(url),
        "PAID_BTN_URL_INVALID": bool(url) and not str(url).startswith(("https://", "http://")),
    }
    return next((name for name, is_wrong in wrong.items() if is_wrong), "")


def _quote_token(request: Request) -> dict[str, object]:
    words = f"Not with {request.headers.get('crypto-pay-api-token')}."
    return {"ok": False, "error": {"code": 400, "name": words}}


def _ok(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _no(status: int, name: str) -> Response:
    return JSONResponse({"ok": False, "error": {"code": status, "name": name}}, status)
