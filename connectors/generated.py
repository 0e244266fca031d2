"""Makes a username and a password; whoever serves the streams asks the shop who may watch."""

import hashlib
import hmac
import secrets
from urllib.parse import quote

from shop.ports import Account, AccountOrder, Credentials

# Typed letter by letter on a remote control, often read from another screen: nothing that
# looks like something else (l 1 i, o 0, s 5, z 2, b 6 8, g q 9, v u), and one can say it.
_CONSONANTS = "cdfhjkmnprtwx"
_VOWELS = "aeu"
_DIGITS = "23456789"


class GeneratedConnector:
    """Credentials out of nothing but the account's own secret; no other system is called.

    `playlist_url` is the address customers enter, with `{token}` where the account's secret
    goes; "" when there is none. Suspending and giving up need no act here: every door asks
    the books (`shop.access.may`), and they know.
    """

    name = "generated"
    books_answer = True

    def __init__(self, *, playlist_url: str) -> None:
        """Remember the address."""
        self._playlist_url = playlist_url

    async def create(self, order: AccountOrder) -> Account:
        """Make credentials; the same account gets the same ones again."""
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
        """Nothing to do for an account that was made before."""
        if not order.external_id:
            return await self.create(order)
        return Account(external_id=order.external_id)

    async def terminate(self, order: AccountOrder) -> Account:
        """Nothing to do: the books answer who may watch."""
        return Account(external_id=order.external_id)

    async def change(self, order: AccountOrder) -> Account:
        """Nothing to do: screens and end dates stand in the books."""
        return Account(external_id=order.external_id)

    async def rotate(self, order: AccountOrder) -> Account:
        """Make a new password; the name stays, and the address follows the account's secret."""
        seed = _seed(secrets.token_urlsafe())
        name = order.credentials.username if order.credentials else _username(seed)
        made = Credentials(username=name, password=_password(seed), url=self._address(order))
        return Account(external_id=name, credentials=made)

    def _address(self, order: AccountOrder) -> str:
        return self._playlist_url.replace("{token}", quote(order.token, safe=""))


def _seed(token: str) -> bytes:
    # From the account's secret, so that a try repeated after a crash makes the same account.
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
