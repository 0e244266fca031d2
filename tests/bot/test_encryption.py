"""Secrets at rest."""

import pytest

from bot.encryption import FernetEncryption, derive
from shop.ports import DecryptionError


def test_what_is_sealed_comes_back_and_does_not_show() -> None:
    encryption = FernetEncryption("a key of the owner")
    encrypted = encryption.encrypt(b"open sesame")
    assert b"sesame" not in encrypted
    assert encryption.decrypt(encrypted) == b"open sesame"


def test_a_rotated_key_still_opens_what_the_old_one_sealed() -> None:
    encrypted = FernetEncryption("the old key").encrypt(b"open sesame")
    assert FernetEncryption("the new key, the old key").decrypt(encrypted) == b"open sesame"


def test_another_key_gets_one_sentence() -> None:
    encrypted = FernetEncryption("the old key").encrypt(b"open sesame")
    with pytest.raises(DecryptionError, match="SECRET_KEY"):
        FernetEncryption("the new key").decrypt(encrypted)


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert derive("one secret", "vault") != derive("one secret", "sandbox")
