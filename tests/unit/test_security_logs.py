"""What may not be in a log is not in the log."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from backend.infrastructure.logging.config import configure_logging
from backend.infrastructure.logging.redaction import REDACTED
from backend.infrastructure.security.api_keys import new_key

Log = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """A configured log, and the process's own logging restored afterwards."""
    names = (None, "backend", "uvicorn", "uvicorn.error", "uvicorn.access")
    loggers = [logging.getLogger(name) for name in names]
    before = [(logger, logger.handlers, logger.level, logger.propagate) for logger in loggers]
    stream = io.StringIO()
    configure_logging("info", "json", stream=stream)
    yield stream
    structlog.reset_defaults()
    for logger, handlers, level, propagate in before:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.fixture
def lines(stream: io.StringIO) -> Log:
    return lambda: [json.loads(line) for line in stream.getvalue().splitlines()]


def test_lines_are_json_with_time_level_logger_and_fields(lines: Log) -> None:
    logging.getLogger("backend.calls").info("call ended", extra={"cause": "idle", "turns": 3})
    (line,) = lines()
    assert line["event"] == "call ended"
    assert (line["level"], line["logger"], line["cause"], line["turns"]) == (
        "info",
        "backend.calls",
        "idle",
        3,
    )
    assert line["timestamp"].endswith("Z")


def test_both_ways_of_logging_carry_what_is_bound_to_the_context(lines: Log) -> None:
    with structlog.contextvars.bound_contextvars(request_id="r1", call_id="c1"):
        logging.getLogger("backend.a").info("one")
        structlog.get_logger("backend.b").info("two", turn=1)
    assert [(line["event"], line["request_id"], line["call_id"]) for line in lines()] == [
        ("one", "r1", "c1"),
        ("two", "r1", "c1"),
    ]


def test_personal_fields_and_secrets_are_redacted_wherever_they_hide(lines: Log, stream: io.StringIO) -> None:
    key = new_key()
    logging.getLogger("backend").info(
        "turn committed by %s",
        "+34600111222",
        extra={
            "text": "my diagnosis is private",
            "turn": {"content": "my diagnosis is private", "number": 1},
            "turns": [{"heard": "my diagnosis is private"}],
            "api_key": key,
            "headers": {"X-API-Key": key, "Authorization": "Bearer abcdefgh"},
            "note": f"the key was {key}, the number +34600111222",
            "url": "postgresql://victoria:hunter2@db/victoria",
        },
    )
    (line,) = lines()
    assert line["turn"] == {"content": REDACTED, "number": 1}
    assert line["event"] == f"turn committed by {REDACTED}"
    for forbidden in ("diagnosis", key, key[:24], "34600111222", "hunter2", "abcdefgh"):
        assert forbidden not in stream.getvalue()


@pytest.mark.parametrize(
    "field",
    [
        *["groq_api_key", "azure_speech_key", "AZURE_SPEECH_KEY", "Ocp-Apim-Subscription-Key", "x_api_key"],
        *["access_token", "client_secret", "db_password", "call_ticket", "token", "key"],
    ],
)
def test_fields_that_are_named_for_a_secret_are_redacted(lines: Log, field: str) -> None:
    logging.getLogger("backend").info("started", extra={"settings": {field: "4f1e"}})
    assert lines()[0]["settings"] == {field: REDACTED}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *[("first_token", 412), ("max_token", 1.5), ("has_api_key", True), ("groq_api_key", None)],
        *[("public_key", "age1"), ("primary_key", "id"), ("keyboard", "es"), ("tokens", "12")],
    ],
)
def test_ordinary_fields_stay(lines: Log, field: str, value: object) -> None:
    logging.getLogger("backend").info("started", extra={field: value})
    assert lines()[0][field] == value


@pytest.mark.parametrize("prefix", ["gsk_", "sk-", "sk-proj-", "sk_", "vk_"])
def test_keys_are_found_in_any_text(lines: Log, stream: io.StringIO, prefix: str) -> None:
    secret = "Ab3" * 12
    logging.getLogger("backend").info("rejected", extra={"reason": f"Invalid API key: {prefix}{secret}."})
    assert lines()[0]["reason"] == f"Invalid API key: {REDACTED}."
    assert secret not in stream.getvalue()


def test_words_that_only_end_like_a_key_stay(lines: Log) -> None:
    logging.getLogger("backend").info("the task_that_is_long_enough and the desk-that-is-long-enough")
    assert lines()[0]["event"] == "the task_that_is_long_enough and the desk-that-is-long-enough"


def test_a_traceback_does_not_carry_secrets_either(lines: Log, stream: io.StringIO) -> None:
    key = new_key()
    try:
        raise ValueError(f"cannot use {key} for +34600111222")
    except ValueError:
        logging.getLogger("backend").exception("it failed")
    (line,) = lines()
    assert "ValueError: cannot use" in line["exception"]
    assert key not in stream.getvalue()
    assert "34600111222" not in stream.getvalue()


def test_the_owner_may_ask_for_speech_but_never_gets_keys(stream: io.StringIO) -> None:
    configure_logging("info", "json", show_personal=True, stream=stream)
    logging.getLogger("backend").info("heard", extra={"text": "hello there", "ticket": "t" * 43})
    assert "hello there" in stream.getvalue()
    assert "ttt" not in stream.getvalue()


def test_other_peoples_loggers_are_heard_only_when_they_warn(lines: Log) -> None:
    for name in ("openai._base_client", "httpx", "sqlalchemy.engine"):
        logging.getLogger(name).debug("request body: everything the caller said")
        logging.getLogger(name).info("request body: everything the caller said")
        logging.getLogger(name).warning("slow")
    logging.getLogger("uvicorn.error").debug("< TEXT hello ticket")
    logging.getLogger("uvicorn.error").info("connection open")
    logging.getLogger("uvicorn.error").warning("Invalid HTTP request received.")
    logging.getLogger("uvicorn.access").info('127.0.0.1 - "GET /?key=secret HTTP/1.1" 200')
    assert [line["event"] for line in lines()] == ["slow", "slow", "slow", "Invalid HTTP request received."]


def test_a_level_below_the_configured_one_is_not_written(lines: Log) -> None:
    logging.getLogger("backend.calls").debug("detail")
    structlog.get_logger("backend.calls").debug("detail")
    assert lines() == []


@pytest.mark.usefixtures("stream")
def test_on_a_terminal_lines_are_for_people() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    configure_logging("info", "auto", stream=terminal)
    logging.getLogger("backend").info("call ended", extra={"cause": "idle"})
    assert "call ended" in terminal.getvalue()
    assert not terminal.getvalue().startswith("{")


def test_text_that_is_not_valid_unicode_is_still_logged(lines: Log) -> None:
    logging.getLogger("backend").warning("odd input", extra={"field": "\ud800"})
    assert lines()[0]["field"] == "\ud800"
