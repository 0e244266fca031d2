"""What the shop tells people of its own accord; handlers word it, the outbox carries it."""

from enum import StrEnum


class Notice(StrEnum):
    """The kinds of notices to customers and to staff."""

    # customers
    SEEN = "seen"
    PAID = "paid"
    TO_WALLET = "to_wallet"
    PAYMENT_FAILED = "payment_failed"
    CREDENTIALS = "credentials"
    DELIVERY_LATE = "delivery_late"
    REMINDER = "reminder"
    GRACE = "grace"
    SUSPENDED = "suspended"
    ENDED = "ended"
    HELD = "held"
    RELEASED = "released"
    GIVEN = "given"
    IN_REVIEW = "in_review"
    REVIEW_REFUSED = "review_refused"
    ASSIGNED = "assigned"
    PROOF_REFUSED = "proof_refused"
    # staff
    SALE = "sale"
    ODD_MONEY = "odd_money"
    UNKNOWN_MONEY = "unknown_money"
    MONEY_BACK = "money_back"
    LOW_STOCK = "low_stock"
    CONNECTOR_FAILED = "connector_failed"
    STUCK = "stuck"
    HELD_MONEY = "held_money"
    TURNED_AWAY = "turned_away"
    FALSE_CLAIM = "false_claim"
    FOREIGN_ACCOUNT = "foreign_account"
    PROVIDER_DOWN = "provider_down"
    PROVIDER_BACK = "provider_back"
    PROOF = "proof"
