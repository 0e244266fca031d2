import json

from bot.assemble import KNOWN
from shop.catalog.document import front_document, front_of
from shop.catalog.products import (
    MOST_STARS,
    MOST_STARS_AT_ONCE,
    STAR_TERM,
    Channel,
    Plan,
    Shopfront,
    Terms,
    channel_address,
    channels_of,
    length_of,
    text_in,
)
from shop.core.intervals import Interval
from shop.owner_file import read_catalog, sample_text


def test_a_text_is_found_in_ones_language_or_the_nearest() -> None:
    texts = {"": "default", "de": "deutsch", "pt-BR": "brasileiro"}
    assert [text_in(texts, language) for language in ("de", "de-AT", "pt-BR", "pt", "")] == [
        "deutsch",
        "deutsch",
        "brasileiro",
        "default",
        "default",
    ]


def test_without_a_default_the_first_language_is_everybodys() -> None:
    assert text_in({"en": "one", "de": "eins"}, "fr") == "one"
    assert text_in({}, "fr") == ""


def test_a_channel_comes_with_its_plans_or_with_all() -> None:
    every, some = Channel(id="a", name="A"), Channel(id="b", name="B", plans=("duo",))
    front = Shopfront(name={}, channels=(every, some))
    assert channels_of(front, "solo") == [every]
    assert channels_of(front, "duo") == [every, some]


def test_a_channel_plays_at_its_own_address_or_below_the_shops() -> None:
    front = Shopfront(name={}, stream_url="https://s.example/")
    own = Channel(id="a", name="A", url="https://o.example/{token}/a.m3u8")
    assert channel_address(front, own, token="t/1") == "https://o.example/t%2F1/a.m3u8"
    below = channel_address(front, Channel(id="a", name="A"), token="t&1")
    assert below == "https://s.example/a/index.m3u8?token=t%261"


def test_the_front_survives_the_books() -> None:
    front = read_catalog(sample_text(), name="sample", known=KNOWN).front
    assert front_of(json.loads(json.dumps(front_document(front)))) == front


def test_intervals_sort_by_about_how_long_they_are() -> None:
    keys = ["12m", "7d", "1m", "45d", "3m"]
    ordered = sorted(map(Interval.from_key, keys), key=length_of)
    assert [interval.key for interval in ordered] == ["7d", "1m", "45d", "3m", "12m"]
    assert [length_of(interval) for interval in ordered] == [7, 30, 45, 90, 360]


def test_stars_have_the_limits_that_telegram_sets() -> None:
    assert Interval.from_key("30d") == STAR_TERM
    assert (MOST_STARS, MOST_STARS_AT_ONCE) == (10_000, 25_000)


def test_a_plan_is_no_star_subscription_unless_it_says_so() -> None:
    plan = Plan(
        slug="solo",
        name={},
        description={},
        screens=1,
        connector="stock",
        trial_days=0,
        terms=Terms(grace_days=3, keep_days=14),
        prices={},
    )
    assert plan.star_subscription == 0
