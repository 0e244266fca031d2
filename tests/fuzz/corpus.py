"""Bodies as providers send them, kept in tests/corpus/PROVIDER/*.json, with each defect found.

`webhook-…` and `update-…` are what comes to a door, `answer-…` what an API says when asked,
`defect-…` what once broke something. tk_corpus is our own reference in all of them.
"""

from datetime import UTC, datetime
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "corpus"
REFERENCE = b"tk_corpus"
WRITTEN = datetime(2026, 3, 10, 12, 0, 1, tzinfo=UTC)  # when all of it was sent
_DOOR = ("webhook-", "update-", "defect-")
_TILL = {"sandbox_card": "sandbox", "sandbox_crypto": "sandbox"}


def bodies(provider: str) -> dict[str, bytes]:
    """Everything that may come to a provider's door, by name."""
    return {name: raw for name, raw in _files(provider).items() if name.startswith(_DOOR)}


def answers(provider: str) -> dict[str, bytes]:
    """Everything its API may say when asked about a payment, by name."""
    return {name: raw for name, raw in _files(provider).items() if name.startswith("answer-")}


def updates() -> dict[str, bytes]:
    """Everything Telegram may send, money included."""
    cards = {f"card-{name}": raw for name, raw in bodies("telegram_cards").items()}
    return {**_files("telegram"), **bodies("stars"), **cards}


def _files(provider: str) -> dict[str, bytes]:
    folder = FOLDER / _TILL.get(provider, provider)
    return {path.stem: path.read_bytes() for path in sorted(folder.glob("*.json"))}
