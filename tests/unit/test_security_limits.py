"""Who asks too often waits; nobody else does."""

from __future__ import annotations

import pytest

from backend.infrastructure.security.core import ClientLimits


def test_a_client_within_its_limit_proceeds_and_beyond_it_waits() -> None:
    limits = ClientLimits(requests="5/hour")
    assert [limits.admit("192.0.2.1") for _ in range(5)] == [None] * 5
    wait = limits.admit("192.0.2.1")
    assert wait is not None
    assert 1 <= wait <= 3_600


def test_clients_do_not_share_a_limit() -> None:
    limits = ClientLimits(requests="1/hour")
    assert limits.admit("192.0.2.1") is None
    assert limits.admit("192.0.2.1") is not None
    assert limits.admit("192.0.2.2") is None


def test_wrong_keys_have_a_smaller_limit_of_their_own() -> None:
    limits = ClientLimits(failures="3/hour")
    for _ in range(3):
        assert limits.admit("192.0.2.1") is None
        limits.note_failure("192.0.2.1")
    assert limits.admit("192.0.2.1") is not None
    assert limits.admit("192.0.2.2") is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "local", False),
    ],
)
def test_a_host_that_owns_a_network_is_one_client(one: str, other: str, same: bool) -> None:
    limits = ClientLimits(requests="1/hour")
    assert limits.admit(one) is None
    assert (limits.admit(other) is not None) is same
