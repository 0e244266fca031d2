"""The doctor's whole visit: every setting tried, and what is wrong told as what to do."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.doctor import _clock, examine
from bot.settings import Settings
from shop.owner_file import sample_text
from tests.fixtures.process import free_port
from tests.standins import (
    btcpay,
    coinbase,
    coinbase_commerce,
    cryptopay,
    nowpayments,
    star_bot,
    stripe,
)
from tests.standins.server import serve

Given = dict[str, str]
ADDRESSES = (
    "TELEGRAM_API_URL",
    "STRIPE_API_URL",
    "COINBASE_API_URL",
    "COINBASE_COMMERCE_API_URL",
    "BTCPAY_URL",
    "CRYPTOPAY_API_URL",
    "NOWPAYMENTS_API_URL",
)
PROVIDERS = (
    "stripe",
    "stars",
    "coinbase",
    "coinbase_commerce",
    "btcpay",
    "cryptopay",
    "nowpayments",
)
WRONG_KEYS = {
    "TELEGRAM_BOT_TOKEN": "1:planted",
    "STRIPE_SECRET_KEY": "sk_test_planted",
    "COINBASE_KEY_SECRET": "planted",
    "COINBASE_COMMERCE_API_KEY": "planted",
    "BTCPAY_API_KEY": "planted",
    "CRYPTOPAY_TOKEN": "1:planted",
    "NOWPAYMENTS_API_KEY": "planted",
}


async def _hello(_request: Request) -> Response:
    return HTMLResponse("<h1>It works!</h1>")


@pytest.fixture(scope="module")
def addresses() -> Iterator[list[str]]:
    """Telegram and every provider, then a web server that is none of them."""
    servers = (
        star_bot.StarBotServer(),
        stripe.StripeServer(),
        coinbase.CoinbaseServer(),
        coinbase_commerce.CommerceServer(),
        btcpay.BTCPayServer(),
        cryptopay.CryptoPayServer(),
        nowpayments.NowServer(),
    )
    other = Starlette(routes=[Route("/{any:path}", _hello, methods=["GET", "POST"])])
    with ExitStack() as stack:
        yield [stack.enter_context(serve(app)) for app in (*(one.app for one in servers), other)]


@pytest.fixture
def full(addresses: list[str]) -> Given:
    """Everything is set, and right."""
    return {
        **dict(zip(ADDRESSES, addresses, strict=False)),
        "TELEGRAM_BOT_TOKEN": star_bot.TOKEN,
        "STAFF_IDS": "9001",
        "STARS": "on",
        "SECRET_KEY": "a secret key for the doctor",
        "DATABASE_URL": "sqlite:///shop.db",
        "LISTEN": f"127.0.0.1:{free_port()}",
        "PUBLIC_URL": "https://shop.example",
        "STRIPE_SECRET_KEY": stripe.KEY,
        "STRIPE_WEBHOOK_SECRET": stripe.SECRET,
        "COINBASE_KEY_ID": coinbase.KEY_ID,
        "COINBASE_KEY_SECRET": coinbase.KEY_SECRET,
        "COINBASE_WEBHOOK_SECRET": coinbase.SECRET,
        "COINBASE_COMMERCE_API_KEY": coinbase_commerce.KEY,
        "COINBASE_COMMERCE_WEBHOOK_SECRET": coinbase_commerce.SECRET,
        "BTCPAY_API_KEY": btcpay.KEY,
        "BTCPAY_STORE_ID": btcpay.STORE,
        "BTCPAY_WEBHOOK_SECRET": btcpay.SECRET,
        "CRYPTOPAY_TOKEN": cryptopay.TOKEN,
        "NOWPAYMENTS_API_KEY": nowpayments.KEY,
        "NOWPAYMENTS_IPN_SECRET": nowpayments.SECRET,
        "TRANSFER_DETAILS": "IBAN: DE02 1203",
    }


@pytest.fixture
def visit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> "Visit":
    return Visit(tmp_path, monkeypatch, capsys)


class Visit:
    """Lets the doctor look at a folder with these settings."""

    def __init__(
        self, folder: Path, patch: pytest.MonkeyPatch, said: pytest.CaptureFixture[str]
    ) -> None:
        for name in Settings.model_fields:
            patch.delenv(name.upper(), raising=False)
        patch.setenv("COLUMNS", "500")
        patch.chdir(folder)
        (folder / "other.txt").write_text("This is no database at all.\n" * 100, "utf-8")
        way = f'{sample_text()}\n[[way]]\nprovider = "stars"\n'
        (folder / "mine.toml").write_text(way, "utf-8")
        self._patch, self._said = patch, said

    async def __call__(self, given: Given) -> tuple[bool, dict[str, tuple[str, str]]]:
        """Whether all is well; and each finding's sign and words by what was tried."""
        for name, value in given.items():
            self._patch.setenv(name, value)
        is_well = await examine()
        text = self._said.readouterr().out
        assert "planted" not in text, "a secret is never shown"
        found: dict[str, tuple[str, str]] = {}
        for line in text.splitlines():
            sign, what, says = (piece.strip() for piece in line.strip().split("  ", 2))
            found[what] = (sign, f"{found[what][1]}\n{says}" if what in found else says)
        return is_well, found


async def test_a_shop_that_is_well(visit: Visit, full: Given) -> None:
    is_well, found = await visit(full)
    assert is_well
    wrong = {what: one for what, one in found.items() if one[0] != "✓"}
    assert list(wrong) == ["catalog"], wrong
    assert set(found) >= {
        "settings",
        "Telegram",
        "clock",
        "address",
        "staff",
        "books",
        "journal",
        "queues",
        *PROVIDERS,
        "transfer",
    }


async def test_nothing_set_is_told_in_one_visit(visit: Visit) -> None:
    is_well, found = await visit({})
    assert not is_well
    assert "SECRET_KEY" in found["settings"][1]
    assert "TELEGRAM_BOT_TOKEN is missing" in found["Telegram"][1]
    assert "STAFF_IDS is empty" in found["staff"][1]


async def test_wrong_keys_are_told_by_the_setting_to_look_at(visit: Visit, full: Given) -> None:
    is_well, found = await visit(full | WRONG_KEYS)
    assert not is_well
    assert "copy it again from @BotFather" in found["Telegram"][1]
    for name in PROVIDERS:
        sign, says = found[name]
        setting = "TELEGRAM_BOT_TOKEN" if name == "stars" else f"{name.upper()}_…"
        assert (sign, f"check {setting}" in says) == ("✗", True), says


@pytest.mark.parametrize("is_there", [False, True])
async def test_addresses_of_nobody_and_of_somebody_else(
    visit: Visit, full: Given, addresses: list[str], *, is_there: bool
) -> None:
    wrong = addresses[-1] if is_there else f"http://127.0.0.1:{free_port()}"
    is_well, found = await visit(full | dict.fromkeys(ADDRESSES, wrong))
    assert not is_well
    assert "TELEGRAM_API_URL" in found["Telegram"][1]
    assert {found[name][0] for name in ("Telegram", *PROVIDERS)} == {"✗"}
    assert found["books"][0] == found["transfer"][0] == "✓", (
        "the others are looked at all the same"
    )


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("sqlite:////nowhere/at/all/shop.db", "there is no folder /nowhere/at/all"),
        ("sqlite:////proc/shop.db", "may not write to /proc"),
        ("sqlite:///other.txt", "holds something else"),
        ("sqlite:///.", "is a folder; name a file in it"),
        ("postgresql://u:planted@127.0.0.1:1/shop", "no server listens there"),
        ("postgresql://u:planted@127.0.0.1:port/shop", "check"),
        ("mysql://u:planted@there/shop", "must look like"),
    ],
)
async def test_books_that_do_not_open(visit: Visit, full: Given, url: str, says: str) -> None:
    few = {name: full[name] for name in full if name.split("_")[0] not in WITH_A_SERVER}
    is_well, found = await visit(few | {"DATABASE_URL": url, "CATALOG": "nowhere.toml"})
    assert not is_well
    where = "settings" if url.startswith("mysql") else "books"
    sign, told = found[where]
    assert (sign, says in told, "DATABASE_URL" in told) == ("✗", True, True), told
    if where == "books":
        assert "nowhere.toml cannot be read" in found["catalog"][1]


WITH_A_SERVER = {"STRIPE", "COINBASE", "BTCPAY", "CRYPTOPAY", "NOWPAYMENTS"}


@pytest.mark.parametrize("minutes", [-5, 0, 5])
def test_a_clock_that_is_off(minutes: int) -> None:
    theirs = format_datetime(datetime.now(UTC) + timedelta(minutes=minutes), usegmt=True)
    found = _clock(httpx.Response(200, headers={"date": theirs}))
    assert found.is_fine is (minutes == 0)
    assert ("turn on time synchronisation" in found.says) is (minutes != 0)


async def test_a_section_in_brackets_is_printed_as_it_is(visit: Visit, full: Given) -> None:
    _is_well, found = await visit(full | {"CATALOG": "mine.toml"})
    assert "no [[way]] of the catalog shows it" in found["ways"][1]
