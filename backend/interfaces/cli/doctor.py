"""``victoria doctor telephone``: what keeps a telephone from reaching an agent, and what to mend first."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson
import typer

from backend.application.services.telephony.doctor import (
    AilmentError,
    Examination,
    Finding,
    Verdict,
    examine,
    first_to_mend,
)
from backend.application.services.telephony.doctor_codec import check_codecs
from backend.application.services.telephony.doctor_trial import Patient
from backend.domain.errors import ConfigurationError
from backend.interfaces.cli.doctor_address import AddressDoctor
from backend.interfaces.cli.doctor_call import CallDoctor
from backend.interfaces.cli.doctor_carriers import CarrierDoctor
from backend.interfaces.cli.doctor_server import OwnServer
from backend.interfaces.cli.doctor_way import WayDoctor
from backend.interfaces.cli.doctor_wire import Wire

_SIGNS: Final = {Verdict.GOOD: "✓", Verdict.BAD: "✗", Verdict.NOT_TRIED: "–"}


def telephone(key: str | None, *, is_json: bool) -> int:
    """Examine, print what was found, and return the exit status: 0 if nothing is bad."""
    findings = asyncio.run(_examined(key))
    if is_json:
        typer.echo(orjson.dumps(as_json(findings), option=orjson.OPT_INDENT_2).decode())
    else:
        for line in as_text(findings):
            typer.echo(line)
    return 0 if first_to_mend(findings) is None else 1


def examinations(patient: Patient, server: OwnServer, wire: Wire) -> Iterator[Examination]:
    """Yield everything there is to look at, causes before their consequences."""
    address = AddressDoctor(patient, wire)
    way = WayDoctor(patient, wire, server)
    carriers = [CarrierDoctor(carrier, wire, server) for carrier in patient.carriers]
    names = [carrier.adapter.name for carrier in patient.carriers]
    yield Examination("settings", address.check_settings)
    yield Examination("server", server.check)
    yield Examination("address", address.check_address)
    yield Examination("certificate", address.check_certificate)
    yield Examination("reach", way.check_reach)
    yield Examination("websocket", way.check_upgrade)
    yield Examination("identity", way.check_identity)
    yield Examination("proxy headers", way.check_headers)
    for name, carrier in zip(names, carriers, strict=True):
        yield Examination(f"credentials ({name})", carrier.check_credentials)
    for name, carrier in zip(names, carriers, strict=True):
        yield Examination(f"signature ({name})", carrier.check_signature)
    for name, carrier in zip(names, carriers, strict=True):
        if name != "loopback":  # it takes any number
            yield Examination(f"numbers ({name})", carrier.check_numbers)
    yield Examination("codec", check_codecs)
    yield Examination("call", CallDoctor(patient, wire, server).check)


def as_text(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield the lines that a person reads."""
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        yield f"{_SIGNS[finding.verdict]} {finding.name:<{width}}  {finding.sentence}"
    first = first_to_mend(findings)
    yield ""
    if first is None:
        yield "Nothing is wrong that can be seen from here."
    else:
        yield f"Mend this first ({first.name}): {first.remedy}"


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return what a program reads; ``first`` is null if nothing is bad."""
    first = first_to_mend(findings)
    return {
        "ok": first is None,
        "checks": [
            {
                "name": finding.name,
                "verdict": finding.verdict.value,
                "detail": finding.sentence,
                "remedy": finding.remedy,
            }
            for finding in findings
        ],
        "first": None if first is None else {"name": first.name, "remedy": first.remedy},
    }


async def _examined(key: str | None) -> list[Finding]:
    from backend import bootstrap_doctor  # noqa: PLC0415 - takes a second, and only this needs it

    try:
        patient = bootstrap_doctor.read_patient()
    except ConfigurationError as error:
        return await examine([_unusable(error), Examination("codec", check_codecs)])
    key = key or os.environ.get("VICTORIA_API_KEY") or bootstrap_doctor.owner_key()
    wire = Wire(ssl.create_default_context())
    try:
        return await examine(examinations(patient, OwnServer(patient, key), wire))
    finally:
        for carrier in patient.carriers:
            await carrier.adapter.aclose()


def _unusable(error: ConfigurationError) -> Examination:
    async def check() -> str:
        first = error.message.splitlines()[0]
        raise AilmentError(first, first)

    return Examination("settings", check)
