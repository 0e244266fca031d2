"""Paying by bank transfer: where to send the money, and the proof of having sent it."""

import asyncio
import hashlib
from typing import TYPE_CHECKING

import structlog
from telegram import Message
from telegram.error import BadRequest, NetworkError, TelegramError

from handlers.customer.checkout.ways import summary
from handlers.screens import Screen, button, code, copy, in_rows
from handlers.visit import Visit
from handlers.wording import Html, Speech, escape, lines, paragraphs
from shop.checkout.payment import Intent
from shop.intake.proof_records import File
from shop.intake.transfer_proofs import Taken, awaited, take_proof
from shop.intake.transfers import MOST_BYTES, FileKind, Reason, is_picture_or_pdf
from shop.orders.payment_records import Affairs
from shop.ports.transfers import TRANSFER, code_of, details_of
from shop.storefront.plans import Basket

if TYPE_CHECKING:
    from telegram import Document, PhotoSize


_LOG = structlog.get_logger()
_SHORTEST_COPIED = 4


class TooLargeError(Exception):
    """The file is more than a bot may download."""


class NoProofError(Exception):
    """The file is neither a picture nor a PDF."""


def transfer_screen(visit: Visit, intent: Intent, one: Basket) -> Screen:
    """Where to send the money, the reference to quote, and what to send here afterwards."""
    _ = visit.speech
    payment = intent.payment
    quoted = code_of(payment.reference)
    details = details_of(visit.counter.transfer_details)
    how = _("Please transfer <b>{price}</b> to this account:", price=_.money(payment.due))
    account = [_detail(label, value) for label, value in details]
    purpose = _("Reference: {code}", code=code(quoted))
    then = _(
        "Then send us a picture or a PDF of the transfer, right here. A person looks at it, and "
        "everything you need comes to this chat."
    )
    until = _(
        "The price is kept for you until {moment}.",
        moment=_.moment(payment.expires_at, now=visit.now),
    )
    copies = [
        copy(_copied(escape(label or value)), value)
        for label, value in details
        if len(value) >= _SHORTEST_COPIED
    ]
    mine = [
        copy(_copied(_("Amount")), f"{payment.due.decimal():f}"),
        copy(_copied(_("Reference")), quoted),
    ]
    return Screen(
        text=paragraphs(*summary(visit, one), lines(how, *account, purpose), then, until),
        rows=(
            *in_rows([*copies, *mine], wide=2),
            (button(_("← Pay another way"), "ways", intent.price.id),),
        ),
    )


def _copied(label: Html) -> Html:
    return Html(f"📋 {label}")


def _detail(label: str, value: str) -> Html:
    return Html(f"{escape(label)}: {code(value)}" if label else code(value))


async def receive_file(visit: Visit, message: Message) -> Screen | None:
    """Take a file as proof of the awaited transfer; None when the shop takes no transfers."""
    _ = visit.speech
    storage = visit.counter.storage
    affairs = await storage.read(awaited, visit.customer.id, now=visit.now)
    if affairs is None:
        return _no_order(_) if TRANSFER in visit.counter.providers else None
    try:
        file = await _read(visit, message)
    except TooLargeError:
        return _again(
            _,
            _(
                "This file is too large: 20 MB is the most we can take. A picture of "
                "the screen is enough."
            ),
        )
    except NoProofError:
        return _again(_, _("We need a picture or a PDF of the transfer; this is something else."))
    taken = await storage.run(
        take_proof, visit.customer.id, file, policy=visit.counter.policy, now=visit.now
    )
    visit.counter.wake()
    return _told(visit, taken, affairs)


async def _read(visit: Visit, message: Message) -> File:
    """Identify the file by Telegram's ids and by its bytes, which are read but not kept."""
    sent: PhotoSize | Document | None = message.photo[-1] if message.photo else message.document
    if sent is None:
        raise NoProofError
    kind = FileKind.PHOTO if message.photo else FileKind.DOCUMENT
    if (sent.file_size or 0) > MOST_BYTES:
        raise TooLargeError
    content = await _download(visit, sent.file_id)
    if content is not None and not is_picture_or_pdf(content[:16]):
        raise NoProofError
    digest = "" if content is None else await asyncio.to_thread(_sha256, content)
    return File(kind=kind, file_id=sent.file_id, unique_id=sent.file_unique_id, digest=digest)


async def _download(visit: Visit, file_id: str) -> bytes | None:
    """The bytes, or None when Telegram cannot serve them now; staff see the file anyway."""
    try:
        file = await visit.bot.get_file(file_id)
        return bytes(await file.download_as_bytearray())
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise TooLargeError from error
        _LOG.warning("proof_unread", reason=error.message)
    except (NetworkError, TelegramError) as error:
        _LOG.warning("proof_unread", reason=type(error).__name__)
    return None


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _no_order(_: Speech) -> Screen:
    text = _(
        "Thank you, but we do not know what this is for: no bank transfer of yours is awaited. "
        "Please choose a plan and “Bank transfer” first, then send it again."
    )
    return Screen(
        text=text,
        rows=((button(_("See the plans"), "plans"),), (button(_("Write to us"), "paysupport"),)),
    )


def _again(_: Speech, words: Html) -> Screen:
    return Screen(text=words, rows=((button(_("Write to us"), "paysupport"),),))


def _told(visit: Visit, taken: Taken, affairs: Affairs) -> Screen:
    _ = visit.speech
    plan, time = _.own(affairs.product.name), _.interval(affairs.interval)
    support = ((button(_("Write to us"), "paysupport"),),)
    match taken:
        case Taken.NOTED:
            text = paragraphs(
                _("📨 <b>We have it.</b> A person looks at it."),
                _(
                    "It is for {plan}, {time}. We write to you here as soon as it is checked; you "
                    "need not do anything.",
                    plan=plan,
                    time=time,
                ),
            )
            return Screen(text=text)
        case Taken.AGAIN:
            return Screen(
                text=_("We have this one already. A person looks at it, and we write to you here.")
            )
        case Taken.MANY:
            return Screen(text=_("We have enough to look at, thank you. You hear from us here."))
        case Taken.REFUSED_BEFORE:
            text = _(
                "This is the same file as before, and it did not do. Please send another, or "
                "write to us."
            )
            return Screen(text=text, rows=support)
        case Taken.PAID:
            text = _(
                "{plan}, {time} is paid already. Should you have paid twice, write to us: we "
                "put it right.",
                plan=plan,
                time=time,
            )
            return Screen(text=text, rows=support)
        case _nothing:
            return _no_order(_)


def refusal(_: Speech, reason: str) -> Html:
    """Why a proof was refused, for the customer; what staff wrote themselves is shown as it is."""
    known = {
        Reason.UNREADABLE: _("We cannot read the picture."),
        Reason.NOT_HERE: _("The money has not arrived on our account yet."),
        Reason.NOT_OURS: _("This is not a payment to our account."),
        Reason.USED: _("This payment was used for an order before."),
    }
    return next((words for one, words in known.items() if one == reason), escape(reason))
