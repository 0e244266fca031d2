"""`python -m benchmarks [name…]`: run all, or those named, and print what was measured."""

import argparse
import time
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.engines import engines
from benchmarks.growth import growth
from benchmarks.machine import facts
from benchmarks.polling import polling
from benchmarks.providers import providers
from benchmarks.reading import reading
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
        "names",
        nargs="*",
        metavar="name",
        help="settle, providers, reading, polling, growth, reminders or start",
    )
    parser.add_argument("--short", action="store_true", help="let growth end at 100,000")
    given = parser.parse_args()
    on_books: Mapping[str, Callable[[Engine], None]] = {
        "settle": settle,
        "providers": providers,
        "polling": polling,
        "growth": partial(growth, with_million=not given.short),
        "reminders": reminders,
    }
    alone: Mapping[str, Callable[[], None]] = {"start": start, "reading": reading}
    names = given.names or [*alone, *on_books]
    if wrong := set(names) - {*alone, *on_books}:
        parser.error(f"there is no {', '.join(sorted(wrong))}")
    began = time.monotonic()
    print(facts(), end="\n\n")
    for name in (name for name in names if name in alone):
        alone[name]()
    with engines() as found:
        for name in (name for name in names if name in on_books):
            for engine in found:
                on_books[name](engine)
    print(f"{time.monotonic() - began:.0f} seconds in all")


if __name__ == "__main__":
    main()
