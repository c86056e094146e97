"""A sound goes through the telephone network's codes, or something is badly wrong."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from backend.application.processors.g711 import alaw_decode, mulaw_decode, mulaw_encode
from backend.application.services.telephony.doctor import AilmentError
from backend.application.services.telephony.doctor_codec import Codec, check_codecs


async def test_our_own_codecs_keep_a_tone() -> None:
    assert await check_codecs() == (
        "A tone survives the codes of the telephone network (µ-law 38 dB, A-law 38 dB)."
    )


def halved(codes: bytes) -> NDArray[np.int16]:
    return mulaw_decode(codes)[::2]


@pytest.mark.parametrize(
    "codec", [Codec("mixed up", mulaw_encode, alaw_decode), Codec("halved", mulaw_encode, halved)]
)
async def test_a_damaged_codec_is_named(codec: Codec) -> None:
    with pytest.raises(AilmentError, match=f"from {codec.name} at -?[0-9]+ dB"):
        await check_codecs((codec,))
