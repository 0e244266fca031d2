"""The socket that the doors listen on."""

import asyncio
import socket

from bot.listener import bind


async def test_what_is_written_leaves_at_once_also_without_uvloop() -> None:
    """Else each answer of two pieces waits 40 ms for the peer's acknowledgement of the first."""
    is_prompt = asyncio.get_running_loop().create_future()

    async def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sock = writer.get_extra_info("socket")
        is_prompt.set_result(sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
        writer.close()

    listening = bind("127.0.0.1", 0)
    async with await asyncio.start_server(met, sock=listening):
        _, writer = await asyncio.open_connection(*listening.getsockname())
        assert await is_prompt
        writer.close()
        await writer.wait_closed()
