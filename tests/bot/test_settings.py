"""Settings: what owners write, and the sentence they get when it is wrong."""

from pathlib import Path

import pytest

from bot.settings import Settings, load_settings
from shop.core.errors import BadInputError


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_an_empty_environment_gives_the_documented_defaults() -> None:
    settings = load_settings()
    assert settings.telegram_api_url == "https://api.telegram.org"
    assert settings.listen == "127.0.0.1:8080"
    assert settings.address == "http://127.0.0.1:8080"
    assert not settings.stars


def test_the_example_file_names_every_setting_and_no_other() -> None:
    example = Path(__file__).parents[2] / ".env.example"
    lines = [line.lstrip("#") for line in example.read_text("utf-8").splitlines() if "=" in line]
    names = {line.split("=", 1)[0] for line in lines if line.split("=", 1)[0].isupper()}
    assert names == {name.upper() for name in Settings.model_fields}


def test_the_example_file_can_be_copied_as_it_is(tmp_path: Path) -> None:
    example = Path(__file__).parents[2] / ".env.example"
    (tmp_path / ".env").write_text(example.read_text("utf-8"), "utf-8")
    assert load_settings().telegram_mode == "polling"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("STAFF_IDS", "12,bob", "STAFF_IDS: must be Telegram user ids"),
        ("LISTEN", "8080", "LISTEN: must be HOST:PORT, such as"),
        ("LISTEN", "127.0.0.1:99999", "LISTEN: must be HOST:PORT with a port up to 65535"),
        ("PUBLIC_URL", "shop.example", "PUBLIC_URL: must be a whole address"),
        ("TELEGRAM_MODE", "pigeon", "TELEGRAM_MODE: must be polling or webhook"),
        ("TELEGRAM_MODE", "webhook", "TELEGRAM_WEBHOOK_SECRET: is needed"),
        ("STRIPE_TAX_CODE", "1", "STRIPE_TAX_CODE: must be a code of Stripe's"),
        ("TELEGRAM_WEBHOOK_SECRET", "no spaces", "TELEGRAM_WEBHOOK_SECRET: may hold only"),
        ("STARS", "perhaps", "STARS: must be on or off"),
        ("BASE_CURRENCY", "euro", "BASE_CURRENCY: must be a code of ISO 4217"),
    ],
)
def test_a_malformed_setting_stops_the_start_and_is_named(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(BadInputError) as caught:
        load_settings()
    assert caught.value.sentence.startswith(says)


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("STRIPE_SECRET=sk_live_x\n", "utf-8")
    with pytest.raises(BadInputError, match="STRIPE_SECRET: is not a setting"):
        load_settings()


def test_an_error_never_shows_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "planted secret")
    with pytest.raises(BadInputError) as caught:
        load_settings()
    assert "planted" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_staff_ids_are_read_from_a_list_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAFF_IDS", " 7, 8 ,")
    assert load_settings().staff_ids == (7, 8)


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_planted")
    settings = load_settings()
    assert "planted" not in repr(settings)
    assert "sk_live_planted" in settings.secrets()


def test_each_of_two_secrets_is_one_and_so_is_the_password_of_the_books(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TELEGRAM_WEBHOOK_SECRET", "new-secret, old-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://shop:p%40ssword@db.example/shop")
    found = load_settings().secrets()
    assert {"new-secret", "old-secret", "p%40ssword", "p@ssword"} <= set(found)
