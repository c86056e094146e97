"""Where carriers find us, and in which language they speak for us."""

from __future__ import annotations

import pytest

from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.spoken_language import spoken_tag


@pytest.mark.parametrize(
    ("base", "webhook", "media"),
    [
        ("https://a.example", "https://a.example/webhook/acme/x", "wss://a.example/ws/telephone/acme"),
        ("https://a.example/", "https://a.example/webhook/acme/x", "wss://a.example/ws/telephone/acme"),
        (
            "https://a.example:8443/v",
            "https://a.example:8443/v/webhook/acme/x",
            "wss://a.example:8443/v/ws/telephone/acme",
        ),
        (
            "http://127.0.0.1:8000",
            "http://127.0.0.1:8000/webhook/acme/x",
            "ws://127.0.0.1:8000/ws/telephone/acme",
        ),
    ],
)
def test_addresses_are_below_the_public_one(base: str, webhook: str, media: str) -> None:
    address = PublicAddress(base, "acme")

    assert address.webhook("x") == webhook
    assert address.media() == media
    assert address.media("ticket") == f"{media}/ticket"


def test_what_is_in_an_address_cannot_lead_elsewhere() -> None:
    address = PublicAddress("https://a.example", "acme")

    assert address.webhook("status", "../x?y#z") == "https://a.example/webhook/acme/status/..%2Fx%3Fy%23z"
    assert address.media("../x?") == "wss://a.example/ws/telephone/acme/..%2Fx%3F"


@pytest.mark.parametrize(
    "base", ["", "a.example", "ftp://a.example", "https://", "https://a.example?x=1", "https://a.example#x"]
)
def test_what_is_no_public_address_is_refused(base: str) -> None:
    with pytest.raises(ValueError, match="public address"):
        PublicAddress(base, "acme")


@pytest.mark.parametrize(
    ("tag", "spoken"),
    [
        ("en", "en-US"),
        ("en-GB", "en-GB"),
        ("en-ZA", "en-US"),
        ("es", "es-ES"),
        ("es-419", "es-MX"),
        ("es-AR", "es-ES"),
        ("de", "en-US"),
    ],
)
def test_a_language_is_spoken_as_near_as_it_can_be(tag: str, spoken: str) -> None:
    assert spoken_tag(Language(tag)) == spoken
