"""The free trial: once per customer, started with one tap."""

from handlers.customer.checkout.refusals import refusal_of
from handlers.customer.storefront.account import account
from handlers.customer.storefront.plans import plan_screen
from handlers.screens import Args, Screen
from handlers.visit import Visit
from shop.access.lifecycle import state_at
from shop.access.states import SubscriptionState
from shop.checkout.payment import NotOfferedError
from shop.checkout.trial import NoTrialError, TrialUsedError, start_trial
from shop.core.errors import NotFoundError
from shop.screening.rules import RefusedError
from shop.storefront.plans import card


async def trial(visit: Visit, args: Args) -> Screen:
    """Start the trial; a second tap finds it running."""
    _ = visit.speech
    slug = args.text(0)
    try:
        await visit.counter.storage.run(
            start_trial, visit.customer.id, slug, policy=visit.counter.policy, now=visit.now
        )
    except RefusedError as error:
        return (await plan_screen(visit, slug)).explaining(await refusal_of(visit, error))
    except TrialUsedError:
        if await _is_running(visit, slug):
            return (await account(visit, args)).saying(_("Your trial is running."))
        used = _("You have used your trial. Everything you have is in /account.")
        return (await plan_screen(visit, slug)).explaining(used)
    except NoTrialError:
        return (await plan_screen(visit, slug)).explaining(_("This plan has no trial any more."))
    except (NotOfferedError, NotFoundError):
        return await plan_screen(visit, slug)  # it explains
    visit.counter.wake()
    begun = _("Your trial has begun. Your access arrives in a moment.")
    return (await account(visit, args)).saying(begun)


async def _is_running(visit: Visit, slug: str) -> bool:
    """Whether this trial is still running, so that the tap was a second one."""
    counter = visit.counter
    one = await counter.storage.read(card, slug, visit.customer.id, policy=counter.policy)
    return one.live is not None and (
        state_at(one.live.standing, now=visit.now) is SubscriptionState.TRIALING
    )
