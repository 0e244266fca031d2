"""Takes a wing off, and sees that the shop still opens and sells.

`python -m tests.architecture.without` does it for each wing on which no other stands: its folders
of the same name in shop/, handlers/ and tests/ go, and its lines where the doors are put together.
"""

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
COMES_OFF = ("desk",)
STAYS = {
    "storefront": "it is what a customer looks at: without it nobody finds a plan to buy",
    "checkout": "it is the sale itself: without it no order is opened",
    "owner_file": "the process starts from it: its choices are the policy every wing is asked by",
}
"""Wings on which no other wing stands, and which would not come off all the same."""
ASSEMBLED = (
    "handlers/customer/routes.py",
    "handlers/staff/routes.py",
    "handlers/customer/notices.py",
    "handlers/staff/notices.py",
)
SALES = ("tests/stories/test_purchase.py", "tests/stories/test_wallet.py")


def wings() -> list[str]:
    """The wings there are, from the top to the ground, as the contract in pyproject lists them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    layers = next(one["layers"] for one in contracts["contracts"] if one.get("exhaustive"))
    return [name for name in layers if (ROOT / "shop" / name).is_dir()]


def nothing_stands_on() -> set[str]:
    """The wings that no other wing imports."""
    graph = grimp.build_graph("shop")
    stood_on = {
        imported.split(".")[1]
        for importer in graph.modules
        for imported in graph.find_modules_directly_imported_by(importer)
        if imported.count(".") and imported.split(".")[1] != importer.split(".")[1]
    }
    return set(wings()) - stood_on


def main() -> None:
    """Take each off in a copy of the house, and play what is left."""
    for wing in sys.argv[1:] or COMES_OFF:
        with tempfile.TemporaryDirectory() as folder:
            house = Path(folder)
            copy(house)
            own = list(take_off(house, wing))
            print(f"{wing}: gone with it: {', '.join(own)}")  # noqa: T201 - a command
            try_house(house)
    for wing, why in STAYS.items():
        print(f"{wing} would not come off: {why}.")  # noqa: T201 - the same


def copy(house: Path) -> None:
    """Every file that git knows or would take."""
    listed = _run(ROOT, "git", "ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (house / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, house / name)


def take_off(house: Path, wing: str) -> Iterator[str]:
    """Remove the wing's folders, its lines in assembly, and the tests that are about it."""
    for folder in ("shop", "handlers/customer", "handlers/staff", "tests"):
        if (house / folder / wing).is_dir():
            shutil.rmtree(house / folder / wing)
            yield f"{folder}/{wing}/"
    for name in (*ASSEMBLED, "pyproject.toml"):
        _drop_lines(house / name, rf'\b{wing}\b|^\s*"{wing}",$')
    about = re.compile(rf"\b(shop|handlers\.(customer|staff))\.{wing}\b")
    for path in sorted((house / "tests").rglob("*.py")):
        if about.search(path.read_text("utf-8")):
            path.unlink()
            yield str(path.relative_to(house))


def try_house(house: Path) -> None:
    """Imports and types hold, the shop opens and sells, and the other wings' tests pass."""
    python = str(Path(sys.executable))
    tools = Path(sys.executable).parent
    _run(house, str(tools / "lint-imports"), "--no-cache")
    _run(house, python, "-m", "mypy", "bot", "handlers", "payments", "connectors", "shop")
    left = [f"tests/{name}" for name in wings() if (house / "tests" / name).is_dir()]
    found = _run(house, python, "-m", "pytest", "-q", "-n", "2", *SALES, *left)
    print(found.strip().splitlines()[-1])  # noqa: T201 - pytest's own closing line


def _drop_lines(path: Path, pattern: str) -> None:
    lines = path.read_text("utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not re.search(pattern, line)), "utf-8")


def _run(where: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=where, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}:\n{done.stdout[-4000:]}{done.stderr[-4000:]}")
    return done.stdout


if __name__ == "__main__":
    main()
