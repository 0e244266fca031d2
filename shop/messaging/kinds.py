"""What the shop tells people of its own accord; handlers word it, the outbox carries it."""

from enum import StrEnum


class Notice(StrEnum):
    """The kinds of notices to customers and to staff."""

    # customers
    CREDENTIALS = "credentials"
    DELIVERY_LATE = "delivery_late"
    REMINDER = "reminder"
    GRACE = "grace"
    SUSPENDED = "suspended"
    ENDED = "ended"
    GIVEN = "given"
    # staff
    LOW_STOCK = "low_stock"
    CONNECTOR_FAILED = "connector_failed"
    TURNED_AWAY = "turned_away"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_BACK = "provider_back"
