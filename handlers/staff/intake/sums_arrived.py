"""What staff write for the money of a transfer, asked back where it is far or means two things."""

from collections.abc import Sequence

from handlers.screens import Screen, bold, button
from handlers.visit import Visit
from handlers.wording import escape
from shop.core.money import Money, round_minor
from shop.intake.transfer_proofs import Case

_FAR = 2  # times what was asked, or a part of it


def is_far(money: Money, due: Money) -> bool:
    """Whether a slip of the hand is likelier than such a payment."""
    return money.minor > _FAR * due.minor or due.minor > _FAR * money.minor


def which_sum(visit: Visit, case: Case, meant: Sequence[Money]) -> Screen:
    """Ask which of the readings arrived; digits without a point may have been meant as cents."""
    _, due = visit.speech, case.payment.due
    shifted = [Money(round_minor(one.decimal()), due.currency) for one in meant]
    likely = [one for one in shifted if one.minor and not is_far(one, due)]
    text = _(
        "Transfer {id}, {name}: {due} was asked. What has arrived?",
        id=case.proof.id,
        name=escape(case.customer.name),
        due=bold(_.money(due)),
    )
    rows = [
        button(_("{money} is here", money=_.money(one)), "proof_approve", case.proof.id, one.minor)
        for one in dict.fromkeys((*meant, *likely))
    ]
    none = button(_("Neither, I write it again"), "+proof_show", case.proof.id)
    return Screen(text=text, rows=(*((row,) for row in rows), (none,)))
