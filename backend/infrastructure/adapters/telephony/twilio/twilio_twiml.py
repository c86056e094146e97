"""TwiML: what Twilio is told to do with a call; no I/O.

Built as a tree, so that a text stays a text whatever is in it. Verbs and attributes:
https://www.twilio.com/docs/voice/twiml, as of November 2026.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from xml.etree.ElementTree import Element, SubElement, tostring

from backend.domain.ports.telephony_port import TransferRequest
from backend.domain.value_objects.language import Language
from backend.infrastructure.adapters.telephony.public_address import PublicAddress
from backend.infrastructure.adapters.telephony.spoken_language import spoken_tag
from backend.infrastructure.adapters.telephony.twilio.twilio_calls import MOST_SECONDS
from backend.infrastructure.adapters.telephony.twilio.twilio_webhooks import Hook

CONTENT_TYPE: Final = "text/xml"
TICKET: Final = "ticket"  # the name of the stream's parameter

_KEY_WAIT_S: Final = 10
_MOST_SAID: Final = 4_000  # characters; Twilio speaks 4096
# XML 1.0, section 2.2: no document can have these, however they are written.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def nothing() -> bytes:
    """Return a document without verbs: a whispered-to destination is connected, any other call ends."""
    return _document(lambda _: None)


def connect(address: PublicAddress, ticket: str) -> bytes:
    """Return the document that opens a media socket which shows ``ticket``.

    A query in the stream's URL would be refused (error 31920). The redirection is followed when the socket
    closes and the call is still there.
    """

    def build(response: Element) -> None:
        stream = SubElement(SubElement(response, "Connect"), "Stream", url=address.media())
        SubElement(stream, "Parameter", name=TICKET, value=ticket)
        SubElement(response, "Redirect", method="POST").text = address.webhook(Hook.UNATTENDED)

    return _document(build)


def apologise(text: str, language: Language) -> bytes:
    """Return the document that says ``text`` and hangs up."""

    def build(response: Element) -> None:
        _say(response, text, language)
        SubElement(response, "Hangup")

    return _document(build)


def reject(*, is_busy: bool) -> bytes:
    """Return the document that does not answer a call; of use only as the first answer to one."""
    return _document(
        lambda response: SubElement(response, "Reject", reason="busy" if is_busy else "rejected")
    )


def hang_up() -> bytes:
    """Return the document that ends a call."""
    return _document(lambda response: SubElement(response, "Hangup"))


def whisper(text: str, language: Language, accepted: str) -> bytes:
    """Return the document that says ``text`` and asks ``accepted`` what to do if any key is pressed; without
    a key the call ends."""

    def build(response: Element) -> None:
        # By default ``#`` alone would finish the input, and count as none.
        gather = SubElement(
            response,
            "Gather",
            input="dtmf",
            numDigits="1",
            finishOnKey="",
            timeout=str(_KEY_WAIT_S),
            action=accepted,
            method="POST",
        )
        _say(gather, text, language)
        SubElement(response, "Hangup")

    return _document(build)


def dial(address: PublicAddress, request: TransferRequest) -> bytes:
    """Return the document that connects the caller to the destination of ``request``."""

    def build(response: Element) -> None:
        verb = SubElement(
            response,
            "Dial",
            action=address.webhook(Hook.TRANSFERRED, request.reference),
            method="POST",
            timeout=str(request.ring_seconds),
            timeLimit=str(min(request.max_seconds, MOST_SECONDS)),
            callerId=str(request.caller_id),
        )
        number = SubElement(verb, "Number")
        number.text = str(request.destination.number)
        if request.destination.is_warm:
            number.set("url", address.webhook(Hook.WHISPER, request.reference))
            number.set("method", "POST")

    return _document(build)


def _say(parent: Element, text: str, language: Language) -> None:
    said = SubElement(parent, "Say", language=spoken_tag(language))
    said.text = _NOT_XML.sub(" ", text)[:_MOST_SAID]


def _document(build: Callable[[Element], object]) -> bytes:
    response = Element("Response")
    build(response)
    document: bytes = tostring(response, encoding="utf-8", xml_declaration=True)
    return document
