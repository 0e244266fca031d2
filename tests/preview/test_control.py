"""The control door: acting as people, skipping time, making trouble."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from preview.client import Chat, PreviewError
from preview.config import PersonConfig, PreviewConfig
from tests.preview.conftest import PEOPLE, BotClient, Json, World, serving, standing_in


async def test_a_pressed_button_brings_what_the_bot_answers(
    bot: BotClient, anna: Chat, buttons: Json
) -> None:
    row = buttons(
        {"text": "Plans", "callback_data": "plans:1"}, {"text": "x", "callback_data": "y"}
    )
    sent = await bot.send("choose", reply_markup=row)
    press = asyncio.create_task(anna.press("Plans"))
    query = await bot.update("callback_query")
    assert (query["data"], query["message"]["message_id"]) == ("plans:1", sent["message_id"])
    said = {"callback_query_id": query["id"], "text": "Here", "show_alert": True}
    await bot.call("answerCallbackQuery", **said)
    pressed = await press
    assert (pressed.answered, pressed.toast, pressed.alert) == (True, "Here", True)
    assert (await bot.refused("answerCallbackQuery", **said))[0] == 400


async def test_links_copies_and_silence_are_told_apart(
    bot: BotClient, anna: Chat, buttons: Json
) -> None:
    row = buttons(
        {"text": "Pay", "url": "https://pay.example/1"},
        {"text": "Copy", "copy_text": {"text": "k3"}},
        {"text": "Mute", "callback_data": "mute"},
    )
    await bot.send("choose", reply_markup=row)
    assert (await anna.press("Pay")).url == "https://pay.example/1"
    assert (await anna.press("Copy")).copied == "k3"
    assert not (await anna.press("mute", wait=0.1)).answered
    with pytest.raises(PreviewError, match="no button 'Nope' here; there is 'Pay'"):
        await anna.press("Nope")


async def test_a_reply_keyboards_button_is_sent_as_text(bot: BotClient, anna: Chat) -> None:
    sent = await bot.send(
        "?", reply_markup={"keyboard": [["Yes", "No"]], "one_time_keyboard": True}
    )
    assert "reply_markup" not in sent
    assert anna.buttons(await anna.last()) == ["Yes", "No"]
    assert (await anna.press("Yes")).sent == "Yes"
    assert (await bot.update("message"))["text"] == "Yes"


async def test_waiting_sees_new_and_edited_messages_of_the_bot(bot: BotClient, anna: Chat) -> None:
    sent = await bot.send("one")
    await anna.send("two")
    waiting = asyncio.create_task(anna.wait_for("two"))
    await asyncio.sleep(0.05)
    edit = {"chat_id": 1001, "message_id": sent["message_id"], "text": "number two"}
    await bot.call("editMessageText", **edit)
    assert (await waiting)["message_id"] == sent["message_id"]
    with pytest.raises(PreviewError, match="No message with 'three'"):
        await anna.wait_for("three", timeout=0.05)


async def test_calls_are_logged_with_their_answers(world: World, anna: Chat) -> None:
    del anna
    await world.bot.send("hello", reply_markup='{"inline_keyboard":[]}')
    [call] = await world.preview.calls("sendMessage", person=1001)
    assert call["params"]["reply_markup"] == {"inline_keyboard": []}
    assert call["answer"]["result"]["text"] == "hello"
    assert await world.preview.calls("sendMessage", person=1002) == []


async def test_faults_befall_only_the_calls_they_were_planned_for(
    world: World, bot: BotClient, anna: Chat
) -> None:
    del anna
    await world.preview.fault("sendMessage", status=429, times=2, retry_after=7)
    slowed = await bot.raw("sendMessage", chat_id=1001, text="x")
    assert slowed["parameters"] == {"retry_after": 7}
    assert (await bot.raw("sendMessage", chat_id=1001, text="x"))["error_code"] == 429
    assert await bot.send("x")
    await world.preview.fault("sendMessage", status=500, person=1002)
    assert await bot.send("x")
    assert (await bot.raw("sendMessage", chat_id=1002, text="x"))["error_code"] == 500


async def test_a_dropped_call_is_not_done_and_a_lost_one_is(
    world: World, bot: BotClient, anna: Chat
) -> None:
    await world.preview.fault("sendMessage", status="drop")
    with pytest.raises(httpx.RemoteProtocolError):
        await bot.send("dropped")
    await world.preview.fault("sendMessage", status="lost")
    with pytest.raises(httpx.RemoteProtocolError):
        await bot.send("lost")
    await world.preview.fault("sendMessage", status="slow", seconds=0.05)
    await bot.send("slow")
    assert [one["text"] for one in await anna.messages()] == ["/start", "lost", "slow"]


async def test_another_web_page_may_not_act_as_a_person(world: World) -> None:
    async with httpx.AsyncClient(base_url=world.address, trust_env=False) as client:
        body = {"person": 1001, "text": "hi"}
        evil = {"origin": "https://evil.example"}
        answer = await client.post("/_preview/send", json=body, headers=evil)
        assert answer.status_code == 403
        own = await client.post("/_preview/send", json=body, headers={"origin": world.address})
        assert own.status_code == 200


async def test_a_reset_begins_again(world: World, anna: Chat, bot: BotClient) -> None:
    await world.preview.join(7, name="Gast", language="fr")
    await world.preview.skip(seconds=3600)
    await world.preview.reset()
    assert [one["id"] for one in await world.preview.get("people")] == [1001, 1002, 9001]
    assert await anna.messages() == []
    assert await bot.call("getUpdates") == []


@pytest.mark.parametrize("text", ["Anna", "x:Anna:en", "5::en"])
def test_a_person_on_the_command_line_needs_an_id_and_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="A person is ID:NAME:LANG"):
        PersonConfig.parse(text)


class ShopClock:
    """The shop's side of "Next day"."""

    def __init__(self, **answer: Json) -> None:
        self.answer = answer
        self.asked: list[float] = []
        self.code = 200

    async def move(self, request: Request) -> Response:
        self.asked.append((await request.json())["seconds"])
        return JSONResponse(self.answer, status_code=self.code)


async def moved(clock: ShopClock) -> tuple[dict[str, Any], World]:
    app = Starlette(routes=[Route("/demo/clock", clock.move, methods=["POST"])])
    async with serving(app) as shop:
        config = PreviewConfig(people=PEOPLE, clock_url=f"{shop}/demo/clock")
        async with standing_in(config) as world:
            return await world.preview.post("clock", seconds=86_400), world


async def test_the_shops_clock_moves_too_and_is_followed() -> None:
    clock = ShopClock(now="2031-05-06T07:08:09+00:00")
    answer, _ = await moved(clock)
    assert clock.asked == [86_400]
    assert answer["error"] is None
    assert answer["now"].startswith("2031-05-06T07:08:")


async def test_a_shop_that_does_not_move_leaves_all_clocks_as_they_are() -> None:
    clock = ShopClock()
    clock.code = 503
    answer, world = await moved(clock)
    assert answer["error"] == "The shop refused to move its clock (503); nothing moved."
    assert abs(world.app.state.telegram.clock.skipped.total_seconds()) < 1
    answer, _ = await moved(ShopClock(now="soon"))
    assert answer["error"].endswith("nothing moved here.")
    async with standing_in(PreviewConfig(clock_url="http://127.0.0.1:9/clock")) as lonely:
        with pytest.raises(PreviewError, match="The shop does not answer at"):
            await lonely.preview.skip(seconds=60)
