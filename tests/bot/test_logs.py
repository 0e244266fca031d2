"""No secret reaches a log line."""

import json

import pytest
import structlog

from bot.logs import configure_logs, strike_out


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


def _as_dict(line: object) -> dict[str, object]:
    assert isinstance(line, dict)
    return line
