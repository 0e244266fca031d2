"""What a customer reads when we cannot sell right now: why, and what to do."""

from handlers.customer.storefront.plans import on_hold
from handlers.visit import Visit
from handlers.wording import Html, Speech
from shop.access.holds import OnHoldError
from shop.checkout.payment import (
    InReviewError,
    NotSavedError,
    RenewalUnderWayError,
    SeenAlreadyError,
)
from shop.core.errors import ShopError
from shop.orders.limits import BeyondLimitsError
from shop.ports import ProviderError, RequestRefusedError, TooLittleError, TooMuchError
from shop.renewals.star_records import SubscribedError
from shop.screening.rules import RefusedError
from shop.screening.screening import note_refusal

REFUSALS = (
    OnHoldError,
    RefusedError,
    InReviewError,
    RenewalUnderWayError,
    SubscribedError,
    SeenAlreadyError,
    NotSavedError,
    BeyondLimitsError,
)


async def refusal_of(visit: Visit, error: ShopError) -> Html:
    """Why we cannot sell right now; staff are told when a screening rule was the reason."""
    _ = visit.speech
    if isinstance(error, RefusedError):
        counter = visit.counter
        await counter.storage.run(
            note_refusal, visit.customer, error.findings, policy=counter.policy, now=visit.now
        )
        counter.wake()
        return _(
            "We cannot offer you this just now. Please write to us, and we sort it out "
            "together: /support"
        )
    words = {
        RenewalUnderWayError: _(
            "Your saved card is being charged for this right now. Please wait a moment; we "
            "write to you."
        ),
        SeenAlreadyError: _(
            "We see a payment for this on its way already. Please wait until it has arrived; we "
            "write to you."
        ),
        BeyondLimitsError: _(
            "This way to pay does not take such a sum. Please choose another one."
        ),
        SubscribedError: _("You have this subscription already; Telegram renews it by itself."),
        NotSavedError: _("Nothing renews by itself here just now. Please pay without that tick."),
        OnHoldError: on_hold(_),
    }
    return words.get(type(error), being_looked_at(_))


def no_page(_: Speech, error: ProviderError, *, way: Html) -> Html:
    """Why the provider opened no page, and what to do about it; nothing was charged."""
    match error:
        case TooLittleError():
            return _(
                "{way} does not take so small a payment, and nothing was charged. Please pay "
                "another way.",
                way=way,
            )
        case TooMuchError():
            return _(
                "{way} does not take so large a payment, and nothing was charged. Please pay "
                "another way.",
                way=way,
            )
        case RequestRefusedError():
            return _(
                "{way} does not take this payment, and nothing was charged. Please pay another "
                "way, or write to us: /support",
                way=way,
            )
        case _trouble:
            return _(
                "{way} does not answer just now, and nothing was charged. Please try again in a "
                "moment or pay another way.",
                way=way,
            )


def being_looked_at(_: Speech) -> Html:
    """The money is here, and a person will decide."""
    return _(
        "Your payment is here. A person takes a short look at it before your access opens; "
        "you need not do anything, and need not pay again."
    )
