"""kill -9 at every step of a sale: the next process finishes it, and nothing happens twice.

Only a message may come twice, and only one: when the process dies after Telegram took it and
before the books say so. Telegram has no key by which a message could be sent once.
"""

from collections import Counter
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from preview.client import Preview, text_of
from tests.crash.sale import Sale
from tests.fixtures.process import ShopProcess
from tests.fixtures.tables import Tables, contradictions

ANNA = 1001
ACCESS = {"🔑 Your access to Solo", "Or scan this: it holds the address."}
HANDFUL = (
    ("sqlite", "books:keep_updates:after:1"),  # known, not answered
    ("sqlite", "provider:create:after:1"),  # the page is there, the books do not know
    ("sqlite", "books:settle_all:inside:1"),  # settled, not committed
    ("sqlite", "telegram:sendMessage:after:2"),  # told, not noted
    ("postgres", "books:settle_all:after:1"),  # committed, the provider was not answered
    ("postgres", "connector:create:after:1"),  # the account is there, the books do not know
)


class Scene:
    """Makes one sale after another, each in books of its own, and judges it."""

    def __init__(
        self, folder: Path, *, preview: Preview, telegram_url: str, new_url: Callable[[Path], str]
    ) -> None:
        self._folder, self._preview = folder, preview
        self._telegram_url, self._new_url = telegram_url, new_url
        self._numbers = count()

    async def sale(self, *, crash_at: str = "") -> list[str]:
        """Sell once with a kill on the way; returns the places that were passed."""
        folder = self._folder / str(next(self._numbers))
        folder.mkdir()
        await self._preview.reset()
        url = self._new_url(folder)
        shop = ShopProcess(folder, database=url, telegram_url=self._telegram_url)
        try:
            shop.start(crash_at=crash_at, seen=str(folder / "seen"))
            sale = Sale(shop, self._preview, ANNA)
            await sale.run()
            await self._until_quiet(shop, sale, Tables(url), is_killed=bool(crash_at))
            shop.stop()
        finally:
            shop.kill()
        await self._judge(Tables(url), shop, deaths=sale.deaths, crash_at=crash_at)
        return (folder / "seen").read_text("utf-8").split()

    async def _until_quiet(
        self, shop: ShopProcess, sale: Sale, tables: Tables, *, is_killed: bool
    ) -> None:
        """The last steps leave no trace in the chat: wait until nothing is left to do."""
        waiting = """
            SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'waiting')
                + (SELECT COUNT(*) FROM inbox WHERE state = 'waiting')
        """

        async def is_quiet() -> bool:
            if is_killed and not sale.deaths:
                return False
            return shop.is_alive and tables.one(waiting) == 0

        await sale.until(is_quiet)

    async def _judge(
        self, tables: Tables, shop: ShopProcess, *, deaths: int, crash_at: str
    ) -> None:
        assert deaths == (1 if crash_at else 0)
        assert contradictions(tables) == {}
        assert tables.rows("SELECT verdict, minor, currency FROM receipts") == [
            ("paid", 799, "EUR")
        ]
        assert tables.one("SELECT COUNT(*) FROM periods") == 1
        assert tables.rows("SELECT state FROM orders") == [("paid",)]
        (account,) = tables.rows("SELECT actual, delivered_at IS NULL FROM accounts")
        assert account[0] == "active"
        assert not account[1]
        assert tables.one("SELECT COUNT(*) FROM outbox WHERE state = 'dead'") == 0
        assert tables.one("SELECT COUNT(*) FROM inbox WHERE state = 'stuck'") == 0
        assert "Traceback" not in shop.log.read_text("utf-8")
        await self._judge_chat(is_killed=bool(crash_at))

    async def _judge_chat(self, *, is_killed: bool) -> None:
        """One notice may have come twice: a message, or the access with its picture."""
        messages = await self._preview.chat(ANNA).messages()
        texts = Counter(text_of(one).split("\n")[0] for one in messages)
        repeated = {text for text, many in texts.items() if many > 1}
        assert max(texts.values()) <= (2 if is_killed else 1), texts
        assert len(repeated) <= 1 or repeated == ACCESS, texts


@pytest.fixture
def scene_of(
    tmp_path: Path, preview: Preview, telegram_url: str, new_database: Callable[[str], str]
) -> Callable[[str], Scene]:
    def made(dialect: str) -> Scene:
        def new_url(folder: Path) -> str:
            return f"sqlite:///{folder}/shop.db" if dialect == "sqlite" else new_database(dialect)

        return Scene(tmp_path, preview=preview, telegram_url=telegram_url, new_url=new_url)

    return made


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("dialect", "crash_at"), HANDFUL)
async def test_a_sale_survives_a_kill(
    scene_of: Callable[[str], Scene], dialect: str, crash_at: str
) -> None:
    await scene_of(dialect).sale(crash_at=crash_at)


@pytest.mark.faults
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", ["books", "telegram", "connector", "provider"])
@pytest.mark.parametrize("dialect", ["sqlite", "postgres"])
async def test_a_sale_survives_a_kill_at_every_step(
    scene_of: Callable[[str], Scene], dialect: str, kind: str
) -> None:
    scene = scene_of(dialect)
    steps: list[str] = []
    passed: Counter[str] = Counter()
    for place in await scene.sale():
        passed[place] += 1
        # From the first update on; what the process does at its start is a sale of nothing.
        if place.startswith(kind) and passed["books:keep_updates:before"]:
            steps.append(f"{place}:{passed[place]}")
    assert steps
    failed = {}
    for step in steps:
        try:
            await scene.sale(crash_at=step)
        except Exception as error:  # noqa: BLE001 - one step that fails hides none of the others
            failed[step] = f"{type(error).__name__}: {error}"
    assert failed == {}
