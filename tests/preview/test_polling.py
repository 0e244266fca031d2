"""getUpdates: nothing is lost until it is confirmed, and one bot polls at a time."""

import asyncio
import time

from preview.client import Chat
from tests.preview.conftest import BotClient, World


async def test_updates_come_again_until_an_offset_confirms_them(
    world: World, bot: BotClient
) -> None:
    anna = world.preview.chat(1001)
    for text in ("one", "two", "three"):
        await anna.send(text)
    first = await bot.call("getUpdates")
    assert await bot.call("getUpdates") == first
    assert [one["message"]["text"] for one in first] == ["one", "two", "three"]
    numbers = [one["update_id"] for one in first]
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    rest = await bot.call("getUpdates", offset=numbers[1], limit=1)
    assert [one["update_id"] for one in rest] == [numbers[1]]
    last = await bot.call("getUpdates", offset=-1)
    assert [one["update_id"] for one in last] == [numbers[2]]
    assert await bot.call("getUpdates", offset=numbers[2] + 1) == []


async def test_a_long_poll_ends_with_the_first_update(world: World, bot: BotClient) -> None:
    poll = asyncio.create_task(bot.call("getUpdates", timeout=10))
    await asyncio.sleep(0.1)
    began = time.monotonic()
    await world.preview.chat(1001).send("hello")
    assert (await poll)[0]["message"]["text"] == "hello"
    assert time.monotonic() - began < 2


async def test_a_second_poller_ends_the_first(bot: BotClient) -> None:
    first = asyncio.create_task(bot.refused("getUpdates", timeout=10))
    await asyncio.sleep(0.1)
    assert await bot.call("getUpdates") == []
    code, words = await first
    assert code == 409
    assert words.startswith("Conflict: terminated by other getUpdates request")


async def test_polling_and_a_webhook_exclude_each_other(bot: BotClient) -> None:
    await bot.call("setWebhook", url="http://127.0.0.1:9/")
    code, words = await bot.refused("getUpdates")
    assert (code, words.split(";")[0]) == (
        409,
        "Conflict: can't use getUpdates method while webhook is active",
    )
    await bot.call("deleteWebhook")
    assert await bot.call("getUpdates") == []


async def test_only_allowed_updates_are_queued(anna: Chat, bot: BotClient) -> None:
    await bot.call("getUpdates", allowed_updates=["callback_query"])
    await anna.send("unwanted")
    assert await bot.call("getUpdates") == []
    await bot.call("getUpdates", allowed_updates=[])
    await anna.send("wanted")
    assert [one["message"]["text"] for one in await bot.call("getUpdates")] == ["wanted"]


async def test_updates_older_than_a_day_are_dropped(
    world: World, anna: Chat, bot: BotClient
) -> None:
    await anna.send("nobody listens")
    await asyncio.sleep(1.1)  # the stand-in believes the bot to be gone
    await world.preview.skip(seconds=86_401)
    assert await bot.call("getUpdates") == []


async def test_an_update_can_be_delivered_twice(world: World, anna: Chat, bot: BotClient) -> None:
    await anna.send("once")
    [update] = await bot.call("getUpdates")
    await bot.call("getUpdates", offset=update["update_id"] + 1)
    await world.preview.deliver_again(update["update_id"])
    assert await bot.call("getUpdates") == [update]
