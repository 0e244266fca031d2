"""What the shop sells and says, as values: plans, their prices, texts and channels."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from shop.core.currencies import STARS
from shop.core.intervals import Interval, Unit
from shop.core.money import Money

__all__ = [
    "STARS",
    "Catalog",
    "Channel",
    "Plan",
    "Setup",
    "Shopfront",
    "Texts",
    "channel_address",
    "channels_of",
    "length_of",
    "text_in",
]
Texts = Mapping[str, str]  # language code ("" is the default) -> text
_DAYS_A_MONTH = 30


def text_in(texts: Texts, language: str) -> str:
    """The text in this language, else in its base language, the default, the first there is."""
    base = language.split("-", 1)[0]
    first = next(iter(texts.values()), "")
    return texts.get(language) or texts.get(base) or texts.get("") or first


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """A plan's patience: days of grace with access, then days an account is kept without."""

    grace_days: int
    keep_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A tier with prices; `prices` maps an interval to one amount for each currency.

    `star_subscription` is the price in Stars of 30 days that Telegram charges again by itself; it
    stands among the prices, too.
    """

    slug: str
    name: Texts
    description: Texts
    screens: int
    connector: str
    trial_days: int
    terms: Terms
    prices: Mapping[Interval, tuple[Money, ...]]
    star_subscription: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Set-up steps the customer reads, for one kind of device."""

    device: Texts
    steps: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A channel of the playlist; `url` may hold `{token}`, `plans` empty means every plan."""

    id: str
    name: str
    group: str = ""
    logo: str = ""
    url: str = ""
    plans: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shopfront:
    """What the shop says about itself; texts may be empty."""

    name: Texts
    greeting: Texts = field(default_factory=dict)
    terms: Texts = field(default_factory=dict)
    privacy: Texts = field(default_factory=dict)
    support: str = ""
    stream_url: str = ""
    setup: tuple[Setup, ...] = ()
    channels: tuple[Channel, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The whole catalog file; `sections` are the owner's choices as they were written."""

    currency: str
    front: Shopfront
    plans: tuple[Plan, ...]
    sections: Mapping[str, Any] = field(default_factory=dict)


def channels_of(front: Shopfront, plan: str) -> list[Channel]:
    """The channels that come with a plan, in the owner's order."""
    return [channel for channel in front.channels if not channel.plans or plan in channel.plans]


def channel_address(front: Shopfront, channel: Channel, *, token: str) -> str:
    """Where a channel plays for the holder of this token.

    A channel without an address of its own lies below the shop's `stream_url`.
    """
    below = f"{front.stream_url.rstrip('/')}/{channel.id}/index.m3u8?token={{token}}"
    return (channel.url or below).replace("{token}", quote(token, safe=""))


def length_of(interval: Interval) -> int:
    """About how many days an interval has; for sorting, never for dates."""
    return interval.count * (1 if interval.unit is Unit.DAY else _DAYS_A_MONTH)


STAR_TERM = Interval(count=30, unit=Unit.DAY)
"""The one length of a Star subscription: 2,592,000 seconds."""
MOST_STARS = 10_000
"""The most a Star subscription may cost."""
MOST_STARS_AT_ONCE = 25_000
"""The most Stars an invoice may ask for."""
