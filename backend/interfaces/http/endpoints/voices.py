"""Hearing a voice before an agent gets it."""

from __future__ import annotations

import io
import wave
from typing import Any, Final

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.domain.errors import ProviderError
from backend.domain.value_objects.audio import AudioFrame
from backend.domain.value_objects.language import Language
from backend.interfaces.http.departure import while_client_waits
from backend.interfaces.http.deps import KeyDep, ServicesDep
from backend.interfaces.http.problems import problem
from backend.interfaces.http.responses import WITH_BODY, problems
from backend.interfaces.http.schemas.voices import VoicePreviewRequest

router = APIRouter(prefix="/config", tags=["config"])

_WAV: Final[dict[str, Any]] = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}
_GONE: Final = 499  # nobody reads it; the number is nginx's


@router.post(
    "/voices/preview",
    response_class=Response,
    responses={
        200: {"content": _WAV, "description": "The sentence: 16 kHz, 16 bit, mono, at most 20 seconds"},
        **WITH_BODY,
        **problems(502, 504),
    },
)
async def preview_voice(
    wanted: VoicePreviewRequest, request: Request, services: ServicesDep, key: KeyDep
) -> Response:
    """Speak a sentence with a voice, all of it before the answer begins. Leaving stops the engine.

    An engine that is not ready answers 503 with `not-ready`, one that fails 502 or 504 with its own code.
    """
    wait_s = services.preview_limits.admit(key.id)
    if wait_s is not None:
        detail = f"Too many previews. Try again in {wait_s} seconds."
        return problem(request.scope, 429, detail, headers={"Retry-After": str(wait_s)})
    speech = services.preview_voice(
        key.tenant, Language(wanted.language), wanted.voice.to_domain(), wanted.text
    )
    try:
        spoken = await while_client_waits(request, speech)
    except ProviderError as error:
        if error.code != "not-ready":
            raise
        return problem(request.scope, 503, error.message, code=error.code)
    if spoken is None:
        return Response(status_code=_GONE)
    return Response(_wav(spoken), media_type="audio/wav")


def _wav(speech: AudioFrame) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(speech.format.sample_bytes)
        writer.setframerate(speech.format.rate)
        writer.writeframes(speech.payload)
    return file.getvalue()
