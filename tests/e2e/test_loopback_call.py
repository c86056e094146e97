"""``victoria call --carrier loopback``: the whole telephone, on this machine, with nothing set up."""

from __future__ import annotations

import asyncio
import os
import sys
import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest
from numpy.typing import NDArray

from backend.interfaces.cli.meter import is_loud, sound_start
from backend.interfaces.cli.sound_files import write_stereo
from tests.support.speech import flite
from tests.support.victoria import ROOT, SIMULATED, Victoria, a_victoria

pytestmark = [pytest.mark.speech, pytest.mark.live]

RATE = 8_000


@dataclass(frozen=True, slots=True)
class Result:
    """What a command left behind."""

    status: int
    output: str
    errors: str

    @property
    def report(self) -> Any:
        return orjson.loads(self.output)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Victoria]:
    """A server of its own: these tests look at all of its calls."""
    with a_victoria(tmp_path_factory.mktemp("exchange"), SIMULATED) as server:
        yield server


@pytest.fixture(scope="module")
def question(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A WAV with a question in it."""
    path = tmp_path_factory.mktemp("sounds") / "question.wav"
    pcm = np.frombuffer(flite("where are you"), "<i2")
    write_stereo(path, pcm, pcm, 16_000)
    return str(path)


async def phone(victoria: Victoria, *arguments: str) -> Result:
    """Run the command, as the owner of the server's data folder."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend.interfaces.cli.main", "call", "--carrier", "loopback"),
        *("--url", victoria.url, "--key", victoria.key, *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "VICTORIA_DATA_DIR": str(victoria.folder / "data")},
    )
    output, errors = await asyncio.wait_for(process.communicate(), 90)
    assert process.returncode is not None
    return Result(process.returncode, output.decode(), errors.decode())


def written(path: Path) -> tuple[NDArray[np.int16], NDArray[np.int16]]:
    """Return both sides of a call at 8 kHz: caller, agent."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.int16).reshape(-1, 2)
    return both[:, 0], both[:, 1]


async def test_a_telephone_call_is_heard_understood_measured_and_kept(
    exchange: Victoria, question: str, tmp_path: Path
) -> None:
    """Three calls at once: with keys between two questions, into the middle of an answer, and for people."""
    out = tmp_path / "phone.wav"
    to_agent = ("--agent", "victoria")
    keyed, impatient, printed = await asyncio.gather(
        phone(exchange, *to_agent, "--json", "--keys", "12#", "--out", str(out), question, question),
        phone(exchange, *to_agent, "--json", "--barge-in-ms", "700", question, question),
        phone(exchange, *to_agent, question),
    )

    assert (keyed.status, keyed.errors) == (0, "")
    assert keyed.report["cause"] == "caller-hung-up"
    said = [turn["content"] for turn in keyed.report["transcript"] if turn["role"] == "caller"]
    assert len(said) == 3
    assert "1 2" in said[1]
    differences = [abs(answer["sum_ms"] - answer["measured_ms"]) for answer in keyed.report["answers"]]
    assert min(differences) < 20
    assert max(differences) < 400  # one message may come late, on a busy machine

    caller, agent = written(out)
    greeted, asked = sound_start(agent, RATE), sound_start(caller, RATE)
    assert greeted is not None
    assert asked is not None
    assert greeted < asked
    assert is_loud(agent, RATE).sum() > 100  # a second
    assert len(agent) / RATE * 1_000 == pytest.approx(keyed.report["duration_ms"], abs=20)

    assert (impatient.status, impatient.errors) == (0, "")
    assert [turn["interrupted"] for turn in impatient.report["transcript"]] == [
        False,
        False,
        True,
        False,
        False,
    ]

    assert (printed.status, printed.errors) == (0, "")
    assert "Victoria: Hello, this is Victoria at the Harbour Dental Clinic." in printed.output
    assert "question.wav: understood as" in printed.output

    history = exchange.get("/api/history/calls")["items"]
    assert {(call["direction"], call["carrier"], call["status"]) for call in history} == {
        ("inbound", "loopback", "completed")
    }
    assert len(history) == 3
    assert exchange.get("/api/config/numbers")["items"] == []  # what was made for the calls is gone


async def test_a_number_is_called_as_it_is_set_up(exchange: Victoria, question: str) -> None:
    agent = exchange.get("/api/config/agents")["items"][0]["id"]
    line = {"number": "+999100200300", "carrier": "loopback", "agent_id": agent}
    exchange.ask("POST", "/api/config/numbers", line).raise_for_status()
    reached, nobody = await asyncio.gather(
        phone(exchange, "--to", "+999100200300", "--json", question),
        phone(exchange, "--to", "+999100200301", question),
    )
    assert reached.status == 0
    assert reached.report["all_answered"]
    assert (nobody.status, nobody.errors) == (1, "victoria: Nobody has that number.\n")


async def test_every_refusal_is_one_sentence(exchange: Victoria, question: str, tmp_path: Path) -> None:
    stranger = Victoria(tmp_path)  # whose data folder is not the server's
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "loopback.key").write_text("0" * 64)
    (tmp_path / "data" / "owner.key").write_text(exchange.key)
    stranger.url = exchange.url
    agent = ("--agent", "victoria")
    commands = {
        "either a number with --to or an agent with --agent": phone(exchange, question),
        "The keys of a telephone are": phone(exchange, *agent, "--keys", "1x", question),
        "Only 'loopback' can be called": phone(exchange, *agent, "--carrier", "twilio", question),
        "There is no agent 'Nobody'": phone(exchange, "--agent", "Nobody", question),
        "is not valid": phone(stranger, *agent, question),
        "only this machine can reach": phone(exchange, *agent, "--url", "http://voice.example.com", question),
    }
    results = await asyncio.gather(*commands.values())
    for sentence, result in zip(commands, results, strict=True):
        assert result.status == 1
        assert sentence in result.errors
        assert result.errors.startswith("victoria: ")
        assert result.errors.count("\n") == 1
