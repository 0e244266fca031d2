"""Stripe's Checkout over HTTP: sessions, idempotency keys, signed events."""

import hmac
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from itertools import count
from typing import Any
from urllib.parse import parse_qsl

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from tests.standins.moods import Delivery
from tests.standins.stripe_cards import Cards, plain

KEY = "sk_test_standin_4242424242424242"
SECRET = "whsec_standin"

Json = dict[str, Any]
_EXPANDED = ("payment_intent.latest_charge", "payment_intent.payment_method")
_OURS = ("intent_metadata", "setup_future_usage")  # kept with a session, and never shown


def _now() -> datetime:
    return datetime.now(UTC)


class StripeServer(Cards):
    """A Stripe account: `pay` and its kin change a session and return the signed event."""

    def __init__(self, *, now: Callable[[], datetime] = _now, secret: str = SECRET) -> None:
        super().__init__()
        self.now = now
        self.secret = secret
        self.sessions: dict[str, Json] = {}
        self.intents: dict[str, Json] = {}
        self.refunds: list[Json] = []
        self.refund_status = "succeeded"
        self.base_url = ""
        self.accepts = KEY
        self.least = {"eur": 50, "usd": 50}
        self._answers: dict[str, tuple[str, int, Json]] = {}
        self._numbers = count(1)
        self.app = Starlette(
            routes=[
                Route("/v1/checkout/sessions", self.moody(self._create), methods=["POST"]),
                Route("/v1/checkout/sessions", self.moody(self._list)),
                Route("/v1/checkout/sessions/{id}", self.moody(self._retrieve)),
                Route("/v1/refunds", self.moody(self._refund), methods=["POST"]),
                Route("/v1/refunds", self.moody(self._refunds)),
                Route("/c/pay/{id}", self._page),
                *self.card_routes(),
            ]
        )

    # --- what customers and banks do ---------------------------------------------------------

    def pay(self, session_id: str) -> Delivery:
        """Pay by card."""
        session = self._complete(session_id, intent="succeeded", payment_status="paid")
        return self.event("checkout.session.completed", session)

    def pay_by_debit(self, session_id: str) -> Delivery:
        """Promise money from a bank; it comes or fails later."""
        session = self._complete(session_id, intent="processing", payment_status="unpaid")
        return self.event("checkout.session.completed", session)

    def settle_debit(self, session_id: str) -> Delivery:
        """Let the promised money come."""
        session = self._complete(session_id, intent="succeeded", payment_status="paid")
        return self.event("checkout.session.async_payment_succeeded", session)

    def fail_debit(self, session_id: str) -> Delivery:
        """Let the bank refuse."""
        session = self._complete(
            session_id, intent="requires_payment_method", payment_status="unpaid"
        )
        return self.event("checkout.session.async_payment_failed", session)

    def expire(self, session_id: str) -> Delivery:
        """Let the session run out."""
        session = self.sessions[session_id]
        session.update(status="expired", url=None)
        return self.event("checkout.session.expired", session)

    def refund(self, session_id: str, amount: int | None = None) -> Delivery:
        """Give money back, all of it or an amount."""
        charge = self._charge(session_id)
        charge["amount_refunded"] += charge["amount"] if amount is None else amount
        charge["refunded"] = charge["amount_refunded"] == charge["amount"]
        return self.event("charge.refunded", charge)

    def return_refund(self, refund_id: str, *, kind: str = "refund.failed") -> Delivery:
        """Let the payer's bank refuse a refund that had succeeded; its two events come so."""
        [refund] = [one for one in self.refunds if one["id"] == refund_id]
        refund.update(status="failed", failure_reason="lost_or_stolen_card")
        return self.event(kind, refund)

    def decide(self, session_id: str, status: str) -> Delivery:
        """Let the bank decide a dispute: won or lost."""
        return self.dispute(session_id, status=status, kind="closed")

    def warn(self, session_id: str, *, kind: str = "created", is_open: bool = True) -> Delivery:
        """Let the card's bank suspect fraud, or say that nothing can be done any more."""
        charge = self._charge(session_id)
        warning = {
            "id": f"issfr_{charge['id']}",
            "object": "radar.early_fraud_warning",
            "actionable": is_open,
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "fraud_type": "made_with_stolen_card",
        }
        return self.event(f"radar.early_fraud_warning.{kind}", warning)

    def dispute(
        self,
        session_id: str,
        *,
        status: str = "needs_response",
        kind: str = "created",
        moved: tuple[int, ...] = (),
    ) -> Delivery:
        """Let the cardholder's bank take the money back, and `moved` of it in Stripe's balance."""
        charge = self._charge(session_id)
        charge["disputed"] = True
        dispute = {
            "id": f"du_{charge['id']}",
            "object": "dispute",
            "amount": charge["amount"],
            "currency": charge["currency"],
            "charge": charge["id"],
            "payment_intent": charge["payment_intent"],
            "metadata": {},
            "reason": "fraudulent",
            "status": status,
            "evidence_details": {"due_by": self._unix() + 7 * 86_400},
            "balance_transactions": [{"amount": amount} for amount in moved],
        }
        return self.event(f"charge.dispute.{kind}", dispute)

    def event(self, kind: str, thing: Json) -> Delivery:
        """Wrap a thing in a signed event of any kind."""
        thing = _shown(thing)
        event = {
            "id": self._id("evt"),
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": self._unix(),
            "livemode": False,
            "pending_webhooks": 1,
            "request": {"id": None, "idempotency_key": None},
            "type": kind,
            "data": {"object": thing},
        }
        return self.signed(json.dumps(event, indent=2).encode())

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        """Sign any body as Stripe does."""
        stamp = self._unix() if at is None else at
        key = (secret or self.secret).encode()
        code = hmac.new(key, b"%d.%b" % (stamp, body), "sha256").hexdigest()
        return Delivery(headers={"stripe-signature": f"t={stamp},v1={code}"}, body=body)

    # --- its API -----------------------------------------------------------------------------

    async def _create(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        raw = (await request.body()).decode()
        key = request.headers.get("idempotency-key", "")
        if key in self._answers:
            known, status, answer = self._answers[key]
            if known != raw:
                words = "Keys for idempotent requests can only be used with the same parameters."
                return _no(400, "idempotency_error", words)
            return JSONResponse(answer, status)
        params = dict(parse_qsl(raw))
        if problem := self._problem(params):
            return _no(400, "invalid_request_error", problem)
        item = "line_items[0][price_data]"
        least = self.least.get(params[f"{item}[currency]"], 0)
        if int(params[f"{item}[unit_amount]"]) < least:
            words = f"The Checkout Session's total amount must be at least {least}."
            return _no(400, "invalid_request_error", words, code="amount_too_small")
        answer = _shown(self._open(params))
        self._answers[key] = (raw, 200, answer)
        return JSONResponse(answer)

    async def _retrieve(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        session = self.sessions.get(request.path_params["id"])
        if session is None:
            return _no(404, "invalid_request_error", "No such checkout.session")
        expanded = _shown(session)
        wanted = request.query_params.get("expand[0]", "")
        if session["payment_intent"] and wanted in _EXPANDED:
            intent = self.intents[session["payment_intent"]]
            inner = wanted.partition(".")[2]
            expanded["payment_intent"] = plain(intent) | {inner: intent[inner]}
        return JSONResponse(expanded)

    async def _list(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        data = [_shown(one) for one in self.sessions.values()][:1]
        return JSONResponse(
            {"object": "list", "data": data, "has_more": False, "url": "/v1/checkout/sessions"}
        )

    async def _refund(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        raw = (await request.body()).decode()
        key = request.headers.get("idempotency-key", "")
        if key in self._answers:
            known, status, answer = self._answers[key]
            if known != raw:
                words = "Keys for idempotent requests can only be used with the same parameters."
                return _no(400, "idempotency_error", words)
            return JSONResponse(answer, status)
        params = dict(parse_qsl(raw))
        charge = self.intents[params["payment_intent"]]["latest_charge"]
        amount = int(params["amount"])
        if charge["amount_refunded"] + amount > charge["amount"]:
            words = "Refund amount is greater than unrefunded amount on charge"
            return _no(400, "invalid_request_error", words)
        charge["amount_refunded"] += amount
        refund = {
            "id": self._id("re"),
            "object": "refund",
            "amount": amount,
            "currency": charge["currency"],
            "payment_intent": params["payment_intent"],
            "metadata": _bracketed(params.items(), "metadata"),
            "status": self.refund_status,
        }
        self.refunds.append(refund)
        self._answers[key] = (raw, 200, dict(refund))
        return JSONResponse(refund)

    async def _refunds(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        intent = request.query_params.get("payment_intent")
        data = [one for one in self.refunds if one["payment_intent"] == intent]
        return JSONResponse(
            {"object": "list", "data": data, "has_more": False, "url": "/v1/refunds"}
        )

    async def _page(self, request: Request) -> Response:
        session = self.sessions[request.path_params["id"]]
        return PlainTextResponse(f"Pay {session['amount_total']} {session['currency']}")

    def _unauthorized(self, request: Request) -> Response | None:
        if request.headers.get("authorization") == f"Bearer {self.accepts}":
            return None
        return _no(401, "invalid_request_error", "Invalid API Key provided: sk_test_****")

    def _problem(self, params: dict[str, str]) -> str:
        item = "line_items[0][price_data]"
        needed = [
            "mode",
            "success_url",
            f"{item}[currency]",
            f"{item}[unit_amount]",
            f"{item}[product_data][name]",
        ]
        if missing := [name for name in needed if name not in params]:
            return f"Missing required param: {missing[0]}."
        if any(name.startswith("payment_method_types") for name in params):
            return "payment_method_types_no_longer_supported"
        ahead = int(params["expires_at"]) - self._unix()
        if not 30 * 60 <= ahead <= 24 * 60 * 60:
            return "expires_at must be between 30 minutes and 24 hours from now."
        return ""

    def _open(self, params: dict[str, str]) -> Json:
        session_id = self._id("cs_test")
        session = {
            "id": session_id,
            "object": "checkout.session",
            "amount_total": int(params["line_items[0][price_data][unit_amount]"]),
            "client_reference_id": params.get("client_reference_id"),
            "created": self._unix(),
            "currency": params["line_items[0][price_data][currency]"],
            "expires_at": int(params["expires_at"]),
            "total_details": self._totals(params),
            "locale": params.get("locale"),
            "metadata": _bracketed(params.items(), "metadata"),
            "mode": params["mode"],
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": params["success_url"],
            "url": f"{self.base_url or 'http://127.0.0.1'}/c/pay/{session_id}",
            "intent_metadata": _bracketed(params.items(), "payment_intent_data[metadata]"),
            "customer": None,
            "setup_future_usage": params.get("payment_intent_data[setup_future_usage]"),
        }
        self.sessions[session_id] = session
        return session

    def _totals(self, params: dict[str, str]) -> Json:
        """Stripe Tax in Germany: 19 % inside the price."""
        amount = int(params["line_items[0][price_data][unit_amount]"])
        is_taxed = params.get("automatic_tax[enabled]") == "true"
        tax = round(amount * 19 / 119) if is_taxed else 0
        return {"amount_discount": 0, "amount_shipping": 0, "amount_tax": tax}

    def _complete(self, session_id: str, *, intent: str, payment_status: str) -> Json:
        session = self.sessions[session_id]
        intent_id = session["payment_intent"] or self._id("pi")
        self.intents[intent_id] = {
            "id": intent_id,
            "object": "payment_intent",
            "status": intent,
            "metadata": session["intent_metadata"],
            "latest_charge": self._new_charge(session, intent_id)
            if intent == "succeeded"
            else None,
        }
        session.update(status="complete", payment_status=payment_status, payment_intent=intent_id)
        if session["setup_future_usage"] and session["customer"] is None:
            customer = self._id("cus")
            session["customer"] = customer
            self.keep_card(customer)
        kept = [one for one in self.methods.values() if one["customer"] == session["customer"]]
        self.intents[intent_id] |= {
            "setup_future_usage": session["setup_future_usage"],
            "payment_method": kept[0] if session["customer"] and kept else None,
        }
        return session

    def _new_charge(self, session: Json, intent_id: str) -> Json:
        return {
            "id": self._id("ch"),
            "object": "charge",
            "amount": session["amount_total"],
            "amount_refunded": 0,
            "created": self._unix(),
            "currency": session["currency"],
            "disputed": False,
            "metadata": session["intent_metadata"],
            "payment_intent": intent_id,
            "payment_method_details": {
                "type": "card",
                "card": {"fingerprint": "Xt5EWLLDS7FJjR1c", "country": "US"},
            },
            "billing_details": {"address": {"country": "DE"}},
            "refunded": False,
        }

    def _charge(self, session_id: str) -> Json:
        charge: Json = self.intents[self.sessions[session_id]["payment_intent"]]["latest_charge"]
        return charge

    def _id(self, prefix: str) -> str:
        return f"{prefix}_{next(self._numbers):016d}"

    def _unix(self) -> int:
        return int(self.now().timestamp())


def _shown(thing: Json) -> Json:
    if thing.get("object") != "checkout.session":
        return thing
    return {key: value for key, value in thing.items() if key not in _OURS}


def _no(status: int, kind: str, message: str, **more: str) -> Response:
    return JSONResponse({"error": {"type": kind, "message": message, **more}}, status)


def _bracketed(pairs: Iterable[tuple[str, str]], name: str) -> dict[str, str]:
    inside = [(key, value) for key, value in pairs if key.startswith(f"{name}[")]
    return {key[len(name) + 1 : -1]: value for key, value in inside}
