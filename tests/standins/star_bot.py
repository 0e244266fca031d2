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

_USER = {"id": 1, "is_bot": False, "first_name": "Ada"}
_LONGEST_TITLE, _LONGEST_WORDS, _LONGEST_PAYLOAD = 32, 255, 128
_MOST_STARS, _MOST_OF_SERIES, _MONTH, _MOST_TRANSACTIONS = 25_000, 10_000, 2_592_000, 100

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
        self.steered: list[Json] = []
        self.asked: list[tuple[str, Json]] = []
        self._numbers = count(1)
        path = "/bot{token}/{method}"
        self.app = Starlette(routes=[Route(path, self.moody(self._answer), methods=["POST"])])

    def renew(self, payload: str) -> Delivery:
        """Charge a subscription once more: a new message with the payload of the first."""
        return self.pay(payload, is_first=False)

    def standing(self, payload: str, state: str) -> Delivery:
        """Tell that the payer stopped (canceled) or resumed (active), or that a charge failed."""
        told = {"user": _USER, "invoice_payload": payload, "state": state}
        update = {"update_id": next(self._numbers), "subscription": told}
        return Delivery(headers={}, body=json.dumps(update).encode())

    def pay(self, payload: str, *, is_first: bool = True) -> Delivery:
        """Pay the invoice of this payload."""
        invoice = self.invoices[payload]
        stars = invoice["prices"][0]["amount"]
        if invoice["currency"] != "XTR":
            charge_id = f"card_{next(self._numbers):08d}"
            return self._update("successful_payment", charge_id, payload, stars)
        charge_id = f"stxn_{next(self._numbers):08d}"
        period = invoice.get("subscription_period")
        source = {
            "type": "user",
            "transaction_type": "invoice_payment",
            "user": _USER,
            "invoice_payload": payload,
            **({"subscription_period": period} if period else {}),
        }
        self.transactions.append(
            {"id": charge_id, "amount": stars, "date": self._unix(), "source": source}
        )
        until = {"subscription_expiration_date": self._unix() + period} if period else {}
        series = {"is_recurring": True} if period else {}
        first = {"is_first_recurring": True} if period and is_first else {}
        return self._update(
            "successful_payment", charge_id, payload, stars, **until, **series, **first
        )

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
            "receiver": {
                "type": "user",
                "transaction_type": "invoice_payment",
                "user": _USER,
            },
        }
        self.transactions.append(back)
        return self._update("refunded_payment", charge_id, payload, stars)

    def give_card_back(self, payload: str, charge_id: str) -> Delivery:
        """Tell of a refund by card, which Telegram does not do today."""
        paid = self.invoices[payload]["prices"][0]["amount"]
        return self._update("refunded_payment", charge_id, payload, paid)

    def _update(self, key: str, charge_id: str, payload: str, stars: int, **more: int) -> Delivery:
        currency = self.invoices[payload]["currency"]
        payment = {
            "currency": currency,
            "total_amount": stars,
            "invoice_payload": payload,
            "telegram_payment_charge_id": charge_id,
            "provider_payment_charge_id": "" if currency == "XTR" else f"ch_{charge_id}",
            **more,
        }
        message = {
            "message_id": next(self._numbers),
            "date": self._unix(),
            "chat": {"id": 1, "type": "private", "first_name": "Ada"},
            "from": _USER,
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
        self.asked.append((request.path_params["method"], params))
        if request.path_params["method"] == "refundStarPayment":
            return self._give_back(params["telegram_payment_charge_id"])
        if request.path_params["method"] == "editUserStarSubscription":
            return self._steer(params)
        return self._told(request.path_params["method"], params)

    def _told(self, called: str, params: Json) -> Response:
        match called:
            case "createInvoiceLink":
                if word := _wrong(params):
                    return _no(word)
                self.invoices[params["payload"]] = params
                return _ok(f"https://t.me/$invoice{next(self._numbers)}")
            case "getStarTransactions":
                first, limit = params["offset"], params["limit"]
                if not 1 <= limit <= _MOST_TRANSACTIONS:
                    return _no("LIMIT_INVALID")
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
            return _no("CHARGE_ALREADY_REFUNDED" if rows else "CHARGE_ID_INVALID")
        self.refund(rows[0]["source"]["invoice_payload"])
        return _ok(result=True)

    def _steer(self, params: Json) -> Response:
        charge_id = params["telegram_payment_charge_id"]
        series = [
            one for one in self.transactions if "subscription_period" in one.get("source", {})
        ]
        if params["user_id"] != _USER["id"] or charge_id not in {one["id"] for one in series}:
            return _no("CHARGE_NOT_FOUND")
        self.steered.append(params)
        return _ok(result=True)

    def _unix(self) -> int:
        return int(self.now().timestamp())


def _wrong(invoice: Json) -> str:
    """What the Bot API refuses: the first word of it, "" when nothing is wrong."""
    in_stars, prices = invoice["currency"] == "XTR", invoice["prices"]
    period, total = invoice.get("subscription_period"), sum(one["amount"] for one in prices)
    most = _MOST_OF_SERIES if period else _MOST_STARS
    wrong = {
        "PAYMENT_PROVIDER_INVALID": in_stars == (invoice.get("provider_token") == PROVIDER_TOKEN),
        "INVOICE_TITLE_INVALID": not 1 <= len(invoice["title"]) <= _LONGEST_TITLE,
        "INVOICE_DESCRIPTION_INVALID": not 1 <= len(invoice["description"]) <= _LONGEST_WORDS,
        "INVOICE_PAYLOAD_INVALID": not 1 <= len(invoice["payload"].encode()) <= _LONGEST_PAYLOAD,
        "STARS_INVOICE_INVALID": in_stars and len(prices) != 1,
        "CURRENCY_TOTAL_AMOUNT_INVALID": total < 1 or (in_stars and total > most),
        "SUBSCRIPTION_PERIOD_INVALID": bool(period) and (period != _MONTH or not in_stars),
    }
    return next((word for word, is_wrong in wrong.items() if is_wrong), "")


def _no(word: str) -> Response:
    said = {"ok": False, "error_code": 400, "description": f"Bad Request: {word}"}
    return JSONResponse(said, 400)


def _ok(result: object) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _quote_address(request: Request) -> dict[str, object]:
    return {"ok": False, "error_code": 400, "description": f"Bad Request: {request.url.path}"}
