"""Keys derive from the master key alone, and each serves one purpose."""

from dataclasses import astuple

import pytest

from runtime.base.secrets import Secrets

MASTER = bytes(range(32))


def test_the_same_master_key_gives_the_same_keys() -> None:
    assert Secrets.from_master(MASTER) == Secrets.from_master(MASTER)
    assert Secrets.from_master(MASTER) != Secrets.from_master(bytes(32))


def test_every_purpose_has_a_key_of_its_own() -> None:
    keys = [*astuple(Secrets.from_master(MASTER)), MASTER]
    assert len(set(keys)) == len(keys)
    assert {len(key) for key in keys} == {32}


def test_what_is_derived_stays_the_same_for_ever() -> None:
    """Stored hashes and wrapped keys depend on it."""
    secrets = Secrets.from_master(MASTER)
    assert secrets.tokens.hex().startswith("dd8569f6675eb6bc")
    assert secrets.wrapping.hex().startswith("f211610c2982c1ef")
    assert secrets.hash_token("token").startswith("2201d29a9d1a6747")


def test_a_token_s_hash_does_not_show_the_token_and_depends_on_the_installation() -> None:
    hashed = Secrets.from_master(MASTER).hash_token("secret-token")
    assert len(hashed) == 64
    assert hashed != Secrets.from_master(bytes(32)).hash_token("secret-token")
    assert hashed != Secrets.from_master(MASTER).hash_token("secret-tokem")


def test_its_representation_shows_no_key() -> None:
    secrets = Secrets.from_master(MASTER)
    assert secrets.tokens.hex() not in repr(secrets)
    assert repr(secrets.tokens) not in repr(secrets)


@pytest.mark.parametrize("size", [0, 16, 31, 33])
def test_a_master_key_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Secrets.from_master(bytes(size))
