"""The page in a real browser: a visit, payments, time, phones, keyboards, no script from texts."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from preview.client import Chat
from preview.config import PreviewConfig
from tests.preview.conftest import PEOPLE, PNG, BotClient, Json, World, serving, standing_in
from tests.preview.test_shapes import STARS

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium_path() -> str:
    for name in (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"):
        if name and (path := shutil.which(name)):
            return path
    pytest.skip("no Chromium here (set CHROMIUM, or apt-get install chromium)")


@pytest.fixture
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield running
        await running.close()


@asynccontextmanager
async def looking(
    browser: Browser, world: World, *, size: dict[str, int] = WIDE, **facts: Json
) -> AsyncIterator[Page]:
    """Open the page as Anna; fails on any error in its console."""
    allowed = ["clipboard-read", "clipboard-write"]
    context = await browser.new_context(viewport=size, permissions=allowed, **facts)  # type: ignore[arg-type]
    page = await context.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda one: wrong.append(one.text) if one.type == "error" else None)
    await page.goto(f"{world.address}/?person=1001")
    await page.get_by_test_id("person-1001").wait_for()
    yield page
    await context.close()
    assert not wrong


async def test_a_person_starts_writes_and_presses(browser: Browser, world: World) -> None:
    bot = world.bot
    await bot.call("setMyCommands", commands=[{"command": "plans", "description": "See them"}])
    async with looking(browser, world) as page:
        chat = page.get_by_test_id("pane-1001")
        await chat.get_by_test_id("start").click()
        assert (await bot.update("message"))["text"] == "/start"
        await chat.get_by_test_id("composer").fill("/pl")
        await page.keyboard.press("Enter")
        assert (await bot.update("message"))["text"] == "/plans"
        await chat.get_by_test_id("composer").fill("hello 👋")
        await chat.get_by_test_id("send").click()
        assert (await bot.update("message"))["text"] == "hello 👋"
        keys = [[{"text": "Go", "callback_data": "go", "style": "success"}]]
        text = "<b>B</b> <tg-spoiler>secret</tg-spoiler> <code>k3</code>"
        await bot.send(text, parse_mode="HTML", reply_markup={"inline_keyboard": keys})
        key = chat.get_by_role("button", name="Go")
        await key.click()
        await expect(key).to_have_attribute("aria-busy", "true")
        query = await bot.update("callback_query")
        said = {"callback_query_id": query["id"], "text": "Gone!"}
        await bot.call("answerCallbackQuery", **said)
        await expect(chat.get_by_test_id("toast")).to_have_text("Gone!")
        await expect(key).not_to_have_attribute("aria-busy", "true")
        await chat.get_by_role("button", name="Hidden text").click()
        await chat.get_by_text("k3", exact=True).click()
        await expect(chat.get_by_test_id("toast")).to_have_text("Copied")
        assert await page.evaluate("navigator.clipboard.readText()") == "k3"
        number = query["message"]["message_id"]
        edit = {"chat_id": 1001, "message_id": number, "text": "changed"}
        await bot.call("editMessageText", **edit)
        await expect(chat.get_by_test_id(f"message-{number}")).to_contain_text("changededited")
        await bot.call("deleteMessage", chat_id=1001, message_id=number)
        await expect(chat.get_by_test_id(f"message-{number}")).to_have_count(0)


async def test_texts_names_and_files_never_become_markup(
    browser: Browser, world: World, anna: Chat, bot: BotClient
) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(1)</script>"
    await bot.call("setMyName", name=evil[:60])
    await world.preview.join(66, name=evil)
    await bot.send(
        evil, reply_markup={"inline_keyboard": [[{"text": evil, "callback_data": "x"}]]}
    )
    links = [{"type": "text_link", "offset": 0, "length": 5, "url": "javascript:alert(1)"}]
    await bot.send("click", entities=links)
    await anna.send_document(b"<script>alert(1)</script>", name=f"{evil}.html".replace('"', ""))
    await anna.send_photo(PNG)
    async with looking(browser, world) as page:
        await expect(page.get_by_test_id("pane-1001").get_by_text("click")).to_be_visible()
        assert await page.locator("img").count() == 1
        assert await page.locator("a[href^=javascript]").count() == 0
        assert await page.locator("body script").count() == 0


async def test_stars_are_paid_in_a_sheet(browser: Browser, world: World, anna: Chat) -> None:
    del anna
    sent = await world.bot.call("sendInvoice", chat_id=1001, **STARS)
    async with looking(browser, world, color_scheme="dark") as page:
        chat = page.get_by_test_id("pane-1001")
        await chat.get_by_role("button", name="Pay ⭐️499").click()
        sheet = page.get_by_test_id("sheet")
        await sheet.get_by_test_id("pay").click()
        question = await world.bot.update("pre_checkout_query")
        answer = {"pre_checkout_query_id": question["id"], "ok": False}
        await world.bot.call("answerPreCheckoutQuery", **answer, error_message="Sold out.")
        await expect(sheet.get_by_test_id("pay-error")).to_have_text("Sold out.")
        await sheet.get_by_test_id("pay").click()
        question = await world.bot.update("pre_checkout_query")
        answer = {"pre_checkout_query_id": question["id"], "ok": True}
        await world.bot.call("answerPreCheckoutQuery", **answer)
        await expect(sheet).to_have_count(0)
        await expect(chat.get_by_role("note")).to_contain_text("You successfully transferred")
        await expect(chat.get_by_test_id("stars")).to_contain_text("24,501")
        paid = chat.get_by_test_id(f"message-{sent['message_id']}")
        await expect(paid.get_by_role("button", name="Receipt")).to_be_visible()


async def test_the_next_day_comes_for_shop_and_chat(browser: Browser, world: World) -> None:
    async with looking(browser, world) as page:
        before = await page.get_by_test_id("clock").text_content()
        await page.get_by_test_id("next-day").click()
        await expect(page.get_by_test_id("clock")).not_to_have_text(str(before))
    async with (
        standing_in(PreviewConfig(people=PEOPLE, clock_url="http://127.0.0.1:9/")) as lonely,
        looking(browser, lonely) as page,
    ):
        await page.get_by_test_id("more-time").click()
        await page.get_by_test_id("skip-7-days").click()
        await expect(page.get_by_test_id("clock-error")).to_contain_text("does not answer")


async def test_a_phone_shows_one_chat_and_what_waits_in_the_others(
    browser: Browser, world: World, anna: Chat
) -> None:
    del anna
    await world.preview.chat(1002).send("/start")
    async with looking(browser, world, size=PHONE, has_touch=True) as page:
        await expect(page.get_by_test_id("pane-9001")).to_have_count(0)
        await world.bot.send("für dich", to=1002)
        await expect(page.get_by_test_id("unread-1002")).to_have_text("1")
        await page.get_by_test_id("person-1002").click()
        await expect(page.get_by_test_id("pane-1002").get_by_text("für dich")).to_be_visible()
        await expect(page.get_by_test_id("unread-1002")).to_have_count(0)
        width = await page.evaluate("document.documentElement.scrollWidth")
        assert width <= PHONE["width"]


async def test_the_day_that_sticks_over_the_messages_fades_when_they_rest(
    browser: Browser, world: World, anna: Chat
) -> None:
    del anna
    for number in range(12):
        await world.bot.send(f"{number}\n" * 3)
    async with looking(browser, world) as page:
        label = page.get_by_test_id("pane-1001").locator(".day span")
        await expect(label).to_have_css("opacity", "0")  # it would lie on what is to be read
        await page.get_by_test_id("pane-1001").locator(".messages").hover()
        await page.mouse.wheel(0, -150)
        await expect(label).to_have_css("opacity", "1")
        await page.mouse.wheel(0, -9000)
        await asyncio.sleep(1.5)
        await expect(label).to_have_css("opacity", "1")  # in its own place it lies on nothing


async def test_a_wide_page_shows_staff_beside_the_customer(
    browser: Browser, world: World, anna: Chat
) -> None:
    del anna
    async with looking(browser, world) as page:
        await expect(page.get_by_test_id("pane-1001")).to_be_visible()
        await expect(page.get_by_test_id("pane-9001")).to_be_visible()
        await page.get_by_test_id("theme").click()
        assert await page.evaluate("document.documentElement.dataset.theme") == "dark"


async def test_a_shops_page_opens_in_a_sheet_and_leads_back(
    browser: Browser, world: World, anna: Chat
) -> None:
    del anna

    async def pay_page(request: Request) -> Response:
        del request
        back = f"{world.address}/t.me/demo_shop_bot?start=paid_7"
        return HTMLResponse(
            f'<link rel="icon" href="data:,"><a id="back" href="{back}">Back to the shop</a>'
        )

    async with serving(Starlette(routes=[Route("/pay", pay_page)])) as shop:
        key = {"text": "Pay by card", "url": f"{shop}/pay"}
        await world.bot.send("pay", reply_markup={"inline_keyboard": [[key]]})
        async with looking(browser, world) as page:
            await page.get_by_role("button", name="Pay by card").click()
            sheet = page.get_by_test_id("sheet")
            await expect(sheet.get_by_test_id("open-tab")).to_have_attribute("href", key["url"])
            await page.frame_locator("iframe").locator("#back").click()
            await expect(sheet).to_have_count(0)
            assert (await world.bot.update("message"))["text"] == "/start paid_7"
            await page.goto(f"{world.address}/t.me/demo_shop_bot?start=tab&person=1002")
            await page.get_by_test_id("pane-1002").wait_for()
            told = await world.bot.update("message")
            assert (told["text"], told["from"]["id"]) == ("/start tab", 1002)


async def test_reply_keyboards_and_deep_links_speak_for_the_person(
    browser: Browser, world: World, anna: Chat
) -> None:
    del anna
    rows = [["Yes", {"text": "My number", "request_contact": True}]]
    await world.bot.send("Well?", reply_markup={"keyboard": rows})
    link = '<a href="https://t.me/demo_shop_bot?start=ref_9">join</a>'
    await world.bot.send(link, parse_mode="HTML")
    async with looking(browser, world) as page:
        chat = page.get_by_test_id("pane-1001")
        await chat.get_by_test_id("reply-keyboard").get_by_role("button", name="Yes").click()
        assert (await world.bot.update("message"))["text"] == "Yes"
        await chat.get_by_role("button", name="My number").click()
        assert (await world.bot.update("message"))["contact"]["user_id"] == 1001
        await chat.get_by_role("link", name="join").click()
        assert (await world.bot.update("message"))["text"] == "/start ref_9"
