"""The line between the shop and Telegram: it can be cut, and it can lose or double money."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from preview.client import NO_CERTIFICATES
from tests.standins.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable

MARKS = (b"successful_payment", b'"p_yes:')  # a payment in the chat, staff's yes to a transfer
PAGES = frozenset({"createInvoiceLink", "getStarTransactions"})
EVERYTHING = frozenset({"*"})


class Money(StrEnum):
    """What becomes of an update that tells of money."""

    COMES = "comes"
    LOST = "lost"
    REPEATED = "repeated"  # the answer that held it is lost; what is not confirmed comes again
    DOUBLED = "doubled"


class Wire:
    """Hands every call on to the stand-in of Telegram, as long as it is whole.

    It runs in the thread of its server; what stands in `before` runs there, before such a call.
    """

    def __init__(self, telegram_url: str) -> None:
        self._telegram_url = telegram_url
        self.url = ""
        self.cut: frozenset[str] = frozenset()
        self.slow: frozenset[str] = frozenset()
        self.money = Money.COMES
        self.before: dict[str, Callable[[], None]] = {}
        self.calls: list[str] = []
        self.app = Starlette(routes=[Route("/{path:path}", self._carry, methods=["GET", "POST"])])

    async def _carry(self, request: Request) -> Response:
        path = request.path_params["path"]
        method = path.rpartition("/")[2]
        self.calls.append(method)
        if act := self.before.pop(method, None):
            act()
        if self.cut & {method, "*"}:
            return _away()
        async with httpx.AsyncClient(
            timeout=60, trust_env=False, verify=NO_CERTIFICATES
        ) as onward:
            answer = await onward.request(
                request.method,
                f"{self._telegram_url}/{path}",
                content=await request.body(),
                headers={"content-type": request.headers.get("content-type", "text/plain")},
                params=request.query_params,
            )
        is_told = method == "getUpdates" and any(mark in answer.content for mark in MARKS)
        is_lost = is_told and self.money is Money.REPEATED
        if is_lost:
            self.money = Money.COMES
        if is_lost or self.slow & {method, "*"} or self.cut & {method, "*"}:
            return _away()  # it was done, and the answer is lost
        return Response(
            self._changed(method, answer.content), answer.status_code,
            media_type=answer.headers.get("content-type"),
        )  # fmt: skip

    def _changed(self, method: str, content: bytes) -> bytes:
        many = {Money.LOST: 0, Money.DOUBLED: 2}.get(self.money, 1)
        if many == 1 or method != "getUpdates" or not any(mark in content for mark in MARKS):
            return content
        answer = json.loads(content)
        updates: list[dict[str, Any]] = []
        for update in answer["result"]:
            is_money = any(mark in json.dumps(update).encode() for mark in MARKS)
            updates += [update] * (many if is_money else 1)
        return json.dumps(answer | {"result": updates}).encode()


def _away() -> Response:
    return Response('{"ok":false,"error_code":502,"description":"Bad Gateway"}', 502)


@contextmanager
def wire_to(telegram_url: str) -> Iterator[Wire]:
    """A line of one's own to the stand-in."""
    wire = Wire(telegram_url)
    with serve(wire.app) as wire.url:
        yield wire
