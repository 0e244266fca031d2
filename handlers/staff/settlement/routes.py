"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.doors import Route, Words
from handlers.staff.settlement.reviews import (
    approve,
    block_by_words,
    block_payer,
    blocklist,
    payments_to_review,
    refuse,
    unblock,
)
from handlers.staff.settlement.unassigned import (
    assign_by_words,
    assign_payment,
    unassigned_payments,
)

COMMANDS: Mapping[str, Words] = {
    "block": block_by_words,
    "assign": assign_by_words,
}
SCREENS: Mapping[str, Route] = {
    "reviews": payments_to_review,
    "review_approve": approve,
    "review_refuse": refuse,
    "blocklist": blocklist,
    "block_payer": block_payer,
    "unblock": unblock,
    "unassigned": unassigned_payments,
    "assign": assign_payment,
}
