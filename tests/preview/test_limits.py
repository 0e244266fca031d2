"""Telegram's limits, refused in Telegram's words and with its codes."""

from typing import Any

import pytest

from preview.client import Chat
from preview.config import PreviewConfig
from tests.preview.conftest import PEOPLE, BotClient, Json, World, standing_in
from tests.preview.test_shapes import STARS

NOT_MODIFIED = (
    "Bad Request: message is not modified: specified new message content and reply markup"
    " are exactly the same as a current content and reply markup of the message"
)

NO_HTTPS = "bad webhook: An HTTPS URL must be provided for webhook"
NO_LANGUAGE = "invalid language code specified"
BAD_PORT = "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
BAD_SECRET = "secret token contains unallowed characters"
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
CHARGE = {"telegram_payment_charge_id": "x"}


def key(**button: Json) -> dict[str, Any]:
    return {"reply_markup": {"inline_keyboard": [[{"text": "x", **button}]]}}


def invoice(**changed: Json) -> dict[str, Any]:
    return STARS | changed


def url_error(url: str, reason: str) -> str:
    return f"inline keyboard button URL '{url}' is invalid: {reason}"


TEXTS: list[tuple[dict[str, Any], str]] = [
    ({"text": ""}, "message text is empty"),
    ({"text": " \n "}, "message text is empty"),
    ({"text": "<b></b>", "parse_mode": "HTML"}, "message text is empty"),
    ({"text": "x" * 4097}, "message is too long"),
    ({"text": "😀" * 2049}, "message is too long"),
    ({"text": "x", "parse_mode": "bbcode"}, "unsupported parse_mode"),
    ({"text": "x", "reply_markup": "{"}, "can't parse reply markup JSON object"),
    ({"text": "x", "reply_markup": "[]"}, "object expected as reply markup"),
    ({"text": "x", "reply_parameters": {"message_id": 77}}, "message to be replied not found"),
    ({"text": "x", **key(callback_data="é" * 33)}, "BUTTON_DATA_INVALID"),
    ({"text": "x", **key(callback_data="")}, "BUTTON_DATA_INVALID"),
    ({"text": "x", **key()}, "text buttons are unallowed in the inline keyboard"),
    ({"text": "x", **key(copy_text={"text": "y" * 257})}, "BUTTON_COPY_TEXT_INVALID"),
    ({"text": "x", **key(pay=True)}, "BUTTON_TYPE_INVALID"),
    ({"text": "x", **key(url="ftp://a.b/")}, url_error("ftp://a.b/", "Unsupported URL protocol")),
    ({"text": "x", **key(url="http://shop/")}, url_error("http://shop/", "Wrong HTTP URL")),
    ({"text": "x", **key(url="u", style="pink")}, "invalid button style specified"),
]


@pytest.mark.parametrize(("params", "words"), TEXTS)
async def test_a_text_beyond_the_limits_is_refused(
    bot: BotClient, anna: Chat, params: dict[str, Any], words: str
) -> None:
    del anna
    refusal = await bot.refused("sendMessage", chat_id=1001, **params)
    assert refusal == (400, f"Bad Request: {words}")


@pytest.mark.parametrize(
    "params",
    [
        {"text": "x" * 4096},
        {"text": "<b>" + "x" * 4096 + "</b>", "parse_mode": "HTML"},
        {"text": "😀" * 2048},
        {"text": "x", **key(callback_data="é" * 32)},
        {"text": "x", **key(url="http://127.0.0.1:8080/pay")},
        {"text": "x", **key(url="tg://resolve?domain=a")},
    ],
)
async def test_what_just_fits_is_sent(bot: BotClient, anna: Chat, params: dict[str, Any]) -> None:
    del anna
    assert await bot.call("sendMessage", chat_id=1001, **params)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        (invoice(title=""), 'parameter "title" is required'),
        (invoice(title="x" * 33), "INVOICE_TITLE_INVALID"),
        (invoice(description="x" * 256), "INVOICE_DESCRIPTION_INVALID"),
        (invoice(payload="é" * 65), "INVOICE_PAYLOAD_INVALID"),
        (invoice(prices=STARS["prices"] * 2), "STARS_INVOICE_INVALID"),
        (invoice(prices=[]), "there must be at least one price"),
        (invoice(prices=[{"label": "x", "amount": 25_001}]), "CURRENCY_TOTAL_AMOUNT_INVALID"),
        (invoice(prices=[{"label": "x", "amount": 0}]), "CURRENCY_TOTAL_AMOUNT_INVALID"),
        (invoice(currency="EUR"), "PAYMENT_PROVIDER_INVALID"),
        (invoice(subscription_period=86400), "SUBSCRIPTION_PERIOD_INVALID"),
    ],
)
async def test_an_invoice_beyond_the_limits_is_refused(
    bot: BotClient, params: dict[str, Any], words: str
) -> None:
    assert await bot.refused("createInvoiceLink", **params) == (400, f"Bad Request: {words}")


async def test_an_invoices_first_button_pays(bot: BotClient, anna: Chat) -> None:
    del anna
    refusal = await bot.refused("sendInvoice", chat_id=1001, **STARS, **key(callback_data="x"))
    assert refusal == (400, "Bad Request: REPLY_MARKUP_BUY_EMPTY")
    message = await bot.call("sendInvoice", chat_id=1001, **STARS)
    assert message["reply_markup"]["inline_keyboard"] == [[{"text": "Pay ⭐️499", "pay": True}]]


async def test_a_bot_may_not_write_first_nor_to_strangers(bot: BotClient) -> None:
    first = await bot.refused("sendMessage", chat_id=1002, text="hi")
    assert first == (403, "Forbidden: bot can't initiate conversation with a user")
    stranger = await bot.refused("sendMessage", chat_id=5, text="hi")
    assert stranger == (400, "Bad Request: chat not found")
    assert await bot.refused("sendMessage", text="hi") == (400, "Bad Request: chat_id is empty")


async def test_a_blocked_bot_is_refused_until_the_person_comes_back(
    bot: BotClient, anna: Chat
) -> None:
    await anna.block()
    assert (await bot.update("my_chat_member"))["new_chat_member"]["status"] == "kicked"
    refusal = await bot.refused("sendMessage", chat_id=1001, text="hi")
    assert refusal == (403, "Forbidden: bot was blocked by the user")
    await anna.send("/start")
    assert (await bot.update("my_chat_member"))["new_chat_member"]["status"] == "member"
    assert await bot.send("welcome back")


async def test_edits_are_held_to_what_is_there(bot: BotClient, anna: Chat) -> None:
    own = (await anna.last())["message_id"]
    sent = (await bot.send("<b>one</b>", parse_mode="HTML"))["message_id"]
    edit = {"chat_id": 1001, "text": "one"}
    same = {**edit, "message_id": sent, "text": "<b>one</b>", "parse_mode": "HTML"}
    assert await bot.refused("editMessageText", **same) == (400, NOT_MODIFIED)
    foreign = await bot.refused("editMessageText", **edit, message_id=own)
    assert foreign == (400, "Bad Request: message can't be edited")
    gone = await bot.refused("editMessageText", **edit, message_id=99)
    assert gone == (400, "Bad Request: message to edit not found")
    caption = await bot.refused("editMessageCaption", chat_id=1001, message_id=sent, caption="x")
    assert caption == (400, "Bad Request: there is no caption in the message to edit")
    await bot.call("editMessageText", **edit, message_id=sent, **key(callback_data="a"))
    shown = await anna.last()
    assert (shown["text"], shown["edits"], "edit_date" in shown) == ("one", 1, True)
    await bot.call("editMessageReplyMarkup", chat_id=1001, message_id=sent)
    assert anna.buttons(await anna.last()) == []


async def test_messages_can_be_deleted_for_48_hours(
    world: World, bot: BotClient, anna: Chat
) -> None:
    old, young = await bot.send("secret"), await bot.send("another")
    del young
    await world.preview.skip(seconds=48 * 3600 - 60)
    assert await bot.call("deleteMessage", chat_id=1001, message_id=old["message_id"])
    again = await bot.refused("deleteMessage", chat_id=1001, message_id=old["message_id"])
    assert again == (400, "Bad Request: message to delete not found")
    await world.preview.skip(seconds=120)
    late = await bot.refused("deleteMessage", chat_id=1001, message_id=old["message_id"] + 1)
    assert late == (400, "Bad Request: message can't be deleted for everyone")
    assert [one["text"] for one in await anna.messages()] == ["/start", "another"]


async def test_a_flood_of_messages_is_slowed_down() -> None:
    async with standing_in(PreviewConfig(people=PEOPLE)) as world:
        await world.preview.chat(1001).send("/start")
        answers = [
            await world.bot.raw("sendMessage", chat_id=1001, text=str(n)) for n in range(25)
        ]
        refused = next(one for one in answers if not one["ok"])
        assert refused["error_code"] == 429
        assert refused["parameters"] == {"retry_after": 1}
        assert refused["description"] == "Too Many Requests: retry after 1"
        assert sum(one["ok"] for one in answers) >= 20


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("setMyCommands", {"commands": [{"command": "A"}]}, "BOT_COMMAND_INVALID"),
        ("setMyCommands", {"commands": [{"command": "a"}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ("setMyCommands", {"commands": [], "language_code": "[]"}, NO_LANGUAGE),
        ("setMyDescription", {"description": "x", "language_code": "english"}, NO_LANGUAGE),
        ("setWebhook", {"url": "http://shop.example/"}, NO_HTTPS),
        ("setWebhook", {"url": "https://shop.example:9/"}, BAD_PORT),
        ("setWebhook", {"url": "https://shop.example/", "secret_token": "é"}, BAD_SECRET),
        ("answerCallbackQuery", {"callback_query_id": "1"}, TOO_OLD),
        ("refundStarPayment", {"user_id": 1001, **CHARGE}, "CHARGE_ID_INVALID"),
        ("getFile", {"file_id": "x"}, "wrong file_id or the file is temporarily unavailable"),
        (
            "sendChatAction",
            {"chat_id": 1001, "action": "hum"},
            "wrong parameter action in request",
        ),
    ],
)
async def test_other_refusals_use_telegrams_words(
    bot: BotClient, anna: Chat, method: str, params: dict[str, Any], words: str
) -> None:
    del anna
    assert await bot.refused(method, **params) == (400, f"Bad Request: {words}")
