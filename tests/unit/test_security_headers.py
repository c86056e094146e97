"""What a browser is told it may do."""

from __future__ import annotations

import pytest

from backend.infrastructure.security.headers import content_security_policy


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split("; "))}


def test_scripts_come_from_the_server_itself_and_never_inline() -> None:
    policy = directives(content_security_policy("voice.example", is_secure=True))
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == policy["object-src"] == policy["base-uri"] == ["'none'"]
    assert "unsafe" not in content_security_policy("voice.example", is_secure=True)


@pytest.mark.parametrize(
    ("host", "is_secure", "expected"),
    [
        ("voice.example", True, "wss://voice.example"),
        ("127.0.0.1:8000", False, "ws://127.0.0.1:8000"),
        ("[::1]:8000", False, "ws://[::1]:8000"),
    ],
)
def test_sockets_may_be_opened_to_the_pages_own_origin_only(
    host: str, is_secure: bool, expected: str
) -> None:
    policy = directives(content_security_policy(host, is_secure=is_secure))
    assert policy["connect-src"] == ["'self'", expected]


@pytest.mark.parametrize("host", ["", "evil; script-src *", "a b", "host\r\nx: y", "*", "[::1", "h:999999"])
def test_a_host_header_cannot_write_into_the_policy(host: str) -> None:
    assert directives(content_security_policy(host, is_secure=False))["connect-src"] == ["'self'"]
