"""`python -m payments.skeleton NAME`: writes a working provider and its stand-in."""

import keyword
import re
import sys
from pathlib import Path

_HERE = Path(__file__).parent
_NAME = re.compile(r"[a-z][a-z0-9]{2,11}")
_FILES = {
    "provider.txt": "payments/{name}.py",
    "rig.txt": "tests/payments/further/{name}.py",
}
_NEXT = """
Written. It passes the contract suite against its own stand-in:

  python -m pytest tests/payments -k {name}

Now make both say what {Name} really says (docs/new-provider.md has the list), and put it in:

  bot/settings.py   {name}_api_key: SecretStr = SecretStr("")
                    {name}_webhook_secret: SecretStr = SecretStr("")
                    {name}_api_url: str = "https://api.{name}.example"  (and in _check_url)
  .env.example      {NAME}_API_KEY, {NAME}_WEBHOOK_SECRET, {NAME}_API_URL, a line each
  bot/assemble/providers.py  a step in Providers.build that makes payments.{name}.{Name}
  bot/assemble/known.py      "{name}" in KNOWN, so that a [[way]] may name it
  handlers/names.py          what people call it, in provider_name
"""


class BadNameError(ValueError):
    """The name cannot be a provider's."""


def write(name: str, root: Path) -> list[Path]:
    """Write the two files below `root`; raises `BadNameError`, or `FileExistsError`."""
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        words = "use 3 to 12 of a-z and 0-9, a letter first"
        raise BadNameError(words)
    written = []
    for template, place in _FILES.items():
        path = root / place.format(name=name)
        text = (_HERE / template).read_text("utf-8")
        text = text.replace("@Name@", name.title()).replace("@name@", name)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
        written.append(path)
    return written


def main() -> None:
    """Write the files, and say what to do next."""
    try:
        [name] = sys.argv[1:]
        for path in write(name, Path.cwd()):
            print(path)  # noqa: T201 - a command line
    except (ValueError, OSError) as error:
        sys.exit(f"python -m payments.skeleton NAME: {error}")
    print(_NEXT.format(name=name, Name=name.title(), NAME=name.upper()))  # noqa: T201 - the same


if __name__ == "__main__":
    main()
