"""How a stand-in can feel: everything a provider's server does to its callers on a bad day."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

_STEP = 0.05

Answer = Callable[[Request], Awaitable[Response]]


class Mood(StrEnum):
    """What the next calls meet."""

    UP = "up"
    DOWN = "down"  # 503
    SLOW = "slow"  # answers, but after `delay`
    REFUSING = "refusing"  # 400, and its words quote the caller's key
    GARBAGE = "garbage"  # 200 with a body of `garbage`
    DEAF = "deaf"  # does what it is asked, but the answer is lost: 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook as it is sent: header names in lower case, raw body."""

    headers: dict[str, str]
    body: bytes


class Moody:
    """Something with a mood; its routes are wrapped in `moody`.

    `refuse` says no in this provider's words, and quotes the caller's credentials.
    """

    def __init__(self, *, refuse: Callable[[Request], dict[str, object]] | None = None) -> None:
        self.mood = Mood.UP
        self.refuse = refuse or _quote_authorization
        self.delay = 5.0
        self.garbage = b"<html>busy</html>"
        self.calls: list[tuple[str, str]] = []
        self.met = Counter[Mood]()
        """How many calls met which mood; a slow one counts once its caller has given up."""

    def moody(self, answer: Answer) -> Answer:
        """Let a route feel as this server feels."""

        async def felt(request: Request) -> Response:
            self.calls.append((request.method, request.url.path))
            self.met[self.mood] += self.mood is not Mood.SLOW
            match self.mood:
                case Mood.DOWN:
                    return Response("busy", 503, {"stripe-should-retry": "false"})
                case Mood.SLOW:
                    self.met[Mood.SLOW] += await dawdle(request, self.delay)
                case Mood.REFUSING:
                    return JSONResponse(self.refuse(request), 400)
                case Mood.GARBAGE:
                    return Response(self.garbage, media_type="application/json")
                case Mood.DEAF:
                    await answer(request)
                    return Response("lost", 502, {"stripe-should-retry": "false"})
                case Mood.UP:
                    pass
            return await answer(request)

        return felt


async def dawdle(request: Request, seconds: float) -> bool:
    """Let so much time pass; whether the caller gave up meanwhile, which ends it."""
    for _ in range(int(seconds / _STEP)):
        if await request.is_disconnected():
            return True
        await asyncio.sleep(_STEP)
    return False


def _quote_authorization(request: Request) -> dict[str, object]:
    words = f"Not with {request.headers.get('authorization')}."
    return {"error": {"type": "invalid_request_error", "message": words}}
