"""What is told to customers about proofs of their bank transfers."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.customer.checkout.bank_transfer import refusal
from handlers.screens import Screen, bold, button
from handlers.visit import Visit
from handlers.wording import paragraphs
from shop.intake.notices import ProofRefused
from shop.messaging.notices import CustomerNotice


async def proof_refused(visit: Visit, notice: ProofRefused) -> Screen:
    """Staff refused the proof."""
    _ = visit.speech
    text = paragraphs(
        bold(_("About your bank transfer")),
        refusal(_, notice.reason),
        _("Please send another picture or PDF here, or pay another way."),
    )
    other = button(_("Pay another way"), "+pay_again", notice.plan, notice.term.key)
    return Screen(text=text, rows=((other,), (button(_("Write to us"), "+paysupport"),)))


WORDS: Mapping[type[CustomerNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    ProofRefused: proof_refused,
}
