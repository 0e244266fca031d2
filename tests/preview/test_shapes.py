"""Each answer has the shape that Telegram documents."""

from typing import Any

import httpx
import pytest
from aiogram import types

from preview.client import Chat
from tests.preview.conftest import PNG, TOKEN, BotClient, Json, World
from tests.preview.shapes import fits

STARS: dict[str, Json] = {
    "title": "Family",
    "description": "30 days",
    "payload": "order-1",
    "currency": "XTR",
    "prices": [{"label": "Family", "amount": 499}],
}


@pytest.mark.parametrize(
    ("method", "params", "kind"),
    [
        ("getMe", {}, types.User),
        (
            "sendMessage",
            {"chat_id": 1001, "text": "<b>x</b>", "parse_mode": "HTML"},
            types.Message,
        ),
        ("sendInvoice", {"chat_id": 1001, **STARS}, types.Message),
        ("createInvoiceLink", STARS, str),
        ("getChat", {"chat_id": 1001}, types.ChatFullInfo),
        ("getUpdates", {}, list[types.Update]),
        ("getWebhookInfo", {}, types.WebhookInfo),
        ("getMyCommands", {}, list[types.BotCommand]),
        ("getMyName", {}, types.BotName),
        ("getMyDescription", {}, types.BotDescription),
        ("getMyShortDescription", {}, types.BotShortDescription),
        ("getStarTransactions", {}, types.StarTransactions),
        ("getMyStarBalance", {}, types.StarAmount),
        ("getUserProfilePhotos", {"user_id": 1001}, types.UserProfilePhotos),
        ("copyMessage", {"chat_id": 1001, "from_chat_id": 1001, "message_id": 1}, types.MessageId),
        (
            "forwardMessage",
            {"chat_id": 1001, "from_chat_id": 1001, "message_id": 1},
            types.Message,
        ),
        ("sendChatAction", {"chat_id": 1001, "action": "typing"}, bool),
        ("setMyName", {"name": "Shop"}, bool),
        ("setMyDescription", {"description": "Sells"}, bool),
        ("setMyShortDescription", {"short_description": "Sells"}, bool),
        ("setChatMenuButton", {"menu_button": {"type": "commands"}}, bool),
        ("pinChatMessage", {"chat_id": 1001, "message_id": 1}, bool),
        ("unpinAllChatMessages", {"chat_id": 1001}, bool),
        ("logOut", {}, bool),
    ],
)
async def test_a_methods_result_has_its_documented_type(
    bot: BotClient, anna: Chat, method: str, params: dict[str, Any], kind: Json
) -> None:
    del anna
    fits(kind, await bot.call(method, **params))


async def test_updates_of_every_kind_have_the_documented_shape(
    world: World, anna: Chat, bot: BotClient
) -> None:
    await anna.send("see https://example.org and /plans@demo_shop_bot", reply_to=1)
    await anna.send_photo(PNG)
    await anna.send_document(b"hello", name="list.txt")
    await world.preview.post("contact", person=1001)
    markup = {"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]}
    await bot.send("press", reply_markup=markup)
    await anna.press("Go", wait=0)
    await anna.block()
    kinds = set()
    for update in await bot.call("getUpdates"):
        fits(types.Update, update)
        kinds |= update.keys()
    assert kinds == {"update_id", "message", "callback_query", "my_chat_member"}


async def test_files_come_in_as_multipart_and_go_out_by_path(world: World, anna: Chat) -> None:
    del anna
    async with httpx.AsyncClient(base_url=world.address, trust_env=False) as client:
        answer = await client.post(
            f"/bot{TOKEN}/sendPhoto",
            data={"chat_id": "1001", "caption": "*not* markup", "photo": "attach://mine"},
            files={"mine": ("a.png", PNG, "image/png")},
        )
        message = fits(types.Message, answer.json()["result"])
        assert message.photo is not None
        assert (message.photo[0].width, message.photo[0].height) == (2, 1)
        document = await client.post(
            f"/bot{TOKEN}/sendDocument",
            data={"chat_id": "1001"},
            files={"document": ("liste é.m3u8", b"#EXTM3U\r\n--not-a-boundary\r\n")},
        )
        sent = fits(types.Message, document.json()["result"]).document
        assert sent is not None
        assert sent.file_name == "liste é.m3u8"
        asked = {"file_id": sent.file_id}
        where = fits(types.File, (await world.bot.call("getFile", **asked)))
        content = await client.get(f"/file/bot{TOKEN}/{where.file_path}")
        assert content.content == b"#EXTM3U\r\n--not-a-boundary\r\n"
        stranger = await client.get(f"/file/bot1:NO/{where.file_path}")
        assert stranger.status_code == 404


async def test_an_album_is_sent_as_several_messages(bot: BotClient, anna: Chat) -> None:
    file_id = (await anna.send_photo(PNG))["photo"][0]["file_id"]
    media = [{"type": "photo", "media": file_id, "caption": "one"}] * 2
    album = await bot.call("sendMediaGroup", chat_id=1001, media=media)
    assert len(fits(list[types.Message], album)) == 2


async def test_form_get_and_json_calls_mean_the_same(world: World, anna: Chat) -> None:
    del anna
    async with httpx.AsyncClient(base_url=world.address, trust_env=False) as client:
        path = f"/bot{TOKEN}/sendMessage"
        form = await client.post(path, data={"chat_id": "1001", "text": "ä 👋"})
        query = await client.get(path, params={"chat_id": "1001", "text": "ä 👋"})
        body = await client.post(path, json={"chat_id": 1001, "text": "ä 👋"})
    assert [one.json()["result"]["text"] for one in (form, query, body)] == ["ä 👋"] * 3


async def test_a_wrong_token_and_an_unknown_method_are_refused(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.address, trust_env=False) as client:
        wrong = await client.post("/bot1000:WRONG/getMe")
        assert (wrong.status_code, wrong.json()) == (
            401,
            {"ok": False, "error_code": 401, "description": "Unauthorized"},
        )
        unknown = await client.post(f"/bot{TOKEN}/sendHug")
        assert (unknown.status_code, unknown.json()["error_code"]) == (404, 404)
        assert (await client.post(f"/bot{TOKEN}/GETME")).json()["ok"]
