"""How long a connector that fails is tried."""

from datetime import timedelta

from shop.access.provisioning import CONNECTOR_MINUTES, connector_wait


def test_a_connector_is_tried_after_1_5_15_and_60_minutes_then_given_up() -> None:
    waits = [connector_wait(failures) for failures in range(1, 6)]
    assert waits == [*(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)), None]
    assert len(CONNECTOR_MINUTES) == 4
