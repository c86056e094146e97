"""``victoria call``: a WAV file calls an agent, over the same door as a browser or as a telephone."""

from __future__ import annotations

import asyncio
import os
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import orjson
import typer

from backend.domain.errors import CallerError, ConfigurationError
from backend.domain.value_objects.keypad import KEYS
from backend.interfaces.cli.call_report import CallReport, as_json, as_text, report_of
from backend.interfaces.cli.call_script import CallScript, Utterance
from backend.interfaces.cli.caller import RATE, Caller
from backend.interfaces.cli.phone import RATE as PHONE_RATE
from backend.interfaces.cli.phone_call import PhoneOrder, place_phone_call
from backend.interfaces.cli.server_api import Server
from backend.interfaces.cli.sound_files import read_mono, write_stereo

LOOPBACK: Final = "loopback"


def call(
    wavs: list[Path],
    *,
    agent: str | None,
    carrier: str | None,
    to: str | None,
    keys: str,
    url: str | None,
    key: str | None,
    out: Path | None,
    barge_in_ms: int | None,
    is_json: bool,
) -> int:
    """Place one call and print what came of it; return the exit status: 0 if every WAV was answered.

    Raises ``VictoriaError`` with one sentence if the call does not come about.
    """
    if carrier is not None:
        _check_phone(carrier, agent, to, keys)
        spoken = _utterances(wavs, PHONE_RATE)
        order = PhoneOrder(spoken, agent, to, keys=keys, barge_in_ms=barge_in_ms)
        server = server_for(url, key)
        report = asyncio.run(place_phone_call(server, _loopback_secret(server), order))
    elif agent is None or to or keys:
        raise CallerError("Say whom to call with --agent; --to and --keys are for telephones (--carrier).")
    else:
        script = CallScript(_utterances(wavs, RATE), rate=RATE, barge_in_ms=barge_in_ms)
        report = asyncio.run(place_call(server_for(url, key), agent, script))
    if out is not None:
        write_stereo(out, report.record.said, report.record.heard, report.record.rate)
    if is_json:
        typer.echo(orjson.dumps(as_json(report), option=orjson.OPT_INDENT_2).decode())
    else:
        for line in as_text(report):
            typer.echo(line)
    return 0 if report.all_answered else 1


def _utterances(wavs: list[Path], rate: int) -> list[Utterance]:
    return [Utterance(wav.name, read_mono(wav, rate), rate) for wav in wavs]


def _check_phone(carrier: str, agent: str | None, to: str | None, keys: str) -> None:
    if carrier != LOOPBACK:
        raise CallerError(f"Only {LOOPBACK!r} can be called from here; real carriers need a telephone.")
    if (agent is None) == (to is None):
        raise CallerError("Say whom to call: either a number with --to or an agent with --agent.")
    if not set(keys) <= set(KEYS):
        raise CallerError(f"The keys of a telephone are {' '.join(KEYS)}.")


def _loopback_secret(server: Server) -> str:
    """Return what the loopback carrier is used with. Raises ``ConfigurationError`` if there is none here."""
    from backend import bootstrap  # noqa: PLC0415 - takes a second, and only this needs it

    secret = bootstrap.loopback_secret(bootstrap.read_settings()) if _is_this_machine(server.url) else None
    if secret is None:
        raise ConfigurationError(
            "The loopback carrier is for the server of this machine and data folder (VICTORIA_DATA_DIR) that "
            "only this machine can reach; there is none.",
            code="no-loopback",
        )
    return secret


async def place_call(server: Server, agent: str, script: CallScript) -> CallReport:
    """Call ``agent`` (a name or an id) and report. Raises ``VictoriaError``."""
    agent_id = await asyncio.to_thread(server.agent_id, agent)
    ticket = await asyncio.to_thread(server.ticket, agent_id)
    return report_of(await Caller(script).call(server.calls_url, ticket), script)


def server_for(url: str | None, key: str | None) -> Server:
    """Return the server to call. The owner's key is for this machine's server and never leaves the machine.

    Raises ``ConfigurationError`` if there is no key to be had.
    """
    key = key or os.environ.get("VICTORIA_API_KEY")
    if url is not None and key is not None:
        return Server(url, key)
    if url is not None and not _is_this_machine(url):
        raise ConfigurationError(f"Give a key for {url} with --key or VICTORIA_API_KEY.", code="no-key")
    from backend import bootstrap  # noqa: PLC0415 - takes a second, and only this needs it

    settings = bootstrap.read_settings()
    key = key or bootstrap.owner_key(settings)
    if key is None:
        raise ConfigurationError(
            f"There is no key in {settings.data_dir / 'owner.key'}; give one with --key or VICTORIA_API_KEY.",
            code="no-key",
        )
    return Server(url or f"http://{settings.host}:{settings.port}", key)


def _is_this_machine(url: str) -> bool:
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
