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
from handlers.staff.refunds.manual_refunds import not_paid, paid
from handlers.staff.refunds.refunds import by_words, detail, moneys, receipt, whole
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
    "s_find": ask_for_name,
    "s_stock": how_to_load,
    "load": chosen,
    "who": who,
    "sub": subscription,
    "gv": give,
    "extend": extend,
    "stop": stop,
    "resume": resume,
    "resend": resend,
    "rotate": rotate,
    "rfs": moneys,
    "rf": receipt,
    "rfw": whole,
    "rfd": detail,
    "rfp": paid,
    "rfx": not_paid,
    "rfe": file_of_receipt,
    "dsp": dispute,
    "dspe": file_of_dispute,
    "dspok": trust,
    "p_yes": approved,
    "p_no": refused,
    "p_show": shown,
    "proofs": waiting,
    "stuck": stuck,
    "e_again": effect_again,
    "e_away": effect_away,
    "l_again": inbox_event_again,
    "l_away": inbox_event_away,
    "held": held,
    "rv_yes": approve,
    "rv_no": refuse,
    "blocks": blocks,
    "bl_p": block_payer,
    "unbl": unblock,
    "unk": unknown,
    "asg": assigning,
    "l_true": inbox_event_believed,
    "letters": inbox_events,
}
