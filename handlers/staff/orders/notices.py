"""What staff are told about a provider that is silent, and that is back."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from handlers.names import provider_name
from handlers.screens import Screen
from handlers.visit import Visit
from shop.messaging.notices import StaffNotice
from shop.orders.notices import PageRefused, ProviderBack, ProviderDown


async def provider_down(visit: Visit, notice: ProviderDown) -> Screen:
    """A provider is hidden from customers."""
    _ = visit.speech
    text = _(
        "🔴 {way} does not answer ({error}). Customers do not see it until it does; we try "
        "again by ourselves.",
        way=provider_name(_, notice.provider),
        error=notice.error,
    )
    return Screen(text=text)


async def provider_back(visit: Visit, notice: ProviderBack) -> Screen:
    """A provider is shown again."""
    _ = visit.speech
    text = _(
        "🟢 {way} answers again; customers see it. It was away since {moment}.",
        way=provider_name(_, notice.provider),
        moment=_.moment(notice.since, now=visit.now),
    )
    return Screen(text=text)


async def page_refused(visit: Visit, notice: PageRefused) -> Screen:
    """A provider refused one payment; it is no outage, and customers still see it."""
    _ = visit.speech
    text = _(
        "⚠️ {way} answers, but refuses to open a page for {money}: {reason}. The customer was "
        "asked to pay another way. Should that go on, look into its dashboard or settings.",
        way=provider_name(_, notice.provider),
        money=_.money(notice.money),
        reason=notice.reason.rstrip("."),
    )
    return Screen(text=text)


WORDS: Mapping[type[StaffNotice], Callable[[Visit, Any], Awaitable[Screen | None]]] = {
    ProviderDown: provider_down,
    ProviderBack: provider_back,
    PageRefused: page_refused,
}
