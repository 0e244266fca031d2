"""Proofs of bank transfers, shown to staff with the facts and decided with one tap."""

from collections.abc import Awaitable
from dataclasses import replace

import structlog
from telegram import InlineKeyboardMarkup, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest

from handlers.customer.checkout.bank_transfer import refusal
from handlers.screens import Args, Row, Screen, bold, button, code
from handlers.staff.confirm import back
from handlers.staff.intake.sums_arrived import is_far, which_sum
from handlers.visit import Visit, answer, is_gone
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.core.errors import BadInputError, DoneAlreadyError
from shop.core.money import Money
from shop.core.sums import readings_of
from shop.intake.transfer_proofs import Case, approve, case_of, pile, refuse
from shop.intake.transfers import FileKind, ProofState, Reason
from shop.orders.states import OrderState
from shop.settlement.settle import Outcome

_LOG = structlog.get_logger()
_WORDS = 2  # of /paid


async def show_proof(visit: Visit, proof_id: int) -> None:
    """Send the file as it came, with the facts as caption and the buttons below."""
    case = await visit.counter.storage.read(case_of, proof_id)
    screen = proof_screen(visit, case)
    file = case.proof.file
    send = visit.bot.send_photo if file.kind is FileKind.PHOTO else visit.bot.send_document
    try:
        await send(
            visit.chat_id,
            file.file_id,
            caption=screen.text,
            parse_mode=ParseMode.HTML,
            reply_markup=screen.keyboard,
        )
    except BadRequest as error:
        if "file" not in error.message.lower():
            raise
        _LOG.warning("proof_not_shown", proof=proof_id, reason=error.message)
        _ = visit.speech
        gone = _("Telegram does not show the picture any more.")
        await visit.show(replace(screen, text=paragraphs(screen.text, gone)))


def proof_screen(visit: Visit, case: Case) -> Screen:
    """The caption below the file, with buttons until someone has decided."""
    _ = visit.speech
    state = _decided(_, case)
    facts = lines(
        _(
            "🏦 <b>Transfer {id}</b>: {name} reports a payment of {money}",
            id=case.proof.id,
            name=escape(case.customer.name),
            money=_.money(case.payment.due),
        ),
        _(
            "{plan}, {time} · {code}",
            plan=_.own(case.affairs.product.name),
            time=_.interval(case.affairs.interval),
            code=code(case.code),
        ),
        _order(_, case) if state is None else Html(""),
    )
    alike = lines(*(_alike(_, case, n) for n in range(len(case.alike))))
    if state is not None:
        return Screen(text=paragraphs(facts, alike, state), rows=(_customer(_, case),))
    words = _(
        "Another amount: {paid}\nOther words: {refuse}",
        paid=f"/paid {case.proof.id} 4.50",
        refuse=f"/refuse {case.proof.id} …",
    )
    return Screen(text=paragraphs(facts, alike, words), rows=_choices(_, case))


def _choices(_: Speech, case: Case) -> tuple[Row, ...]:
    number = case.proof.id
    yes = _("✅ {money} is here", money=_.money(case.payment.due))
    return (
        (button(yes, "proof_approve", number, style="success"),),
        (
            button(_("Not readable"), "proof_refuse", number, Reason.UNREADABLE),
            button(_("Not arrived"), "proof_refuse", number, Reason.NOT_HERE),
        ),
        (
            button(_("Not to us"), "proof_refuse", number, Reason.NOT_OURS),
            button(_("Used before"), "proof_refuse", number, Reason.USED),
        ),
        _customer(_, case),
    )


def _customer(_: Speech, case: Case) -> Row:
    return (button(_("Open the customer"), "+customer", case.customer.id),)


def _order(_: Speech, case: Case) -> Html:
    states = {
        OrderState.OPEN: Html(""),
        OrderState.EXPIRED: _("⚠️ The order has expired: the owner's rules on late money decide."),
        OrderState.PAID: _("⚠️ The order is paid already: this would go to the wallet."),
    }
    closed = _("⚠️ The order is closed: this would go to the wallet.")
    return states.get(case.affairs.order_state, closed)


def _alike(_: Speech, case: Case, n: int) -> Html:
    proof, customer = case.alike[n]
    states = {
        ProofState.WAITING: _("waits"),
        ProofState.APPROVED: _("was approved"),
        ProofState.REFUSED: _("was refused"),
        ProofState.SETTLED: _("was settled by another"),
    }
    return _(
        "⚠️ <b>The same file</b> came as transfer {id} from {name}, {date}; it {state}.",
        id=proof.id,
        name=customer.name,
        date=_.day(proof.sent_at),
        state=states[proof.state],
    )


def _decided(_: Speech, case: Case) -> Html | None:
    proof = case.proof
    match proof.state:
        case ProofState.WAITING:
            return None
        case ProofState.APPROVED:
            money = case.arrived or Money.zero(case.payment.due.currency)
            return _(
                "✅ Approved by {staff}: {money}", staff=escape(case.by), money=_.money(money)
            )
        case ProofState.REFUSED:
            return _(
                "❌ Refused by {staff}: {reason}",
                staff=escape(case.by),
                reason=refusal(_, proof.reason),
            )
        case _settled:
            return _(
                "Another proof of this transfer was approved by {staff}.", staff=escape(case.by)
            )


async def approved(visit: Visit, args: Args) -> Screen | None:
    """`proof_approve:PROOF[:MINOR]`: approve with one tap: the price, or this, has arrived."""
    if not args.choice(1):
        return await _approve(visit, args.number(0), None)
    case = await visit.counter.storage.read(case_of, args.number(0))
    money = Money(args.number(1), case.payment.due.currency)
    return await _approve(visit, case.proof.id, money)


async def approve_by_words(visit: Visit, words: list[str]) -> Screen | None:
    """`/paid TRANSFER AMOUNT`."""
    _ = visit.speech
    if len(words) != _WORDS or not (words[0].isascii() and words[0].isdigit()):
        raise BadInputError(reason=_("Write it like this: /paid 12 4.50").plain)
    proof_id = Args(tuple(words)).number(0)
    case = await visit.counter.storage.read(case_of, proof_id)
    due = case.payment.due
    meant = readings_of(words[1], due.currency)
    if any(one.is_zero for one in meant):
        raise BadInputError(
            reason=_(
                "If nothing arrived, refuse it: /refuse {id} …\nIf something did, write how much.",
                id=proof_id,
            ).plain
        )
    if len(meant) == 1 and not is_far(meant[0], due):
        return await _approve(visit, proof_id, meant[0])
    return which_sum(visit, case, meant)


async def _approve(visit: Visit, proof_id: int, money: Money | None) -> Screen | None:
    _, counter = visit.speech, visit.counter
    done = counter.storage.run(
        approve,
        visit.customer.telegram_id,
        proof_id=proof_id,
        money=money,
        policy=counter.policy,
        now=visit.now,
    )
    return await _after(visit, proof_id, done)


async def refused(visit: Visit, args: Args) -> Screen | None:
    """Refuse with one tap, for one of the usual reasons."""
    return await _refuse(visit, args.number(0), args.text(1))


async def refuse_by_words(visit: Visit, words: list[str]) -> Screen | None:
    """`/refuse TRANSFER REASON`, the reason in free words."""
    _ = visit.speech
    if len(words) < _WORDS or not (words[0].isascii() and words[0].isdigit()):
        how = _("Write it like this: /refuse 12 The amount is not the one we agreed on.")
        raise BadInputError(reason=how.plain)
    return await _refuse(visit, Args(tuple(words)).number(0), " ".join(words[1:]))


async def _refuse(visit: Visit, proof_id: int, reason: str) -> Screen | None:
    done = visit.counter.storage.run(
        refuse, visit.customer.telegram_id, proof_id=proof_id, reason=reason, now=visit.now
    )
    return await _after(visit, proof_id, done)


async def _after(visit: Visit, proof_id: int, act: Awaitable[Outcome | None]) -> Screen | None:
    """Do it, and note the decision below the file, even if someone else decided first."""
    _ = visit.speech
    try:
        outcome = await act
        toast = _("Done.")
        if outcome is Outcome.TO_WALLET:
            toast = _("Noted: it does not cover the order, so it is in the wallet.")
    except DoneAlreadyError:
        toast = _("That was done already.")
    visit.counter.wake()
    case = await visit.counter.storage.read(case_of, proof_id)
    screen = proof_screen(visit, case).saying(toast)
    if visit.query is None or not await _write_below(visit, screen):
        return screen
    await answer(visit.query, screen.toast)
    return None


async def _write_below(visit: Visit, screen: Screen) -> bool:
    """Edit the caption; False when the message is a text or no longer there."""
    message = None if visit.query is None else visit.query.message
    if not isinstance(message, Message) or not (message.photo or message.document):
        return False
    try:
        await visit.bot.edit_message_caption(
            chat_id=visit.chat_id,
            message_id=message.message_id,
            caption=screen.text,
            parse_mode=ParseMode.HTML,
            reply_markup=screen.keyboard or InlineKeyboardMarkup(()),
        )
    except BadRequest as error:
        if "not modified" not in error.message.lower():
            if not is_gone(error):
                raise
            return False
    return True


async def waiting(visit: Visit, _args: Args) -> Screen:
    """List the proofs that wait, oldest first; a tap shows the file."""
    _ = visit.speech
    many, cases = await visit.counter.storage.read(pile)
    if not many:
        return Screen(text=_("✅ No transfer waits for you."), rows=(back(_),))
    rows = tuple(
        (
            button(
                _(
                    "{id} · {name} · {money}",
                    id=one.proof.id,
                    name=one.customer.name,
                    money=_.money(one.payment.due),
                ),
                "+proof_show",
                one.proof.id,
            ),
        )
        for one in cases
    )
    text = _.ngettext("{n} transfer waits for you.", "{n} transfers wait for you.", many)
    return Screen(text=bold(text), rows=(*rows, back(_)))


async def shown(visit: Visit, args: Args) -> Screen | None:
    """Show the file again."""
    await show_proof(visit, args.number(0))
    return None
