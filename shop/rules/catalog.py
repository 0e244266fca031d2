"""What the shop sells, as values: plans and their prices in several currencies."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shop.rules.lifecycle import Terms
from shop.rules.money import Money
from shop.rules.periods import Interval

STARS = "XTR"
Texts = Mapping[str, str]  # language code ("" is the default) -> text


def text_in(texts: Texts, language: str) -> str:
    """The text in this language, else in its base language, else the default."""
    base = language.split("-", 1)[0]
    return texts.get(language) or texts.get(base) or texts.get("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A tier with prices; `prices` maps an interval to one amount for each currency."""

    slug: str
    name: Texts
    description: Texts
    screens: int
    connector: str
    trial_days: int
    terms: Terms
    prices: Mapping[Interval, tuple[Money, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """Set-up steps the customer reads, for one kind of device."""

    device: Texts
    steps: Texts


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The whole catalog file."""

    currency: str
    front: Shopfront
    plans: tuple[Plan, ...]
