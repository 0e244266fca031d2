"""Makes usernames and passwords; the media server asks the shop who may watch."""

import hashlib
import hmac
import secrets
from urllib.parse import quote

from shop.ports import Account, AccountOrder, Credentials

# Typed on a remote control, often read from another screen: no characters that look alike
# (l 1 i, o 0, s 5, z 2, b 6 8, g q 9, v u), and syllables that can be spoken.
_CONSONANTS = "cdfhjkmnprtwx"
_VOWELS = "aeu"
_DIGITS = "23456789"


class GeneratedConnector:
    """Derives credentials from the account's own secret; no other system is called.

    `playlist_url` is the address customers enter, with `{token}` where the account's secret
    goes; "" when there is none. Suspending and ending need nothing here: whoever serves the
    streams asks the books (`shop.access.may`).
    """

    name = "generated"
    books_answer = True

    def __init__(self, *, playlist_url: str) -> None:
        """Remember the address."""
        self._playlist_url = playlist_url

    async def create(self, order: AccountOrder) -> Account:
        """Make credentials; the same account always gets the same ones."""
        known = order.credentials
        seed = _seed(order.token)
        made = Credentials(
            username=known.username if known else _username(seed),
            password=known.password if known else _password(seed),
            url=self._address(order),
        )
        return Account(external_id=made.username, credentials=made)

    async def suspend(self, order: AccountOrder) -> Account:
        """Nothing to do: the books answer who may watch."""
        return Account(external_id=order.external_id)

    async def resume(self, order: AccountOrder) -> Account:
        """Nothing to do: the account keeps its credentials."""
        if not order.external_id:
            return await self.create(order)
        return Account(external_id=order.external_id)

    async def terminate(self, order: AccountOrder) -> Account:
        """Nothing to do: the books answer who may watch."""
        return Account(external_id=order.external_id)

    async def change(self, order: AccountOrder) -> Account:
        """Nothing to do: screens and end dates are in the books."""
        return Account(external_id=order.external_id)

    async def rotate(self, order: AccountOrder) -> Account:
        """Make a new password; the name stays, the address follows the account's secret."""
        seed = _seed(secrets.token_urlsafe())
        name = order.credentials.username if order.credentials else _username(seed)
        made = Credentials(username=name, password=_password(seed), url=self._address(order))
        return Account(external_id=name, credentials=made)

    def _address(self, order: AccountOrder) -> str:
        return self._playlist_url.replace("{token}", quote(order.token, safe=""))


def _seed(token: str) -> bytes:
    # Derived from the account's secret, so that a retry after a crash makes the same account.
    return hashlib.sha256((token or secrets.token_urlsafe()).encode()).digest()


def _username(seed: bytes) -> str:
    return _speakable(seed, "username", syllables=4, digits=2)  # 27 bits: short, rarely the same


def _password(seed: bytes) -> str:
    return _speakable(seed, "password", syllables=5, digits=4)  # 38 bits, behind an unknown name


def _speakable(seed: bytes, purpose: str, *, syllables: int, digits: int) -> str:
    dice = int.from_bytes(hmac.digest(seed, purpose.encode(), "sha256"))
    inbox_events = ""
    for alphabet in [_CONSONANTS, _VOWELS] * syllables + [_DIGITS] * digits:
        dice, side = divmod(dice, len(alphabet))
        inbox_events += alphabet[side]
    return inbox_events
