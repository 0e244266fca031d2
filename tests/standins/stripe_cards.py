"""Cards that customers let the Stripe stand-in keep, and charges of them: PaymentIntents."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.standins.moods import Delivery, Moody

Json = dict[str, Any]
REFUSALS = {
    "declines": ("card_declined", "insufficient_funds"),
    "asks": ("authentication_required", "authentication_required"),
    "expired": ("expired_card", ""),
}


class Cards(Moody):
    """The part of a Stripe account that charges while nobody is there.

    `behave` says how a kept card behaves: fine, declines, asks, expired, slow (a bank debit).
    """

    intents: dict[str, Json]
    _id: Callable[[str], str]
    _unix: Callable[[], int]
    _unauthorized: Callable[[Request], Response | None]
    event: Callable[[str, Json], Delivery]

    def __init__(self) -> None:
        super().__init__()
        self.methods: dict[str, Json] = {}
        self.behaviour: dict[str, str] = {}
        self.charges: list[str] = []
        self.charged_by_key: dict[str, tuple[str, int, Json]] = {}

    def card_routes(self) -> list[Route]:
        """What its API answers about cards and charges."""
        return [
            Route("/v1/payment_intents", self.moody(self._post_intent), methods=["POST"]),
            Route("/v1/payment_intents", self.moody(self._list_intents)),
            Route("/v1/payment_intents/{id}", self.moody(self._intent)),
            Route("/v1/payment_methods/{id}", self.moody(self._method)),
            Route("/v1/payment_methods/{id}/detach", self.moody(self._detach), methods=["POST"]),
        ]

    def keep_card(self, customer: str) -> Json:
        """A new card of this customer."""
        method: Json = {
            "id": self._id("pm"),
            "object": "payment_method",
            "type": "card",
            "customer": customer,
            "card": {"brand": "visa", "last4": "4242"},
        }
        self.methods[method["id"]] = method
        return method

    def behave(self, how: str) -> None:
        """How every card behaves from now on."""
        self.behaviour = dict.fromkeys(self.methods, how)

    def told_of(self, intent_id: str) -> Delivery:
        """The event of what became of a charge."""
        intent = self.intents[intent_id]
        kind = "succeeded" if intent["status"] == "succeeded" else "payment_failed"
        return self.event(f"payment_intent.{kind}", plain(intent))

    def arrive(self, intent_id: str) -> Delivery:
        """Let a bank debit that was on its way come."""
        self._succeed(self.intents[intent_id])
        return self.told_of(intent_id)

    async def _post_intent(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        raw = (await request.body()).decode()
        key = request.headers.get("idempotency-key", "")
        if key in self.charged_by_key:
            known, status, answer = self.charged_by_key[key]
            if known != raw:
                words = "Keys for idempotent requests can only be used with the same parameters."
                return _no(400, {"type": "idempotency_error", "message": words})
            return JSONResponse(answer, status)
        status, answer = self._make(dict(parse_qsl(raw)))
        self.charged_by_key[key] = (raw, status, answer)
        return JSONResponse(answer, status)

    def _make(self, params: dict[str, str]) -> tuple[int, Json]:
        needed = {"amount", "currency", "customer", "payment_method", "off_session", "confirm"}
        if missing := sorted(needed - params.keys()):
            error = {"type": "invalid_request_error", "message": f"Missing {missing[0]}."}
            return 400, {"error": error}
        if any(name.startswith("payment_method_types") for name in params):
            error = {"type": "invalid_request_error", "message": "no longer supported"}
            return 400, {"error": error}
        method = self.methods.get(params["payment_method"], {})
        if method.get("customer") != params["customer"]:
            error = {
                "type": "invalid_request_error",
                "code": "resource_missing",
                "message": f"No such PaymentMethod: '{params['payment_method']}'",
            }
            return 400, {"error": error}
        intent: Json = {
            "id": self._id("pi"),
            "object": "payment_intent",
            "amount": int(params["amount"]),
            "amount_received": 0,
            "created": self._unix(),
            "currency": params["currency"],
            "customer": params["customer"],
            "payment_method": method["id"],
            "latest_charge": None,
            "last_payment_error": None,
            "status": "processing",
            "metadata": {
                key[len("metadata[") : -1]: value
                for key, value in params.items()
                if key.startswith("metadata[")
            },
        }
        self.intents[intent["id"]] = intent
        self.charges.append(intent["id"])
        how = self.behaviour.get(method["id"], "fine")
        if how == "fine":
            self._succeed(intent)
        if how in REFUSALS:
            code, decline = REFUSALS[how]
            error = {
                "type": "card_error",
                "code": code,
                "decline_code": decline,
                "message": "Your card was declined.",
            }
            intent.update(status="requires_payment_method", last_payment_error=dict(error))
            return 402, {"error": {**error, "payment_intent": plain(intent)}}
        return 200, intent if params.get("expand[0]") == "latest_charge" else plain(intent)

    def _succeed(self, intent: Json) -> None:
        charge = {
            "id": self._id("ch"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": 0,
            "created": self._unix(),
            "currency": intent["currency"],
            "disputed": False,
            "metadata": intent["metadata"],
            "payment_intent": intent["id"],
            "refunded": False,
        }
        intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge)

    async def _list_intents(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        query = request.query_params
        customer, since = query.get("customer"), int(query.get("created[gte]", 0))
        most, is_expanded = int(query.get("limit", 10)), _expands(request, "data.latest_charge")
        rows = [self.intents[one] for one in reversed(self.charges)]
        found = [one for one in rows if one["customer"] == customer and one["created"] >= since]
        data = [one if is_expanded else plain(one) for one in found[:most]]
        return JSONResponse(
            {
                "object": "list",
                "data": data,
                "has_more": len(found) > most,
                "url": "/v1/payment_intents",
            }
        )

    async def _intent(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        intent = self.intents.get(request.path_params["id"])
        if intent is None:
            return _missing("payment_intent")
        return JSONResponse(intent if _expands(request, "latest_charge") else plain(intent))

    async def _method(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        method = self.methods.get(request.path_params["id"])
        return JSONResponse(method) if method else _missing("PaymentMethod")

    async def _detach(self, request: Request) -> Response:
        if refused := self._unauthorized(request):
            return refused
        method = self.methods[request.path_params["id"]]
        method["customer"] = None
        return JSONResponse(method)


def plain(intent: Json) -> Json:
    """An intent as events and unexpanded answers have it: its charge by its id alone."""
    charge = intent["latest_charge"]
    method = intent.get("payment_method")
    return intent | {
        "latest_charge": charge and charge["id"],
        "payment_method": method["id"] if isinstance(method, dict) else method,
    }


def _expands(request: Request, path: str) -> bool:
    return path in request.query_params.getlist("expand[0]")


def _missing(what: str) -> Response:
    error = {
        "type": "invalid_request_error",
        "code": "resource_missing",
        "message": f"No such {what}",
    }
    return _no(404, error)


def _no(status: int, error: Json) -> Response:
    return JSONResponse({"error": error}, status)
