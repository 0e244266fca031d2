"""What every test gets: no way out of this machine, a fuzzing profile, the databases."""

import ipaddress
import shutil
import socket
import ssl
from collections.abc import Iterator
from typing import Any, TypeAlias

import httpx
import pytest
from hypothesis import settings

from tests.fixtures.books import books_url, storage
from tests.fixtures.postgres import postgres_server, postgres_url

__all__ = ["books_url", "postgres_server", "postgres_url", "storage"]

Address: TypeAlias = tuple[str, int] | str | bytes  # a pair is the network, the rest is Unix

# A slow moment of a shared machine is no bug; the test's own timeout stays.
settings.register_profile("house", deadline=None)
settings.load_profile("house")
# The same examples each time: whether a mutant is caught is no matter of luck.
settings.register_profile(
    "mutants", max_examples=50, derandomize=True, database=None, deadline=None
)
settings.register_profile("fuzz", max_examples=2_000, deadline=None, print_blob=True)


class OutsideWorldError(Exception):
    """A test tried to reach another machine; only loopback and Unix sockets are open to tests."""


@pytest.fixture(scope="session", autouse=True)
def _only_this_machine() -> Iterator[None]:
    connect, connect_ex, resolve = (
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.getaddrinfo,
    )

    def guarded_connect(sock: socket.socket, address: Address) -> None:
        refuse_outside(address[0] if isinstance(address, tuple) else None)
        connect(sock, address)

    def guarded_connect_ex(sock: socket.socket, address: Address) -> int:
        refuse_outside(address[0] if isinstance(address, tuple) else None)
        return connect_ex(sock, address)

    def guarded_resolve(
        host: bytes | str | None, port: bytes | str | int | None, *args: int, **kwargs: int
    ) -> object:
        refuse_outside(host)
        return resolve(host, port, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


@pytest.fixture(scope="session", autouse=True)
def _certificates_read_once() -> Iterator[None]:
    """Reading this machine's certificates costs 0.02 s, and every client of httpx does it anew."""
    read, kept = httpx.create_ssl_context, httpx.create_ssl_context()

    def lent(
        verify: ssl.SSLContext | str | bool = True,  # noqa: FBT001, FBT002 - httpx' own signature
        cert: Any = None,  # noqa: ANN401 - passed through
        trust_env: bool = True,  # noqa: FBT001, FBT002 - httpx' own signature
    ) -> ssl.SSLContext:
        if verify is True and cert is None:
            return kept
        return read(verify=verify, cert=cert, trust_env=trust_env)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("httpx._transports.default.create_ssl_context", lent)
        yield


def refuse_outside(host: bytes | str | None) -> None:
    """Raise unless `host` is this machine, by address or by the name every machine has."""
    name = host.decode() if isinstance(host, bytes) else host
    if name in {None, "", "localhost"} or _is_local(str(name)):
        return
    raise OutsideWorldError(name)


def _is_local(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return ip.is_loopback or ip.is_unspecified


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return where the system's Chromium is, for playwright's `executable_path`."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium here, so the browser tests do not run: apt-get install chromium")
