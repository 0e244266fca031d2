"""Bodies as providers send them, kept in tests/corpus/PROVIDER/*.json, with each defect found.

`webhook-…` and `update-…` are what comes to a door, `answer-…` what an API says when asked,
`defect-…` what once broke something. tk_corpus is our own reference in all of them.

What breaks something under `make fuzz` is kept here by itself, as `defect-DIGEST`; every later
run tries it first. One that should be understood is then given its own name.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "corpus"
REFERENCE = b"tk_corpus"
WRITTEN = datetime(2026, 3, 10, 12, 0, 1, tzinfo=UTC)  # when all of it was sent
_DOOR = ("webhook-", "update-", "defect-")
IN_CHAT = ("stars", "telegram_cards", "transfer")  # Telegram tells of their money
_TILL = {"sandbox_card": "sandbox", "sandbox_crypto": "sandbox"}


def bodies(provider: str) -> dict[str, bytes]:
    """Everything that may come to a provider's door, by name."""
    return {name: raw for name, raw in _files(provider).items() if name.startswith(_DOOR)}


def answers(provider: str) -> dict[str, bytes]:
    """Everything its API may say when asked about a payment, by name."""
    return {name: raw for name, raw in _files(provider).items() if name.startswith("answer-")}


def updates() -> dict[str, bytes]:
    """Everything Telegram may send, money included."""
    money = {
        f"{provider}/{name}": raw for provider in IN_CHAT for name, raw in bodies(provider).items()
    }
    return {**_files("telegram"), **money}


@contextmanager
def keeping(provider: str, body: bytes) -> Iterator[None]:
    """A message that is about to be tried; one that breaks something is kept and shown."""
    try:
        yield
    except Exception as error:
        error.add_note(f"The message was {body[:3000]!r}")
        if os.environ.get("FUZZ_FOUND"):
            error.add_note(f"It is kept as {keep(provider, body)}")
        raise


def keep(provider: str, body: bytes) -> Path:
    """Keep a message that broke something; gives where."""
    folder = FOLDER / _TILL.get(provider, provider)
    folder.mkdir(exist_ok=True)
    path = folder / f"defect-{hashlib.sha256(body).hexdigest()[:12]}.json"
    path.write_bytes(body)
    return path


def _files(provider: str) -> dict[str, bytes]:
    folder = FOLDER / _TILL.get(provider, provider)
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.json"))}
