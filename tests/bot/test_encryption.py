"""Secrets at rest."""

import pytest

from bot.encryption import FernetVault, derive
from shop.ports import SealBrokenError


def test_what_is_sealed_comes_back_and_does_not_show() -> None:
    vault = FernetVault("a key of the owner")
    sealed = vault.seal(b"open sesame")
    assert b"sesame" not in sealed
    assert vault.unseal(sealed) == b"open sesame"


def test_a_rotated_key_still_opens_what_the_old_one_sealed() -> None:
    sealed = FernetVault("the old key").seal(b"open sesame")
    assert FernetVault("the new key, the old key").unseal(sealed) == b"open sesame"


def test_another_key_gets_one_sentence() -> None:
    sealed = FernetVault("the old key").seal(b"open sesame")
    with pytest.raises(SealBrokenError, match="SECRET_KEY"):
        FernetVault("the new key").unseal(sealed)


def test_each_purpose_has_a_key_of_its_own() -> None:
    assert derive("one secret", "vault") != derive("one secret", "sandbox")
