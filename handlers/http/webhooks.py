"""Where payment providers call: check the signature, settle in one transaction, answer 2xx."""

import re
from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import Response

from handlers.counter import Counter
from handlers.http.metrics import REJECTED, SETTLED
from shop.core.errors import BadInputError, BooksUnavailableError
from shop.ports import BadSignatureError, EndpointClosedError
from shop.settlement.settle import Outcome, Source, settle_all

Endpoint = Callable[[Request], Awaitable[Response]]
_MOST_BYTES = 1024 * 1024
_KEPT_HEADERS = ("content-type", "user-agent", "x-event-id", "x-request-id")
_SIGNATURES = ("-signature", "-sig")
_SECRET_HEADERS = {"authorization", "cookie", "proxy-authorization"}
_SIGNED_TOO = re.compile(r"(?:^|,)h=([^,]*)")  # Hook0 lists the headers it signs
_TELLING = {
    Outcome.SETTLED,
    Outcome.IN_REVIEW,
    Outcome.TO_WALLET,
    Outcome.NOTED,
    Outcome.ASKED,
    Outcome.UNKNOWN,
    Outcome.UNHANDLED,
    Outcome.ELSEWHERE,
}
log = structlog.get_logger()


class TooLargeError(Exception):
    """More bytes than any provider sends."""


def webhook_door(counter: Counter) -> Endpoint:
    """The endpoint behind `POST /webhooks/{provider}`."""

    async def receive(request: Request) -> Response:
        name = request.path_params["provider"]
        provider = counter.providers.get(name)
        if provider is None:
            return Response(status_code=404)
        try:
            body = await read_body(request)
            headers = dict(request.headers)
            events = provider.read_webhook(headers, body, now=counter.clock.now())
        except EndpointClosedError:
            return Response(status_code=404)
        except (BadSignatureError, BadInputError, TooLargeError) as error:
            return _refuse(name, error, request)
        source = Source(provider=name, headers=_kept(headers), body=body, is_believed=False)
        try:
            outcomes = await counter.storage.run(
                settle_all, events, source, policy=counter.policy, now=counter.clock.now()
            )
        except BooksUnavailableError:
            log.warning("books_unavailable", door="webhooks", provider=name)
            return Response(status_code=503, headers={"Retry-After": "5"})
        except BadInputError as error:
            return _refuse(name, error, request)
        for outcome in outcomes:
            SETTLED.labels(name, outcome).inc()
        if not _TELLING.isdisjoint(outcomes):
            counter.wake()
        return Response(status_code=200)

    return receive


async def read_body(request: Request) -> bytes:
    """The raw body, at most 1 MiB; raises `TooLargeError`."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise TooLargeError
    return bytes(body)


def _refuse(name: str, error: Exception, request: Request) -> Response:
    reasons = {BadSignatureError: "signature", BadInputError: "body", TooLargeError: "size"}
    reason = reasons.get(type(error), "body")
    REJECTED.labels(name, reason).inc()
    peer = request.client.host if request.client else ""
    log.warning("webhook_refused", provider=name, reason=reason, peer=peer)
    return Response(status_code=413 if isinstance(error, TooLargeError) else 400)


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping: with signatures and what they cover, staff can replay it."""
    names = {name for name in headers if name in _KEPT_HEADERS or name.endswith(_SIGNATURES)}
    signatures = (headers[name] for name in names if name.endswith(_SIGNATURES))
    covered = (
        found[1].lower().split() for one in signatures if (found := _SIGNED_TOO.search(one))
    )
    names.update(name for many in covered for name in many)
    return {name: headers[name] for name in names - _SECRET_HEADERS if name in headers}
