"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.doors import Route, Words
from handlers.staff.refunds.disputes import (
    dispute,
    dispute_evidence,
    receipt_evidence,
    trust_customer,
)
from handlers.staff.refunds.manual_refunds import cancel_unpaid, confirm_paid
from handlers.staff.refunds.refunds import (
    refund_all,
    refund_by_words,
    refund_details,
    refund_receipt,
    refunds,
)

COMMANDS: Mapping[str, Words] = {
    "refund": refund_by_words,
}
SCREENS: Mapping[str, Route] = {
    "refunds": refunds,
    "refund": refund_receipt,
    "refund_all": refund_all,
    "refund_details": refund_details,
    "refund_paid": confirm_paid,
    "refund_not_paid": cancel_unpaid,
    "receipt_evidence": receipt_evidence,
    "dispute": dispute,
    "dispute_evidence": dispute_evidence,
    "dispute_trust": trust_customer,
}
