"""Which staff command and which staff button lead to which screen."""

from collections.abc import Awaitable, Callable, Mapping

from handlers.screens import Args, Screen
from handlers.staff.access.stock import how_to_load, load_chosen
from handlers.staff.access.subscriptions import (
    extend,
    extend_by_words,
    resend,
    resume,
    rotate,
    stop,
    subscription,
)
from handlers.staff.checkout.grants import grant
from handlers.staff.desk.customers import ask_for_name, customer, found
from handlers.staff.desk.failed_jobs import (
    believe_event,
    dismiss_event,
    dismiss_job,
    failed_jobs,
    inbox,
    retry_event,
    retry_job,
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
    "refund": refund_by_words,
    "paid": approve_by_words,
    "refuse": refuse_by_words,
    "block": block_by_words,
    "assign": assign_by_words,
}
SCREENS: Mapping[str, Route] = {
    "desk": desk,
    "find_customer": ask_for_name,
    "stock": how_to_load,
    "stock_load": load_chosen,
    "customer": customer,
    "subscription": subscription,
    "grant": grant,
    "extend": extend,
    "stop": stop,
    "resume": resume,
    "resend": resend,
    "rotate": rotate,
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
    "proof_approve": approved,
    "proof_refuse": refused,
    "proof_show": shown,
    "proofs": waiting,
    "failed_jobs": failed_jobs,
    "job_retry": retry_job,
    "job_dismiss": dismiss_job,
    "event_retry": retry_event,
    "event_dismiss": dismiss_event,
    "reviews": payments_to_review,
    "review_approve": approve,
    "review_refuse": refuse,
    "blocklist": blocklist,
    "block_payer": block_payer,
    "unblock": unblock,
    "unassigned": unassigned_payments,
    "assign": assign_payment,
    "event_believe": believe_event,
    "inbox": inbox,
}
