"""How many inputs went where, and whether they are as many as promised.

`make fuzz` counts, and prints it by `python -m tests.fuzz.tally`.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.doors.senders import SENDERS
from tests.fixtures.rigs import MUTE, REMOTE, WITH_PAGES
from tests.fuzz.corpus import IN_CHAT

FOLDER = "FUZZ_FOUND"
INPUTS = "inputs"
Found = Mapping[tuple[str, str], Mapping[str, int]]
_PARSED, _SENT = 100_000, 10_000
_TWIN = "sandbox_crypto"  # its parser is sandbox_card's
PROMISED: Mapping[tuple[str, str], int] = {
    **{("parser", name): _PARSED for name in WITH_PAGES if name not in {_TWIN, "transfer"}},
    # Of a transfer Telegram brings pictures and words: the chat is what reads them.
    ("chat", "transfer"): _PARSED,
    **{("answer", name): _SENT for name in REMOTE if name not in MUTE},
    **{("door", f"{name}.sqlite"): _SENT for name in (*SENDERS, *IN_CHAT, "telegram")},
    **{("door", f"{name}.postgresql"): _SENT // 10 for name in (*SENDERS, *IN_CHAT, "telegram")},
}


@contextmanager
def tally(where: str, provider: str) -> Iterator[Counter[str]]:
    """Count the inputs of one test, and what became of them; kept if anybody wants a table."""
    found = Counter[str]()
    yield found
    if folder := os.environ.get(FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = f"{where}.{provider}.json"
        (Path(folder) / name).write_text(json.dumps(found), "utf-8")


def lines(found: Found) -> list[str]:
    """A line for each test that counted."""
    return [
        f"{where:8} {provider:28} {many[INPUTS]:>9,} inputs: "
        + ", ".join(f"{what} {n:,}" for what, n in sorted(many.items()) if what != INPUTS)
        for (where, provider), many in sorted(found.items())
    ]


def missing(found: Found) -> list[str]:
    """Where fewer inputs came than were promised."""
    came = {key: found.get(key, {}).get(INPUTS, 0) for key in PROMISED}
    return [
        f"{where} {provider}: {came[where, provider]:,} inputs, not {promised:,}"
        for (where, provider), promised in PROMISED.items()
        if came[where, provider] < promised
    ]


def main() -> None:
    """Print what was counted; fails where it is less than was promised."""
    found = {}
    for path in Path(os.environ[FOLDER]).glob("*.json"):
        where, provider = path.stem.split(".", 1)
        found[where, provider] = json.loads(path.read_text("utf-8"))
    print("\n".join(lines(found)))  # noqa: T201 - a table for whoever runs it
    sys.exit("\n".join(missing(found)) or 0)


if __name__ == "__main__":
    main()
