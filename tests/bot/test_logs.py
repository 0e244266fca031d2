"""No secret reaches a log line."""

import json
import logging
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import structlog

from bot.logs import DiscreetFormatter, configure_logs, strike_out


def test_a_secret_is_struck_out_wherever_it_stands() -> None:
    strike = strike_out(["sk_live_planted", "123:planted-token"])
    line = _as_dict(
        strike(
            None,
            "info",
            {
                "event": "calling https://api/bot123:planted-token/getMe",
                "headers": {"authorization": "Bearer sk_live_planted"},
                "count": 3,
            },
        )
    )
    assert "planted" not in json.dumps(line)
    assert line["count"] == 3


def test_a_traceback_is_struck_out_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(["sk_live_planted"], is_plain=False)
    try:
        try:
            raise ValueError("the key sk_live_planted is wrong")  # noqa: TRY301, EM101, TRY003
        except ValueError:
            structlog.get_logger().exception("failed")
        printed = capsys.readouterr().err
    finally:
        structlog.reset_defaults()
    assert "ValueError" in printed
    assert "planted" not in printed


def test_what_a_library_says_of_an_error_nobody_caught_is_struck_out() -> None:
    lines = DiscreetFormatter(["sk_live_planted"])
    try:
        raise ValueError("the key sk_live_planted is wrong")  # noqa: TRY301, EM101, TRY003
    except ValueError:
        record = logging.LogRecord(
            "asyncio",
            logging.ERROR,
            "",
            0,
            "Task of %s failed",
            ("sk_live_planted",),
            sys.exc_info(),
        )
    written = lines.format(record)
    assert written.startswith("ERROR asyncio Task of *** failed")
    assert "ValueError: the key *** is wrong" in written
    assert "sk_live_planted" not in written


def test_a_line_that_a_full_disk_does_not_take_stops_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr("sys.stderr", full)
        configure_logs([], is_plain=False)
        try:
            structlog.get_logger().warning("books_unavailable")
        finally:
            structlog.reset_defaults()
            monkeypatch.undo()
            with suppress(OSError):
                full.close()  # what was never written is still in its hands


def _as_dict(line: object) -> dict[str, object]:
    assert isinstance(line, dict)
    return line
