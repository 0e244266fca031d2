"""A worker in a small house of its own: what is caught, what is not, and what never ends."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.mutation.worker import Limits, Task

ROOT = Path(__file__).parents[2]
RULE = "def answer() -> int:\n    return 42\n"
HOUSE = {
    "shop/__init__.py": "",
    "shop/rules.py": RULE,
    "test_rules.py": (
        "from shop.rules import answer\n\ndef test_the_answer():\n    assert answer() == 42\n"
    ),
    "conftest.py": 'from hypothesis import settings\nsettings.register_profile("mutants")\n',
    "pytest.ini": "[pytest]\n",
}


def outcomes(house: Path, *sources: str, processor: int = 60, clock: int = 60) -> list[str]:
    """What becomes of the house as it is, and then of each of these rules in it."""
    for name, text in HOUSE.items():
        path = house / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    limits = Limits(processor=processor, clock=clock)
    tests = ("test_rules.py",)
    tasks = [
        Task(module="shop/rules.py" if source else "", source=source, tests=tests, limits=limits)
        for source in ("", *sources)
    ]
    found = subprocess.run(
        [sys.executable, "-m", "tests.mutation.worker"],
        input="".join(json.dumps(asdict(task)) + "\n" for task in tasks),
        cwd=house,
        env={"PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [json.loads(line)["verdict"] for line in found.stdout.splitlines()]


def test_a_test_that_fails_kills_and_each_mutant_stands_alone(tmp_path: Path) -> None:
    wrong, same = RULE.replace("42", "41"), RULE.replace("42", "6 * 7")
    broken = "import nothing_of_the_kind\n"
    assert outcomes(tmp_path, wrong, same, broken, RULE) == [
        "survived",
        "killed",
        "survived",
        "killed",
        "survived",
    ]
    assert (tmp_path / "shop/rules.py").read_text("utf-8") == RULE


@pytest.mark.parametrize(
    ("never", "processor", "clock"),
    [
        pytest.param("    while True:\n        pass\n", 3, 60, id="it is busy"),
        pytest.param("    import time\n    time.sleep(99)\n", 60, 5, id="it waits"),
    ],
)
def test_what_never_ends_is_ended(tmp_path: Path, never: str, processor: int, clock: int) -> None:
    source = RULE.replace("    return 42\n", never)
    found = outcomes(tmp_path, source, RULE, processor=processor, clock=clock)
    assert found == ["survived", "timed out", "survived"]
