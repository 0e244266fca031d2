"""The metrics at /metrics; labels name providers and outcomes, never people."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
SETTLED = Counter(
    "telekiosk_events",
    "Payment events taken into the books",
    ("provider", "outcome"),
    registry=REGISTRY,
)
REJECTED = Counter(
    "telekiosk_webhooks_rejected",
    "Webhooks turned away",
    ("provider", "reason"),
    registry=REGISTRY,
)
UPDATES = Counter("telekiosk_updates", "Chat updates taken in", ("kind",), registry=REGISTRY)
SENT = Counter(
    "telekiosk_effects", "Effects taken from the outbox", ("kind", "outcome"), registry=REGISTRY
)
PROVIDER_SECONDS = Histogram(
    "telekiosk_provider_seconds",
    "How long a payment provider took to answer",
    ("provider", "call"),
    registry=REGISTRY,
)
OUTBOX_DEPTH = Gauge("telekiosk_outbox_waiting", "Effects that wait", ("kind",), registry=REGISTRY)
OUTBOX_AGE = Gauge(
    "telekiosk_outbox_oldest_seconds",
    "Age of the oldest effect that waits",
    ("kind",),
    registry=REGISTRY,
)
OUTBOX_DEAD = Gauge("telekiosk_outbox_dead", "Effects given up, for staff", registry=REGISTRY)
IN_REVIEW = Gauge("telekiosk_held", "Payments that wait for a person", registry=REGISTRY)
UNASSIGNED = Gauge("telekiosk_unassigned", "Payments without a known order", registry=REGISTRY)
HIDDEN = Gauge(
    "telekiosk_provider_hidden",
    "Providers that customers do not see",
    ("provider",),
    registry=REGISTRY,
)
INBOX_STUCK = Gauge(
    "telekiosk_inbox_stuck", "Inbox events that want a person", ("state",), registry=REGISTRY
)
