"""The recipe for a further provider, done: what it writes is clean and keeps the contract."""

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from payments.skeleton.__main__ import BadNameError, write

ROOT = Path(__file__).parents[2]
PARTS = ("bot", "connectors", "handlers", "locales", "payments", "preview", "shop", "tests")
MOST_LINES = 160  # a typical provider, its stand-in and rig included, as formatted
QUICKLY = "kiwi and not postgres and not slow and not break"  # less what takes long here
pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the house, in which nothing has been built yet."""
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")
        shutil.copytree(ROOT / part, tmp_path / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def run(folder: Path, *args: str) -> str:
    """A Python module in that folder, which must come to a good end."""
    done = subprocess.run(
        [sys.executable, "-m", *args], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ruff(folder: Path, *args: str) -> None:
    command = [str(Path(sys.executable).with_name("ruff")), *args]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["kit", "abcdefghijkl"])
def test_what_is_written_is_clean_however_long_its_name(copy: Path, name: str) -> None:
    written = write(name, copy)
    assert [path.name for path in written] == [f"{name}.py"] * 2
    files = [str(path) for path in written]
    ruff(copy, "check", *files)
    ruff(copy, "format", "--check", *files)
    assert sum(len(path.read_text("utf-8").splitlines()) for path in written) <= MOST_LINES


def test_the_recipe_makes_a_provider_that_keeps_the_contract(copy: Path) -> None:
    said = run(copy, "payments.skeleton", "kiwi")
    assert "bot/settings.py   kiwi_api_key" in said
    files = ("payments/kiwi.py", "tests/payments/further/kiwi.py")
    ruff(copy, "check", *files)
    ruff(copy, "format", "--check", *files)
    with suppress(shutil.Error, FileNotFoundError):  # none yet, or `make check` writes it just now
        shutil.copytree(ROOT / ".mypy_cache", copy / ".mypy_cache")  # else it reads stripe anew
    run(copy, "mypy", "--strict", "--explicit-package-bases", *files)
    told = run(
        copy, "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", "-k", QUICKLY, "tests/payments"
    )
    assert " passed" in told
    assert not any(word in told for word in ("skipped", "xfailed", "failed", "no tests ran"))


@pytest.mark.parametrize("name", ["", "ab", "Kiwi", "2pay", "class", "a-b", "../up", "a" * 13])
def test_a_name_that_cannot_be_one_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadNameError):
        write(name, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "payments").mkdir()
    (tmp_path / "payments" / "kiwi.py").write_text("mine", "utf-8")
    with pytest.raises(FileExistsError):
        write("kiwi", tmp_path)
    assert (tmp_path / "payments" / "kiwi.py").read_text("utf-8") == "mine"
