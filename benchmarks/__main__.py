"""`python -m benchmarks [name…]`: run all, or those named."""

import argparse

from benchmarks.engines import engines
from benchmarks.machine import facts
from benchmarks.settle import settle

_NAMES = ("settle",)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(_NAMES))
    names = parser.parse_args().names or _NAMES
    print(facts(), end="\n\n")
    with engines() as found:
        for name in names:
            assert name in _NAMES
            for engine in found:
                settle(engine)


if __name__ == "__main__":
    main()
