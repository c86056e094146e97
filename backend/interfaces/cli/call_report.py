"""What a call was like, for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from backend.domain.value_objects.conversation_turn import ConversationTurn, Role
from backend.domain.value_objects.latency import TurnLatency
from backend.interfaces.cli.call_script import CallScript
from backend.interfaces.cli.call_story import HeardReply
from backend.interfaces.cli.caller import CallRecord
from backend.interfaces.cli.meter import sound_end, sound_start


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one thing that the caller said.

    ``kind`` is the kind of reply that followed (``answer``, ``reprompt`` …), None if none was heard.
    ``head_start_ms`` is how long before the end of the caller's turn the answer was begun.
    ``measured_ms`` is the voice-to-voice latency as the caller's ears had it: from the end of the last
    10 ms frame of their own sound above -45 dBFS to the start of the first such frame of the reply.
    """

    said: str
    understood: str
    kind: str | None
    latency: TurnLatency | None
    measured_ms: float | None
    head_start_ms: float = 0.0

    @property
    def is_audible_answer(self) -> bool:
        """Whether it was answered, and the answer made a sound."""
        return self.kind == "answer" and self.measured_ms is not None


@dataclass(frozen=True, slots=True)
class CallReport:
    """The whole call."""

    record: CallRecord
    answers: tuple[Answer, ...]

    @property
    def all_answered(self) -> bool:
        """Whether everything that the caller said got an audible answer."""
        return all(answer.is_audible_answer for answer in self.answers)


def report_of(record: CallRecord, script: CallScript) -> CallReport:
    """Put together what was said, what came back, and how long that took."""
    answers = []
    for index, utterance in enumerate(script.utterances):
        reply = script.answer_to(index, record.story)
        answers.append(
            Answer(
                said=utterance.name,
                understood=reply.question if reply is not None else "",
                kind=reply.kind.value if reply is not None else None,
                latency=reply.latency if reply is not None else None,
                measured_ms=None if reply is None else voice_to_voice_ms(record, reply),
                head_start_ms=0.0 if reply is None else reply.head_start_ms,
            )
        )
    return CallReport(record, tuple(answers))


def voice_to_voice_ms(record: CallRecord, reply: HeardReply) -> float | None:
    """Measure it on what was said and heard; None if there was no sound before it or none of it."""
    if reply.audible_at is None:
        return None
    ended = sound_end(record.said[: reply.audible_at], record.rate)
    began = sound_start(record.heard[reply.audible_at :], record.rate)
    if ended is None or began is None:
        return None
    return (reply.audible_at + began - ended) * 1_000 / record.rate


# --- for people -----------------------------------------------------------------------------------


def as_text(report: CallReport) -> Iterator[str]:
    """Yield the lines to print."""
    record = report.record
    yield f"Call {record.call_id} with {record.agent_name}, {len(record.said) / record.rate:.1f} s"
    yield ""
    for turn in record.story.turns:
        yield f"{turn.started_at / 1e9:7.2f} s  {_speaker(turn, record)}: {_text(turn)}"
    yield ""
    for answer in report.answers:
        yield from _answer_lines(answer)
    for trouble in record.troubles:
        yield f"trouble: {trouble.message} ({trouble.code})"
    yield f"The call ended: {record.cause or 'the line went dead'}."


def _speaker(turn: ConversationTurn, record: CallRecord) -> str:
    return "Caller" if turn.role is Role.CALLER else record.agent_name


def _text(turn: ConversationTurn) -> str:
    return (
        f"{turn.heard.strip()} [not heard: {turn.unheard.strip()}]" if turn.unheard else turn.content.strip()
    )


def _answer_lines(answer: Answer) -> Iterator[str]:
    if not answer.is_audible_answer:
        what = "no reply was heard" if answer.kind is None else f"the reply was a {answer.kind}"
        yield f"{answer.said}: not answered ({what})"
        return
    yield f"{answer.said}: understood as {answer.understood.strip()!r}"
    if answer.latency is None:
        yield f"    measured by the caller {answer.measured_ms:.0f} ms; the server gives no latency"
        return
    for name, value in asdict(answer.latency).items():
        yield f"    {name.removesuffix('_ms').replace('_', ' '):<14}{value:8.1f} ms"
    yield f"    {'sum':<14}{answer.latency.voice_to_voice_ms:8.1f} ms"
    yield f"    {'measured':<14}{answer.measured_ms:8.1f} ms"
    if answer.head_start_ms > 0:
        yield f"    begun {answer.head_start_ms:.0f} ms before the end of the pause"


# --- for programs ---------------------------------------------------------------------------------


def as_json(report: CallReport) -> dict[str, Any]:
    """Return the report as JSON-ready values."""
    record = report.record
    return {
        "call_id": record.call_id,
        "agent": record.agent_name,
        "cause": record.cause,
        "duration_ms": len(record.said) * 1_000 // record.rate,
        "all_answered": report.all_answered,
        "transcript": [
            {
                "role": turn.role.value,
                "content": turn.content,
                "heard": turn.heard,
                "interrupted": turn.interrupted,
                "started_at": turn.started_at,
                "ended_at": turn.ended_at,
            }
            for turn in record.story.turns
        ],
        "answers": [
            {
                "said": answer.said,
                "understood": answer.understood,
                "kind": answer.kind,
                "latency": None if answer.latency is None else asdict(answer.latency),
                "sum_ms": None if answer.latency is None else answer.latency.voice_to_voice_ms,
                "measured_ms": answer.measured_ms,
                "head_start_ms": answer.head_start_ms,
            }
            for answer in report.answers
        ],
        "troubles": [asdict(trouble) for trouble in record.troubles],
    }
