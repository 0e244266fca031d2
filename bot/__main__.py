"""The command line: run, demo, doctor, migrate and catalog."""

import asyncio
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from shop.core.errors import ShopError

app = typer.Typer(
    help="A subscription shop that lives in a Telegram chat.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
catalog_app = typer.Typer(help="Check, apply or export the catalog.", no_args_is_help=True)
app.add_typer(catalog_app, name="catalog")
CatalogFile = Annotated[Path | None, typer.Option("--catalog", help="The catalog to start from.")]


@app.command()
def run() -> None:
    """Open the shop on Telegram."""
    from bot.assemble import assemble
    from bot.logs import configure_logs
    from bot.process import run_shop
    from bot.settings import load_settings

    settings = load_settings()
    if not settings.telegram_bot_token.get_secret_value():
        _stop("TELEGRAM_BOT_TOKEN: is missing; @BotFather gives you one")
    if settings.telegram_mode == "webhook" and not settings.telegram_webhook_secret:
        _stop("TELEGRAM_WEBHOOK_SECRET: is needed when TELEGRAM_MODE is webhook")
    configure_logs(settings.secrets())
    parts = assemble(settings)
    loudly = lambda: print(f"listening on {settings.listen}", flush=True)  # noqa: E731, T201
    _go(run_shop(parts, on_ready=loudly))


@app.command()
def demo(  # noqa: PLR0917 - one parameter an option
    catalog: CatalogFile = None,
    port: Annotated[int, typer.Option(help="Where the shop listens.")] = 8080,
    preview_port: Annotated[int, typer.Option(help="Where the chat page is.")] = 8081,
    folder: Annotated[Path, typer.Option(help="Where the demo's books lie.")] = Path("demo"),
    is_fresh: Annotated[bool, typer.Option("--fresh", help="Forget earlier demos.")] = False,  # noqa: FBT002 - a flag
    opens: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,  # noqa: FBT002 - a flag
) -> None:
    """Try the shop in the browser: no token, no keys, no internet."""
    from bot.demo import Demo

    _go(
        Demo(
            catalog=catalog,
            port=port,
            preview_port=preview_port,
            folder=folder,
            is_fresh=is_fresh,
            opens=opens,
        ).run()
    )


@app.command()
def migrate() -> None:
    """Bring the books to this version's schema."""
    from bot.settings import load_settings
    from shop.books.opening import storage_at

    async def go() -> None:
        storage = storage_at(load_settings().database_url.get_secret_value())
        applied = await storage.open()
        await storage.close()
        print("\n".join(applied) if applied else "The books are up to date.")  # noqa: T201

    _go(go())


@app.command()
def doctor() -> None:
    """Try every setting, token, key, clock and path, and say what to do."""
    from bot.doctor import examine

    if not asyncio.run(examine()):
        raise typer.Exit(1)


@catalog_app.command("check")
def catalog_check(file: Path) -> None:
    """Read a catalog file and say what is wrong with it."""
    from bot.catalog_commands import check

    _go(check(file))


@catalog_app.command("apply")
def catalog_apply(
    file: Path,
    is_sure: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,  # noqa: FBT002 - a flag
) -> None:
    """Show what a catalog file would change, then change it."""
    from bot.catalog_commands import apply

    _go(apply(file, is_sure=is_sure))


@catalog_app.command("export")
def catalog_export(file: Annotated[Path | None, typer.Argument()] = None) -> None:
    """Write the catalog in force to a file, or to the terminal."""
    from bot.catalog_commands import export

    _go(export(file))


def _go(work: Coroutine[Any, Any, None]) -> None:
    """Run; an expected error is one clear line, not a traceback."""
    import uvloop

    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work)
    except ShopError as error:
        _stop(error.sentence)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def _stop(line: str) -> None:
    sys.stderr.write(line + "\n")
    raise SystemExit(2)


def main() -> None:
    """Run the command line; wrong settings stop it with a line that names them."""
    try:
        app()
    except ShopError as error:
        _stop(error.sentence)


if __name__ == "__main__":
    main()
