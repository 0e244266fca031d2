"""Coinbase API keys: each request carries its own JWT; PyJWT is imported when first used.

Source: https://docs.cdp.coinbase.com/get-started/authentication/jwt-authentication
"""

import binascii
from base64 import b64decode
from collections.abc import Sequence
from datetime import datetime
from secrets import randbelow
from typing import TYPE_CHECKING

from shop.ports import ProviderError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


_LIFETIME = 120  # seconds
_SEED = 32  # bytes; an Ed25519 secret is the seed followed by the public key
_NONCES = 10**16


class CoinbaseKey:
    """One API key: `secret` is base64 of an Ed25519 key, or the PEM of an ECDSA P-256 one."""

    def __init__(self, *, key_id: str, secret: str) -> None:
        self._key_id = key_id
        self._secret = secret
        self._signer: tuple[str, Ed25519PrivateKey | EllipticCurvePrivateKey] | None = None

    def token(self, claims: Sequence[str], *, now: datetime) -> str:
        """Sign a token for these `METHOD host/path` (no scheme, no query), good for 120 s."""
        import jwt

        if self._signer is None:
            self._signer = self._load()
        algorithm, key = self._signer
        stamp = int(now.timestamp())
        return jwt.encode(
            {
                "sub": self._key_id,
                "iss": "cdp",
                "aud": None,
                "nbf": stamp,
                "exp": stamp + _LIFETIME,
                "uris": list(claims),
            },
            key,
            algorithm=algorithm,
            headers={"kid": self._key_id, "nonce": f"{randbelow(_NONCES):016d}"},
        )

    def _load(self) -> "tuple[str, Ed25519PrivateKey | EllipticCurvePrivateKey]":
        from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            if "-----BEGIN" not in self._secret:
                seed = b64decode(self._secret, validate=True)[:_SEED]
                return "EdDSA", Ed25519PrivateKey.from_private_bytes(seed)
            # In environment files, the line ends of a PEM are often written as \n.
            key = load_pem_private_key(self._secret.replace("\\n", "\n").encode(), None)
        except (ValueError, TypeError, binascii.Error):
            key = None
        if not isinstance(key, EllipticCurvePrivateKey):
            raise ProviderError(reason="its API key in the settings is malformed")
        return "ES256", key
