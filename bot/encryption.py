"""Secrets at rest (law 13): Fernet under SECRET_KEY, whose keys can be rotated."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shop.ports import DecryptionError


def derive(secret: str, purpose: str) -> bytes:
    """Derive 32 bytes for one purpose from a secret of the environment."""
    kdf = HKDF(algorithm=SHA256(), length=32, salt=b"telekiosk", info=purpose.encode())
    return kdf.derive(secret.encode())


class FernetEncryption:
    """Encrypts with the first key of SECRET_KEY, decrypts with any of them."""

    def __init__(self, secret_key: str) -> None:
        """Take one key, or several separated by commas, the newest first."""
        keys = [key.strip() for key in secret_key.split(",") if key.strip()]
        self._fernet = MultiFernet(
            [Fernet(base64.urlsafe_b64encode(derive(key, "vault"))) for key in keys]
        )

    def encrypt(self, secret: bytes) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(secret)

    def decrypt(self, encrypted: bytes) -> bytes:
        """Decrypt; raises `DecryptionError` when no key fits."""
        try:
            return self._fernet.decrypt(encrypted)
        except InvalidToken as error:
            raise DecryptionError from error
