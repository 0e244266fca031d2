"""What most providers' servers have in common, for rigs that `python -m payments.skeleton` writes.

A rig says what is its provider's own: paths, names, words, the signature. Here is the rest.
"""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from shop.core.money import Money
from tests.standins.moods import Delivery, Moody

if TYPE_CHECKING:
    import httpx

    from shop.ports import PaymentPage, PaymentProvider
    from tests.payments.rigs import Hands

Json = dict[str, Any]
Said = tuple[int, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """What a provider was asked: header names in lower case, the path's names, a JSON body."""

    headers: Mapping[str, str]
    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Json


def _now() -> datetime:
    return datetime.now(UTC)


Method = TypeVar("Method", bound=Callable[..., Said])


def answers(line: str) -> Callable[[Method], Method]:
    """Mark the method that answers `METHOD /path/{name}`."""

    def marked(method: Method) -> Method:
        method.__dict__["line"] = line
        return method

    return marked


class Hosted(Moody):
    """An account whose payments are made by its API and paid on its pages.

    A subclass has methods that answer (`answers`), and adds `become` and `sign`.
    """

    key = "key-of-a-hosted-stand-in"
    secret = "secret-of-a-hosted-stand-in"
    refusal: ClassVar[Json] = {"error": {"message": "The key is not right."}}

    def __init__(self, *, now: Callable[[], datetime] = _now) -> None:
        super().__init__()
        self.now = now
        self.payments: dict[str, Json] = {}
        self._numbers = count(1)
        members = (getattr(self, name) for name in dir(type(self)))
        lines = [(one.line, one) for one in members if hasattr(one, "line")]
        self.app = Starlette(routes=[self._route(line, answer) for line, answer in lines])

    def is_let_in(self, call: Call) -> bool:
        """Whether a call carries the right key."""
        return call.headers.get("authorization") == f"Bearer {self.key}"

    def become(self, payment: Json, lever: str, received: str) -> Json:
        """Pull a lever (pay, expire, decline) of a payment; returns the event that tells of it.

        `received` is what came, "" for what was asked.
        """
        raise NotImplementedError

    def unknown(self) -> Json:
        """An event of a kind that no shop acts on."""
        return {"id": "evt_0", "type": "account.changed"}

    def sign(self, body: bytes, stamp: int, secret: bytes) -> dict[str, str]:
        """Sign a body; returns the headers that go with it, names in lower case."""
        raise NotImplementedError

    def move(self, payment_id: str, lever: str, received: str = "") -> Delivery:
        """Pull a lever; returns the webhook."""
        event = self.become(self.payments[payment_id], lever, received)
        return self.signed(json.dumps(event).encode())

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        """Sign any body, at any time, with any secret."""
        stamp = self.unix() if at is None else at
        headers = self.sign(body, stamp, (secret or self.secret).encode())
        return Delivery(headers=headers, body=body)

    def unix(self) -> int:
        """Now, in seconds."""
        return int(self.now().timestamp())

    def new_id(self, prefix: str) -> str:
        """An id that nothing else here has."""
        return f"{prefix}_{next(self._numbers)}"

    def _route(self, line: str, answer: Callable[[Call], Said]) -> Route:
        method, path = line.split()
        return Route(path, self.moody(self._answering(answer)), methods=[method])

    def _answering(
        self, answer: Callable[[Call], Said]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            raw = await request.body()
            call = Call(
                headers=request.headers,
                path=request.path_params,
                query=request.query_params,
                body=json.loads(raw) if raw else {},
            )
            status, said = answer(call) if self.is_let_in(call) else (401, self.refusal)
            return JSONResponse(said, status)

        return answered


class HostedRig:
    """A provider beside such a server, with the levers of the contract suite."""

    currency = "EUR"

    def __init__(
        self, *, clock: "Hands", server: Hosted, url: str, http: "httpx.AsyncClient"
    ) -> None:
        self.clock, self.server, self.url, self.http = clock, server, url, http
        self.provider: PaymentProvider = self.with_secrets(server.secret)

    @property
    def hidden(self) -> Sequence[str]:
        return (self.server.key, self.server.secret)

    @property
    def known(self) -> dict[str, Any]:
        """What a provider of this server is made with, its webhook secrets apart."""
        return {
            "api_key": self.server.key,
            "http": self.http,
            "api_url": self.url,
            "seconds": 1.0,
        }

    def with_secrets(self, *secrets: str) -> "PaymentProvider":
        """Make the provider that this is about, with these webhook secrets."""
        raise NotImplementedError

    async def pay(self, page: "PaymentPage") -> Delivery:
        return self.server.move(page.provider_ref, "pay")

    async def expire(self, page: "PaymentPage") -> None:
        self.server.move(page.provider_ref, "expire")

    async def decline(self, page: "PaymentPage") -> None:
        self.server.move(page.provider_ref, "decline")

    def pay_otherwise(self, page: "PaymentPage", minor: int) -> Delivery:
        """Pay another sum than was asked."""
        received = f"{Money(minor, self.currency).decimal():f}"
        return self.server.move(page.provider_ref, "pay", received)

    def sign(self, body: bytes, *, at: int | None = None, secret: str = "") -> Delivery:
        return self.server.signed(body, at=at, secret=secret)

    def unknown(self) -> Delivery:
        return self.server.signed(json.dumps(self.server.unknown()).encode())
