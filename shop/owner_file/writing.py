"""Writes a catalog as TOML that `read_catalog` reads back to the same value."""

import json
import re
from collections.abc import Iterator
from typing import Any

from shop.catalog.products import STAR_TERM, STARS, Catalog, Channel, Plan, Setup, Texts
from shop.core.intervals import Interval
from shop.core.money import Money, exponent_of

_BARE = re.compile("[A-Za-z0-9_-]+")


def write_catalog(catalog: Catalog) -> str:
    """The whole catalog as an owner would write it."""
    lines = [*_shop(catalog)]
    for name, section in catalog.sections.items():
        lines += ["", *_section(name, section)]
    for plan in catalog.plans:
        lines += ["", *_plan(plan)]
    for setup in catalog.front.setup:
        lines += ["", *_setup(setup)]
    for channel in catalog.front.channels:
        lines += ["", *_channel(channel)]
    return "\n".join(lines) + "\n"


def _shop(catalog: Catalog) -> Iterator[str]:
    front = catalog.front
    yield "[shop]"
    yield from _texts("name", front.name)
    yield f"currency = {_quoted(catalog.currency)}"
    yield from _words("support", front.support)
    yield from _words("stream_url", front.stream_url)
    yield from _texts("greeting", front.greeting)
    yield from _texts("terms", front.terms)
    yield from _texts("privacy", front.privacy)


def _section(name: str, section: Any) -> Iterator[str]:  # noqa: ANN401 - as TOML has it
    tables = section if isinstance(section, list) else [section]
    for table in tables:
        yield f"[[{name}]]" if isinstance(section, list) else f"[{name}]"
        for key, value in table.items():
            yield f"{_key(key)} = {_value(value)}"


def _value(value: Any) -> str:  # noqa: ANN401 - as TOML has it
    if isinstance(value, dict):
        inner = ", ".join(f"{_key(key)} = {_value(one)}" for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return f'"{_escaped(value)}"'  # a table in braces may not go over several lines
    return str(value).lower() if isinstance(value, bool) else str(value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else f'"{_escaped(key)}"'


def _plan(plan: Plan) -> Iterator[str]:
    yield "[[plan]]"
    yield f"slug = {_quoted(plan.slug)}"
    yield from _texts("name", plan.name)
    yield from _texts("description", plan.description)
    yield f"screens = {plan.screens}"
    yield f"connector = {_quoted(plan.connector)}"
    yield f"trial_days = {plan.trial_days}"
    yield f"grace_days = {plan.terms.grace_days}"
    yield f"keep_days = {plan.terms.keep_days}"
    if plan.star_subscription:
        yield f"star_subscription = {plan.star_subscription}"
    yield "[plan.prices]"
    for interval, amounts in _without_stars(plan).items():
        inner = ", ".join(f"{money.currency} = {_amount(money)}" for money in amounts)
        yield f"{_quoted(interval.words())} = {{ {inner} }}"


def _without_stars(plan: Plan) -> dict[Interval, tuple[Money, ...]]:
    """The prices but that of the Star subscription, which has a line of its own."""
    if not plan.star_subscription:
        return dict(plan.prices)
    usual = tuple(one for one in plan.prices[STAR_TERM] if one.currency != STARS)
    rest = {term: amounts for term, amounts in plan.prices.items() if term != STAR_TERM}
    return {**rest, STAR_TERM: usual} if usual else rest


def _setup(setup: Setup) -> Iterator[str]:
    yield "[[setup]]"
    yield from _texts("device", setup.device)
    yield from _texts("steps", setup.steps)


def _channel(channel: Channel) -> Iterator[str]:
    yield "[[channel]]"
    yield f"id = {_quoted(channel.id)}"
    yield f"name = {_quoted(channel.name)}"
    for key in ("group", "logo", "url"):
        yield from _words(key, getattr(channel, key))
    if channel.plans:
        yield f"plans = [{', '.join(map(_quoted, channel.plans))}]"


def _words(key: str, value: str) -> Iterator[str]:
    if value:
        yield f"{key} = {_quoted(value)}"


def _texts(key: str, texts: Texts) -> Iterator[str]:
    # Dotted keys, because a table in braces may not go over several lines.
    if texts.keys() == {""}:
        yield f"{key} = {_quoted(texts[''])}"
        return
    for language, text in texts.items():
        name = language or '""'
        yield f"{key}.{name} = {_quoted(text)}"


def _amount(money: Money) -> str:
    return f'"{money.decimal():f}"' if exponent_of(money.currency) else str(money.minor)


def _quoted(text: str) -> str:
    """A basic string, over several lines when the text has them."""
    lines = [_escaped(line) for line in text.split("\n")]
    if len(lines) == 1:
        return f'"{lines[0]}"'
    return '"""\n' + "\n".join(lines) + '"""'


def _escaped(line: str) -> str:
    # TOML's escapes are JSON's, and both forbid bare control characters.
    return json.dumps(line, ensure_ascii=False)[1:-1].replace("\x7f", "\\u007f")
