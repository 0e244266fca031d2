"""The line between the shop and Telegram: it can be cut, and it can lose or double money."""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from preview.client import NO_CERTIFICATES
from tests.standins.moods import dawdle
from tests.standins.server import serve

if TYPE_CHECKING:
    from collections.abc import Callable

PAGES = frozenset({"createInvoiceLink", "getStarTransactions"})
LISTENING = frozenset({"getUpdates"})
SPEAKING = frozenset({"sendMessage", "sendPhoto", "editMessageText"})
EVERYTHING = frozenset({"*"})
COPIES = 7
_DELAY = 30.0  # whoever waits for this gives up before
_NO_ANSWER = 0


class Money(StrEnum):
    """What becomes of an update that tells of money."""

    COMES = "comes"
    LOST = "lost"
    REPEATED = "repeated"  # the answer that held it is lost; what is not confirmed comes again
    DOUBLED = "doubled"  # seven times in one answer


class Wire:
    """Hands every call on to the stand-in of Telegram, as long as it is whole.

    It runs in the thread of its server; what stands in `before` runs there, before such a call.
    `refused` and `hung` count the calls that its trouble met, `told` how often an update with
    money reached the shop, `lost` how often one did not; `money_ids` are those updates' numbers.
    """

    def __init__(self, telegram_url: str) -> None:
        self._telegram_url = telegram_url
        self.url = ""
        self.cut: frozenset[str] = frozenset()
        self.slow: frozenset[str] = frozenset()
        self.money = Money.COMES
        self.before: dict[str, Callable[[], None]] = {}
        self.calls: list[str] = []
        self.refused, self.hung = Counter[str](), Counter[str]()
        self.told = self.lost = 0
        self.money_ids: set[int] = set()
        self.app = Starlette(routes=[Route("/{path:path}", self._carry, methods=["GET", "POST"])])

    async def _carry(self, request: Request) -> Response:
        path = request.path_params["path"]
        method = path.rpartition("/")[2]
        self.calls.append(method)
        if act := self.before.pop(method, None):
            act()
        if self.cut & {method, "*"}:
            return self._away(method)
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
        if self.slow & {method, "*"}:  # it was done, and its answer comes too late
            self.hung[method] += await dawdle(request, _DELAY)
        if self.cut & {method, "*"}:
            return self._away(method)  # it was done, and the answer is lost
        content = answer.content
        if method == "getUpdates" and answer.is_success:
            came = json.loads(content)
            if any(map(tells_of_money, came["result"])):
                if self.money is Money.REPEATED:
                    self.money = Money.COMES
                    self.lost += 1
                    return self._away(method)
                content = json.dumps(came | {"result": self._changed(came["result"])}).encode()
        return Response(content, answer.status_code, media_type=answer.headers.get("content-type"))

    def _changed(self, came: list[dict[str, Any]]) -> list[dict[str, Any]]:
        many = {Money.LOST: 0, Money.DOUBLED: COPIES}.get(self.money, 1)
        updates: list[dict[str, Any]] = []
        for update in came:
            if tells_of_money(update):
                self.money_ids.add(update["update_id"])
                self.told += many
                self.lost += not many
            updates += [update] * (many if tells_of_money(update) else 1)
        return updates

    def _away(self, method: str) -> Response:
        self.refused[method] += 1
        return Response('{"ok":false,"error_code":502,"description":"Bad Gateway"}', 502)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A process was told of money; `status` is its answer, 0 when there was none."""

    process: int
    status: int
    began: float
    ended: float


class Fork:
    """Where Telegram calls several processes of a shop: money comes to all of them at once.

    What tells of none goes to one after another, as behind any balancer.
    """

    def __init__(self) -> None:
        self.addresses: Sequence[str] = ()
        self.url = ""
        self.tellings: list[Telling] = []
        self.money_ids: set[int] = set()
        self._turn = 0
        self.app = Starlette(routes=[Route("/telegram", self._carry, methods=["POST"])])

    async def _carry(self, request: Request) -> Response:
        body = await request.body()
        secret = request.headers["x-telegram-bot-api-secret-token"]
        headers = {"x-telegram-bot-api-secret-token": secret}
        processes = range(len(self.addresses))
        update = json.loads(body)
        if not tells_of_money(update):
            self._turn = (self._turn + 1) % len(processes)
            told = await tell(self.addresses, self._turn, "/telegram", headers, body)
            return Response(status_code=told.status or 502)
        self.money_ids.add(update["update_id"])
        tellings = await asyncio.gather(
            *(
                tell(self.addresses, process, "/telegram", headers, body)
                for process in (*processes,) * 3
            )
        )
        self.tellings += tellings
        return Response(status_code=max(one.status or 502 for one in tellings))


async def tell(
    addresses: Sequence[str], process: int, path: str, headers: dict[str, str], body: bytes
) -> Telling:
    """Post it to one of the processes."""
    began, status = time.monotonic(), _NO_ANSWER
    async with httpx.AsyncClient(timeout=30, trust_env=False, verify=NO_CERTIFICATES) as sender:
        try:
            answer = await sender.post(
                f"{addresses[process]}{path}", content=body, headers=headers
            )
            status = answer.status_code
        except httpx.HTTPError:
            pass  # no answer is what is noted
    return Telling(process=process, status=status, began=began, ended=time.monotonic())


def tells_of_money(update: dict[str, Any]) -> bool:
    """Whether an update carries money, or staff's word that it came."""
    if (query := update.get("callback_query")) is not None:
        return str(query.get("data", "")).startswith("proof_approve:")
    return "successful_payment" in update.get("message", {})


@contextmanager
def wire_to(telegram_url: str) -> Iterator[Wire]:
    """A line of one's own to the stand-in."""
    wire = Wire(telegram_url)
    with serve(wire.app) as wire.url:
        yield wire


@contextmanager
def fork() -> Iterator[Fork]:
    """An address at which Telegram reaches several processes."""
    made = Fork()
    with serve(made.app) as made.url:
        yield made
