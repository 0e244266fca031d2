"""Methods about money: invoices, pre-checkout answers, Stars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from preview import checkout
from preview.errors import refuse
from preview.invoices import read_invoice
from preview.ledger import SubscriptionState
from preview.methods.content import deliver

if TYPE_CHECKING:
    from preview.invoices import Invoice
    from preview.ledger import Payment
    from preview.parameters import Parameters
    from preview.telegram import Telegram

__all__ = ["METHODS"]

PAGE = 100


async def send_invoice(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Send an invoice; Telegram adds the Pay button when the bot gives no keyboard."""
    chat = telegram.writable(call)
    invoice = read_invoice(call, link=False)
    body: dict[str, Any] = {"invoice": invoice.shown()}
    if not call.has("reply_markup"):
        body["reply_markup"] = {"inline_keyboard": [[_pay_button(invoice)]]}
    message = deliver(telegram, call, chat=chat, body=body)
    telegram.ledger.by_message[chat.person.id, message["message_id"]] = invoice
    return message


async def create_invoice_link(telegram: Telegram, call: Parameters) -> str:
    """Make a link that anyone can pay; the only way to sell a Star subscription."""
    return telegram.ledger.link(read_invoice(call, link=True))


async def answer_pre_checkout_query(telegram: Telegram, call: Parameters) -> bool:
    """Agree to a payment or say why not, within ten seconds."""
    agreed, why = call.flag("ok"), call.text("error_message")
    if not agreed and not why:
        refuse('parameter "error_message" is required')
    said = {"ok": agreed, "error_message": why}
    telegram.questions.answer(call.required("pre_checkout_query_id"), said)
    return True


async def refund_star_payment(telegram: Telegram, call: Parameters) -> bool:
    """Refund Stars."""
    charge_id = call.required("telegram_payment_charge_id")
    checkout.refund(telegram, person_id=_person(telegram, call), charge_id=charge_id)
    return True


async def edit_user_star_subscription(telegram: Telegram, call: Parameters) -> bool:
    """Stop the renewal of a subscription as the bot, or let the person resume it.

    Undoing the stop does not resume renewal: only the person can do that.
    """
    person_id = _person(telegram, call)
    charge_id = call.required("telegram_payment_charge_id")
    subscription = telegram.ledger.subscription(charge_id, person_id=person_id)
    if subscription.expires <= telegram.clock.unix():
        refuse("SUBSCRIPTION_NOT_ACTIVE")  # Telegram's real error is not known
    was_canceled, is_canceled = subscription.canceled_by_bot, call.flag("is_canceled")
    subscription.canceled_by_bot = is_canceled
    if was_canceled and not is_canceled:
        subscription.state = SubscriptionState.CANCELED
    telegram.feed.tell("person", person=person_id)
    return True


async def get_my_star_balance(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """Give the bot's Stars."""
    del call
    return {"amount": telegram.ledger.balance()}


async def get_star_transactions(telegram: Telegram, call: Parameters) -> dict[str, Any]:
    """List payments and refunds in Stars, oldest first."""
    limit = call.integer("limit", PAGE)
    if not 1 <= limit <= PAGE or call.integer("offset") < 0:
        refuse("limit must be between 1 and 100")
    rows = []
    for payment in telegram.ledger.star_payments():
        rows.append(_transaction(telegram, payment, date=payment.date, role="source"))
        if payment.refunded_at is not None:
            date = payment.refunded_at
            rows.append(_transaction(telegram, payment, date=date, role="receiver"))
    rows.sort(key=lambda row: int(row["date"]))
    first = call.integer("offset")
    return {"transactions": rows[first : first + limit]}


def _transaction(telegram: Telegram, payment: Payment, *, date: int, role: str) -> dict[str, Any]:
    partner: dict[str, Any] = {
        "type": "user",
        "transaction_type": "invoice_payment",
        "user": telegram.user(payment.person_id),
        "invoice_payload": payment.invoice.payload,
    }
    if payment.invoice.period:
        partner["subscription_period"] = payment.invoice.period
    amount = payment.invoice.total
    return {"id": payment.charge_id, "amount": amount, "date": date, role: partner}


def _pay_button(invoice: Invoice) -> dict[str, Any]:
    return {"text": f"Pay {invoice.amount_text()}", "pay": True}


def _person(telegram: Telegram, call: Parameters) -> int:
    number = call.integer("user_id")
    if number not in telegram.people:
        refuse("user not found")
    return number


METHODS = {
    "sendInvoice": send_invoice,
    "createInvoiceLink": create_invoice_link,
    "answerPreCheckoutQuery": answer_pre_checkout_query,
    "refundStarPayment": refund_star_payment,
    "editUserStarSubscription": edit_user_star_subscription,
    "getMyStarBalance": get_my_star_balance,
    "getStarTransactions": get_star_transactions,
}
