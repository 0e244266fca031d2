"""What Telegram shows before and beside the chat, as each person finds it."""

from typing import Any

from handlers.profile import set_profile
from tests.fixtures.chat import House


async def test_everyone_finds_commands_and_a_description_in_his_language(house: House) -> None:
    await house.preview.chat(1001).send("/start")
    await set_profile(house.application.bot, house.counter)
    anna, bruno, olga = await _people(house)
    assert anna["commands"][0] == {"command": "plans", "description": "Plans and prices"}
    assert bruno["commands"][0] == {"command": "plans", "description": "Tarife und Preise"}
    assert olga["commands"][0]["command"] == "admin"
    assert anna["description"].startswith("Welcome to")
    assert bruno["description"].startswith("Willkommen")


async def test_who_speaks_another_language_finds_english(house: House) -> None:
    await house.preview.join(1003, name="Chloé", language="fr")
    await set_profile(house.application.bot, house.counter)
    *_, chloe = await _people(house)
    assert chloe["commands"][0]["description"] == "Plans and prices"
    assert chloe["description"].startswith("Welcome to")


async def _people(house: House) -> list[dict[str, Any]]:
    return list(await house.preview.get("people"))
