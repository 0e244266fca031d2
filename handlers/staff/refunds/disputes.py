"""Disputes and fraud warnings: what staff are told, what they can do, the evidence file."""

from telegram import InputFile
from telegram.constants import ParseMode

from handlers.names import plan_name, provider_name
from handlers.screens import Args, Row, Screen, bold, button
from handlers.staff.refunds.evidence_file import dossier
from handlers.staff.refunds.wording import dispute_line
from handlers.visit import Visit, answer
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.core.errors import NotFoundError
from shop.ports import is_taken_back
from shop.refunds.dispute_decisions import dismiss_warning
from shop.refunds.dispute_records import Dispute, DisputeKind
from shop.refunds.evidence import Evidence, evidence_of, evidence_of_dispute
from shop.refunds.notices import DisputeOpened, DisputeReopened, FraudWarning
from shop.refunds.refundable import dispute as dispute_of
from shop.refunds.states import DisputeState

_LONGEST_NAME = 80


async def dispute(visit: Visit, args: Args) -> Screen:
    """`dispute:DISPUTE`: one case, and what can be done about it."""
    one = await visit.counter.storage.read(dispute_of, args.number(0))
    return dispute_screen(visit, one)


def dispute_screen(visit: Visit, one: Dispute) -> Screen:
    """The same, for a case already read."""
    _ = visit.speech
    by = Html("")
    if one.answer_by is not None and one.state is DisputeState.OPEN:
        by = _(
            "Answer at {way} by {date}.",
            way=provider_name(_, one.provider),
            date=_.moment(one.answer_by, now=visit.now),
        )
    held = _("Access rests meanwhile.") if one.frozen_id is not None else Html("")
    text = lines(bold(dispute_line(_, one)), escape(one.reason), by, held)
    return Screen(text=text, rows=rows_of(_, one))


def rows_of(_: Speech, one: Dispute) -> tuple[Row, ...]:
    """What can be done about a case; a warning's money goes back with one tap."""
    rows: list[Row] = [(button(_("Evidence file"), "+dispute_evidence", one.id),)]
    if one.kind is DisputeKind.WARNING and one.state is DisputeState.OPEN:
        if one.receipt is not None:
            again = f"w{one.id}"  # always the same tap, so it is refunded once
            rows.append(
                (button(_("Give all the money back now"), "+refund_all", one.receipt, again),)
            )
        rows.append((button(_("I trust this customer: access back on"), "dispute_trust", one.id),))
    rows.append((button(_("Open the customer"), "+customer", one.customer_id),))
    return tuple(rows)


async def trust_customer(visit: Visit, args: Args) -> Screen:
    """`dispute_trust:DISPUTE`: dismiss a warning and restore access."""
    _ = visit.speech
    done = await visit.counter.storage.run(
        dismiss_warning, visit.customer.telegram_id, dispute_id=args.number(0), now=visit.now
    )
    visit.counter.wake()
    words = _("Done.") if done else _("That was done already.")
    return (await dispute(visit, args)).saying(words)


async def dispute_evidence(visit: Visit, args: Args) -> None:
    """`dispute_evidence:DISPUTE`: send the evidence as a document."""
    found = await visit.counter.storage.read(evidence_of_dispute, args.number(0))
    await _send(visit, found)


async def receipt_evidence(visit: Visit, args: Args) -> None:
    """`receipt_evidence:RECEIPT`: the same for a payment that is not disputed yet."""
    found = await visit.counter.storage.read(evidence_of, args.number(0))
    await _send(visit, found)


async def _send(visit: Visit, found: Evidence, caption: Screen | None = None) -> None:
    _ = visit.speech
    if visit.query is not None:
        await answer(visit.query)
    file = InputFile(
        dossier(
            _,
            found,
            plan=await plan_name(visit, found.plan),
            shop=visit.counter.bot_username,
            now=visit.now,
        ).encode(),
        filename=f"evidence-{found.reference}.txt",
    )
    words = caption or Screen(text=_("Everything the books know about this payment."))
    await visit.bot.send_document(
        visit.chat_id,
        file,
        caption=words.text,
        parse_mode=ParseMode.HTML,
        reply_markup=words.keyboard,
    )


async def tell_dispute(visit: Visit, notice: DisputeOpened) -> Screen | None:
    """A dispute was opened: what it is, and the evidence in the same message, which is sent."""
    screen = await dispute_told(visit, notice)
    one = await visit.counter.storage.read(dispute_of, notice.dispute)
    if is_taken_back(one.dispute_ref):
        return screen  # no bank wants evidence
    try:
        found = await visit.counter.storage.read(evidence_of_dispute, notice.dispute)
    except NotFoundError:
        return screen  # its money is not in the books yet
    await _send(visit, found, screen)
    return None


async def dispute_told(visit: Visit, notice: DisputeOpened) -> Screen:
    """What staff are told of it."""
    _ = visit.speech
    one = await visit.counter.storage.read(dispute_of, notice.dispute)
    named = {
        "name": _short(notice.name),
        "money": bold(_.money(one.about)) if not one.about.is_zero else _("a payment"),
        "plan": await plan_name(visit, notice.plan),
        "way": provider_name(_, one.provider),
    }
    if is_taken_back(one.dispute_ref):
        text = lines(
            _("⚠️ {way} takes back that {money} came from {name} for {plan}.", **named),
            escape(one.reason),
            _rests(_, is_frozen=notice.is_frozen),
            _(
                "No bank decides this: please look at {way}. Once the payment counts there again, "
                "it does here.",
                **named,
            ),
        )
        return Screen(text=text, rows=rows_of(_, one))
    text = lines(
        _("⚠️ {name} disputes {money} for {plan} ({way}).", **named),
        _deadline(visit, one),
        _rests(_, is_frozen=notice.is_frozen),
        _("The file holds what the bank wants to know; upload it where the payment was made."),
    )
    return Screen(text=text, rows=rows_of(_, one))


async def tell_reopened(visit: Visit, notice: DisputeReopened) -> Screen:
    """A bank looks once more at what it has taken."""
    _ = visit.speech
    text = lines(
        _(
            "⚖️ The bank looks again at the {money} that it took back from {name} for {plan}.",
            money=bold(_.money(notice.money)),
            name=_short(notice.name),
            plan=await plan_name(visit, notice.plan),
        ),
        _("Until it decides, the money is with the bank and access is as it was."),
    )
    one = await visit.counter.storage.read(dispute_of, notice.dispute)
    return Screen(text=text, rows=rows_of(_, one))


async def tell_warning(visit: Visit, notice: FraudWarning) -> Screen:
    """A bank suspects fraud: staff may give the money back before it becomes a dispute."""
    _ = visit.speech
    one = await visit.counter.storage.read(dispute_of, notice.dispute)
    text = paragraphs(
        lines(
            _(
                "🚩 The bank of {name}’s card suspects fraud: {plan} ({way}).",
                name=_short(notice.name),
                plan=await plan_name(visit, notice.plan),
                way=provider_name(_, one.provider),
            ),
            _rests(_, is_frozen=notice.is_frozen),
        ),
        _("Money given back now cannot be disputed later, and costs no fee."),
    )
    return Screen(text=text, rows=rows_of(_, one))


def _short(name: str) -> str:
    return name[:_LONGEST_NAME]  # a file's caption holds 1024 characters


def _rests(_: Speech, *, is_frozen: bool) -> Html:
    if is_frozen:
        return _("Access rests until it is decided.")
    return _("Access was left as it is.")


def _deadline(visit: Visit, one: Dispute) -> Html:
    _ = visit.speech
    if one.answer_by is None:
        return Html("")
    return _("Answer by {date}.", date=_.moment(one.answer_by, now=visit.now))
