"""Planned faults, so that tests can check that a bot survives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

__all__ = ["Fault", "Faults"]


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next `times` calls.

    `status` is an HTTP code, "drop" (not done, no answer), "lost" (done, no answer) or "slow".
    """

    method: str
    status: int | str
    times: int = 1
    retry_after: int = 1
    seconds: float = 1.0
    person: int | None = None
    description: str = ""

    def answer(self) -> dict[str, Any]:
        """Give the error body."""
        words = {
            429: f"Too Many Requests: retry after {self.retry_after}",
            500: "Internal Server Error",
            502: "Bad Gateway",
            403: "Forbidden: bot was blocked by the user",
        }
        code = int(self.status)
        said = self.description or words.get(code, "Bad Request: injected fault")
        body: dict[str, Any] = {"ok": False, "error_code": code, "description": said}
        return body | ({"parameters": {"retry_after": self.retry_after}} if code == 429 else {})  # noqa: PLR2004


@dataclass(slots=True)
class Faults:
    """The faults still to come."""

    planned: list[Fault] = field(default_factory=list)

    def next(self, method: str, *, chat_id: int) -> Fault | None:
        """Take the next fault that matches this call; `*` matches every method."""
        for fault in self.planned:
            fits = fault.method.lower() in {method.lower(), "*"}
            if fault.times > 0 and fits and fault.person in {None, chat_id}:
                fault.times -= 1
                return fault
        return None
