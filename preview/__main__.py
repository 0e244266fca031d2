"""`python -m preview`: the chat page and the Bot API stand-in on one local address."""

from __future__ import annotations

import argparse
import sys
import webbrowser
from contextlib import suppress

import uvicorn

from preview.app import create_app
from preview.config import PersonConfig, PreviewConfig

__all__ = ["main"]

PEOPLE = ("1001:Anna:en", "1002:Bruno:de", "9001:Olga:en:staff")


def main(arguments: list[str] | None = None) -> int:
    """Run until stopped; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        config = PreviewConfig(
            token=options.token,
            bot_username=options.bot_username,
            bot_name=options.bot_name,
            people=tuple(PersonConfig.parse(one) for one in options.person or PEOPLE),
            clock_url=options.clock_url,
            flood=options.flood == "on",
        )
    except ValueError as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    _serve(config, listen=options.listen, browse=options.open)
    return 0


def _serve(config: PreviewConfig, *, listen: str, browse: bool) -> None:
    host, _, port = listen.rpartition(":")
    app = create_app(config, stopping=lambda: server.should_exit)
    settings = uvicorn.Config(
        app,
        host=host or "127.0.0.1",
        port=int(port),
        log_level="warning",
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(settings)
    door = settings.bind_socket()
    door.listen(settings.backlog)  # from here on, connections are accepted
    address = "http://{}:{}".format(*door.getsockname()[:2])
    sys.stdout.write(f"preview ready on {address}\n")
    sys.stdout.flush()
    if browse:
        webbrowser.open(address)
    with suppress(KeyboardInterrupt):  # Ctrl-C is the usual way to stop it
        server.run(sockets=[door])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="preview", description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:8081", help="host:port; port 0 picks one")
    parser.add_argument("--token", default="1000:DEMO", help="the bot's token")
    parser.add_argument("--bot-username", default="demo_shop_bot")
    parser.add_argument("--bot-name", default="Demo shop")
    parser.add_argument("--person", action="append", metavar="ID:NAME:LANG", help="repeatable")
    parser.add_argument("--clock-url", help="where the shop's clock is moved")
    parser.add_argument("--flood", choices=("on", "off"), default="on", help="message rate limits")
    parser.add_argument("--open", action="store_true", help="open the page in a browser")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
