"""Prometheus metrics: what the timeline says, counted.

Nothing is measured here a second time. A ``CallCounter`` is shown each entry of its call once and counts
what it finds there, so metrics and history cannot disagree. Labels come from closed
sets, or from a set that is closed after some members (``_Words``): a metric never holds numbers or
text of a call, and its size does not grow with the calls.
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Final

from fastapi import FastAPI
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    platform_collector,
    process_collector,
)
from prometheus_fastapi_instrumentator import Instrumentator
from prometheus_fastapi_instrumentator.metrics import Info

from backend.domain.conversation.effects import ReplyKind
from backend.domain.entities.call import Call
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.domain.value_objects.latency import TurnLatency

_MAX_CODES: Final = 40
_MAX_ENGINES: Final = 20  # the owners name them, and a fallback has two
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")
_ENGINE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_PORTS: Final = frozenset({"stt", "llm", "tts"})
_OTHER: Final = "other"
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})

# Seconds. Below 0.3 a reply feels immediate, above 1.5 the caller asks whether anybody is there.
_LATENCY_BUCKETS: Final = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 5.0, 10.0)
_SEGMENT_BUCKETS: Final = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0)
_DURATION_BUCKETS: Final = (5, 15, 30, 60, 120, 180, 300, 600, 1_200, 1_800, 3_600)


class CallMetrics:
    """Counts calls. One for each process; ``registry`` is what ``/metrics`` shows."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._live = Gauge("victoria_calls_live", "Calls that are going on.", registry=registry)
        self._durations = Histogram(
            "victoria_call_duration_seconds",
            "How long ended calls lasted.",
            ("direction",),
            buckets=_DURATION_BUCKETS,
            registry=registry,
        )
        self._ended = Counter(
            "victoria_calls_ended_total", "Ended calls by cause.", ("cause", "direction"), registry=registry
        )
        self._turns = Counter(
            "victoria_turns_total", "Turns that were committed.", ("role",), registry=registry
        )
        self._barge_ins = Counter(
            "victoria_barge_ins_total", "Turns of the agent that the caller cut off.", registry=registry
        )
        self._replies = Counter(
            "victoria_replies_total", "Replies begun, by kind.", ("kind",), registry=registry
        )
        self._drafts = Counter(
            "victoria_drafts_total",
            "Answers begun before the caller's turn was over: released as the reply, or withdrawn unheard.",
            ("outcome",),
            registry=registry,
        )
        self._failures = Counter(
            "victoria_replies_failed_total",
            "Replies that an engine could not finish.",
            ("code",),
            registry=registry,
        )
        self._voice_to_voice = Histogram(
            "victoria_turn_voice_to_voice_seconds",
            "From the caller's last sound to the first sound of the answer.",
            buckets=_LATENCY_BUCKETS,
            registry=registry,
        )
        self._segments = Histogram(
            "victoria_turn_segment_seconds",
            "The parts of voice-to-voice latency; they sum to it.",
            ("segment",),
            buckets=_SEGMENT_BUCKETS,
            registry=registry,
        )
        self._engine_failures = Counter(
            "victoria_engine_failures_total",
            "Failures of engines, whether a caller noticed them or not.",
            ("port", "engine", "code"),
            registry=registry,
        )
        self._fallbacks = Counter(
            "victoria_engine_fallbacks_total",
            "How often the work of an engine that failed was given to another one.",
            ("port", "from", "to"),
            registry=registry,
        )
        self._codes = _Words(_CODE, _MAX_CODES)
        self._engines = _Words(_ENGINE, _MAX_ENGINES)

    def count_start(self) -> None:
        """Count a call that has become live."""
        self._live.inc()

    def count_end(self, call: Call) -> None:
        """Count a live call that has ended; ``call`` knows how."""
        self._live.dec()
        cause = "unknown" if call.end_cause is None else call.end_cause.value
        self._ended.labels(cause, call.direction.value).inc()
        self._durations.labels(call.direction.value).observe((call.duration_ms or 0) / 1_000)

    def count_reply(self, kind: ReplyKind) -> None:
        """Count a reply that was begun."""
        self._replies.labels(kind.value).inc()

    def count_draft(self, *, was_released: bool) -> None:
        """Count a draft of an answer."""
        self._drafts.labels("released" if was_released else "withdrawn").inc()

    def count_failure(self, code: str) -> None:
        """Count a reply that an engine could not finish."""
        self._failures.labels(self._codes.bounded(code)).inc()

    def count_engine_failure(self, port: str, engine: str, code: str, successor: str) -> None:
        """Count a failure of ``engine``; ``successor`` is asked next: itself, another one, nobody (empty)."""
        port = port if port in _PORTS else _OTHER
        failed = self._engines.bounded(engine)
        self._engine_failures.labels(port, failed, self._codes.bounded(code)).inc()
        if successor not in ("", engine):
            self._fallbacks.labels(port, failed, self._engines.bounded(successor)).inc()

    def count_turn(self, turn: ConversationTurn, *, is_barge_in: bool) -> None:
        """Count a committed turn."""
        self._turns.labels(turn.role.value).inc()
        if is_barge_in:
            self._barge_ins.inc()

    def observe_latency(self, latency: TurnLatency) -> None:
        """Record why an answer took as long as it did."""
        self._voice_to_voice.observe(latency.voice_to_voice_ms / 1_000)
        for field in fields(latency):
            segment = field.name.removesuffix("_ms")
            self._segments.labels(segment).observe(getattr(latency, field.name) / 1_000)


class _Words:
    """The values of a label: the first so many words of a form."""

    def __init__(self, form: re.Pattern[str], limit: int) -> None:
        self._form = form
        self._limit = limit
        self._known: set[str] = set()

    def bounded(self, word: str) -> str:
        """Return ``word``, or ``other`` for what has another form and for words beyond the limit."""
        if word in self._known:
            return word
        if len(self._known) >= self._limit or not self._form.fullmatch(word):
            return _OTHER
        self._known.add(word)
        return word


def new_registry() -> CollectorRegistry:
    """Return a registry of this application's own, with what there is to say about the process."""
    registry = CollectorRegistry()
    process_collector.ProcessCollector(registry=registry)
    platform_collector.PlatformCollector(registry=registry)
    return registry


def instrument_http(app: FastAPI, registry: CollectorRegistry) -> None:
    """Count and time the requests to ``app``: by route template, where unknown addresses count as one, and
    by method, where all that no route knows count as one. Both are whatever a stranger sends."""
    requests = Counter(
        "victoria_http_requests_total",
        "Requests answered.",
        ("handler", "method", "status"),
        registry=registry,
    )
    durations = Histogram(
        "victoria_http_request_duration_seconds",
        "Time to the end of the response.",
        ("handler",),
        registry=registry,
    )

    def count(info: Info) -> None:
        method = info.method if info.method in _METHODS else _OTHER
        requests.labels(info.modified_handler, method, info.modified_status).inc()
        durations.labels(info.modified_handler).observe(info.modified_duration)

    Instrumentator(excluded_handlers=["^/metrics$", "^/health/"], registry=registry).add(count).instrument(
        app
    )


def exposition(registry: CollectorRegistry) -> tuple[bytes, str]:
    """Return the metrics in Prometheus' text format, and its media type."""
    return generate_latest(registry), CONTENT_TYPE_LATEST
