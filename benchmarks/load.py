"""The other side of the wire: keeps so many signed webhooks in flight, and times each answer.

Plain blocking sockets behind one selector, requests made beforehand: on two cores the generator
must not take what it measures.
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import quantiles

from benchmarks.processes import cpu_seconds
from benchmarks.shop_process import Shop

_GOOD = b"HTTP/1.1 200 "
_END = b"\r\n\r\n"  # the shop's answers have no body


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the generator saw; times in seconds.

    `cpu` is the shop's processor time for each order, `own_cpu` the generator's own.
    """

    per_second: float
    p50: float
    p99: float
    cpu: float
    own_cpu: float


def fire(shop: Shop, requests: Sequence[bytes], *, in_flight: int) -> Report:
    """Send them all over `in_flight` kept connections; every answer must be 200."""
    waiting = deque(requests)
    times: list[float] = []
    with selectors.DefaultSelector() as selector:
        lines = [_Line(shop.port) for _ in range(min(in_flight, len(requests)))]
        began, cpu, own_cpu = time.perf_counter(), cpu_seconds(shop.pid), time.process_time()
        for line in lines:
            selector.register(line.socket, selectors.EVENT_READ, line)
            line.send(waiting.popleft())
        while len(times) < len(requests):
            for key, _ in selector.select(timeout=30):
                line = key.data
                if line.receive():
                    times.append(line.took)
                    if waiting:
                        line.send(waiting.popleft())
        took = time.perf_counter() - began
        cpu, own_cpu = cpu_seconds(shop.pid) - cpu, time.process_time() - own_cpu
        for line in lines:
            line.socket.close()
    cuts, many = quantiles(times, n=100), len(times)
    return Report(
        per_second=many / took, p50=cuts[49], p99=cuts[98], cpu=cpu / many, own_cpu=own_cpu / many
    )


class _Line:
    """One kept connection with at most one request under way."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._since, self.took, self._answer = 0.0, 0.0, b""

    def send(self, request: bytes) -> None:
        self._since, self._answer = time.perf_counter(), b""
        self.socket.sendall(request)

    def receive(self) -> bool:
        """Read what is there; True once the answer is whole."""
        self._answer += self.socket.recv(65536)
        if not self._answer.endswith(_END):
            assert self._answer, "the shop hung up"
            return False
        self.took = time.perf_counter() - self._since
        assert self._answer.startswith(_GOOD), self._answer
        return True
