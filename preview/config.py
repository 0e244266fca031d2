"""The stand-in's configuration: one frozen value for tests and the command line alike."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["PersonConfig", "PreviewConfig"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonConfig:
    """Someone who has a Telegram account; `role` is only a label on the page."""

    id: int
    name: str
    language: str = "en"
    role: str = ""

    @classmethod
    def parse(cls, text: str) -> PersonConfig:
        """Read `ID:NAME[:LANG[:ROLE]]`; ValueError says what is wrong."""
        number, _, rest = text.partition(":")
        name, _, rest = rest.partition(":")
        language, _, role = rest.partition(":")
        if not number.isdecimal() or not name.strip():
            msg = f"A person is ID:NAME:LANG, for example 1001:Anna:en, not {text!r}."
            raise ValueError(msg)
        return cls(id=int(number), name=name.strip(), language=language or "en", role=role)


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewConfig:
    """The bot, the people around it, and how strict the stand-in is.

    Times are in seconds; `flood` off lifts the message rate limits, for tests and benchmarks.
    """

    token: str = "1000:DEMO"  # noqa: S105 - it opens nothing but this stand-in
    bot_username: str = "demo_shop_bot"
    bot_name: str = "Demo shop"
    people: tuple[PersonConfig, ...] = ()
    clock_url: str | None = None
    flood: bool = True
    checkout_seconds: float = 10.0
    query_seconds: float = 150.0
    retry_unit: float = 1.0

    @property
    def bot_id(self) -> int:
        """The bot's user id, which is the first part of its token."""
        number = self.token.partition(":")[0]
        return int(number) if number.isdecimal() else 1000
