"""The Bot API over HTTP: /bot<token>/<method> and /file/bot<token>/<path>."""

from __future__ import annotations

import asyncio
import hmac
import sys
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, Response

from preview.errors import BotApiError
from preview.methods import COUNTED, METHODS
from preview.methods.delivery import Described
from preview.parameters import Parameters, read_parameters
from preview.telegram import Call

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from preview.faults import Fault
    from preview.telegram import Telegram

if sys.version_info >= (3, 12):
    from typing import override
else:
    from typing_extensions import override

__all__ = ["BotApi"]

UNAUTHORIZED = {"ok": False, "error_code": 401, "description": "Unauthorized"}
NOT_FOUND = {"ok": False, "error_code": 404, "description": "Not Found: method not found"}


class BotApi:
    """Answers calls as Telegram does, logs them, and fails when told to."""

    def __init__(self, telegram: Telegram) -> None:
        """Serve this state."""
        self.telegram = telegram

    async def call(self, request: Request) -> Response:
        """Answer one method call over HTTP."""
        if not self._knows(request.path_params["token"]):
            return _json(UNAUTHORIZED)
        try:
            call = read_parameters(
                query=request.url.query,
                content_type=request.headers.get("content-type", ""),
                body=await request.body(),
            )
        except BotApiError as refusal:
            return _json(refusal.answer())
        method = str(request.path_params["method"])
        chat_id = call.integer("chat_id") or call.integer("user_id")
        fault = self.telegram.faults.next(method, chat_id=chat_id)
        if fault is None:
            return _json(await self.run(method, call))
        return await self._trouble(fault, method=method, call=call)

    async def file(self, request: Request) -> Response:
        """Serve an uploaded file."""
        found = self.telegram.files.at(str(request.path_params["path"]))
        if not self._knows(request.path_params["token"]) or found is None:
            return _json(NOT_FOUND | {"description": "Not Found"})
        return Response(found.content, media_type="application/octet-stream")

    async def run(self, method: str, call: Parameters) -> dict[str, Any]:
        """Run a call and log it; returns the answer's body."""
        logged = Call(method=method, params=call.logged(), at=self.telegram.clock.unix())
        if method.lower() != "getupdates":
            self.telegram.calls.append(logged)
        logged.answer = await self._answer(method.lower(), call)
        return logged.answer

    async def run_reply(self, body: dict[str, Any]) -> None:
        """Run the call that a webhook put into its reply."""
        values = {name: value for name, value in body.items() if name != "method"}
        await self.run(str(body["method"]), Parameters(values))

    async def _answer(self, method: str, call: Parameters) -> dict[str, Any]:
        work = METHODS.get(method)
        if work is None:
            return NOT_FOUND
        try:
            if self.telegram.flood is not None and method in COUNTED:
                self.telegram.flood.spend(call.integer("chat_id"))
            result = await work(self.telegram, call)
        except BotApiError as refusal:
            return refusal.answer()
        if isinstance(result, Described):
            return {"ok": True, "result": result.result, "description": result.description}
        return {"ok": True, "result": result}

    async def _trouble(self, fault: Fault, *, method: str, call: Parameters) -> Response:
        if fault.status == "slow":
            await asyncio.sleep(fault.seconds)
            return _json(await self.run(method, call))
        if fault.status == "lost":
            await self.run(method, call)
            return _Silence()
        answer = fault.answer() if isinstance(fault.status, int) else {}
        logged = Call(
            method=method, params=call.logged(), answer=answer or {"fault": fault.status}
        )
        self.telegram.calls.append(logged)
        return _json(answer) if answer else _Silence()

    def _knows(self, token: str) -> bool:
        return hmac.compare_digest(token.encode(), self.telegram.config.token.encode())


class _Silence(Response):
    """Breaks the connection in the middle of an answer."""

    @override
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Announce more bytes than are sent, so that the server has to hang up."""
        del scope, receive
        headers = [(b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})


def _json(body: dict[str, Any]) -> JSONResponse:
    code = 200 if body["ok"] else int(body["error_code"])
    headers = {}
    if "parameters" in body and "retry_after" in body["parameters"]:
        headers["retry-after"] = str(body["parameters"]["retry_after"])
    return JSONResponse(body, status_code=code, headers=headers)
