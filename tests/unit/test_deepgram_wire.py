"""Deepgram's messages, as its reference has them (recorded from its pages, November 2026)."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from backend.domain.ports.stt_port import SttRequest
from backend.domain.value_objects.language import ENGLISH, SPANISH, Language
from backend.infrastructure.adapters.stt.deepgram_wire import (
    Heard,
    NotUnderstoodError,
    ServiceError,
    listen_uri,
    parse,
)

INTERIM = """{"type":"Results","channel_index":[0,1],"duration":1.98,"start":0.0,"is_final":false,
"speech_final":false,"channel":{"alternatives":[{"transcript":"tell me more about","confidence":0.99964225,
"words":[{"word":"tell","start":0.1,"end":0.3,"confidence":0.99}]}]},
"metadata":{"request_id":"52cc0efe-fa77-4aa7-b79c-0dda09de2f14"},"from_finalize":false}"""
FLUSHED = """{"type":"Results","channel_index":[0,1],"duration":0.48,"start":1.98,"is_final":true,
"speech_final":false,"channel":{"alternatives":[{"transcript":"¿qué tal? fine","confidence":0.9,
"languages":["en","es"],"words":[{"word":"qué","start":2.0,"end":2.1,"confidence":0.9,"language":"es"},
{"word":"tal","start":2.1,"end":2.2,"confidence":0.9,"language":"es"},
{"word":"fine","start":2.2,"end":2.4,"confidence":0.9,"language":"en"}]}]},
"metadata":{"request_id":"52cc0efe-fa77-4aa7-b79c-0dda09de2f14"},"from_finalize":true}"""


def query(request: SttRequest, model: str = "nova-3") -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(listen_uri("https://api.deepgram.com", model, request)).query)


@pytest.mark.parametrize(
    ("base_url", "begin"),
    [
        ("https://api.deepgram.com", "wss://api.deepgram.com/v1/listen?"),
        ("wss://api.eu.deepgram.com/", "wss://api.eu.deepgram.com/v1/listen?"),
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080/v1/listen?"),
        ("https://proxy.example/deepgram", "wss://proxy.example/deepgram/v1/listen?"),
    ],
)
def test_any_way_to_write_the_address_leads_to_the_socket(base_url: str, begin: str) -> None:
    assert listen_uri(base_url, "nova-3", SttRequest(ENGLISH)).startswith(begin)


@pytest.mark.parametrize(
    ("tag", "sent"),
    [
        ("en", "en"),
        ("en-GB", "en-GB"),
        ("en-ZA", "en"),
        ("es", "es"),
        ("es-ES", "es"),
        ("es-419", "es-419"),
        ("es-AR", "es-419"),
    ],
)
def test_a_region_that_the_service_does_not_know_is_replaced_by_the_nearest(tag: str, sent: str) -> None:
    assert ("language", sent) in query(SttRequest(Language(tag)))


def test_two_languages_are_told_apart_and_two_regions_are_not() -> None:
    both = SttRequest(SPANISH, alternatives=(ENGLISH, Language("en-US")))
    assert ("language", "multi") in query(both)
    assert [value for name, value in query(both) if name == "language_hint"] == ["es", "en"]
    assert not [value for name, value in query(both, "nova-2") if name == "language_hint"]
    assert ("language", "es") in query(SttRequest(SPANISH, alternatives=(Language("es-MX"),)))


def test_older_models_get_single_words_as_keywords() -> None:
    sent = query(SttRequest(ENGLISH, ("Ibáñez", "pago fácil")), "nova-2")
    assert [value for name, value in sent if name == "keywords"] == ["Ibáñez"]
    assert not [value for name, value in sent if name == "keyterm"]


def test_hints_never_are_so_many_that_the_service_refuses_the_call() -> None:
    many = query(SttRequest(ENGLISH, tuple(f"name{number}" for number in range(500))))
    assert len([value for name, value in many if name == "keyterm"]) == 100
    long = query(SttRequest(ENGLISH, tuple(f"{number:03}" * 20 for number in range(100))))
    assert sum(len(value) for name, value in long if name == "keyterm") <= 1_000
    twice = query(SttRequest(ENGLISH, ("Ibáñez", "Ibáñez")))
    assert len([value for name, value in twice if name == "keyterm"]) == 1


def test_results_say_what_was_heard_where() -> None:
    assert parse(INTERIM) == Heard("tell me more about", 0.0, 1_980.0, is_final=False)
    flushed = parse(FLUSHED)
    assert flushed == Heard("¿qué tal? fine", 1_980.0, 2_460.0, is_final=True, is_flushed=True, language="es")


def test_languages_of_the_whole_stand_in_for_those_of_the_words() -> None:
    without = FLUSHED.replace(',"language":"es"', "").replace(',"language":"en"', "")
    heard = parse(without)
    assert heard is not None
    assert heard.language == "en"


@pytest.mark.parametrize("kind", ["Metadata", "SpeechStarted", "UtteranceEnd", "SomethingNew"])
def test_other_messages_say_nothing(kind: str) -> None:
    assert parse(f'{{"type":"{kind}","channel":[0,1]}}') is None


@pytest.mark.parametrize(
    "message",
    [
        "",
        "null",
        "7",
        '"Results"',
        '{"type":"Results"}',
        INTERIM.replace('"start":0.0,', ""),
        INTERIM.replace('"tell me more about"', "null"),
        INTERIM.replace('"duration":1.98', '"duration":"long"'),
        FLUSHED.replace('"languages":["en","es"],', "").replace('"words":[', '"words":[7,'),
        b"\xff\xfe",
    ],
)
def test_nonsense_is_told_from_results(message: str | bytes) -> None:
    with pytest.raises(NotUnderstoodError):
        parse(message)


def test_an_error_is_not_taken_for_a_result() -> None:
    with pytest.raises(ServiceError):
        parse('{"type":"Error","variant":"SchemaError","description":"…"}')
