"""Carries out payments: asks the bot, takes the money, tells the chat; later, renewals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from preview.errors import BadRequestError
from preview.invoices import MONTH
from preview.ledger import StarSubscription

if TYPE_CHECKING:
    from preview.chats import Chat
    from preview.invoices import Invoice
    from preview.ledger import Payment, SubscriptionState
    from preview.telegram import Telegram

__all__ = [
    "Outcome",
    "change_subscription",
    "find_invoice",
    "pay",
    "refund",
    "renew_due",
]

GONE = "This invoice is no longer available."
PAID = "This invoice was already paid."
SUBSCRIBED = "You already have this subscription."
DECLINED = "Your card was declined."
SILENT = "The bot did not answer in time. You were not charged."


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How an attempt to pay ended; `error` is what the person reads."""

    paid: bool
    error: str | None = None
    charge_id: str | None = None


def find_invoice(telegram: Telegram, *, person_id: int, message_id: int, link: str) -> Invoice:
    """Find what a person is about to pay; BadRequest says why they cannot."""
    ledger = telegram.ledger
    if link:
        invoice = ledger.linked(link)
        taken = any(
            one.person_id == person_id and one.invoice is invoice and one.renews
            for one in ledger.subscriptions
        )
        if taken:
            raise BadRequestError(SUBSCRIBED)
    else:
        invoice = ledger.by_message.get((person_id, message_id))
        if (person_id, message_id) in ledger.paid_messages:
            raise BadRequestError(PAID)
    if invoice is None:
        raise BadRequestError(GONE)
    return invoice


async def pay(
    telegram: Telegram, chat: Chat, invoice: Invoice, *, message_id: int, decline: bool
) -> Outcome:
    """Pay an invoice as this person; the bot has ten seconds to agree."""
    if decline:
        return Outcome(paid=False, error=DECLINED)
    question_id = telegram.new_id()
    question = telegram.questions.ask(question_id, seconds=telegram.config.checkout_seconds)
    query = {
        "id": question_id,
        "from": chat.person.user(),
        "currency": invoice.currency,
        "total_amount": invoice.total,
        "invoice_payload": invoice.payload,
    }
    lifetime = telegram.config.query_seconds
    queue = f"checkout:{chat.person.id}"
    telegram.updates.add("pre_checkout_query", query, queue=queue, seconds=lifetime)
    answer = await question.wait(telegram.config.checkout_seconds)
    if answer is None:
        return Outcome(paid=False, error=SILENT)
    if not answer["ok"]:
        return Outcome(paid=False, error=answer["error_message"])
    payment = _take(telegram, chat, invoice)
    if message_id:
        telegram.ledger.paid_messages.add((chat.person.id, message_id))
        telegram.changed(chat, chat.messages[message_id])
    return Outcome(paid=True, charge_id=payment.charge_id)


def refund(telegram: Telegram, *, person_id: int, charge_id: str) -> None:
    """Refund Stars and say so in the chat."""
    date = telegram.clock.unix()
    payment = telegram.ledger.refund(charge_id, person_id=person_id, date=date)
    chat = telegram.chats[person_id]
    chat.person.stars += payment.invoice.total
    telegram.say(chat, {"refunded_payment": payment.amounts()})


def change_subscription(
    telegram: Telegram, subscription: StarSubscription, *, state: SubscriptionState
) -> None:
    """Cancel, resume or fail a subscription as the person; the bot is told."""
    subscription.state = state
    person = telegram.people[subscription.person_id]
    body = {
        "user": person.user(),
        "invoice_payload": subscription.invoice.payload,
        "state": state.value,
    }
    telegram.updates.add("subscription", body, queue=f"chat:{person.id}")
    telegram.feed.tell("person", person=person.id)


def renew_due(telegram: Telegram) -> None:
    """Charge every period that has begun since the last call."""
    now = telegram.clock.unix()
    for subscription in telegram.ledger.subscriptions:
        while subscription.renews and subscription.expires <= now:
            _renew(telegram, subscription)


def _take(telegram: Telegram, chat: Chat, invoice: Invoice) -> Payment:
    now = telegram.clock.unix()
    payment = _book(telegram, chat, invoice)
    recurring: dict[str, Any] = {}
    if invoice.period:
        recurring = {
            "subscription_expiration_date": now + MONTH,
            "is_recurring": True,
            "is_first_recurring": True,
        }
        subscription = StarSubscription(
            person_id=chat.person.id,
            invoice=invoice,
            expires=now + MONTH,
            charge_ids=[payment.charge_id],
        )
        telegram.ledger.subscriptions.append(subscription)
    telegram.say(chat, {"successful_payment": payment.amounts() | recurring})
    return payment


def _renew(telegram: Telegram, subscription: StarSubscription) -> None:
    chat = telegram.chats[subscription.person_id]
    payment = _book(telegram, chat, subscription.invoice)
    subscription.expires += MONTH
    subscription.charge_ids.append(payment.charge_id)
    recurring = {"subscription_expiration_date": subscription.expires, "is_recurring": True}
    telegram.say(chat, {"successful_payment": payment.amounts() | recurring})


def _book(telegram: Telegram, chat: Chat, invoice: Invoice) -> Payment:
    """Charge the person; missing play-money Stars are bought automatically."""
    if invoice.in_stars:
        chat.person.stars = max(0, chat.person.stars - invoice.total)
    date = telegram.clock.unix()
    return telegram.ledger.pay(invoice, person_id=chat.person.id, date=date)
