"""`python -m benchmarks [name…]`: run all, or those named, and print what was measured."""

import argparse
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.engines import engines
from benchmarks.growth import growth
from benchmarks.machine import facts
from benchmarks.reminders import reminders
from benchmarks.settle import settle
from benchmarks.start import start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from benchmarks.engines import Engine


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help="settle, growth, reminders, start"
    )
    parser.add_argument("--million", action="store_true", help="let growth end at 1,000,000")
    given = parser.parse_args()
    on_books: Mapping[str, Callable[[Engine], None]] = {
        "settle": settle,
        "growth": partial(growth, with_million=given.million),
        "reminders": reminders,
    }
    names = given.names or ["start", *on_books]
    if wrong := set(names) - {"start", *on_books}:
        parser.error(f"there is no {', '.join(sorted(wrong))}")
    began = time.monotonic()
    print(facts(), end="\n\n")
    if "start" in names:
        start()
    with engines() as found:
        for name in (name for name in names if name in on_books):
            for engine in found:
                on_books[name](engine)
    print(f"{time.monotonic() - began:.0f} seconds in all")


if __name__ == "__main__":
    main()
