"""The wallet: its balance, what it would buy, and paying with it."""

from contextlib import suppress

from handlers.customer.checkout.kept import kept_lines
from handlers.customer.checkout.payment import paid_screen
from handlers.customer.checkout.refusals import REFUSALS, being_looked_at, refusal_of
from handlers.customer.checkout.ways import changed, summary, ways_screen
from handlers.customer.storefront.plans import plan_screen
from handlers.screens import Args, Row, Screen, bold, button
from handlers.visit import Visit
from handlers.wording import Html, Speech, lines, paragraphs
from shop.checkout.payment import (
    Choice,
    NotOfferedError,
    NotThisWayError,
    PaidAlreadyError,
    PriceChangedError,
)
from shop.checkout.wallet import WalletTooSmallError, pay_from_wallet, use_wallet
from shop.credit.records import Move
from shop.credit.rules import covers
from shop.ledger.receiving import Verdict
from shop.orders.states import OrderState
from shop.orders.ways import WALLET
from shop.storefront.plans import basket, try_of
from shop.storefront.wallet import WalletView, wallet_view


async def wallet(visit: Visit, _args: Args) -> Screen:
    """Show the balance, how it came about, and what it would buy."""
    _ = visit.speech
    has = await visit.counter.storage.read(wallet_view, visit.customer.id, now=visit.now)
    rows = (
        (button(_("See the plans"), "plans"),),
        (button(_("My account"), "account"), button(_("Write to us"), "support")),
    )
    if not has.balances:
        text = _("Nothing lies here. Should you ever pay too much or too late, we keep it here.")
        moves = _moves(_, has)
        return Screen(text=paragraphs(bold(_("Your wallet")), text, moves), rows=rows)
    amounts = lines(*(bold(_.money(one)) for one in has.balances))
    text = _(
        "It is yours: pay with it, whole or in part, when you choose how to pay. Or write to us "
        "and we send it back."
    )
    buys = _("It is enough for:") if has.prices else Html("")
    return Screen(
        text=paragraphs(
            bold(_("Your wallet")),
            amounts,
            kept_lines(visit, has.kept),
            _moves(_, has),
            text,
            buys,
        ),
        rows=(*_prices(_, has), *rows),
    )


def _moves(_: Speech, has: WalletView) -> Html:
    return lines(*(_move(_, one) for one in has.moves))


def _move(_: Speech, one: Move) -> Html:
    reasons = {
        Verdict.SHORT: _("a part of a price"),
        Verdict.OVER: _("more than the price"),
        Verdict.LATE: _("came late"),
        Verdict.DUPLICATE: _("paid twice"),
        Verdict.WRONG_CURRENCY: _("another currency"),
    }
    went = one.money.minor < 0
    usual = _("used for an order") if went else _("put in by us")
    why = usual if went or one.verdict is None else reasons.get(one.verdict, usual)
    amount = _.money(-one.money if went else one.money)
    if went:
        return _("{date}: − {amount}, {why}", date=_.day(one.at), amount=amount, why=why)
    return _("{date}: + {amount}, {why}", date=_.day(one.at), amount=amount, why=why)


def _prices(_: Speech, has: WalletView) -> tuple[Row, ...]:
    return tuple(
        (
            button(
                _(
                    "{plan}, {time} · {price}",
                    plan=_.own(product.name),
                    time=_.interval(price.interval),
                    price=_.money(price.amount),
                ),
                "ways",
                price.id,
            ),
        )
        for product, price in has.prices
    )


async def reserve(visit: Visit, args: Args) -> Screen:
    """Reserve part of the wallet for this order, or release it."""
    counter, price_id = visit.counter, args.number(0)
    # The screen says what changed, and shows the ways that are there.
    with suppress(NotOfferedError, PriceChangedError, NotThisWayError):
        await counter.storage.run(
            use_wallet,
            visit.customer.id,
            price_id,
            wants=args.text(1) == "1",
            policy=counter.policy,
            now=visit.now,
        )
    return await ways_screen(visit, price_id)


async def pay_whole(visit: Visit, args: Args) -> Screen:
    """Pay the whole price from the wallet: ask first, do it on the next tap."""
    _, counter, price_id = visit.speech, visit.counter, args.number(0)
    if args.choice(1):
        return await _pay(visit, price_id)
    one = await counter.storage.read(basket, price_id, visit.customer.id, now=visit.now)
    if reason := changed(_, one):
        return (await plan_screen(visit, one.product.slug)).explaining(reason)
    price = one.price.amount
    if not covers(price, free=one.free):
        return (await ways_screen(visit, price_id)).explaining(_too_small(_))
    ask = _(
        "Pay {price} from your wallet? {rest} stays in it.",
        price=bold(_.money(price)),
        rest=_.money(one.free - price),
    )
    yes = button(
        _("Pay {price}", price=_.money(price)), "wallet_pay", price_id, 1, style="primary"
    )
    back = button(_("← Pay another way"), "ways", price_id)
    return Screen(text=paragraphs(*summary(visit, one), ask), rows=((yes,), (back,)))


async def _pay(visit: Visit, price_id: int) -> Screen:
    _, counter = visit.speech, visit.counter
    choice = Choice(
        customer_id=visit.customer.id,
        price_id=price_id,
        provider=WALLET,
        screen_id=visit.message_id,
    )
    try:
        payment = await counter.storage.run(
            pay_from_wallet, choice, policy=counter.policy, now=visit.now
        )
        reference = payment.reference
    except PaidAlreadyError as error:
        reference = error.reference
    except WalletTooSmallError:
        return (await ways_screen(visit, price_id)).explaining(_too_small(_))
    except REFUSALS as error:
        return (await ways_screen(visit, price_id)).explaining(await refusal_of(visit, error))
    except (PriceChangedError, NotOfferedError, NotThisWayError):
        return await ways_screen(visit, price_id)
    counter.wake()
    one = await counter.storage.read(try_of, reference, visit.customer.id)
    if one.order_state is OrderState.IN_REVIEW:
        return Screen(text=being_looked_at(_))
    return paid_screen(_, one).saying(_("Your payment is here. Thank you!"))


def _too_small(_: Speech) -> Html:
    return _("There is not enough in your wallet for this any more.")
