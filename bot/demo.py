"""`telekiosk demo`: the shop with a chat page, play money and a movable clock, offline."""

import asyncio
import os
import shutil
import signal
import sys
import webbrowser
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import typer
from pydantic import SecretStr
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.assemble import Parts, assemble
from bot.clocks import MovableClock
from bot.logs import configure_logs
from bot.process import run_shop
from bot.settings import Settings
from bot.stocking import catalog_at
from shop.books.migrate import ChangedMigrationError
from shop.books.notes import recall, remember
from shop.books.opening import storage_at
from shop.catalog.changes import apply_catalog
from shop.catalog.offers import has_catalog, shopfront
from shop.catalog.products import text_in
from shop.core.errors import BadInputError

_TOKEN = "1000:DEMO"  # noqa: S105 - the stand-in's, open to everyone on this machine
_BOT = "telekiosk_demo_bot"
_PEOPLE = ("1001:Anna:en", "1002:Bruno:de", "9001:Olga:en:staff")
_ACCOUNT = "IBAN: DE02 1203 0000 0000 2020 51; BIC: BYLADEM1001"
_LANGUAGE = "en"  # of the bot's name
_STAFF = (9001,)
_NOTE = "demo_clock_seconds"
_MOST_SECONDS = 366 * 86400
_READY_WITHIN = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """One demo: where it listens, and the folder with its books."""

    catalog: Path | None
    port: int
    preview_port: int
    folder: Path
    is_fresh: bool
    opens: bool

    async def run(self) -> None:
        """Start the page, or find one that an earlier demo left, then the shop."""
        if self.is_fresh:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True, exist_ok=True)
        configure_logs([], is_plain=True)
        clock = MovableClock()
        name = await self._stock(clock)
        parts = assemble(self._settings(name), clock=clock, folder=self.folder / "sandbox")
        if not await self._find_page():
            await self._start_page(name)
        try:
            await run_shop(
                parts,
                further=_clock_routes(parts, clock),
                on_ready=self._welcome,
                chat_url=f"{self._page_url}/t.me/{_BOT}",
            )
        finally:
            self._close_page()

    async def _stock(self, clock: MovableClock) -> str:
        """Apply the named catalog, even over an earlier one; returns the shop's name."""
        storage = storage_at(self._books)
        try:
            await storage.open()
        except ChangedMigrationError as error:
            raise BadInputError(
                reason=f"{error.sentence} telekiosk demo --fresh makes new ones."
            ) from error
        try:
            clock.moved = timedelta(seconds=int(await storage.read(recall, _NOTE) or 0))
            if self.catalog is not None or not await storage.read(has_catalog):
                await storage.run(apply_catalog, catalog_at(self.catalog), now=clock.now())
            front = await storage.read(shopfront)
        finally:
            await storage.close()
        return text_in(front.name, _LANGUAGE)

    @property
    def _books(self) -> str:
        return f"sqlite:///{self.folder / 'telekiosk.db'}"

    @property
    def _page_url(self) -> str:
        return f"http://127.0.0.1:{self.preview_port}"

    @property
    def _page_note(self) -> Path:
        return self.folder / "page.pid"

    def _settings(self, name: str) -> Settings:
        # Not read from the environment: a demo never touches a real shop's keys.
        return Settings.model_construct(
            telegram_bot_token=SecretStr(_TOKEN),
            telegram_api_url=self._page_url,
            staff_ids=_STAFF,
            database_url=SecretStr(self._books),
            listen=f"127.0.0.1:{self.port}",
            public_url=f"http://127.0.0.1:{self.port}",
            secret_key=SecretStr("the demo keeps no secrets"),
            stars=True,
            sandbox=True,
            transfer_details=f"{name} Ltd; {_ACCOUNT}",
            catalog=self.catalog,
        )

    async def _find_page(self) -> bool:
        """Whether the page of an earlier demo, perhaps a killed one, is still running."""
        async with httpx.AsyncClient(timeout=2) as http:
            try:
                answer = await http.get(f"{self._page_url}/bot{_TOKEN}/getMe")
                return bool(answer.json()["result"]["username"] == _BOT)
            except (httpx.HTTPError, ValueError, KeyError, TypeError):
                return False

    def _close_page(self) -> None:
        """Stop the page, whichever demo started it."""
        try:
            os.kill(int(self._page_note.read_text("utf-8")), signal.SIGTERM)
            self._page_note.unlink()
        except (OSError, ValueError):
            typer.echo(f"The chat page at {self._page_url} was closed already.")

    async def _start_page(self, name: str) -> None:
        people = [piece for person in _PEOPLE for piece in ("--person", person)]
        page = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "preview",
            "--listen",
            f"127.0.0.1:{self.preview_port}",
            "--token",
            _TOKEN,
            "--bot-username",
            _BOT,
            "--bot-name",
            name,
            "--clock-url",
            f"http://127.0.0.1:{self.port}/demo/clock",
            *people,
            stdout=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        assert page.stdout is not None  # noqa: S101 - it was asked for
        try:
            async with asyncio.timeout(_READY_WITHIN):
                line = await page.stdout.readline()
        except TimeoutError:
            line = b""
        if b"ready" not in line:
            raise BadInputError(reason=f"The chat page cannot start on port {self.preview_port}.")
        # A killed demo leaves its page running; the next demo uses it, and closes it at its end.
        await asyncio.to_thread(self._page_note.write_text, str(page.pid), "utf-8")

    def _welcome(self) -> None:
        typer.echo(
            f"\n  Your shop is open:  {self._page_url}\n\n"
            "  Pick a person, press Start, buy a plan: the money is play money.\n"
            "  Olga is the owner: /admin shows her the shop. “Next day” moves the clock.\n"
            "  Ctrl-C closes the shop; its books stay in "
            f"{self.folder}/ (--fresh forgets them).\n"
        )
        if self.opens:
            webbrowser.open(self._page_url)


def _clock_routes(parts: Parts, clock: MovableClock) -> Sequence[Route]:
    """The route behind the page's “next day” button; only a demo has it."""

    async def move(request: Request) -> Response:
        try:
            seconds = int((await request.json())["seconds"])
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": 'Send {"seconds": 86400}.'}, status_code=400)
        if not 0 <= seconds <= _MOST_SECONDS:
            return JSONResponse({"error": "From 0 seconds to 366 days."}, status_code=400)
        now = clock.move(seconds)
        await parts.storage.run(remember, _NOTE, str(int(clock.moved.total_seconds())))
        return JSONResponse({"now": now.isoformat()})

    return [Route("/demo/clock", move, methods=["POST"])]
