"""`make mutants`: tries a seeded sample of mutants, or with ARGS="--all --only shop/core" more."""

import argparse
import sys
from fnmatch import fnmatch
from pathlib import Path

from tests.mutation.driver import run_all
from tests.mutation.making import Mutant, draw
from tests.mutation.report import SURVIVORS, as_toml, page, reasons, survivors, tally
from tests.mutation.suites import suites
from tests.mutation.worker import Result, Verdict

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "mutants.md"
SEED = 10
MOST = 320


def main() -> int:
    """Return 0 when enough were caught and every survivor has its reason."""
    asked = _asked()
    tests = {
        module: chosen
        for module, chosen in suites(ROOT).items()
        if fnmatch(module, f"{asked.only}*")
    }
    most = None if asked.all else asked.most
    mutants = draw(ROOT, tests, most=most, seed=asked.seed)
    results: list[tuple[Mutant, Result]] = []

    def note(mutant: Mutant, result: Result) -> None:
        results.append((mutant, result))
        done = f"[{len(results)}/{len(mutants)}]"
        print(f"{done} {result.verdict:9} {result.seconds:4.1f}s {mutant.module} {mutant.now}")
        if result.verdict is Verdict.KILLED:
            print(f"    by {result.said.splitlines()[0].removeprefix('FAILED ')}")

    run_all(ROOT, mutants, tests, workers=asked.workers, each=note)
    results.sort(key=lambda one: one[0].name)
    why = reasons(SURVIVORS.read_text("utf-8"))
    alive = survivors(results)
    unexplained = [mutant for mutant in alive if not why.get(mutant.name)]
    whole = tally(result for _, result in results)
    if not asked.only and not asked.all:
        PAGE.write_text(page(results, why, seed=asked.seed), "utf-8")
    for mutant in unexplained:
        print(as_toml(mutant))
    print(whole)
    if unexplained:
        print(f"{len(unexplained)} survivors have no reason in {SURVIVORS.relative_to(ROOT)}")
    return 0 if whole.is_enough and not unexplained else 1


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--most", type=int, default=MOST)
    parser.add_argument("--all", action="store_true", help="every mutant there is")
    parser.add_argument(
        "--only", default="", help="modules whose path begins so; may hold * and [!s]"
    )
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
