"""Writes a catalog as TOML that `read_catalog` reads back to the same value."""

from collections.abc import Mapping
from typing import Any

import tomlkit
from tomlkit.items import (
    AoT,
    Array,
    InlineTable,
    Item,
    Key,
    SingleKey,
    String,
    StringType,
    Table,
    Trivia,
)

from shop.catalog.products import STAR_TERM, STARS, Catalog, Channel, Plan, Setup, Texts
from shop.core.currencies import exponent_of
from shop.core.intervals import Interval
from shop.core.money import Money


def write_catalog(catalog: Catalog) -> str:
    """The whole catalog as an owner would write it."""
    page = tomlkit.document()
    page.append("shop", _shop(catalog))
    for name, section in catalog.sections.items():
        page.append(name, _section(section))
    for name, tables in (
        ("plan", [_plan(one) for one in catalog.plans]),
        ("setup", [_setup(one) for one in catalog.front.setup]),
        ("channel", [_channel(one) for one in catalog.front.channels]),
    ):
        if tables:
            page.append(name, _tables(tables))
    return tomlkit.dumps(page).rstrip("\n") + "\n"


def _shop(catalog: Catalog) -> Table:
    front = catalog.front
    table = tomlkit.table()
    _texts(table, "name", front.name)
    table.append("currency", catalog.currency)
    _words(table, "support", front.support)
    _words(table, "stream_url", front.stream_url)
    _texts(table, "greeting", front.greeting)
    _texts(table, "terms", front.terms)
    _texts(table, "privacy", front.privacy)
    return table


def _section(section: Any) -> Table | AoT:  # noqa: ANN401 - as TOML has it
    if isinstance(section, list):
        return _tables([_section_table(one) for one in section])
    return _section_table(section)


def _section_table(values: Mapping[str, Any]) -> Table:
    table = tomlkit.table()
    for key, value in values.items():
        table.append(_key(key), _value(value))
    return table


def _value(value: Any) -> Item:  # noqa: ANN401 - as TOML has it
    """A value on one line: a table in braces may not go over several."""
    if isinstance(value, dict):
        return _braces({key: _value(one) for key, one in value.items()})
    if isinstance(value, list):
        return _brackets([_value(one) for one in value])
    plain: Item = tomlkit.item(value)
    return plain


def _plan(plan: Plan) -> Table:
    table = tomlkit.table()
    table.append("slug", plan.slug)
    _texts(table, "name", plan.name)
    _texts(table, "description", plan.description)
    table.append("screens", plan.screens)
    table.append("connector", plan.connector)
    table.append("trial_days", plan.trial_days)
    table.append("grace_days", plan.terms.grace_days)
    table.append("keep_days", plan.terms.keep_days)
    if plan.star_subscription:
        table.append("star_subscription", plan.star_subscription)
    prices = tomlkit.table()
    for interval, amounts in _without_stars(plan).items():
        prices.append(
            _key(interval.words()), _braces({one.currency: _amount(one) for one in amounts})
        )
    table.append("prices", prices)
    return table


def _without_stars(plan: Plan) -> dict[Interval, tuple[Money, ...]]:
    """The prices but that of the Star subscription, which has a line of its own."""
    if not plan.star_subscription:
        return dict(plan.prices)
    usual = tuple(one for one in plan.prices[STAR_TERM] if one.currency != STARS)
    rest = {term: amounts for term, amounts in plan.prices.items() if term != STAR_TERM}
    return {**rest, STAR_TERM: usual} if usual else rest


def _setup(setup: Setup) -> Table:
    table = tomlkit.table()
    _texts(table, "device", setup.device)
    _texts(table, "steps", setup.steps)
    return table


def _channel(channel: Channel) -> Table:
    table = tomlkit.table()
    table.append("id", channel.id)
    table.append("name", channel.name)
    for key in ("group", "logo", "url"):
        _words(table, key, getattr(channel, key))
    if channel.plans:
        table.append("plans", _brackets([tomlkit.string(slug) for slug in channel.plans]))
    return table


def _words(table: Table, key: str, value: str) -> None:
    if value:
        table.append(key, value)


def _texts(table: Table, key: str, texts: Texts) -> None:
    # Dotted keys, because a table in braces may not go over several lines.
    if texts.keys() == {""}:
        table.append(key, _text(texts[""]))
        return
    for language, text in texts.items():
        table.append(tomlkit.key([key, language]), _text(text))


def _text(text: str) -> String:
    """A text, over several lines when it has them; the first stands below the quotes."""
    if "\n" not in text or "\r" in text:
        return tomlkit.string(text)
    block = tomlkit.string(text, multiline=True)
    if text.startswith("\n"):
        return block  # tomlkit has put the line break there that a reader drops
    inner = block.as_string().removeprefix('"""').removesuffix('"""')
    return String(StringType.MLB, text, f"\n{inner}", Trivia())


def _amount(money: Money) -> Item:
    if not exponent_of(money.currency):
        return tomlkit.integer(money.minor)
    return tomlkit.string(f"{money.decimal():f}")


def _tables(tables: list[Table]) -> AoT:
    found = tomlkit.aot()
    for table in tables:
        found.append(table)
    return found


def _braces(values: Mapping[str, Item]) -> InlineTable:
    """A table in braces, with room inside them: `{ EUR = "7.99" }`."""
    table = tomlkit.inline_table()
    room = [tomlkit.ws(" ")] if values else []
    for space in room:
        table.append(None, space)
    for key, value in values.items():
        table.append(_key(key), value)
    for space in room:
        table.append(None, space)
    return table


def _brackets(values: list[Item]) -> Array:
    array = tomlkit.array()
    for value in values:
        array.append(value)
    return array


def _key(key: str) -> Key:
    """A key with quotes where it needs them; a dot in it is an inbox event like others."""
    return SingleKey(key)
