"""What the shop tells a customer of its own accord, worded as it stands when it is sent."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.customer.access import notices as access
from handlers.customer.checkout import notices as checkout
from handlers.customer.checkout.bank_transfer import proof_refused
from handlers.customer.refunds.notices import (
    dispute_over,
    disputed,
    refund_late,
    refund_link,
    refunded,
)
from handlers.customer.renewals.notices import (
    agreed,
    ahead,
    off,
    stars_failed,
    stars_resumed,
    stars_stopped,
)
from handlers.customer.renewals.notices import failed as renewal_failed
from handlers.customer.settlement.notices import failed, paid, seen, to_wallet
from handlers.customer.settlement.review_notices import assigned, in_review, review_refused
from handlers.screens import Screen
from handlers.visit import Visit
from shop.messaging.kinds import Notice
from shop.messaging.notices import CustomerNotice

Facts = Mapping[str, Any]
Teller = Callable[[Visit, Facts], Awaitable[Screen | None]]


TELLERS: Mapping[Notice, Teller] = {
    Notice.SEEN: seen,
    Notice.PAID: paid,
    Notice.TO_WALLET: to_wallet,
    Notice.PAYMENT_FAILED: failed,
    Notice.REFUNDED: refunded,
    Notice.REFUND_LATE: refund_late,
    Notice.REFUND_LINK: refund_link,
    Notice.DISPUTED: disputed,
    Notice.DISPUTE_OVER: dispute_over,
    Notice.RENEWAL_ON: agreed,
    Notice.RENEWAL_AHEAD: ahead,
    Notice.RENEWAL_FAILED: renewal_failed,
    Notice.RENEWAL_OFF: off,
    Notice.STARS_STOPPED: stars_stopped,
    Notice.STARS_RESUMED: stars_resumed,
    Notice.STARS_FAILED: stars_failed,
    Notice.IN_REVIEW: in_review,
    Notice.REVIEW_REFUSED: review_refused,
    Notice.ASSIGNED: assigned,
    Notice.PROOF_REFUSED: proof_refused,
}
# A notice's class -> its words: None where time has overtaken it.
WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    **access.WORDS,
    **checkout.WORDS,
}
