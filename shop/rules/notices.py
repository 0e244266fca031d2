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
    RENEWAL_ON = "renewal_on"
    RENEWAL_AHEAD = "renewal_ahead"
    RENEWAL_FAILED = "renewal_failed"
    RENEWAL_OFF = "renewal_off"
    STARS_STOPPED = "stars_stopped"
    STARS_RESUMED = "stars_resumed"
    STARS_FAILED = "stars_failed"
    PROOF_REFUSED = "proof_refused"
    # staff
    SALE = "sale"
    ODD_MONEY = "odd_money"
    UNKNOWN_MONEY = "unknown_money"
    MONEY_BACK = "money_back"
    LOW_STOCK = "low_stock"
    CONNECTOR_FAILED = "connector_failed"
    STUCK = "stuck"
    STAR_BOOKS = "star_books"
    MEANS_REFUSED = "means_refused"
    PROOF = "proof"
