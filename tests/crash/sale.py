"""A person who buys a month by card, whatever happens to the shop meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from preview.client import Chat, Message, Preview, text_of
from tests.fixtures.process import ShopProcess

PATIENCE = 60.0
LEASE = 100  # seconds of shop time after which what a killed process held comes again
Button = dict[str, Any]
T = TypeVar("T")


class Sale:
    """One purchase; `shop` is brought back whenever it dies."""

    def __init__(self, shop: ShopProcess, preview: Preview, person: int) -> None:
        self._shop, self._chat = shop, Chat(preview, person)
        self.deaths = 0

    async def run(self) -> None:
        """From the first word to the credentials."""
        await self._chat.send("/start plan_solo")
        await self.until(lambda: self._button("ways:"))
        await self._press("ways:", then="pay:")
        await self._press("pay:", then="/sandbox/card/")
        link = await self.until(lambda: self._button("/sandbox/card/"))
        await self._pay(str(link["url"]))
        await self.until(self._credentials)
        await self.until(self._picture)

    async def _press(self, data: str, *, then: str) -> None:
        # A tap is one update, which must be enough: nobody taps twice here.
        button = await self.until(
            lambda: self._button(data, needed="card" if data == "pay:" else "")
        )
        await self._chat.press(str(button["callback_data"]), wait=0.1)
        await self.until(lambda: self._button(then))

    async def _pay(self, link: str) -> None:
        """Press the page's button; a page that is away is tried again, as a browser would."""

        async def pressed() -> bool:
            async with httpx.AsyncClient(timeout=5, trust_env=False) as browser:
                try:
                    answer = await browser.post(link, data={"choice": "pay"})
                except httpx.HTTPError:
                    return False
            return answer.is_redirect

        await self.until(pressed)

    async def _credentials(self) -> Message | None:
        return await self._message("Your access to")

    async def _picture(self) -> Message | None:
        found = [one for one in await self._chat.messages() if "photo" in one]
        return found[-1] if found else None

    async def _message(self, words: str) -> Message | None:
        found = [one for one in await self._chat.messages() if words in text_of(one)]
        return found[-1] if found else None

    async def _button(self, start: str, needed: str = "") -> Button | None:
        for message in reversed(await self._chat.messages()):
            for row in message.get("reply_markup", {}).get("inline_keyboard", []):
                for button in row:
                    where = str(button.get("callback_data") or button.get("url"))
                    if (where.startswith(start) or ("/" in start and start in where)) and (
                        needed in where
                    ):
                        return dict(button)
        return None

    async def until(self, look: Callable[[], Awaitable[T | None]]) -> T:
        """Wait for what must come; bring the shop back when it died, and let leases pass."""
        deadline = time.monotonic() + PATIENCE
        while not (found := await look()):
            if time.monotonic() > deadline:
                said = [text_of(one) for one in await self._chat.messages()]
                msg = f"It did not come; the chat says {said}.\n{self._shop.log.read_text()}"
                raise AssertionError(msg)
            await self.bring_back()
            await asyncio.sleep(0.05)
        return found

    async def bring_back(self) -> None:
        """Start the shop again if it killed itself."""
        if self._shop.is_alive:
            return
        assert self._shop.has_killed_itself, self._shop.log.read_text("utf-8")
        self.deaths += 1
        self._shop.kill()
        self._shop.skip(LEASE)
        await asyncio.to_thread(self._shop.start)
