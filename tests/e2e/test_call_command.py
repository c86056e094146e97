"""``victoria call`` as a person types it: what it prints, what it writes, and how it says no."""

from __future__ import annotations

import asyncio
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import orjson
import pytest

from backend.interfaces.cli.meter import sound_start
from backend.interfaces.cli.sound_files import write_stereo
from tests.support.ear import read_stereo
from tests.support.ports import free_port
from tests.support.speech import flite
from tests.support.victoria import ROOT, Victoria

pytestmark = [pytest.mark.speech, pytest.mark.alone]


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    status: int
    output: str
    errors: str


async def victoria_call(*arguments: str) -> Result:
    """Run the command in a process of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.interfaces.cli.main", "call", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    output, errors = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode is not None
    return Result(process.returncode, output.decode(), errors.decode())


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stereo WAV with a question in it."""
    path = tmp_path_factory.mktemp("sounds") / "question.wav"
    pcm = np.frombuffer(flite("where are you"), "<i2")
    write_stereo(path, pcm, pcm, 16_000)
    return path


async def test_a_call_is_printed_and_written_down(victoria: Victoria, question: Path, tmp_path: Path) -> None:
    """Three calls at once: one for people, one for programs, and one in which the caller says nothing."""
    out, quiet = tmp_path / "reply.wav", tmp_path / "quiet.wav"
    write_quiet(quiet)
    to_victoria = ("--url", victoria.url, "--key", victoria.key, "--agent", "victoria")
    printed, parsed, unanswered = await asyncio.gather(
        victoria_call(*to_victoria, "--out", str(out), str(question)),
        victoria_call(*to_victoria, "--json", "--barge-in-ms", "700", str(question), str(question)),
        victoria_call(*to_victoria, str(quiet)),
    )
    assert (printed.status, printed.errors) == (0, "")
    assert "Victoria: Hello, this is Victoria at the Harbour Dental Clinic." in printed.output
    assert "question.wav: understood as" in printed.output
    assert "measured" in printed.output
    caller, agent = read_stereo(out)
    assert 0 <= (sound_start(agent, 16_000) or -1) < (sound_start(caller, 16_000) or -1)

    assert (parsed.status, parsed.errors) == (0, "")
    report = orjson.loads(parsed.output)
    assert report["all_answered"]
    assert [turn["interrupted"] for turn in report["transcript"]] == [False, False, True, False, False]
    differences = [abs(answer["sum_ms"] - answer["measured_ms"]) for answer in report["answers"]]
    assert min(differences) < 20
    assert max(differences) < 400  # one message may come late, on a busy machine

    assert (unanswered.status, unanswered.errors) == (1, "")
    assert "quiet.wav: not answered" in unanswered.output


def write_quiet(path: Path) -> None:
    """Write half a second of silence, mono."""
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(16_000))


async def test_every_refusal_is_one_sentence(victoria: Victoria, question: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.wav"
    broken.write_bytes(b"not a sound")
    nobody = f"http://127.0.0.1:{free_port()}"
    server, key, agent, wav = (
        ("--url", victoria.url),
        ("--key", victoria.key),
        ("--agent", "Victoria"),
        str(question),
    )
    commands = {
        f"No Victoria answers at {nobody}": ("--url", nobody, *key, *agent, wav),
        "The key is not valid": (*server, "--key", "vk_wrong", *agent, wav),
        "There is no agent 'Nobody'; there are: Victoria": (*server, *key, "--agent", "Nobody", wav),
        "broken.wav cannot be read as a WAV file": (*server, *key, *agent, str(broken)),
        "is not an address such as": ("--url", "tel:1", *key, *agent, wav),
    }
    results = await asyncio.gather(*(victoria_call(*arguments) for arguments in commands.values()))
    for sentence, result in zip(commands, results, strict=True):
        assert result.status == 1
        assert result.errors.startswith("victoria: ")
        assert sentence in result.errors
        assert result.errors.count("\n") == 1
