"""Structured logs without secrets: known secret values are removed from every line."""

import logging
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TextIO, cast

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

_SHORTEST = 6


def configure_logs(secrets: Iterable[str], *, is_plain: bool | None = None) -> None:
    """Log to standard error: readable on a terminal, JSON elsewhere."""
    secrets = list(secrets)
    is_for_people = sys.stderr.isatty() if is_plain is None else is_plain
    renderer: Processor = (
        structlog.dev.ConsoleRenderer() if is_for_people else structlog.processors.JSONRenderer()
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            strike_out(secrets),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", _Patient(sys.stderr))),
        cache_logger_on_first_use=True,
    )
    # Libraries log addresses that contain the bot's token, and exceptions that nobody caught
    # arrive through asyncio's logger.
    lines = logging.StreamHandler()
    lines.setFormatter(DiscreetFormatter(secrets))
    logging.basicConfig(level=logging.ERROR, handlers=[lines])
    for name in ("httpx", "httpcore", "telegram", "stripe", "uvicorn"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


class DiscreetFormatter(logging.Formatter):
    """Formats the lines of libraries, without secrets in messages or tracebacks."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the values that must not be shown."""
        super().__init__("%(levelname)s %(name)s %(message)s")
        self._known = _longest_first(secrets)

    def format(self, record: logging.LogRecord) -> str:
        """Format the line, then remove the secrets from all of it."""
        return _without(super().format(record), self._known)


class _Patient:
    """A stream that swallows write errors: a full disk costs log lines, not the shop."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with suppress(OSError):
            self._stream.flush()


def strike_out(secrets: Iterable[str]) -> Processor:
    """A structlog processor that removes every secret from every text of a line."""
    known = _longest_first(secrets)

    def strike(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: _struck(value) for key, value in event.items()}

    def _struck(value: object) -> object:
        if not isinstance(value, str):
            text = str(value)
            return value if not any(secret in text for secret in known) else "***"
        return _without(value, known)

    return strike


def _longest_first(secrets: Iterable[str]) -> list[str]:
    return sorted({text for text in secrets if len(text) >= _SHORTEST}, key=len, reverse=True)


def _without(text: str, known: Iterable[str]) -> str:
    for secret in known:
        text = text.replace(secret, "***")
    return text
