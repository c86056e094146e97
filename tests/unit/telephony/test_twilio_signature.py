"""What Twilio signed is believed, and nothing else.

``VICTORIA_SIGNATURES=all`` tries a hundred thousand random requests instead of two thousand.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final
from urllib.parse import quote, quote_plus, urlencode

import pytest
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from backend.infrastructure.adapters.telephony.twilio.twilio_signature import (
    FORM,
    form_fields,
    is_signed_request,
    is_signed_upgrade,
)

REQUESTS: Final = 100_000 if os.environ.get("VICTORIA_SIGNATURES") == "all" else 2_000

# The example of https://www.twilio.com/docs/usage/webhooks/webhooks-security, whose validator's tests (twilio
# 9.13, test_request_validator.py) have the signatures; November 2026.
TOKEN = "12345"
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
BODY = b"CallSid=CA1234567890ABCDE&Digits=1234&From=%2B14158675309&To=%2B18005551212&Caller=%2B14158675309"
SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="
JSON_BODY = b'{"property": "value", "boolean": true}'
JSON_HASH = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
JSON_SIGNATURE = "a9nBmqA0ju/hNViExpshrM61xv4="


def signed(
    url: str = URL,
    body: bytes = BODY,
    signature: str = SIGNATURE,
    *,
    token: str = TOKEN,
    content_type: str = FORM,
) -> bool:
    return is_signed_request(token, url, signature, content_type=content_type, body=body)


def test_the_published_example_is_signed() -> None:
    assert signed()
    assert signed(content_type=f"{FORM}; charset=UTF-8")
    assert signed(body=b"&".join(reversed(BODY.split(b"&")))), "in another order"
    assert signed(body=BODY + b"&Digits=1234"), "a value that is there twice counts once"


def test_the_published_example_with_a_json_body_is_signed() -> None:
    url = f"{URL}&bodySHA256={JSON_HASH}"

    assert signed(url, JSON_BODY, JSON_SIGNATURE, content_type="application/json")
    assert not signed(url, JSON_BODY + b" ", JSON_SIGNATURE, content_type="application/json")
    assert not signed(url, b"", JSON_SIGNATURE, content_type="application/json"), "the body was left out"
    assert not signed(URL, JSON_BODY, SIGNATURE, content_type="application/json"), "nothing vouches for it"


@pytest.mark.parametrize(
    "forged",
    [
        signed(signature=""),
        signed(signature=SIGNATURE.lower()),
        signed(signature=f" {SIGNATURE}"),
        signed(signature="ñ€\ud800"),
        signed(token="54321"),
        signed(token="", signature=RequestValidator("").compute_signature(URL, dict(form_fields(BODY)))),
        signed(url=URL.replace("foo=1", "foo=2")),
        signed(url=URL.replace("https", "http")),
        signed(url="https://mycompany.com:port/myapp.php"),
        signed(url="https://[mycompany.com/"),
        signed(url="https://mycompany.com/\ud800"),
        signed(body=BODY.replace(b"1234", b"1235")),
        signed(body=BODY + b"&Extra=1"),
        signed(body=BODY + b"&Digits=1"),
        signed(body=BODY.rpartition(b"&")[0]),
        signed(body=BODY + b"&Digits=1234%FF"),
        signed(body=b"\xff\xfe" + BODY),
        signed(body=b"&".join(b"a=%d" % number for number in range(2_000))),
        signed(content_type=""),
        signed(content_type="multipart/form-data"),
    ],
)
def test_nothing_else_is(forged: bool) -> None:
    assert not forged


def test_the_upgrade_of_a_media_socket_is_signed_with_or_without_a_slash() -> None:
    signature = RequestValidator(TOKEN).compute_signature("wss://calls.example.com/ws/telephone/twilio", {})

    assert is_signed_upgrade(TOKEN, "wss://calls.example.com/ws/telephone/twilio", signature)
    assert is_signed_upgrade(TOKEN, "wss://calls.example.com/ws/telephone/twilio/", signature)
    assert not is_signed_upgrade(TOKEN, "https://calls.example.com/ws/telephone/twilio", signature)
    assert not is_signed_upgrade(TOKEN, "wss://calls.example.com/ws/telephone/twili", signature)
    assert not is_signed_upgrade(TOKEN, "wss://calls.example.com/ws/telephone/twilio", "")
    assert not is_signed_upgrade("", "wss://calls.example.com/ws/telephone/twilio", signature)
    assert not is_signed_upgrade(TOKEN, "wss://[/", signature)


def test_a_form_is_read_as_twilio_wrote_it() -> None:
    assert form_fields(b"From=%2B1+2&Empty=&Name=%C3%B1&From=x") == [
        ("From", "+1 2"),
        ("Empty", ""),
        ("Name", "ñ"),
        ("From", "x"),
    ]


class Fields(dict[str, str]):
    """What a web framework makes of a form, as Twilio's validator likes it."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        super().__init__(pairs)
        self._pairs = pairs

    def getall(self, name: str) -> list[str]:
        return [value for each, value in self._pairs if each == name]


@dataclass(frozen=True)
class Request:
    token: str
    url: str
    signature: str
    content_type: str
    body: bytes
    params: Fields | str

    def is_signed_to_twilio(self) -> bool:
        try:
            return bool(RequestValidator(self.token).validate(self.url, self.params, self.signature))
        except (ValueError, TypeError):  # it fails with a traceback, where we say no
            return False

    def is_signed_to_us(self) -> bool:
        return is_signed_request(
            self.token, self.url, self.signature, content_type=self.content_type, body=self.body
        )


def test_we_agree_with_twilios_own_validator() -> None:
    verdicts = [
        (request, request.is_signed_to_twilio(), request.is_signed_to_us()) for request in random_requests()
    ]

    assert [request for request, theirs, ours in verdicts if theirs is not ours] == []
    true = sum(theirs for _, theirs, _ in verdicts)
    assert REQUESTS * 0.25 < true < REQUESTS * 0.75, "both verdicts are tried"


TEXTS: Final = [
    "",
    "a",
    "A b",
    "+34600000000",
    "ñandú",
    "日本",
    "😀",
    "%20",
    "%2B",
    "a+b",
    "a&b=c",
    " x ",
    "\n",
]
NAMES: Final = ["CallSid", "From", "To", "Digits", "a b", "Ñ", "callsid", "%41", "x+y", ""]
HOSTS: Final = [
    "example.com",
    "EXAMPLE.com",
    "a.b-c.example",
    "127.0.0.1",
    "[::1]",
    "user:word@example.com",
    "ñ.es",
]
PORTS: Final = ["", "", "", "", ":443", ":443", ":80", ":80", ":8080", ":8080", ":0", ":", ":65536", ":x"]
PATHS: Final = [
    "",
    "/",
    "/webhook/twilio/voice",
    "/a%20b",
    "/a+b",
    "/ñ",
    "/p;q",
    "/p;",
    "//x",
    "/a/../b",
    "/voice/",
]
QUERIES: Final = ["", "?", "?a=1", "?a=1&b=%20&c=+", "?ñ=ü", "?a", "?x=1#", "#f", "?a=1&a=2", "?bodySHA256="]
SCHEMES: Final = ["https://", "http://", "HTTPS://", "wss://", "ws://"]


def random_requests() -> Iterator[Request]:
    dice = random.Random(20_261_122)
    for _ in range(REQUESTS):
        yield _request(dice)


def _request(dice: random.Random) -> Request:
    token = dice.choice([TOKEN, "ñ", f"{dice.getrandbits(128):032x}"])
    url = "".join(dice.choice(part) for part in (SCHEMES, HOSTS, PORTS, PATHS, QUERIES))
    params: Fields | str
    if dice.random() < 0.7:
        pairs = [(dice.choice(NAMES), dice.choice(TEXTS)) for _ in range(dice.randrange(8))]
        body = urlencode(pairs, quote_via=dice.choice([quote_plus, quote])).encode()
        content_type, params = FORM, Fields(pairs)
    else:
        content_type, params = "application/json", dice.choice(["", "{}", '{"a":"ñ"}'])
        body = params.encode()
        if dice.random() < 0.7:
            glue = "&" if "?" in url else "?"
            url = f"{url.partition('#')[0]}{glue}bodySHA256={sha256(body).hexdigest()}"
    signature = _signature(dice, token, url, params if isinstance(params, Fields) else Fields([]))
    request = Request(token, url, signature, content_type, body, params)
    return request if dice.random() < 0.7 else _tampered(dice, request)


def _signature(dice: random.Random, token: str, url: str, params: Fields) -> str:
    """Sign as Twilio does: over the URL as it is, or with the usual port, or without any."""
    scheme, _, rest = url.partition("://")
    host = rest.partition("/")[0]
    variants = [
        url,
        url.replace(host, host.rpartition(":")[0] or host, 1),
        url.replace(host, f"{host}:{443 if scheme == 'https' else 80}", 1),
    ]
    return str(RequestValidator(token).compute_signature(dice.choice([url, *variants]), params))


def _tampered(dice: random.Random, request: Request) -> Request:
    token, url, signature = request.token, request.url, request.signature
    match dice.randrange(5):
        case 0:
            token += "x"
        case 1:
            url += dice.choice(["x", "/", "?", "&a=1", "#"])
        case 2:
            signature = dice.choice(["", signature[:-1], signature.swapcase(), signature + " ", "=" * 28])
        case 3:
            place = dice.randrange(len(url))
            url = url[:place] + chr(33 + dice.randrange(90)) + url[place + 1 :]
        case _:
            pairs = [("Digits", "9"), *(request.params.items() if isinstance(request.params, Fields) else ())]
            return Request(token, url, signature, FORM, urlencode(pairs).encode(), Fields(pairs))
    return Request(token, url, signature, request.content_type, request.body, request.params)
