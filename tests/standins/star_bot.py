"""As much of the Bot API as Stars and cards need; the preview has a whole one."""

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

TOKEN = "123456:token-of-the-stand-in"
PROVIDER_TOKEN = "284685063:TEST:token-of-a-card-provider"

Json = dict[str, Any]


def _now() -> datetime:
    return datetime.now(UTC)


class StarBotServer(Moody):
    """A bot's Star account; `pay` and `refund` return the update that tells of it."""

    def __init__(self, *, now: Callable[[], datetime] = _now) -> None:
        super().__init__(refuse=_quote_address)
        self.now = now
        self.invoices: dict[str, Json] = {}
        self.transactions: list[Json] = []
        self._numbers = count(1)
        path = "/bot{token}/{method}"
        self.app = Starlette(routes=[Route(path, self.moody(self._answer), methods=["POST"])])

    def pay(self, payload: str) -> Delivery:
        """Pay the invoice of this payload."""
        invoice = self.invoices[payload]
        stars = invoice["prices"][0]["amount"]
        if invoice["currency"] != "XTR":
            charge_id = f"card_{next(self._numbers):08d}"
            return self._update("successful_payment", charge_id, payload, stars)
        charge_id = f"stxn_{next(self._numbers):08d}"
        source = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "invoice_payload": payload,
        }
        self.transactions.append(
            {"id": charge_id, "amount": stars, "date": self._unix(), "source": source}
        )
        return self._update("successful_payment", charge_id, payload, stars)

    def refund(self, payload: str) -> Delivery:
        """Give the last payment of this payload back."""
        paid = [
            t for t in self.transactions if t.get("source", {}).get("invoice_payload") == payload
        ]
        charge_id, stars = paid[-1]["id"], paid[-1]["amount"]
        back = {
            "id": charge_id,
            "amount": stars,
            "date": self._unix(),
            "receiver": {"type": "user"},
        }
        self.transactions.append(back)
        return self._update("refunded_payment", charge_id, payload, stars)

    def _update(self, key: str, charge_id: str, payload: str, stars: int) -> Delivery:
        currency = self.invoices[payload]["currency"]
        payment = {
            "currency": currency,
            "total_amount": stars,
            "invoice_payload": payload,
            "telegram_payment_charge_id": charge_id,
            "provider_payment_charge_id": "" if currency == "XTR" else f"ch_{charge_id}",
        }
        message = {
            "message_id": next(self._numbers),
            "date": self._unix(),
            "chat": {"id": 1, "type": "private", "first_name": "Ada"},
            "from": {"id": 1, "is_bot": False, "first_name": "Ada"},
            key: payment,
        }
        update = {"update_id": next(self._numbers), "message": message}
        return Delivery(headers={}, body=json.dumps(update).encode())

    async def _answer(self, request: Request) -> Response:
        if request.path_params["token"] != TOKEN:
            return JSONResponse(
                {"ok": False, "error_code": 401, "description": "Unauthorized"}, 401
            )
        params = await request.json()
        if request.path_params["method"] == "refundStarPayment":
            return self._give_back(params["telegram_payment_charge_id"])
        return self._told(request.path_params["method"], params)

    def _told(self, called: str, params: Json) -> Response:
        match called:
            case "createInvoiceLink":
                if (params["currency"] == "XTR") == (
                    params.get("provider_token") == PROVIDER_TOKEN
                ):
                    description = "Bad Request: PAYMENT_PROVIDER_INVALID"
                    return JSONResponse(
                        {"ok": False, "error_code": 400, "description": description}, 400
                    )
                self.invoices[params["payload"]] = params
                return _ok(f"https://t.me/$invoice{next(self._numbers)}")
            case "getStarTransactions":
                first, limit = params["offset"], params["limit"]
                return _ok({"transactions": self.transactions[first : first + limit]})
            case "getMe":
                return _ok({"id": 123456, "is_bot": True, "username": "standin_bot"})
            case method:
                description = f"Not Found: {method}"
                return JSONResponse(
                    {"ok": False, "error_code": 404, "description": description}, 404
                )

    def _give_back(self, charge_id: str) -> Response:
        rows = [one for one in self.transactions if one["id"] == charge_id]
        if not rows or any("receiver" in one for one in rows):
            word = "CHARGE_ALREADY_REFUNDED" if rows else "CHARGE_ID_INVALID"
            said = {"ok": False, "error_code": 400, "description": f"Bad Request: {word}"}
            return JSONResponse(said, 400)
        self.refund(rows[0]["source"]["invoice_payload"])
        return _ok(result=True)

    def _unix(self) -> int:
        return int(self.now().timestamp())


def _ok(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _quote_address(request: Request) -> dict[str, object]:
    return {"ok": False, "error_code": 400, "description": f"Bad Request: {request.url.path}"}
