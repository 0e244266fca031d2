"""Payments to review, approved or refused with one tap, and the blocklist."""

from typing import TYPE_CHECKING

from handlers.names import provider_name
from handlers.screens import Args, Screen, bold, button, code
from handlers.staff.confirm import back, customer_screen
from handlers.staff.screening.findings import reasons
from handlers.visit import Visit
from handlers.wording import Html, lines, paragraphs
from shop.core.errors import BadInputError, DoneAlreadyError
from shop.customers.records import Customer
from shop.screening.records import Block
from shop.screening.rules import BlockedBy
from shop.settlement import reviews
from shop.settlement.review_records import Review

if TYPE_CHECKING:
    from handlers.screens import Row


_MOST = 8


async def payments_to_review(visit: Visit, _args: Args) -> Screen:
    """List the payments that wait, oldest first."""
    _ = visit.speech
    found = (await visit.counter.storage.read(reviews.waiting))[:_MOST]
    blocks = (button(_("Blocklist"), "blocklist"),)
    title = lines(
        bold(_("Payments to review")),
        _("The money is here, but your rules ask for a person before access opens."),
    )
    if not found:
        text = paragraphs(title, _("✅ No payments to review."))
        return Screen(text=text, rows=(blocks, back(_)))
    text = paragraphs(title, *(_one(visit, *pair) for pair in found))
    rows: list[Row] = []
    for review, _customer in found:
        rows.append(
            (
                button(_("R{id}: approve", id=review.id), "review_approve", review.id),
                button(_("R{id}: refuse", id=review.id), "review_refuse", review.id),
            )
        )
    return Screen(text=text, rows=(*rows, blocks, back(_)))


def _one(visit: Visit, review: Review, customer: Customer) -> Html:
    _ = visit.speech
    title = _(
        "<b>R{id}</b> · {name}: {money} by {way}",
        id=review.id,
        name=customer.name,
        money=_.money(review.judgement.whole),
        way=provider_name(_, review.provider),
    )
    return lines(title, reasons(_, review.findings))


async def approve(visit: Visit, args: Args) -> Screen:
    """Settle the order with its money."""
    _, counter = visit.speech, visit.counter
    try:
        review = await counter.storage.run(
            reviews.approve,
            visit.customer.telegram_id,
            review_id=args.number(0),
            policy=counter.policy,
            now=visit.now,
        )
    except DoneAlreadyError:
        return (await payments_to_review(visit, args)).saying(_("That was decided already."))
    counter.wake()
    return (await customer_screen(visit, review.customer_id)).saying(
        _("Approved; the access is on its way.")
    )


async def refuse(visit: Visit, args: Args) -> Screen:
    """Close the order; the money goes to the wallet, and the customer's screen is shown."""
    _, counter = visit.speech, visit.counter
    try:
        review = await counter.storage.run(
            reviews.refuse,
            visit.customer.telegram_id,
            review_id=args.number(0),
            policy=visit.counter.policy,
            now=visit.now,
        )
    except DoneAlreadyError:
        return (await payments_to_review(visit, args)).saying(_("That was decided already."))
    counter.wake()
    return (await customer_screen(visit, review.customer_id)).saying(
        _("Refused; the money is in the customer’s wallet.")
    )


async def blocklist(visit: Visit, _args: Args) -> Screen:
    """Show the blocklist."""
    _ = visit.speech
    found = await visit.counter.storage.read(reviews.blocklist)
    how = _(
        "To add someone, write {first} or {second}.",
        first=code("/block 12345"),
        second=code("/block @name"),
    )
    listed = lines(*(_block(visit, one) for one in found)) if found else _("Nobody is blocked.")
    rows = [(button(_("B{id}: take off", id=one.id), "unblock", one.id),) for one in found[:_MOST]]
    return Screen(text=paragraphs(bold(_("Blocklist")), listed, how), rows=(*rows, back(_)))


def _block(visit: Visit, one: Block) -> Html:
    _ = visit.speech
    kinds = {
        BlockedBy.TELEGRAM: _("Telegram {value}", value=one.value),
        BlockedBy.USERNAME: _("@{value}", value=one.value),
        BlockedBy.PAYER: _("card or wallet {value}", value=one.value[:8]),
    }
    return _(
        "<b>B{id}</b> · {whom}, since {date}",
        id=one.id,
        whom=kinds[one.kind],
        date=_.day(one.added_at),
    )


async def block_by_words(visit: Visit, words: list[str]) -> Screen:
    """`/block 12345` or `/block @name`."""
    _ = visit.speech
    word = words[0] if words else ""
    is_id = word.isdecimal()
    if not (is_id or word.startswith("@")) or len(word) > len("@") + 32:
        raise BadInputError(reason=_("Write it like this: /block 12345 or /block @name").plain)
    kind = BlockedBy.TELEGRAM if is_id else BlockedBy.USERNAME
    # As the books write it: without zeros before, in ASCII.
    return await _blocked(visit, kind, str(int(word)) if is_id else word)


async def block_payer(visit: Visit, args: Args) -> Screen:
    """Block the card or wallet that paid; when unknown, the customer's Telegram id."""
    review, customer = await visit.counter.storage.read(reviews.review_of, args.number(0))
    if review.fingerprint:
        return await _blocked(visit, BlockedBy.PAYER, review.fingerprint)
    return await _blocked(visit, BlockedBy.TELEGRAM, str(customer.telegram_id))


async def _blocked(visit: Visit, kind: BlockedBy, value: str) -> Screen:
    _ = visit.speech
    is_new = await visit.counter.storage.run(
        reviews.block, visit.customer.telegram_id, kind, value, reason="", now=visit.now
    )
    words = _("Done.") if is_new else _("That was done already.")
    return (await blocklist(visit, Args(()))).saying(words)


async def unblock(visit: Visit, args: Args) -> Screen:
    """Take someone off the blocklist."""
    _ = visit.speech
    done = await visit.counter.storage.run(
        reviews.unblock, visit.customer.telegram_id, block_id=args.number(0), now=visit.now
    )
    words = _("Done.") if done else _("That was done already.")
    return (await blocklist(visit, args)).saying(words)
