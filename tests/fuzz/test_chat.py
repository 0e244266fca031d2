"""Whatever a person sends to the chat: an answer, never a traceback, and no change of money.

Of bank transfers that is all the shop reads: pictures, files, captions and words, as updates.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from telegram.ext import Application
from telegram.request import BaseRequest, RequestData

from bot.telegram import answer_one, catch_error
from handlers.chat import apologise, register
from tests.fixtures.doors import Doors
from tests.fixtures.examples import examples
from tests.fixtures.tables import contradictions
from tests.fuzz.corpus import bodies, keeping, updates
from tests.fuzz.mutants import ODD_TEXTS, Mutants, numbered
from tests.fuzz.tally import INPUTS, tally
from tests.fuzz.test_doors import SECRET, money_in
from tests.fuzz.test_parsers import SEEDS

pytestmark = [pytest.mark.hypothesis, pytest.mark.timeout(1800)]
BATCH = 50
USUAL, FUZZING = 4, 2_100  # batches: the second are over 100,000 messages
PICTURE = b"\x89PNG\r\n\x1a\n" + b"\0" * 64
MONEY = ("receipts", "journal", "periods", "subscriptions", "accounts")
# What people may write as they like; all else is Telegram's own.
WRITTEN = frozenset(
    {
        "text",
        "caption",
        "first_name",
        "last_name",
        "username",
        "language_code",
        "file_name",
        "mime_type",
        "data",
        "file_unique_id",
        "title",
    }
)
OURS = ("traceback", "error:", "exception", "sqlite", "psycopg", "none", "object at 0x")
LONGEST = 4096  # https://core.telegram.org/bots/api#sendmessage
TAPS = (
    "plan:solo",
    "ways:1",
    "pay:1:transfer",
    "proof_approve:1",
    "proof_refuse:1:x",
    "check_payment:1",
    "pay_rest:1",
    "country:DE",
    "currency:EUR",
    "access:1",
    "setup:1:tv",
    "renewal:1",
    "desk",
    "customer:1",
    "refund:1",
    "+ways:1",
    "pay_again:solo:1m",
)


class Line(BaseRequest):
    """The line to Telegram, which takes everything; `said` is what was written to people."""

    def __init__(self) -> None:
        self.said: list[str] = []

    @property
    def read_timeout(self) -> float | None:
        return None

    async def initialize(self) -> None:
        """There is nothing to open."""

    async def shutdown(self) -> None:
        """There is nothing to close."""

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        *_: object,
        **__: object,
    ) -> tuple[int, bytes]:
        del method
        if "/file/" in url:
            return 200, PICTURE
        given_facts: Mapping[str, Any] = request_data.parameters if request_data else {}
        self.said += [str(given_facts[one]) for one in ("text", "caption") if one in given_facts]
        return 200, json.dumps({"ok": True, "result": _result(url.rpartition("/")[2])}).encode()


def _result(method: str) -> Any:  # noqa: ANN401 - JSON
    match method:
        case "getMe":
            return {"id": 1000, "is_bot": True, "first_name": "Shop", "username": "shop_bot"}
        case "getFile":
            return {"file_id": "f", "file_unique_id": "u", "file_path": "photos/1.png"}
        case "answerCallbackQuery":
            return True
        case _:
            chat = {"id": 1001, "type": "private"}
            return {"message_id": 5, "date": 1773144000, "chat": chat, "text": "x"}


class ChatDoors(Doors):
    """The doors with the real chat behind `POST /telegram`."""

    def __init__(self, url: str, folder: Path) -> None:
        self.line = Line()
        self._chat: Application[Any, Any, Any, Any, Any, Any] | None = None
        super().__init__(
            url,
            folder,
            sandbox=False,
            stars=False,
            stripe_secret_key=None,
            coinbase_key_id="",
            coinbase_commerce_api_key=None,
            btcpay_url="",
            cryptopay_token=None,
            nowpayments_api_key=None,
            transfer_details="IBAN: DE02 1203 0000 0000 2020 51",
        )

    async def open_chat(self) -> None:
        """Hang the chat doors into a real Application."""
        self._chat = (
            Application.builder()
            .token("1000:planted")
            .request(self.line)
            .get_updates_request(Line())
            .updater(None)
            .job_queue(None)
            .build()
        )
        register(self._chat, self.counter)
        self._chat.add_error_handler(catch_error)
        self._chat.bot_data["apologise"] = lambda update, error: apologise(
            update, self.counter, error
        )
        await self._chat.initialize()

    async def _answer(self, update: Mapping[str, Any]) -> Any:  # noqa: ANN401 - as in Doors
        assert self._chat is not None
        return await answer_one(self._chat, update)

    async def send(self, bodies: list[bytes]) -> list[int]:
        """All at once; gives the answers of the door once all of them are answered in the chat."""
        answers = await asyncio.gather(
            *(self._client.post("/telegram", content=body, headers=SECRET) for body in bodies)
        )
        await self.reception.settle_down()
        return [answer.status_code for answer in answers]


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[ChatDoors]:
    chat = ChatDoors(f"sqlite:///{tmp_path}/shop.db", tmp_path / "till")
    chat.do(chat.open_chat())
    yield chat
    assert contradictions(chat.tables) == {}
    chat.close()


def test_a_chat_answers_whatever_people_send(chat: ChatDoors) -> None:
    customer = chat.do(chat.shop.greet())
    chat.do(chat.shop.ask(customer, provider="transfer"))
    known = [*bodies("transfer").values(), *_spoken()]
    mutants, money = Mutants(known), chat.tables.answers(_MONEY)
    numbers = iter(range(10**6, 10**9))
    with tally("chat", "transfer") as found:

        @examples(USUAL, fuzzing=FUZZING)
        @given(seed=SEEDS)
        def fuzz(seed: int) -> None:
            random = Random(seed)
            people, strange = [], []
            for _ in range(BATCH // 2):
                people.append((next(numbers), written(random, random.choice(known))))
                strange.append((next(numbers), mutants.one(random)))
            talk(chat, people, found)
            assert stuck(chat, people) == [], "nothing a person can write is our defect"
            talk(chat, strange, found)
            assert chat.tables.answers(_MONEY) == money

        fuzz()
    assert chat.tables.one("SELECT COUNT(*) FROM proofs") > 0, "pictures came as far as staff"
    assert found["said"]


_MONEY = {table: f"SELECT * FROM {table} ORDER BY 1" for table in MONEY} | {  # noqa: S608 - ours
    "orders paid": "SELECT * FROM orders WHERE state NOT IN ('open', 'expired', 'cancelled')"
}


def _spoken() -> list[bytes]:
    """What people do beside: words and taps; money itself is for the doors."""
    return [
        body
        for name, body in updates().items()
        if "/" not in name and "payment" not in name and "defect" not in name
    ]


def talk(chat: ChatDoors, batch: list[tuple[int, bytes]], found: Counter[str]) -> None:
    """Send these; the door and what people read are judged."""
    chat.line.said.clear()
    sent = [numbered(body, number) for number, body in batch if not money_in(chat, body)]
    with keeping("transfer", b"\n".join(sent)):
        answers = chat.do(chat.send(sent))
        assert set(answers) <= {200, 400}
        for text in chat.line.said:
            assert 0 < len(text) <= LONGEST
            own = without(called(sent), text.lower())
            assert not any(word in own for word in OURS), text
    found[INPUTS] += len(sent)
    found["kept"] += answers.count(200)
    found["refused"] += answers.count(400)
    found["said"] += len(chat.line.said)


def called(batch: list[bytes]) -> set[str]:
    """What these call their senders: nobody is called None, unless Telegram said so."""
    found: set[str] = set()
    for body in batch:
        with suppress(ValueError, RecursionError):
            _names(json.loads(body), found)
    return found


def _names(thing: Any, found: set[str]) -> None:  # noqa: ANN401 - JSON
    if isinstance(thing, dict):
        found |= {str(thing[key]) for key in ("first_name", "last_name") if thing.get(key)}
    if isinstance(thing, (dict, list)):
        for one in thing.values() if isinstance(thing, dict) else thing:
            _names(one, found)


def without(names: set[str], text: str) -> str:
    """The same without anybody's name."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(escape(name.lower(), quote=False), "")
    return text


def stuck(chat: ChatDoors, batch: list[tuple[int, bytes]]) -> list[tuple[Any, ...]]:
    """The inbox events of these that the chat could not answer."""
    first, last = batch[0][0], batch[-1][0]
    return chat.tables.rows(
        "SELECT note, body FROM inbox WHERE state = 'stuck' "  # noqa: S608 - numbers of ours
        f"AND CAST(event_id AS INTEGER) BETWEEN {first} AND {last}"
    )


def written(random: Random, right: bytes) -> bytes:
    """A right update with other words in it, all of them such as a person can choose."""
    update = json.loads(right)
    _rewrite(random, update)
    return json.dumps(update).encode()


def _rewrite(random: Random, thing: Any) -> None:  # noqa: ANN401 - JSON
    if isinstance(thing, list):
        for one in thing:
            _rewrite(random, one)
    elif isinstance(thing, dict):
        for key, value in thing.items():
            if key in WRITTEN and isinstance(value, str) and random.random() < 0.4:
                thing[key] = _words(random, key)
            elif key == "file_size" and random.random() < 0.2:
                thing[key] = random.choice((0, 1, 2**31, 2**40))
            else:
                _rewrite(random, value)


def _words(random: Random, key: str) -> str:
    """Telegram lets nothing through that is no text, and 64 bytes of data."""
    odd = random.choice(ODD_TEXTS).encode("utf-8", "replace").decode().replace("\0", "")
    if key == "data":
        tap = random.choice(TAPS)
        return random.choice((tap, f"{tap}:{odd}", tap.replace("1", odd)))[:32]
    if key == "text":
        return random.choice((odd, f"/{odd}", f"/start {odd}", f"/start plan_{odd}")) or "x"
    return odd or "x"
