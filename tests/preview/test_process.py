"""`python -m preview` as scripts start it: it says when it is ready and leaves when told."""

import signal
import subprocess
import sys
import time

import httpx
import pytest

from preview.__main__ import main
from preview.client import NO_CERTIFICATES


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_announces_itself_and_stops_quietly_in_the_middle_of_a_poll(
    how: signal.Signals,
) -> None:
    command = [sys.executable, "-m", "preview", "--listen", "127.0.0.1:0", "--token", "7:X"]
    command += ["--bot-name", "Kiosk", "--person", "5:Eva:fr", "--flood", "off"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said.startswith("preview ready on http://127.0.0.1:")
        with httpx.Client(
            base_url=said.split()[-1], trust_env=False, verify=NO_CERTIFICATES
        ) as client:
            assert client.get("/bot7:X/getMe").json()["result"]["first_name"] == "Kiosk"
            assert client.get("/_preview/people").json()[0]["name"] == "Eva"
            with pytest.raises(httpx.ReadTimeout):
                client.get("/bot7:X/getUpdates?timeout=50", timeout=0.2)
        began = time.monotonic()
        process.send_signal(how)
        _, complaints = process.communicate(timeout=10)
        assert time.monotonic() - began < 5
        assert complaints == ""


def test_a_malformed_person_stops_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--person", "Anna"]) == 2
    assert "A person is ID:NAME:LANG" in capsys.readouterr().err
