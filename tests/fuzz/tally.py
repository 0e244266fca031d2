"""How many inputs went where: `make fuzz` prints it, `python -m tests.fuzz.tally`."""

import json
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = "FUZZ_FOUND"


@contextmanager
def tally(where: str, provider: str) -> Iterator[Counter[str]]:
    """Count what became of the inputs of one test; kept for the table, if anybody wants one."""
    found = Counter[str]()
    yield found
    if folder := os.environ.get(FOLDER):
        Path(folder).mkdir(parents=True, exist_ok=True)
        name = f"{where}.{provider}.json"
        (Path(folder) / name).write_text(json.dumps(found), "utf-8")


def main() -> None:
    """Print a line for each test that counted."""
    for path in sorted(Path(os.environ[FOLDER]).glob("*.json")):
        found = json.loads(path.read_text("utf-8"))
        where, provider = path.stem.split(".", 1)
        shown = ", ".join(f"{what} {many:,}" for what, many in sorted(found.items()))
        print(f"{where:8} {provider:28} {sum(found.values()):>9,} inputs: {shown}")  # noqa: T201


if __name__ == "__main__":
    main()
