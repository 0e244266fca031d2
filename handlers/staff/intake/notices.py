"""What staff are told about what came in."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import provider_name
from handlers.screens import Screen
from handlers.staff.intake.bank_transfers import show_proof
from handlers.staff.links import to_failed_jobs
from handlers.visit import Visit
from handlers.wording import lines
from shop.intake.notices import ProofSent, StarDifference, Stuck
from shop.messaging.notices import StaffNotice


async def proof_sent(visit: Visit, notice: ProofSent) -> None:
    """The picture itself, with what to decide by below it."""
    await show_proof(visit, notice.proof)


async def stuck(visit: Visit, notice: Stuck) -> Screen:
    """Something that came in could not be handled."""
    _ = visit.speech
    text = _(
        "🔴 Event E{event} could not be handled: {reason}",
        event=notice.inbox_event,
        reason=notice.reason,
    )
    return Screen(text=text, rows=((to_failed_jobs(_),),))


async def star_difference(visit: Visit, notice: StarDifference) -> Screen:
    """The nightly look at Telegram's list of Stars found a difference."""
    _ = visit.speech
    told = []
    if notice.money is not None:
        told.append(
            _.ngettext(
                "🌙 {n} payment had not reached us: {money}. It is in the books now.",
                "🌙 {n} payments had not reached us: {money}. They are in the books now.",
                notice.found,
                money=_.money(notice.money),
            )
        )
    if notice.odd:
        way = provider_name(_, notice.provider)  # named here: a `_` inside hides the plural
        told.append(
            _.ngettext(
                "⚠️ {n} payment in our books is not as {way} lists it: {names}",
                "⚠️ {n} payments in our books are not as {way} lists them: {names}",
                notice.odd,
                way=way,
                names=", ".join(notice.names),
            )
        )
    return Screen(text=lines(*told))


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    ProofSent: proof_sent,
    Stuck: stuck,
    StarDifference: star_difference,
}
