"""What a run says: the figures, docs/mutants.md, and which survivors nobody has explained."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutation.making import Mutant
from tests.mutation.worker import Result, Verdict

SURVIVORS = Path(__file__).with_name("survivors.toml")
LEAST_KILLED = 90  # of a hundred

Name = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many mutants were made and what became of them."""

    killed: int
    timed_out: int
    survived: int

    @property
    def made(self) -> int:
        return self.killed + self.timed_out + self.survived

    @property
    def is_enough(self) -> bool:
        """Whether the tests caught as many as they should; who never ends is caught too."""
        return 100 * (self.killed + self.timed_out) >= LEAST_KILLED * self.made

    def __str__(self) -> str:
        return (
            f"{self.made} made, {self.killed} killed, {self.survived} survived, "
            f"{self.timed_out} timed out"
        )


def tally(results: Iterable[Result]) -> Tally:
    """Count them."""
    found = Counter(result.verdict for result in results)
    return Tally(
        killed=found[Verdict.KILLED],
        timed_out=found[Verdict.TIMED_OUT],
        survived=found[Verdict.SURVIVED],
    )


def reasons(text: str) -> Mapping[Name, str]:
    """Why each survivor may live, as kept by hand."""
    rows = tomllib.loads(text).get("survivor", [])
    return {(row["module"], row["where"], row["was"], row["now"]): row["why"] for row in rows}


def survivors(results: Sequence[tuple[Mutant, Result]]) -> list[Mutant]:
    """Those that no test caught."""
    return [mutant for mutant, result in results if result.verdict is Verdict.SURVIVED]


def as_toml(mutant: Mutant) -> str:
    """What to put into survivors.toml, once there is a reason."""
    names = ("module", "where", "was", "now")
    lines = [f"{name} = {_quoted(text)}" for name, text in zip(names, mutant.name, strict=True)]
    return "\n".join(["[[survivor]]", *lines, 'why = ""', ""])


def page(results: Sequence[tuple[Mutant, Result]], why: Mapping[Name, str], *, seed: int) -> str:
    """docs/mutants.md."""
    whole = tally(result for _, result in results)
    wings: dict[str, list[Result]] = {}
    for mutant, result in results:
        wings.setdefault(mutant.module.rsplit("/", 1)[0], []).append(result)
    lines = [
        "# Mutants",
        "",
        "Written by `make mutants`; the reasons come from `tests/mutation/survivors.toml`.",
        "",
        f"A mutant is the shop with one thing wrong. With the seed {seed}: {whole}.",
        f"At least {LEAST_KILLED} of a hundred have to be caught by tests.",
        "",
        "| wing | made | killed | timed out | survived |",
        "|---|--:|--:|--:|--:|",
    ]
    for wing in sorted(wings):
        one = tally(wings[wing])
        lines.append(
            f"| `{wing}` | {one.made} | {one.killed} | {one.timed_out} | {one.survived} |"
        )
    lines += [
        "",
        "## Survivors",
        "",
        "| where | was | is | why it may live |",
        "|---|---|---|---|",
    ]
    for mutant in survivors(results):
        place = f"`{mutant.module}` {mutant.where}".rstrip()
        reason = why.get(mutant.name, "")
        lines.append(f"| {place} | {_cell(mutant.was)} | {_cell(mutant.now)} | {reason} |")
    return "\n".join([*lines, ""])


def _cell(code: str) -> str:
    return f"`{code}`".replace("|", "\\|") if code else "(nothing)"


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"""{text}"""'
