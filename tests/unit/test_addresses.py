"""Addresses, regions and keys: what is taken, and that what is refused is not repeated."""

from __future__ import annotations

import pytest

from backend.infrastructure.config.addresses import (
    HTTP_OR_WEBSOCKET,
    checked_region,
    checked_url,
    is_key,
)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://api.example.com/v1/", "https://api.example.com/v1"),
        ("http://127.0.0.1:11434/v1", "http://127.0.0.1:11434/v1"),
        ("http://[::1]:8080", "http://[::1]:8080"),
    ],
)
def test_an_address_is_scheme_host_port_and_path(url: str, kept: str) -> None:
    assert checked_url(url) == kept


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://hunter2.example",
        "wss://hunter2.example",
        "https://",
        "https://:443",
        "https://user:hunter2@api.example.com",
        "https://hunter2@api.example.com",
        "https://api.example.com/?key=hunter2",
        "https://api.example.com/?",
        "https://api.example.com/#hunter2",
        "https://api.example.com#",
        "https://hunter2.example\\@evil.example",
        "https://api.example.com:hunter2",
        "https://api.example.com:0",
        "https://[hunter2",
        "https://hunter2.example/ v1",
        "https://hunter2.example/v1\n",
        "https://hunter2.exämple",
    ],
)
def test_what_is_more_or_less_than_an_address_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ValueError, match=r"^this must be an address such as https://") as raised:
        checked_url(url)
    assert "hunter2" not in str(raised.value)


def test_some_addresses_may_be_those_of_web_sockets() -> None:
    assert checked_url("wss://a.example", schemes=HTTP_OR_WEBSOCKET) == "wss://a.example"


@pytest.mark.parametrize("region", ["", "west europe", "evil.example/?", "WestEurope", "a" * 41])
def test_a_region_becomes_part_of_a_host_name(region: str) -> None:
    assert checked_region("westeurope2") == "westeurope2"
    with pytest.raises(ValueError, match="a region such as westeurope"):
        checked_region(region)


@pytest.mark.parametrize("key", ["", "hunter2 ", "hunter2\r\nX-Evil: 1", "hünter2", "hunter2" * 100])
def test_a_key_goes_into_a_header(key: str) -> None:
    assert is_key("sk-0123.abc+/=")
    assert not is_key(key)
