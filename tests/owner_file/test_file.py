from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.assemble import KNOWN
from shop.catalog.products import Catalog, Channel, Plan, Setup, Shopfront, Terms, text_in
from shop.core.errors import BadInputError
from shop.core.intervals import Interval
from shop.core.money import Money
from shop.owner_file import BadCatalogError, load_catalog, read_catalog, sample_text, write_catalog

RIGHT = """\
[shop]
name = "Kiosk"
currency = "EUR"

[[plan]]
slug = "solo"
name = "Solo"
description = { en = "One screen", de = "Ein Bildschirm" }
trial_days = 3

[plan.prices]
"1 month" = { EUR = "7.99", XTR = 450 }
"1 year" = { EUR = "79" }
"""

WRITTEN = """\
[shop]
name = "Kiosk"
currency = "EUR"
greeting.en = \"\"\"
Hello.
Say "hi"!\"\"\"
greeting.pt-BR = "Olá."

[refunds]
whole = "end"
hold_disputes = true

[money]
tolerance = { EUR = "0.50", JPY = 5 }

[[way]]
provider = "stars"
plans = ["solo"]

[[way]]
provider = "transfer"

[[plan]]
slug = "solo"
name = "Solo"
description.en = "One screen"
screens = 1
connector = "generated"
trial_days = 3
grace_days = 3
keep_days = 14

[plan.prices]
"1 month" = { EUR = "7.99", XTR = 450 }

[[setup]]
device.en = "TV"
steps = \"\"\"
Press
"on\"\"\"\"

[[channel]]
id = "one"
name = "One"
plans = ["solo", "duo"]
"""


def refused(text: str) -> list[str]:
    with pytest.raises(BadCatalogError) as caught:
        read_catalog(text, name="shop.toml", known=KNOWN)
    return caught.value.sentence.splitlines()


def test_a_small_file_is_read_with_its_defaults() -> None:
    month, year = Interval.from_key("1m"), Interval.from_key("12m")
    assert read_catalog(RIGHT, name="shop.toml", known=KNOWN) == Catalog(
        currency="EUR",
        front=Shopfront(name={"": "Kiosk"}),
        plans=(
            Plan(
                slug="solo",
                name={"": "Solo"},
                description={"en": "One screen", "de": "Ein Bildschirm"},
                screens=1,
                connector="generated",
                trial_days=3,
                terms=Terms(grace_days=3, keep_days=14),
                prices={
                    month: (Money(799, "EUR"), Money(450, "XTR")),
                    year: (Money(7900, "EUR"),),
                },
            ),
        ),
    )


def test_the_sample_is_whole_and_speaks_two_languages() -> None:
    catalog = read_catalog(sample_text(), name="sample", known=KNOWN)
    assert [(plan.slug, plan.screens) for plan in catalog.plans] == [
        ("solo", 1),
        ("duo", 2),
        ("family", 4),
    ]
    for plan in catalog.plans:
        assert [interval.key for interval in plan.prices][:3] == ["1m", "3m", "12m"]
        assert plan.trial_days == 3
        for amounts in list(plan.prices.values())[:3]:
            assert [money.currency for money in amounts] == ["EUR", "USD", "GBP", "XTR"]
    assert len(catalog.front.setup) == 3
    assert 6 <= len(catalog.front.channels) <= 8
    assert text_in(catalog.front.greeting, "de") != text_in(catalog.front.greeting, "en")


def test_writing_the_sample_and_reading_it_again_changes_nothing() -> None:
    catalog = read_catalog(sample_text(), name="sample", known=KNOWN)
    assert read_catalog(write_catalog(catalog), name="again", known=KNOWN) == catalog


def test_a_written_file_looks_as_an_owner_would_write_it() -> None:
    catalog = Catalog(
        currency="EUR",
        front=Shopfront(
            name={"": "Kiosk"},
            greeting={"en": 'Hello.\nSay "hi"!', "pt-BR": "Olá."},
            setup=(Setup(device={"en": "TV"}, steps={"": 'Press\n"on"'}),),
            channels=(Channel(id="one", name="One", plans=("solo", "duo")),),
        ),
        plans=(
            Plan(
                slug="solo",
                name={"": "Solo"},
                description={"en": "One screen"},
                screens=1,
                connector="generated",
                trial_days=3,
                terms=Terms(grace_days=3, keep_days=14),
                prices={Interval.from_key("1m"): (Money(799, "EUR"), Money(450, "XTR"))},
            ),
        ),
        sections={
            "refunds": {"whole": "end", "hold_disputes": True},
            "money": {"tolerance": {"EUR": "0.50", "JPY": 5}},
            "way": [{"provider": "stars", "plans": ["solo"]}, {"provider": "transfer"}],
        },
    )
    assert write_catalog(catalog) == WRITTEN


# (what stands in the right file, what to put there, the line, what is said)
MISTAKES = [
    ('name = "Kiosk"', "name = Kiosk", 2, "Invalid value"),
    ('name = "Kiosk"', "nmae = 'Kiosk'", 2, "'nmae' is not known here. Did you mean 'name'?"),
    ('name = "Kiosk"\n', "", 1, "name is missing."),
    ('name = "Kiosk"', 'name = " "', 2, "name is empty."),
    ('name = "Kiosk"', "name = 7", 2, "name must be text, or texts by language."),
    ('name = "Kiosk"', 'name = "a\\u0007"', 2, "name holds a control character (U+0007)."),
    ('currency = "EUR"', 'currency = "ERU"', 3, "Did you mean 'EUR'?"),
    ('currency = "EUR"\n', "", 1, "currency is missing."),
    ('currency = "EUR"', 'currency = "GBP"', 12, "'1 month' has no price in GBP"),
    ('slug = "solo"', 'slug = "Solo!"', 6, "slug 'Solo!' is not right: use a-z, 0-9 and _."),
    ('slug = "solo"', f'slug = "{"a" * 25}"', 6, "slug is 25 characters long; at most 24 fit."),
    ('slug = "solo"\n', "", 5, "slug is missing."),
    ('name = "Solo"', f'name = "{"x" * 33}"', 7, "name is 33 characters long; at most 32 fit."),
    ('name = "Solo"', f'name = "{"🌌" * 17}"', 7, "name is 34 characters long; at most 32 fit."),
    ('"One screen"', f'"{"x" * 256}"', 8, "description is 256 characters long"),
    ("{ en =", "{ english =", 8, "'english' is not a language such as en"),
    ("trial_days = 3", "trial_days = -1", 9, "trial_days must be a whole number from 0 to 90."),
    ("trial_days = 3", "trial_days = true", 9, "trial_days must be a whole number"),
    ("trial_days = 3", 'connector = "generate"', 9, "Did you mean 'generated'?"),
    ("[plan.prices]", "[plan.price]", 5, "[plan.prices] is missing."),
    ('"1 month"', '"1 fortnight"', 12, "'1 fortnight' is not an interval such as '3 months'."),
    ('"1 month"', '"999 years"', 12, "'999 years' is longer than ten years."),
    ('"1 month"', '"12 months"', 13, "'1 year' is priced twice (as '12 months')."),
    ('EUR = "7.99"', "EUR = 7.99", 12, 'write amounts as text: EUR = "7.99", not EUR = 7.99.'),
    ('EUR = "7.99"', "EUR = 8", 12, 'write amounts as text: EUR = "7.99", not EUR = 8.'),
    ('EUR = "7.99"', 'EUR = "7,9,9"', 12, "'7,9,9' is not an amount in EUR such as \"7.99\"."),
    ('EUR = "7.99"', 'EUR = "1e3"', 12, "'1e3' is not an amount"),
    ('EUR = "7.99"', 'EUR = "7.999"', 12, "'7.999' may mean 7999.00 EUR: write it like that."),
    ('EUR = "7.99"', 'EUR = "0"', 12, "an amount must be more than nothing"),
    ('EUR = "7.99"', 'EUR = "-7.99"', 12, "'-7.99' is not an amount in EUR"),
    ('EUR = "7.99"', 'EUR = "0,00"', 12, "an amount must be more than nothing"),
    ('EUR = "7.99"', 'EUR = "99999999999999"', 12, "an amount must be more than nothing"),
    ("XTR = 450", "XTR = 450.5", 12, 'write amounts as text: XTR = "450", not XTR = 450.5.'),
    ("XTR = 450", 'XTR = "450.5"', 12, "'450.5' is not an amount in XTR such as \"450\"."),
    ("XTR = 450", 'XTR = "25001"', 12, "Telegram takes 25000 Stars at most at once."),
    ("XTR = 450", "XTR = true", 12, "write amounts as text"),
    ("XTR = 450", 'XRT = "450"', 12, "'XRT' is not a currency such as EUR. Did you mean 'XTR'?"),
    ('{ EUR = "7.99", XTR = 450 }', '"7.99"', 12, "'1 month' needs an amount by currency"),
    ('{ EUR = "7.99", XTR = 450 }', "{ XTR = 450 }", 12, "'1 month' has no price in EUR"),
]


@pytest.mark.parametrize(("old", "new", "line", "reason"), MISTAKES)
def test_a_mistake_is_told_with_its_line(old: str, new: str, line: int, reason: str) -> None:
    assert old in RIGHT
    first = refused(RIGHT.replace(old, new, 1))
    assert any(one.startswith(f"shop.toml:{line}: ") and reason in one for one in first), first


# (what stands behind the right file, its line there, what is said)
MORE_MISTAKES = [
    ("[[plna]]", 1, "'plna' is not known here. Did you mean 'plan'?"),
    ("[[setup]]\ndevice = 'TV'", 1, "steps is missing."),
    ("[setup]\ndevice = 'TV'", 1, "setup must stand in double brackets: [[setup]]."),
    ("[[channel]]\nid = 'a b'\nname = 'A'\nurl = 'https://a'", 2, "id 'a b' is not right"),
    ("[[channel]]\nid = 'a'\nname = ''\nurl = 'https://a'", 3, "name is empty."),
    ("[[channel]]\nid = 'a'\nname = 'A'\nurl = 'ftp://a'", 4, "write an http(s) address"),
    ("[[channel]]\nid = 'a'\nname = 'A'\nurl = 'https://a/{key}'", 4, "only {token}"),
    ("[[channel]]\nid='a'\nname='A'\nurl='https://a'\nplans=['sola']", 5, "mean 'solo'?"),
    ("[[channel]]\nid='a'\nname='A'\nurl='https://a'\nplans='solo'", 5, "a list of texts"),
]


@pytest.mark.parametrize(("more", "line", "reason"), MORE_MISTAKES)
def test_a_mistake_further_down_is_told_with_its_line(more: str, line: int, reason: str) -> None:
    start = RIGHT.count("\n") + 1
    told = refused(f"{RIGHT}\n{more}\n")
    assert any(one.startswith(f"shop.toml:{start + line}: ") and reason in one for one in told), (
        told
    )


def test_a_channel_without_an_address_needs_the_shops() -> None:
    text = RIGHT + '[[channel]]\nid = "a"\nname = "A"\n'
    assert "a channel without url needs the shop's stream_url." in refused(text)[0]
    base = RIGHT.replace("[shop]", '[shop]\nstream_url = "https://s.example"')
    read_catalog(base + '[[channel]]\nid = "a"\nname = "A"\n', name="x", known=KNOWN)


def test_repeated_names_are_refused_where_they_are_repeated() -> None:
    again = RIGHT + RIGHT[RIGHT.index("[[plan]]") :]
    assert refused(again) == ["shop.toml:15: slug 'solo' is used twice."]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = RIGHT.replace("trial_days = 3", "trial = 3").replace('"7.99"', "7.99")
    text = text.replace('name = "Kiosk"', "name = []")
    assert [one.split(": ", 1)[0] for one in refused(text)] == [
        "shop.toml:2",
        "shop.toml:9",
        "shop.toml:12",
    ]


@pytest.mark.parametrize("text", ["", "[shop]\nname = 'X'\ncurrency = 'EUR'\n"])
def test_a_shop_with_nothing_to_sell_is_refused(text: str) -> None:
    assert "there is no [[plan]]" in "\n".join(refused(text))


def test_the_line_is_right_below_texts_that_look_like_tables() -> None:
    text = RIGHT.replace(
        'name = "Kiosk"',
        'name = "Kiosk" # [[plan]]\ngreeting = """\n[[plan]]\nslug = "no"\n"""\n'
        "terms = '''\n[shop]\n\"'''\nsupport = \"a\\\"b#\"",
    ).replace("trial_days = 3", "trial_days = 'x'")
    assert refused(text)[0].startswith("shop.toml:17: trial_days")


def test_the_line_is_right_in_lists_over_several_lines_and_dotted_keys() -> None:
    more = (
        "\n[[channel]]\nid = 'a'\nname = 'A'\nurl = 'https://a'\n"
        "plans = [\n 'solo', # [\n 'x',\n]\n"
    )
    shop = RIGHT.replace('name = "Kiosk"', "name.en = 'K'\nname.de = 5")
    start = RIGHT.count("\n") + 2
    assert [one.split(": ")[0] for one in refused(shop + more)] == [
        "shop.toml:3",
        f"shop.toml:{start + 5}",
    ]


def test_windows_files_are_read_as_well(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_bytes(b"\xef\xbb\xbf" + RIGHT.replace("\n", "\r\n").encode())
    assert load_catalog(path, known=KNOWN) == read_catalog(RIGHT, name="x", known=KNOWN)


def test_a_file_that_is_not_utf8_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "shop.toml"
    path.write_bytes(RIGHT.replace("Solo", "S\u00f6lo").encode("latin-1"))
    with pytest.raises(BadCatalogError, match=r"shop\.toml:7: this is not UTF-8"):
        load_catalog(path, known=KNOWN)


def test_a_missing_file_is_a_plain_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match=r"none\.toml cannot be read: No such file"):
        load_catalog(tmp_path / "none.toml", known=KNOWN)


line = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)
some_text = st.lists(line, min_size=1, max_size=3).map("\n".join).map(str.strip).filter(bool)
words = line.map(str.strip).filter(bool)
texts = some_text.map(lambda text: {"": text}) | st.dictionaries(
    st.sampled_from(["en", "de", "pt-BR"]), some_text, min_size=1
)
names = words.map(lambda name: {"": name}) | words.map(lambda name: {"en": name, "de": name})
amounts = st.tuples(
    st.integers(1, 10**9).map(lambda minor: Money(minor, "EUR")),
    st.integers(1, 25_000).map(lambda minor: Money(minor, "XTR")),
    st.integers(1, 10**9).map(lambda minor: Money(minor, "KWD")),
)
plans = st.builds(
    Plan,
    slug=st.from_regex(r"[a-z0-9_]{1,24}", fullmatch=True),
    name=names,
    description=texts,
    screens=st.integers(1, 9),
    connector=st.sampled_from(["generated", "stock"]),
    trial_days=st.integers(0, 30),
    terms=st.builds(Terms, grace_days=st.integers(0, 9), keep_days=st.integers(0, 99)),
    prices=st.dictionaries(
        st.sampled_from(["1m", "3m", "12m", "30d"]).map(Interval.from_key), amounts, min_size=1
    ),
)
fronts = st.builds(
    Shopfront,
    name=names,
    greeting=st.just({}) | texts,
    terms=st.just({}) | texts,
    privacy=st.just({}) | texts,
    support=st.just("") | words,
    stream_url=st.just("https://s.example/{token}"),
    setup=st.lists(st.builds(Setup, device=st.just({"en": "TV"}), steps=texts), max_size=2).map(
        tuple
    ),
    channels=st.lists(
        st.builds(
            Channel,
            id=st.from_regex(r"[A-Za-z0-9_.-]{1,9}", fullmatch=True),
            name=words,
            group=st.just("") | words,
        ),
        max_size=3,
        unique_by=lambda channel: channel.id,
    ).map(tuple),
)


@given(
    st.builds(
        Catalog,
        currency=st.just("EUR"),
        front=fronts,
        plans=st.lists(plans, min_size=1, max_size=3, unique_by=lambda plan: plan.slug).map(tuple),
    )
)
def test_what_is_written_is_read_back_the_same(catalog: Catalog) -> None:
    assert read_catalog(write_catalog(catalog), name="written", known=KNOWN) == catalog
