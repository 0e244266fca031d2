"""Which staff command and which staff button lead where."""

from collections.abc import Awaitable, Callable, Mapping

from handlers.screens import Args, Screen
from handlers.staff.access.stock import chosen, how_to_load
from handlers.staff.access.subscriptions import (
    extend,
    extend_by_words,
    resend,
    resume,
    rotate,
    stop,
    subscription,
)
from handlers.staff.checkout.grants import give
from handlers.staff.desk.customers import ask_for_name, found, who
from handlers.staff.desk.failed_jobs import (
    effect_again,
    effect_away,
    inbox_event_again,
    inbox_event_away,
    inbox_event_believed,
    inbox_events,
    stuck,
)
from handlers.staff.desk.overview import desk
from handlers.staff.intake.bank_transfers import (
    approve_by_words,
    approved,
    refuse_by_words,
    refused,
    shown,
    waiting,
)
from handlers.staff.refunds.disputes import dispute, file_of_dispute, file_of_receipt, trust
from handlers.staff.refunds.refunds import by_words, detail, moneys, not_paid, paid, receipt, whole
from handlers.staff.settlement.reviews import (
    approve,
    block_by_words,
    block_payer,
    blocks,
    held,
    refuse,
    unblock,
)
from handlers.staff.settlement.unassigned import assign_by_words, assigning, unknown
from handlers.visit import Visit

Route = Callable[[Visit, Args], Awaitable[Screen | None]]
Words = Callable[[Visit, list[str]], Awaitable[Screen | None]]


async def admin(visit: Visit, _words: list[str]) -> Screen:
    """`/admin`."""
    return await desk(visit, Args(()))


async def find(visit: Visit, words: list[str]) -> Screen:
    """`/find words`."""
    return await found(visit, " ".join(words))


COMMANDS: Mapping[str, Words] = {
    "admin": admin,
    "find": find,
    "extend": extend_by_words,
    "refund": by_words,
    "paid": approve_by_words,
    "refuse": refuse_by_words,
    "block": block_by_words,
    "assign": assign_by_words,
}
SCREENS: Mapping[str, Route] = {
    "desk": desk,
    "find_customer": ask_for_name,
    "stock": how_to_load,
    "stock_load": chosen,
    "customer": who,
    "subscription": subscription,
    "grant": give,
    "extend": extend,
    "stop": stop,
    "resume": resume,
    "resend": resend,
    "rotate": rotate,
    "refunds": moneys,
    "refund": receipt,
    "refund_all": whole,
    "refund_details": detail,
    "refund_paid": paid,
    "refund_not_paid": not_paid,
    "receipt_evidence": file_of_receipt,
    "dispute": dispute,
    "dispute_evidence": file_of_dispute,
    "dispute_trust": trust,
    "proof_approve": approved,
    "proof_refuse": refused,
    "proof_show": shown,
    "proofs": waiting,
    "failed_jobs": stuck,
    "job_retry": effect_again,
    "job_dismiss": effect_away,
    "event_retry": inbox_event_again,
    "event_dismiss": inbox_event_away,
    "reviews": held,
    "review_approve": approve,
    "review_refuse": refuse,
    "blocklist": blocks,
    "block_payer": block_payer,
    "unblock": unblock,
    "unassigned": unknown,
    "assign": assigning,
    "event_believe": inbox_event_believed,
    "inbox": inbox_events,
}
