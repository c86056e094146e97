"""Twilio's signatures, of requests and of the upgrades of media sockets; no I/O.

The signature is base64(HMAC-SHA1(auth token, URL + name + value of every form field, sorted)), over the URL
that Twilio was told, see https://www.twilio.com/docs/usage/webhooks/webhooks-security. A body that is no form
is not in it; the URL then has the body's SHA-256 in its query. Twilio is not consistent about ports in the
URL, so that it is tried with and without, exactly as ``twilio.request_validator`` (9.13) does, and nothing
is true here that is not true there. The signatures with a "shared key" that Twilio offers besides are not
supported; they do not match.
"""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from typing import Final
from urllib.parse import ParseResult, parse_qs, parse_qsl, urlparse

SIGNATURE_HEADER: Final = "x-twilio-signature"
FORM: Final = "application/x-www-form-urlencoded"

_BODY_HASH: Final = "bodySHA256"
_MOST_FIELDS: Final = 1_000  # Twilio sends about thirty

Field = tuple[str, str]


def form_fields(body: bytes) -> list[Field]:
    """Return the fields of a form, in their order. Raises ``ValueError`` unless it is UTF-8 throughout."""
    return parse_qsl(
        body.decode(), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_MOST_FIELDS
    )


def is_signed_request(token: str, url: str, signature: str, *, content_type: str, body: bytes) -> bool:
    """Whether Twilio, which knows ``token``, sent ``body`` to ``url``. Never raises."""
    try:
        is_form = content_type.partition(";")[0].strip().lower() == FORM
        fields = form_fields(body) if is_form else ()
        is_vouched_for = is_form or _vouches_for(url, body)
        return _matches(token, _with_and_without_port(url), fields, signature) and is_vouched_for
    except ValueError:  # what is no UTF-8, no form or no URL was not signed by Twilio
        return False


def is_signed_upgrade(token: str, url: str, signature: str) -> bool:
    """Whether Twilio, which knows ``token``, opens the media socket at ``url`` (``wss://``). Never raises.

    Some of Twilio's edges sign the URL with a slash at its end that was not there, or without one that was.
    """
    other = url.removesuffix("/") if url.endswith("/") else f"{url}/"
    try:
        urls = (*_with_and_without_port(url), *_with_and_without_port(other))
        return _matches(token, urls, (), signature)
    except ValueError:
        return False


def signature_of(token: str, url: str, fields: Iterable[Field] = ()) -> str:
    """Return the signature of a request. Raises ``ValueError`` for text that is not Unicode."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    return b64encode(hmac.digest(token.encode(), signed.encode(), "sha1")).decode()


def _matches(token: str, urls: Iterable[str], fields: Iterable[Field], signature: str) -> bool:
    if not token:
        return False
    given, once = signature.encode(), tuple(fields)
    # All are compared, whichever matches.
    matches = [hmac.compare_digest(signature_of(token, url, once).encode(), given) for url in urls]
    return any(matches)


def _vouches_for(url: str, body: bytes) -> bool:
    """Whether the query of ``url`` has the hash of ``body``, which is text; no body needs none."""
    body.decode()
    hashes = parse_qs(urlparse(url).query).get(_BODY_HASH)
    if hashes is None:
        return not body
    return hmac.compare_digest(sha256(body).hexdigest().encode(), hashes[0].encode())


def _with_and_without_port(url: str) -> tuple[str, str]:
    parts = urlparse(url)
    return _without_port(parts), _with_port(parts)


def _without_port(parts: ParseResult) -> str:
    if not parts.port:
        return parts.geturl()
    return parts._replace(netloc=parts.netloc.split(":")[0]).geturl()


def _with_port(parts: ParseResult) -> str:
    if parts.port:
        return parts.geturl()
    port = 443 if parts.scheme == "https" else 80
    return parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
