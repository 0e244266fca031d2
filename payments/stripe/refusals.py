"""What Stripe's errors mean: silence, a no about this request or about our key, a card refused.

Source: https://docs.stripe.com/error-codes. The library's own error may quote the key, so what is
made here holds only its words without it.
"""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING

from payments.outgoing import is_silence, reason_without, refusal
from payments.stripe.saved_methods import CardRefusedError
from shop.ports import ProviderError, ProviderSilentError, TooLittleError, TooMuchError

if TYPE_CHECKING:
    import stripe

_BEYOND: Mapping[str, Callable[..., ProviderError]] = {
    "amount_too_small": TooLittleError,
    "amount_too_large": TooMuchError,
}


def trouble_of(error: "stripe.StripeError", secrets: Sequence[str]) -> ProviderError:
    """Any error but a card's."""
    words = reason_without(error.user_message or type(error).__name__, secrets)
    # An error with a success status: the library could not read the answer.
    if is_silence(error.http_status) or error.http_status == HTTPStatus.OK:
        return ProviderSilentError(reason=words)
    beyond = _BEYOND.get(error.code or "")
    return refusal(error.http_status, words) if beyond is None else beyond(reason=words)


def card_refusal_of(error: "stripe.StripeError", secrets: Sequence[str]) -> CardRefusedError:
    """A card that was refused, or is gone."""
    told = error.error.to_dict() if error.error is not None else {}
    intent = told.get("payment_intent")
    codes = [str(told.get(key) or "") for key in ("code", "decline_code")]
    words = reason_without(error.user_message or codes[0], secrets)
    return CardRefusedError(
        reason=words, codes=codes, intent=intent if isinstance(intent, dict) else {}
    )
