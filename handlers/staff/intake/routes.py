"""Which commands and buttons lead to these screens."""

from collections.abc import Mapping

from handlers.doors import Route, Words
from handlers.staff.intake.bank_transfers import (
    approve_by_words,
    approved,
    refuse_by_words,
    refused,
    shown,
    waiting,
)

COMMANDS: Mapping[str, Words] = {
    "paid": approve_by_words,
    "refuse": refuse_by_words,
}
SCREENS: Mapping[str, Route] = {
    "proof_approve": approved,
    "proof_refuse": refused,
    "proof_show": shown,
    "proofs": waiting,
}
