"""What a call is given: its engines, where it is kept, and what was before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.application.services.engine_failures import EngineFailures
from backend.application.services.late_ends import LateEnds
from backend.domain.entities.call import Call
from backend.domain.ports.llm_port import LlmPort
from backend.domain.ports.observer_port import CallObserver
from backend.domain.ports.persistence_port import CallLog
from backend.domain.ports.recording_port import RecordingStore
from backend.domain.ports.stt_port import SttPort
from backend.domain.ports.tts_port import TtsPort
from backend.domain.ports.vad_port import VadPort
from backend.domain.value_objects.conversation_turn import ConversationTurn
from backend.domain.value_objects.engine_names import EngineNames


@dataclass(frozen=True, slots=True)
class Engines:
    """The engines of one call.

    ``failures`` is where they tell theirs; ``names`` are those of the ones that are asked first, if they have
    names.
    """

    vad: VadPort
    stt: SttPort
    llm: LlmPort
    tts: TtsPort
    failures: EngineFailures = field(default_factory=EngineFailures)
    names: EngineNames | None = None


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a call goes on with: one that broke off, and what was said until then."""

    call: Call
    turns: Sequence[ConversationTurn]


@dataclass(frozen=True, slots=True)
class Keeping:
    """Where calls are kept, and who watches them; ``ends`` stores what is left when they end."""

    log: CallLog
    recordings: RecordingStore
    observers: Sequence[CallObserver] = ()
    ends: LateEnds = field(default_factory=LateEnds)
