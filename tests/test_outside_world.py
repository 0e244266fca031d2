import asyncio
import socket

import pytest

from tests.conftest import OutsideWorldError


def test_a_test_cannot_connect_to_another_machine() -> None:
    with socket.socket() as sock, pytest.raises(OutsideWorldError, match=r"192\.0\.2\.1"):
        sock.connect(("192.0.2.1", 80))


def test_a_test_cannot_look_up_another_machine() -> None:
    with pytest.raises(OutsideWorldError, match=r"api\.telegram\.org"):
        socket.getaddrinfo("api.telegram.org", 443)


async def test_asyncio_is_held_back_too() -> None:
    with pytest.raises(OutsideWorldError, match=r"192\.0\.2\.1"):
        await asyncio.open_connection("192.0.2.1", 80)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_this_machine_stays_reachable(host: str) -> None:
    server = await asyncio.start_server(lambda _reader, writer: writer.close(), host, 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection(host, port)
        assert await reader.read() == b""
        writer.close()
        await writer.wait_closed()
