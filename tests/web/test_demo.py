"""`make demo` as a person uses it: with a browser, and nothing else."""

import asyncio
import re
import signal
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Locator, Page, expect

from shop.core.intervals import add_months
from tests.fixtures.chat import SAMPLE
from tests.web.demo import free_ports, running_demo

pytestmark = pytest.mark.timeout(150)
_DESK, _PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
_ANNA, _OLGA = 1001, 9001


async def test_anna_buys_a_plan_is_reminded_and_renews_with_one_tap(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    began = datetime.now(UTC)
    async with running_demo(tmp_path / "demo", ports=free_ports()) as demo:
        page = await browser.new_page(viewport=_DESK, color_scheme="light")  # type: ignore[arg-type]
        await page.goto(demo.page)
        anna, olga = _pane(page, _ANNA), _pane(page, _OLGA)
        await olga.get_by_test_id("start").click()
        await _say(olga, "/admin")

        await anna.get_by_test_id("start").click()
        await _tap(anna, "See the plans")
        await _tap(anna, "Duo · from €11.99")
        await _tap(anna, "1 month · €11.99")
        await _tap(anna, "Card (sandbox) · €11.99")
        await _tap(anna, "Pay €11.99")
        await _pay_in_sheet(page, pictures)
        await expect(anna.get_by_text("Your access to Duo")).to_be_visible(timeout=20_000)
        await expect(anna.locator("article img")).to_be_visible(timeout=20_000)
        await _tap(olga, "Refresh")
        await expect(olga.get_by_text("Anna paid €11.99")).to_be_visible()
        await page.set_viewport_size({"width": 1280, "height": 1040})
        await asyncio.sleep(1.5)  # until messages have risen and labels have faded
        await page.screenshot(path=pictures / "shop.png")

        for _ in range(25):  # a week before a long month's end, by day: however late it is now
            await _next_day(page)
        await expect(anna.get_by_text(re.compile("ends in [5-7] days")).last).to_be_visible(
            timeout=20_000
        )
        await page.screenshot(path=pictures / "reminder.png")
        await anna.get_by_role("button", name="Renew").last.click()
        await _tap(anna, "Pay €11.99")
        await _pay_in_sheet(page, pictures)
        ends = add_months(began, 2, anchor_day=began.day)
        until = f"{ends:%B} {ends.day}"
        await expect(anna.get_by_text(until).last).to_be_visible(timeout=20_000)


async def test_on_a_phone_in_the_dark_the_trial_is_two_taps_away(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    async with running_demo(tmp_path / "demo", ports=free_ports()) as demo:
        page = await browser.new_page(viewport=_PHONE, color_scheme="dark")  # type: ignore[arg-type]
        await page.goto(demo.page)
        anna = _pane(page, _ANNA)
        await anna.get_by_test_id("start").click()
        await _tap(anna, "See the plans")
        await page.screenshot(path=pictures / "phone-plans.png")
        await _tap(anna, "Solo · from €7.99")
        await _tap(anna, "Try 3 days for free")
        await expect(anna.get_by_text("Your access to Solo")).to_be_visible(timeout=20_000)
        await asyncio.sleep(1)
        await page.screenshot(path=pictures / "phone-access.png")


async def test_a_transfer_is_proven_by_a_picture_and_approved_beside_it(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    async with running_demo(tmp_path / "demo", ports=free_ports()) as demo:
        page = await browser.new_page(viewport=_DESK, color_scheme="light")  # type: ignore[arg-type]
        await page.goto(demo.page)
        anna, olga = _pane(page, _ANNA), _pane(page, _OLGA)
        await olga.get_by_test_id("start").click()
        await anna.get_by_test_id("start").click()
        await _tap(anna, "See the plans")
        await _tap(anna, "Solo · from €7.99")
        await _tap(anna, "1 month · €7.99")
        await page.screenshot(path=pictures / "ways.png")
        await _tap(anna, "Bank transfer · €7.99")
        await expect(anna.get_by_text("Please transfer")).to_be_visible()
        await page.screenshot(path=pictures / "transfer.png")
        await anna.get_by_test_id("file").set_input_files(pictures / "transfer.png")
        await expect(anna.get_by_text("We have it.")).to_be_visible(timeout=20_000)
        await expect(olga.get_by_text("reports a payment of €7.99")).to_be_visible(timeout=20_000)
        await page.screenshot(path=pictures / "proof.png")
        await _tap(olga, "€7.99 is here")
        await expect(olga.get_by_text("Approved by")).to_be_visible()
        await expect(anna.get_by_text("Your access to Solo")).to_be_visible(timeout=20_000)
        await _say(anna, "/wallet")
        await expect(anna.get_by_text("Nothing lies here")).to_be_visible()
        await page.screenshot(path=pictures / "approved.png")


async def test_a_demo_killed_in_the_middle_of_a_payment_goes_on_where_it_was(
    browser: Browser, tmp_path: Path
) -> None:
    ports = free_ports()
    page = await browser.new_page(viewport=_DESK)  # type: ignore[arg-type]
    async with running_demo(tmp_path / "demo", ports=ports) as demo:
        await page.goto(demo.page)
        anna = _pane(page, _ANNA)
        await anna.get_by_test_id("start").click()
        await _tap(anna, "See the plans")
        await _tap(anna, "Solo · from €7.99")
        await _tap(anna, "1 month · €7.99")
        await _tap(anna, "Card (sandbox) · €7.99")
        demo.process.send_signal(signal.SIGKILL)
        await demo.process.wait()
    async with running_demo(tmp_path / "demo", ports=ports):
        await _tap(anna, "Pay €7.99")
        await _pay_in_sheet(page, tmp_path)
        await expect(anna.get_by_text("Your access to Solo")).to_be_visible(timeout=20_000)


async def test_an_owner_tries_his_own_catalog_and_a_customer_pays_half_and_lets_it_lapse(
    browser: Browser, tmp_path: Path, pictures: Path
) -> None:
    async with running_demo(
        tmp_path / "demo", ports=free_ports(), catalog=own_catalog(tmp_path)
    ) as demo:
        page = await browser.new_page(viewport=_DESK, color_scheme="light")  # type: ignore[arg-type]
        await page.goto(demo.page)
        anna, olga = _pane(page, _ANNA), _pane(page, _OLGA)
        await olga.get_by_test_id("start").click()
        await anna.get_by_test_id("start").click()
        await expect(anna.get_by_text("Welcome to Kino Nord")).to_be_visible(timeout=15_000)
        await _tap(anna, "See the plans")
        await _tap(anna, "Loge · from €7.99")
        await _tap(anna, "1 month · €7.99")
        await _tap(anna, "Crypto (sandbox) · €7.99")
        await _tap(anna, "Pay €7.99")
        await _pay_in_sheet(page, pictures, "Pay only half", "Confirm it now")
        await expect(anna.get_by_text("is still missing")).to_be_visible(timeout=20_000)
        await expect(olga.get_by_text("too little")).to_be_visible(timeout=20_000)
        await page.screenshot(path=pictures / "half.png")
        await _tap(anna, "Pay the remaining")
        await _tap(anna, "Card (sandbox)")
        await _tap(anna, "Pay €")
        await _pay_in_sheet(page, pictures)
        await expect(anna.get_by_text("Your access to Loge")).to_be_visible(timeout=20_000)
        shown = await anna.inner_text()
        found = re.search(r"http://[^\s]+/playlist/[^\s]+\.m3u8", shown)
        assert found, shown
        async with httpx.AsyncClient() as player:
            assert (await player.get(found[0])).status_code == 200
            for _ in range(35):
                await _next_day(page)
            await expect(anna.get_by_text("is off now").last).to_be_visible(timeout=20_000)
            assert (await player.get(found[0])).status_code == 403
        await asyncio.sleep(1.5)
        await page.screenshot(path=pictures / "lapsed.png")
        for _ in range(15):
            await _next_day(page)
        await expect(anna.get_by_text("has ended. Thank you").last).to_be_visible(timeout=20_000)
        await _tap(anna, "Renew")  # in an old message: what it led to is over
        await expect(anna.get_by_text("How would you like to pay?").last).to_be_visible()
        await page.screenshot(path=pictures / "stale.png")


def own_catalog(folder: Path) -> Path:
    """The sample with another shop's name and plan on it."""
    text = SAMPLE.read_text("utf-8")
    for old, new in (("Northlight TV", "Kino Nord"), ('name = "Solo"', 'name = "Loge"')):
        assert old in text
        text = text.replace(old, new)
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return path


def _pane(page: Page, person: int) -> Locator:
    return page.get_by_test_id(f"pane-{person}")


async def _next_day(page: Page) -> None:
    button = page.get_by_test_id("next-day")
    await button.click()
    await expect(button).not_to_have_attribute("aria-busy", "true")


async def _say(pane: Locator, words: str) -> None:
    await pane.get_by_test_id("composer").fill(words)
    await pane.get_by_test_id("send").click()


async def _tap(pane: Locator, words: str) -> None:
    await pane.get_by_role("button", name=words).last.click(timeout=15_000)


async def _pay_in_sheet(page: Page, pictures: Path, *ways: str) -> None:
    sheet = page.get_by_test_id("sheet")
    frame = sheet.frame_locator("iframe")
    for way in ways or ("Pay",):
        await frame.get_by_role("button", name=way, exact=False).first.click(timeout=15_000)
    await expect(frame.get_by_role("link", name="Back to the chat")).to_be_visible()
    await page.screenshot(path=pictures / "sandbox.png")
    await frame.get_by_role("link", name="Back to the chat").click()
    # The shop's own page comes next; its link leads into the chat, and the sheet closes.
    await expect(frame.get_by_text("no money moves here")).to_be_hidden(timeout=15_000)
    await frame.get_by_role("link", name="Back to the chat").click()
    await expect(sheet).to_be_hidden()
