"""What Telnyx signed just now is believed, and nothing else."""

from __future__ import annotations

from base64 import b64encode, urlsafe_b64encode

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.errors import ConfigurationError
from backend.infrastructure.adapters.telephony.telnyx.telnyx_signature import is_signed, public_key_of

# RFC 8032, section 7.1, TEST 1: a key that is published.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
PUBLIC = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
KEY = Ed25519PrivateKey.from_private_bytes(SEED)

# Made with that key, outside of this code, by ``openssl pkeyutl -sign -rawin``.
BODY = b'{"data":{"event_type":"call.initiated"}}'
NOW = 1_763_800_000
TIMESTAMP = str(NOW)
SIGNATURE = "bTPQU91vyVK7WU4F44SiczPL/HGGgzM4VWEPuJjuOknrP3wqCpE5oJnbJtYcqHaHhnVGs9N5tW8Pux/CQY3UDQ=="


def signed(
    *,
    key: bytes = PUBLIC,
    signature: str = SIGNATURE,
    timestamp: str = TIMESTAMP,
    body: bytes = BODY,
    now_s: float = NOW,
) -> bool:
    return is_signed(key, signature=signature, timestamp=timestamp, body=body, now_s=now_s)


def test_what_telnyx_signed_is_believed_for_five_minutes_either_way() -> None:
    assert signed()
    assert signed(now_s=NOW + 300)
    assert signed(now_s=NOW - 300)
    assert not signed(now_s=NOW + 300.1)
    assert not signed(now_s=NOW - 300.1)


@pytest.mark.parametrize(
    "forged",
    [
        signed(signature=""),
        signed(timestamp=""),
        signed(timestamp=str(NOW + 1)),
        signed(timestamp=f" {NOW}"),
        signed(timestamp=f"{NOW}.0"),
        signed(timestamp=f"-{NOW}"),
        signed(timestamp="١٧٦٣٨٠٠٠٠٠"),
        signed(timestamp="9" * 5_000),
        signed(body=BODY + b" "),
        signed(body=b""),
        signed(body=BODY.replace(b"i", b"I", 1)),
        signed(key=Ed25519PrivateKey.generate().public_key().public_bytes_raw()),
        signed(key=b""),
        signed(key=PUBLIC[:-1]),
        signed(signature=SIGNATURE[:-4]),
        signed(signature=SIGNATURE.swapcase()),
        signed(signature=f"{SIGNATURE}\n"),
        signed(signature="ñ"),
        signed(signature=b64encode(KEY.sign(BODY)).decode()),
        signed(signature=urlsafe_b64encode(bytes(range(192, 256))).decode()),
    ],
)
def test_nothing_else_is(forged: bool) -> None:
    assert not forged


@given(st.binary(max_size=64), st.text(max_size=20), st.text(max_size=100), st.binary(max_size=40))
def test_no_request_makes_it_fail(body: bytes, timestamp: str, signature: str, key: bytes) -> None:
    assert not signed(body=body, timestamp=timestamp, signature=signature, key=key)


@given(st.binary(max_size=200), st.integers(0, 10**12 - 1))
def test_whatever_it_signs_is_believed(body: bytes, at: int) -> None:
    signature = b64encode(KEY.sign(b"%d|%s" % (at, body))).decode()

    assert signed(body=body, timestamp=str(at), signature=signature, now_s=at)


def test_the_public_key_is_taken_as_the_portal_shows_it() -> None:
    spki = bytes.fromhex("302a300506032b6570032100") + PUBLIC

    assert public_key_of(f" {b64encode(PUBLIC).decode()}\n") == PUBLIC
    assert public_key_of(b64encode(spki).decode()) == PUBLIC


@pytest.mark.parametrize("text", ["", "not base64!", b64encode(PUBLIC[1:]).decode(), PUBLIC.hex(), "ñ"])
def test_what_is_no_public_key_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        public_key_of(text)
