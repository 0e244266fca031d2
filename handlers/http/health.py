"""Where monitors look: liveness, readiness and metrics."""

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from handlers.counter import Counter
from handlers.http.metrics import (
    HIDDEN,
    IN_REVIEW,
    INBOX_STUCK,
    OUTBOX_AGE,
    OUTBOX_DEAD,
    OUTBOX_DEPTH,
    REGISTRY,
    UNASSIGNED,
)
from handlers.http.webhooks import Endpoint
from handlers.jobs import JOBS
from shop.core.errors import BooksUnavailableError
from shop.intake.backlog import Backlog, backlog
from shop.messaging.inbox_records import InboxState


async def alive(_request: Request) -> Response:
    """Behind `GET /healthz`: the process answers."""
    return PlainTextResponse("ok")


def ready_door(counter: Counter) -> Endpoint:
    """Behind `GET /readyz`: the books answer too."""

    async def answer(_request: Request) -> Response:
        try:
            await counter.storage.read(backlog)
        except BooksUnavailableError:
            return PlainTextResponse("the books do not answer", status_code=503)
        return PlainTextResponse("ready")

    return answer


def metrics_door(counter: Counter) -> Endpoint:
    """Behind `GET /metrics`, in Prometheus' text format."""

    async def answer(_request: Request) -> Response:
        try:
            _measure(await counter.storage.read(backlog), now=counter.clock.now().timestamp())
        except BooksUnavailableError:
            return PlainTextResponse("the books do not answer", status_code=503)
        return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)

    return answer


def _measure(found: Backlog, *, now: float) -> None:
    depths = {depth.kind: depth for depth in found.outbox}
    for kind in JOBS:
        depth = depths.get(kind)
        OUTBOX_DEPTH.labels(kind).set(depth.many if depth else 0)
        OUTBOX_AGE.labels(kind).set(max(0.0, now - depth.oldest.timestamp()) if depth else 0)
    OUTBOX_DEAD.set(found.dead)
    IN_REVIEW.set(found.held)
    UNASSIGNED.set(found.unassigned)
    HIDDEN.clear()
    for health in found.hidden:
        HIDDEN.labels(health.provider).set(1)
    for state in (InboxState.STUCK, InboxState.UNHANDLED, InboxState.UNKNOWN):
        INBOX_STUCK.labels(state).set(found.inbox_events.get(state, 0))
