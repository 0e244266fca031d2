"""The pay screen: opens the provider's page, and says truthfully how the payment stands."""

import asyncio
from urllib.parse import quote

from handlers.customer.checkout.bank_transfer import transfer_screen
from handlers.customer.checkout.refusals import (
    REFUSALS,
    being_looked_at,
    no_page,
    refusal_of,
)
from handlers.customer.checkout.ways import (
    SAVES,
    changed,
    summary,
    way_again,
    way_name,
    ways_screen,
)
from handlers.customer.storefront.plans import plan_screen
from handlers.screens import Args, Screen, bold, button, link
from handlers.visit import Visit, answer
from handlers.wording import Html, Speech, paragraphs
from shop.checkout.payment import (
    Choice,
    Intent,
    NotOfferedError,
    NotThisWayError,
    PageTexts,
    PaidAlreadyError,
    PriceChangedError,
    begin_payment,
    open_page,
)
from shop.intake.polling import ask_about
from shop.orders.provider_health import hidden_ways
from shop.orders.states import OPEN_PAYMENTS, OrderState, PaymentState
from shop.ports import PaymentProvider, ProviderError, limits_of, saver_of
from shop.ports.transfers import TRANSFER
from shop.storefront.plans import Basket, Try, basket, renewal, try_of

_PATIENCE = 0.7  # seconds before we say that the page is being prepared


async def pay(visit: Visit, args: Args) -> Screen | None:
    """Record the intent, have the page made, and show where to pay."""
    _ = visit.speech
    counter = visit.counter
    price_id, name = args.number(0), args.text(1)
    provider = counter.providers.get(name)
    hidden = await counter.storage.read(hidden_ways)
    if provider is None or name in hidden:
        return await _closed(visit, price_id)
    if visit.message_id is None:
        visit = await visit.show(_preparing(_))
    choice = Choice(
        customer_id=visit.customer.id,
        price_id=price_id,
        provider=name,
        currencies=provider.currencies,
        screen_id=visit.message_id,
        saves=args.choice(2) == SAVES,
        can_save=saver_of(provider) is not None,
        limits=limits_of(provider),
    )
    try:
        intent = await counter.storage.run(
            begin_payment, choice, policy=counter.policy, now=visit.now
        )
    except PaidAlreadyError as error:
        reference = error.reference
        return paid_screen(
            _, await counter.storage.read(try_of, reference, visit.customer.id)
        ).saying(_("Your payment is here. Thank you!"))
    except NotThisWayError:
        return await _closed(visit, price_id)
    except REFUSALS as error:
        return (await ways_screen(visit, price_id)).explaining(await refusal_of(visit, error))
    except (PriceChangedError, NotOfferedError):
        await visit.show(await ways_screen(visit, price_id))  # it explains what changed
        return None
    await visit.show(await _with_page(visit, provider, intent))
    return None


async def _closed(visit: Visit, price_id: int) -> Screen:
    """Why not this way, with the others below."""
    _ = visit.speech
    gone = _("This way to pay is closed just now. Here are the others.")
    return (await ways_screen(visit, price_id)).explaining(gone)


async def renew(visit: Visit, args: Args) -> Screen | None:
    """Buy the last term again, and go straight to the way it was paid."""
    counter = visit.counter
    product, price = await counter.storage.read(
        renewal, args.number(0), visit.customer.id, policy=counter.policy
    )
    if price is None:
        return await plan_screen(visit, product.slug)
    one = await counter.storage.read(basket, price.id, visit.customer.id, now=visit.now)
    way = None if changed(visit.speech, one) else await way_again(visit, one)
    if way is None:
        return await ways_screen(visit, price.id)
    return await pay(visit, Args((str(way.price_id), way.provider)))


async def _with_page(visit: Visit, provider: PaymentProvider, intent: Intent) -> Screen:
    """The pay screen when there is a page; otherwise the other ways to pay."""
    _, counter = visit.speech, visit.counter
    making = asyncio.create_task(
        open_page(
            counter.storage,
            provider,
            intent,
            _texts(visit, intent),
            chat_id=visit.chat_id,
            policy=counter.policy,
            clock=counter.clock,
        )
    )
    await asyncio.wait({making}, timeout=_PATIENCE)
    if not making.done():
        await visit.show(_preparing(_))
    try:
        url = await making
    except ProviderError as error:
        counter.wake()
        why = no_page(_, error, way=way_name(visit, provider.name))
        return (await ways_screen(visit, intent.price.id)).explaining(why)
    one = await counter.storage.read(basket, intent.price.id, visit.customer.id, now=visit.now)
    if provider.name == TRANSFER:
        return transfer_screen(visit, intent, one)
    return _pay_screen(visit, provider.name, intent, one, url=url)


def _texts(visit: Visit, intent: Intent) -> PageTexts:
    """What the provider's page says; the reference in its return address finds the payment."""
    _ = visit.speech
    plan = _.own(intent.product.name)
    reference = quote(intent.payment.reference)
    return PageTexts(
        title=plan.plain,
        description=_("{plan}, {time}", plan=plan, time=_.interval(intent.price.interval)).plain,
        language=_.language,
        return_url=f"{visit.counter.public_url}/pay/return?reference={reference}",
    )


def _preparing(_: Speech) -> Screen:
    return Screen(text=_("⏳ Preparing your payment page…"))


def _pay_screen(visit: Visit, name: str, intent: Intent, one: Basket, *, url: str) -> Screen:
    _ = visit.speech
    how = _(
        "Tap the button to pay with {way}. Once your payment arrives, everything you need comes "
        "to this chat by itself.",
        way=bold(way_name(visit, name)),
    )
    until = _(
        "The price is kept for you until {moment}.",
        moment=_.moment(intent.payment.expires_at, now=visit.now),
    )
    keeps = Html("")
    if intent.saves:
        keeps = _(
            "Your card is kept by our payment provider, not by us, and renews this by itself "
            "until you say stop: /account"
        )
    raised = _raised(visit, name, intent, one)
    price = _("Pay {price}", price=_.money(intent.payment.due))
    return Screen(
        text=paragraphs(*summary(visit, one), raised, how, keeps, until),
        rows=(
            (link(price, url, style="primary"),),
            (button(_("I have paid"), "check_payment", intent.payment.reference),),
            (button(_("← Pay another way"), "ways", intent.price.id),),
        ),
    )


def _raised(visit: Visit, name: str, intent: Intent, one: Basket) -> Html:
    """Why this way asks more than is left to pay, and where the more stays."""
    _, asked = visit.speech, intent.payment.due
    if intent.recurs or not one.due < asked:
        return Html("")
    return _(
        "{way} takes no less than {least}. So much more of your money stays in your wallet.",
        way=way_name(visit, name),
        least=_.money(asked),
    )


async def check(visit: Visit, args: Args) -> Screen | None:
    """Say how the payment really stands: the provider is asked first."""
    counter, reference = visit.counter, args.text(0)
    one = await counter.storage.read(try_of, reference, visit.customer.id)
    if one.payment.state in OPEN_PAYMENTS:
        await ask_about(
            counter.storage,
            counter.providers,
            one.payment,
            policy=counter.policy,
            clock=counter.clock,
        )
        counter.wake()
        one = await counter.storage.read(try_of, reference, visit.customer.id)
    return await _as_it_stands(visit, one)


async def _as_it_stands(visit: Visit, one: Try) -> Screen | None:
    _ = visit.speech
    if one.order_state is OrderState.PAID:
        return paid_screen(_, one).saying(_("Your payment is here. Thank you!"))
    if one.order_state is OrderState.IN_REVIEW:
        words = being_looked_at(_)
    elif one.payment.state is PaymentState.SEEN:
        words = _("Your payment is on its way. We write to you the moment it is confirmed.")
    elif one.payment.state in OPEN_PAYMENTS:
        words = _(
            "Nothing has arrived yet. Cards take a few seconds, crypto some minutes. "
            "You need not wait here: we write to you."
        )
    elif one.payment.state is PaymentState.FINAL:
        words = _("Your money is here, but it does not cover this order. See /wallet.")
    else:
        return await _start_again(visit, one)
    if visit.query is not None:
        await answer(visit.query, words.plain, is_alert=True)
    return None


async def _start_again(visit: Visit, one: Try) -> Screen:
    _ = visit.speech
    if one.payment.state is PaymentState.FAILED:
        words = _("That payment did not go through, and nothing was charged.")
    else:
        words = _("That payment page has closed. If you paid in time, we still find it.")
    if one.price_id is None:
        return (await plan_screen(visit, one.product.slug)).explaining(words)
    return (await ways_screen(visit, one.price_id)).explaining(words)


def paid_screen(_: Speech, one: Try) -> Screen:
    """What the pay screen becomes once it is paid."""
    text = paid_text(_, plan=_.own(one.product.name), time=_.interval(one.interval))
    return Screen(text=text, rows=((button(_("My account"), "+account"),),))


def paid_text(_: Speech, *, plan: Html, time: Html) -> Html:
    """The same in words."""
    return _("✅ <b>{plan}, {time}</b>: paid. Thank you!", plan=plan, time=time)
