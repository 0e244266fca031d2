"""One of each notice about money, with facts as odd as they come; and those that vary, in all."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

from shop.core.intervals import Interval
from shop.core.money import Money
from shop.intake.notices import ProofRefused, StarDifference, Stuck
from shop.ledger.receiving import Verdict
from shop.messaging.notices import Notice
from shop.ports import Refusal
from shop.refunds.access_changes import AccessChange
from shop.refunds.notices import (
    DisputeClosed,
    Disputed,
    DisputeOpened,
    DisputeOver,
    DisputeReopened,
    FraudWarning,
    MoneyBack,
    OrderLostMoney,
    Reclaimed,
    Refunded,
    RefundFailed,
    RefundLate,
    RefundLink,
    RefundMade,
    RefundReturned,
)
from shop.refunds.records import RefundRoute
from shop.refunds.rules import AccessAfterRefund
from shop.refunds.states import DisputeState
from shop.renewals.notices import (
    ChargeUnheard,
    MethodRefused,
    NotRenewing,
    OffReason,
    RenewalAhead,
    RenewalFailed,
    RenewalOff,
    RenewalOn,
    RenewalStopped,
    StarsFailed,
    StarsResumed,
    StarsStopped,
    StoppedByMoneyBack,
)
from shop.screening.rules import (
    BlockedBy,
    Check,
    Finding,
    Listed,
    Ruling,
    TooMany,
    TooMuch,
    TwoCountries,
)
from shop.settlement.notices import (
    Assigned,
    FalseClaim,
    ForeignEvent,
    InReview,
    LeftToStaff,
    MoneyInReview,
    NeverConfirmed,
    OddMoney,
    OtherBusiness,
    Paid,
    PaymentFailed,
    ReviewRefused,
    Sale,
    Seen,
    SeenNoMore,
    ToWallet,
    UnknownMoney,
)

NAME = "<&>" * 60
YEAR = Interval.from_key("12m")
LATER = datetime(2027, 1, 15, 8, tzinfo=UTC)
MONEY, NOTHING, PART = Money(799, "EUR"), Money(0, "EUR"), Money(100, "EUR")
PROVIDER = "coinbase_commerce"
FINDINGS = (
    *(
        Finding(check=check, ruling=Ruling.HOLD, why=TooMany(many=4, most=3))
        for check in (Check.TRIES, Check.PAYERS, Check.SHARED_PAYER, Check.TRIALS)
    ),
    Finding(
        check=Check.FIRST_ORDER,
        ruling=Ruling.HOLD,
        why=TooMuch(money=Money(9, "EUR"), limit=Money(8, "EUR")),
    ),
    Finding(check=Check.COUNTRY, ruling=Ruling.HOLD, why=TwoCountries(card="US", home="DE")),
    Finding(check=Check.BLOCKED, ruling=Ruling.HOLD, why=Listed(by=(BlockedBy.PAYER,))),
)


def money_notices(plan: str) -> Iterator[Notice]:
    """Those of settlement, refunds, renewals and intake; the wings' order."""
    yield from _settlement(plan)
    yield from _refunds(plan)
    yield from renewal_notices(plan)
    for card, is_under_way in product(("<Visa>", ""), (True, False)):
        yield StoppedByMoneyBack(
            customer=1,
            name=NAME,
            plan=plan,
            card=card,
            money=MONEY,
            is_under_way=is_under_way,
        )
    yield ChargeUnheard(
        customer=1,
        name=NAME,
        provider=PROVIDER,
        plan=plan,
        card="<Visa>",
        money=MONEY,
        reference="tk_" + "a" * 19,
    )
    yield MethodRefused(verb="create", reason="<reason>", customer=1)
    yield MethodRefused(verb="create", reason="<reason>")
    yield ProofRefused(plan=plan, term=YEAR, reason="<reason>", money=MONEY)
    yield Stuck(inbox_event=7, reason="<reason>")
    for found, odd in ((2, 2), (1, 0), (0, 1)):
        yield StarDifference(
            provider=PROVIDER,
            found=found,
            money=MONEY if found else None,
            odd=odd,
            names=("<odd>",) * odd,
        )


def _settlement(plan: str) -> Iterator[Notice]:
    yield Seen(plan=plan)
    yield PaymentFailed(plan=plan, term=YEAR)
    for has_failed, is_paid in product((True, False), repeat=2):
        yield SeenNoMore(
            plan=plan, term=YEAR, provider=PROVIDER, has_failed=has_failed, is_paid=is_paid
        )
    yield NeverConfirmed(
        customer=1,
        name=NAME,
        provider=PROVIDER,
        plan=plan,
        term=YEAR,
        money=MONEY,
        reference="tk_" + "a" * 19,
    )
    yield OtherBusiness(provider=PROVIDER)
    yield InReview(plan=plan, money=MONEY, receipt=1)
    yield ReviewRefused(plan=plan, money=MONEY)
    yield Assigned(money=MONEY)
    for verdict in Verdict:
        yield from _judged(plan, verdict)
    yield UnknownMoney(
        receipt=3, receipt_id="r" * 60, reference="", provider=PROVIDER, money=MONEY
    )
    yield MoneyInReview(
        review=1,
        customer=1,
        name=NAME,
        provider=PROVIDER,
        plan=plan,
        term=YEAR,
        money=MONEY,
        findings=FINDINGS,
    )
    for is_silent in (False, True):
        yield FalseClaim(
            inbox_event=7,
            customer=1,
            name=NAME,
            provider=PROVIDER,
            claimed=MONEY,
            found=Money(2, "USD"),
            is_silent=is_silent,
        )
    yield ForeignEvent(inbox_event=7, provider=PROVIDER, account="<acct>")
    yield LeftToStaff(inbox_event=7, provider=PROVIDER, what="disputed", note="<note>" * 20)


def _judged(plan: str, verdict: Verdict) -> Iterator[Notice]:
    due = Money(899, "USD")
    for by_itself, more, used in (("", NOTHING, NOTHING), ("<Visa>", PART, PART)):
        yield Paid(
            plan=plan,
            term=YEAR,
            money=MONEY,
            verdict=verdict,
            to_wallet=more,
            from_wallet=used,
            missing=Money(5, "EUR"),
            until=LATER,
            is_new=True,
            receipt=1,
            by_itself=by_itself,
        )
        yield Sale(
            customer=1,
            name=NAME,
            plan=plan,
            term=YEAR,
            money=MONEY,
            verdict=verdict,
            to_wallet=more,
            from_wallet=used,
            missing=Money(5, "EUR"),
        )
    yield ToWallet(plan=plan, term=YEAR, money=MONEY, verdict=verdict, due=due)
    yield OddMoney(
        customer=1,
        name=NAME,
        provider=PROVIDER,
        plan=plan,
        term=YEAR,
        money=MONEY,
        verdict=verdict,
        due=due,
    )


def _decisions(plan: str) -> Iterator[Notice]:
    yield DisputeReopened(dispute=1, name=NAME, plan=plan, money=MONEY)
    half = Money(MONEY.minor // 2, MONEY.currency)
    for how, access, until in product(
        (DisputeState.WON, DisputeState.LOST), AccessChange, (LATER, None)
    ):
        for moved, in_wallet, kept in (
            (MONEY, NOTHING, MONEY),
            (half, half, NOTHING),
            (NOTHING, NOTHING, MONEY),
            (NOTHING, NOTHING, NOTHING),
        ):
            yield DisputeOver(
                plan=plan,
                how=how,
                money=moved,
                in_wallet=in_wallet,
                access=access,
                until=until,
            )
            yield DisputeClosed(
                dispute=1,
                customer=1,
                name=NAME,
                provider=PROVIDER,
                plan=plan,
                money=MONEY,
                how=how,
                moved=moved,
                in_wallet=in_wallet,
                kept=kept,
                owed=in_wallet,
                access=access,
                until=until,
            )


def _refunds(plan: str) -> Iterator[Notice]:
    for access in AccessAfterRefund:
        yield RefundLink(refund=1, plan=plan, access=access)
        for route in RefundRoute:
            yield Refunded(money=MONEY, plan=plan, route=route, access=access)
            for customer, slug in ((1, plan), (None, "")):
                yield RefundMade(
                    customer=customer,
                    name=NAME,
                    staff="9001",
                    provider=PROVIDER,
                    plan=slug,
                    route=route,
                    money=MONEY,
                    access=access,
                )
    yield RefundLate(money=MONEY, plan=plan)
    yield Disputed(plan=plan)
    yield from _decisions(plan)
    for access in AccessAfterRefund:
        yield Reclaimed(money=MONEY, plan=plan, access=access)
        yield OrderLostMoney(customer=1, name=NAME, plan=plan, money=MONEY, access=access)
    for money, loss, owed in (
        (MONEY, NOTHING, NOTHING),
        (MONEY, MONEY, MONEY),
        (NOTHING, NOTHING, NOTHING),
    ):
        yield MoneyBack(
            customer=1,
            name=NAME,
            provider=PROVIDER,
            plan=plan,
            money=money,
            loss=loss,
            owed=owed,
            unbooked=owed,
        )
    yield MoneyBack(
        customer=1,
        name=NAME,
        provider=PROVIDER,
        plan=plan,
        money=NOTHING,
        loss=NOTHING,
        owed=NOTHING,
        unbooked=MONEY,
    )
    yield RefundFailed(customer=1, provider=PROVIDER, money=MONEY, reason="<reason>")
    for refund in (1, None):
        yield RefundReturned(
            customer=1,
            name=NAME,
            provider=PROVIDER,
            plan=plan,
            money=MONEY,
            reason="<reason>",
            refund=refund,
        )
    for is_frozen in (True, False):
        yield DisputeOpened(dispute=1, name=NAME, plan=plan, money=MONEY, is_frozen=is_frozen)
        yield FraudWarning(dispute=1, name=NAME, plan=plan, money=MONEY, is_frozen=is_frozen)


def renewal_notices(plan: str) -> Iterator[Notice]:
    """What customers are told about renewals of subscription 1."""
    yield RenewalOn(subscription=1, plan=plan, card="<Visa>", charge_at=LATER)
    yield RenewalAhead(
        subscription=1, plan=plan, card="<Visa>", charge_at=LATER, price_id=1, money=MONEY
    )
    for why, again_at in (*((why, None) for why in Refusal), (Refusal.DECLINED, LATER)):
        yield RenewalFailed(
            subscription=1, plan=plan, card="<Visa>", why=why, again_at=again_at, money=MONEY
        )
    for reason in OffReason:
        yield RenewalOff(plan=plan, why=reason)
    for card, is_under_way in product(("<Visa>", ""), (True, False)):
        yield RenewalStopped(
            subscription=1, plan=plan, card=card, money=MONEY, is_under_way=is_under_way
        )
    yield NotRenewing(subscription=1, plan=plan)
    yield StarsStopped(plan=plan, until=LATER)
    yield StarsResumed(plan=plan, until=LATER)
    yield StarsFailed(plan=plan, money=Money(430, "XTR"))
