"""Reads the environment and .env into one frozen value; a wrong setting stops the start."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import unquote, urlsplit

from pydantic import (
    Field,
    HttpUrl,
    SecretStr,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from shop.core.errors import BadInputError

_URL = TypeAdapter(HttpUrl)
_CODE = r"^[A-Z]{3,5}$"
_HOST_PORT = r"^\[?[A-Za-z0-9.:_-]+\]?:\d{1,5}$"
_MOST_PORT = 65535
_SWITCH = "must be on or off"
# Pydantic's words for these are meant for programmers.
_WORDS = {"bool_parsing": _SWITCH, "bool_type": _SWITCH}
_FORMS = {
    "LISTEN": "must be HOST:PORT, such as 127.0.0.1:8080",
    "BASE_CURRENCY": "must be a code of ISO 4217, such as EUR",
    "STRIPE_TAX_CODE": "must be a code of Stripe's, such as txcd_10402000",
}


class Settings(BaseSettings):
    """Every setting of `.env.example`, in lower case; secrets print as stars."""

    model_config = SettingsConfigDict(
        env_file=".env", env_ignore_empty=True, extra="forbid", frozen=True
    )

    telegram_bot_token: SecretStr = SecretStr("")
    telegram_api_url: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    telegram_webhook_secret: SecretStr = Field(SecretStr(""), validate_default=True)
    staff_ids: Annotated[tuple[int, ...], NoDecode] = ()
    database_url: SecretStr = SecretStr("sqlite:///telekiosk.db")
    public_url: str = ""
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    listen: str = Field("127.0.0.1:8080", pattern=_HOST_PORT)
    secret_key: SecretStr = SecretStr("")
    shop_name: str = ""
    base_currency: str = Field("EUR", pattern=_CODE)
    catalog: Path | None = None
    stars: bool = False
    sandbox: bool = False
    transfer_details: str = ""
    telegram_provider_token: SecretStr = SecretStr("")

    stripe_secret_key: SecretStr = SecretStr("")
    stripe_webhook_secret: SecretStr = SecretStr("")
    stripe_api_url: str = "https://api.stripe.com"
    stripe_tax_ids: bool = False
    stripe_automatic_tax: bool = False
    stripe_managed_payments: bool = False
    stripe_tax_code: str = Field("", pattern=r"^(txcd_\d{8})?$")

    coinbase_key_id: str = ""
    coinbase_key_secret: SecretStr = SecretStr("")
    coinbase_webhook_secret: SecretStr = SecretStr("")
    coinbase_api_url: str = "https://business.coinbase.com"

    coinbase_commerce_api_key: SecretStr = SecretStr("")
    coinbase_commerce_webhook_secret: SecretStr = SecretStr("")
    coinbase_commerce_api_url: str = "https://api.commerce.coinbase.com"

    btcpay_url: str = ""
    btcpay_api_key: SecretStr = SecretStr("")
    btcpay_store_id: str = ""
    btcpay_webhook_secret: SecretStr = SecretStr("")

    cryptopay_token: SecretStr = SecretStr("")
    cryptopay_api_url: str = "https://pay.crypt.bot"

    nowpayments_api_key: SecretStr = SecretStr("")
    nowpayments_ipn_secret: SecretStr = SecretStr("")
    nowpayments_api_url: str = "https://api.nowpayments.io"

    @field_validator("staff_ids", mode="before")
    @classmethod
    def _read_ids(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pieces = [piece.strip() for piece in value.split(",") if piece.strip()]
        if not all(piece.isascii() and piece.isdigit() for piece in pieces):
            message = "must be Telegram user ids (numbers) separated by commas"
            raise ValueError(message)
        return tuple(int(piece) for piece in pieces)

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _read_networks(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        pieces = [piece.strip() for piece in value.split(",") if piece.strip()]
        try:
            return tuple(str(ip_network(piece)) for piece in pieces)
        except ValueError as error:
            message = "must be addresses or networks like 10.0.0.0/8, separated by commas"
            raise ValueError(message) from error

    @field_validator("listen")
    @classmethod
    def _check_port(cls, value: str) -> str:
        if not 0 <= int(value.rpartition(":")[2]) <= _MOST_PORT:
            message = "must be HOST:PORT with a port up to 65535"
            raise ValueError(message)
        return value

    @field_validator(
        "telegram_api_url",
        "public_url",
        "stripe_api_url",
        "coinbase_api_url",
        "coinbase_commerce_api_url",
        "btcpay_url",
        "cryptopay_api_url",
        "nowpayments_api_url",
    )
    @classmethod
    def _check_url(cls, value: str) -> str:
        if value:
            try:
                _URL.validate_python(value)
            except ValidationError as error:
                message = "must be a whole address, such as https://shop.example"
                raise ValueError(message) from error
        return value.rstrip("/")

    @field_validator("telegram_webhook_secret")
    @classmethod
    def _check_telegram_secret(cls, value: SecretStr, info: ValidationInfo) -> SecretStr:
        texts = several(value)
        if not texts and info.data.get("telegram_mode") == "webhook":
            message = "is needed with TELEGRAM_MODE=webhook; without it POST /telegram is closed"
            raise ValueError(message)
        if not all(c.isascii() and (c.isalnum() or c in "_-") for text in texts for c in text):
            message = "may hold only A-Z, a-z, 0-9, _ and -; two are separated by a comma"
            raise ValueError(message)
        return value

    @property
    def host(self) -> str:
        """Where the web server listens."""
        return self.listen.rpartition(":")[0].strip("[]")

    @property
    def port(self) -> int:
        """The port it listens on; 0 lets the system choose."""
        return int(self.listen.rpartition(":")[2])

    @property
    def address(self) -> str:
        """Our address for the outside: PUBLIC_URL, or where we listen."""
        return self.public_url or f"http://{self.listen}"

    def secrets(self) -> list[str]:
        """Every secret that is set, so that the log can leave it out."""
        found = []
        for name in type(self).model_fields:
            value = getattr(self, name)
            if isinstance(value, SecretStr) and value:
                found += [value.get_secret_value(), *several(value)]
        password = urlsplit(self.database_url.get_secret_value()).password
        return [*found, password, unquote(password)] if password else found


def several(secret: SecretStr) -> tuple[str, ...]:
    """Split a secret by commas: during a rotation there are two, the new one first."""
    pieces = (piece.strip() for piece in secret.get_secret_value().split(","))
    return tuple(piece for piece in pieces if piece)


def load_settings(**given: object) -> Settings:
    """Read the environment and .env; raises `BadInputError` naming each wrong setting."""
    try:
        return Settings(**given)  # type: ignore[arg-type]  # pydantic checks them
    except ValidationError as error:
        lines = []
        for problem in error.errors(include_input=False, include_url=False):
            name = "_".join(str(piece) for piece in problem["loc"][:1]).upper()
            what = _said_of(problem, name)
            lines.append(f"{name}: {what}")
        raise BadInputError(reason="\n".join(lines)) from None


def _said_of(problem: ErrorDetails, name: str) -> str:
    match problem["type"]:
        case "extra_forbidden":
            return "is not a setting"
        case "string_pattern_mismatch":
            return _FORMS[name]
        case "literal_error":
            return f"must be {problem['ctx']['expected']}".replace("'", "")
    return _WORDS.get(problem["type"], problem["msg"].removeprefix("Value error, "))
