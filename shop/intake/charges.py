"""Charges saved payment methods, and tells providers what people wish for theirs."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from shop.books.books import Books
from shop.books.opening import Storage
from shop.catalog.products import text_in
from shop.core.errors import ShopError
from shop.core.facts import read_facts
from shop.core.policy import Policy
from shop.customers.records import Customers
from shop.messaging.notices import tell_staff
from shop.messaging.outbox import finish_effect, postpone, refuse
from shop.messaging.outbox_records import Outbox, QueuedEffect
from shop.orders.payment_records import Payment, Payments
from shop.ports import (
    Charge,
    ChargeRequest,
    Clock,
    DecryptionError,
    Encryption,
    PaymentProvider,
    ProviderError,
    ProviderSilentError,
    saver_of,
    steerer_of,
)
from shop.renewals.charge_outcomes import note_charge_made, note_charge_silence
from shop.renewals.jobs import MethodJob, MethodVerb
from shop.renewals.notices import MethodRefused
from shop.renewals.records import Renewals, SavedMethod
from shop.renewals.renew import ChargeIntent, take_up
from shop.renewals.saved_methods import keep_method
from shop.renewals.star_records import StarSubscription, StarSubscriptions
from shop.settlement.settle import Outcome, Source, keep_event, settle_kept_event

Providers = Mapping[str, PaymentProvider]
_UNTIL_KNOWN = timedelta(minutes=2)


class ChargeUnderWayError(ShopError):
    """A charge is under way, and only by these means can its end be learned."""


async def renew_one(
    storage: Storage,
    providers: Providers,
    subscription_id: int,
    *,
    encryption: Encryption,
    policy: Policy,
    clock: Clock,
) -> list[Outcome]:
    """Do what this renewal's time has come for; the outcomes of the money that moved."""
    intent = await storage.run(
        take_up, subscription_id, providers=providers, policy=policy, now=clock.now()
    )
    if intent is None:
        return []
    saver = saver_of(providers.get(intent.renewal.method.provider))
    try:
        if saver is None:
            raise ProviderSilentError(reason="it is switched off")
        charge = await saver.charge(
            ChargeRequest(
                reference=intent.payment.reference,
                amount=intent.payment.due,
                handle=encryption.decrypt(intent.renewal.method.encrypted).decode(),
                title=text_in(intent.product.name, ""),
                first_asked_at=intent.payment.created_at,
            )
        )
    except (ProviderError, DecryptionError) as error:
        # Also a plain no: it is about our keys or our words, never the card's, so nothing is
        # known to have been charged, and asking again in minutes is right for it, too.
        await storage.run(
            note_charge_silence, intent, reason=error.sentence, policy=policy, now=clock.now()
        )
        return []
    return await storage.run(note_charge, intent, charge, policy=policy, now=clock.now())


def note_charge(
    books: Books, intent: ChargeIntent, charge: Charge, *, policy: Policy, now: datetime
) -> list[Outcome]:
    """Take the outcome as settlement takes any payment's; a webhook may have been first."""
    source = Source(provider=intent.payment.provider)
    inbox_events = [keep_event(books, event, source, now=now) for event in charge.events]
    books[Customers].claim(intent.renewal.customer_id)
    note_charge_made(books, intent, provider_ref=charge.provider_ref, now=now)
    return [
        settle_kept_event(books, inbox_event, event, source, policy=policy, now=now)
        for inbox_event, event in zip(inbox_events, charge.events, strict=True)
    ]


async def carry_out_method_job(
    storage: Storage,
    providers: Providers,
    effect: QueuedEffect,
    *,
    encryption: Encryption,
    policy: Policy,
    clock: Clock,
) -> None:
    """One wish to a provider: learn or forget a card, stop or resume a subscription."""
    job = read_facts(MethodJob, effect.payload)
    try:
        await _WORK[job.verb](
            storage, providers, job, encryption=encryption, policy=policy, clock=clock
        )
    except ChargeUnderWayError as error:
        await storage.run(
            postpone, effect, reason=error.sentence, wait=_UNTIL_KNOWN, now=clock.now()
        )
    except ProviderSilentError as error:
        reason = error.sentence
        await storage.run(postpone, effect, reason=reason, wait=None, now=clock.now())
    except (ProviderError, DecryptionError) as error:
        await storage.run(_note_refusal, effect, error.sentence, policy=policy, now=clock.now())
    else:
        await storage.run(finish_effect, effect, now=clock.now())


async def _learn(
    storage: Storage,
    providers: Providers,
    job: MethodJob,
    *,
    encryption: Encryption,
    policy: Policy,
    clock: Clock,
) -> None:
    payment = await storage.read(_payment, job.number)
    saver = None if payment is None else saver_of(providers.get(payment.provider))
    if payment is None or saver is None:
        return
    if await storage.read(_is_replacing, payment):
        raise ChargeUnderWayError
    found = await saver.saved_method(payment.reference, payment.provider_ref)
    kept = None
    if found is not None:
        kept = (encryption.encrypt(found.handle.encode()), found.brand, found.last4)
    await storage.run(keep_method, job.number, kept, policy=policy, now=clock.now())


async def _forget(
    storage: Storage,
    providers: Providers,
    job: MethodJob,
    *,
    encryption: Encryption,
    policy: Policy,
    clock: Clock,
) -> None:
    del policy, clock
    method = await storage.read(_means, job.number)
    if method is None or not method.encrypted:
        return
    if await storage.read(_is_charging, job.number):
        raise ChargeUnderWayError
    if (saver := saver_of(providers.get(method.provider))) is not None:
        await saver.forget(encryption.decrypt(method.encrypted).decode())
    await storage.run(_wipe, job.number)


async def _steer(
    storage: Storage,
    providers: Providers,
    job: MethodJob,
    *,
    encryption: Encryption,
    policy: Policy,
    clock: Clock,
) -> None:
    del encryption, policy, clock
    star, provider, chat_id = await storage.read(_star, job.number)
    steerer = steerer_of(providers.get(provider))
    if star is None or steerer is None:
        return
    await steerer.stop(chat_id, star.charge_id, is_stopped=job.verb is MethodVerb.STOP)


_WORK = {
    MethodVerb.LEARN: _learn,
    MethodVerb.FORGET: _forget,
    MethodVerb.STOP: _steer,
    MethodVerb.RESUME: _steer,
}


def _note_refusal(
    books: Books, effect: QueuedEffect, reason: str, *, policy: Policy, now: datetime
) -> None:
    """A plain no: the wish is put where staff see it, and they are told at once."""
    refuse(books, effect, reason=reason, is_dead=True, now=now)
    verb = read_facts(MethodJob, effect.payload).verb
    refused = MethodRefused(verb=verb, reason=reason)
    books[Outbox].add(tell_staff(policy, refused, key=effect.key), now=now)


def _is_charging(books: Books, number: int) -> bool:
    return books[Renewals].is_charging(number)


def _is_replacing(books: Books, payment: Payment) -> bool:
    """Whether these means would take the place of some that are charged just now."""
    subscription_id = books[Payments].affairs(payment.reference).subscription_id
    charge = None if subscription_id is None else books[Renewals].charge_of(subscription_id)
    return charge is not None and not charge.provider_ref


def _payment(books: Books, number: int) -> Payment | None:
    return books[Payments].get(number)


def _means(books: Books, number: int) -> SavedMethod | None:
    return books[Renewals].method(number)


def _wipe(books: Books, number: int) -> None:
    books[Renewals].wipe_means(number)


def _star(books: Books, number: int) -> tuple[StarSubscription | None, str, int]:
    star, payment = books[StarSubscriptions].of_payment(number), books[Payments].get(number)
    if star is None or payment is None:
        return None, "", 0
    return star, payment.provider, books[Customers].get(star.customer_id).telegram_id
