"""Who is believed by the carrier without anybody outside: whoever knows its secret."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from backend.domain.errors import StorageError
from backend.domain.ports.telephony_port import CarrierRequest
from backend.domain.value_objects.secret import Secret
from backend.infrastructure.adapters.telephony.loopback.loopback_adapter import LoopbackAdapter
from backend.infrastructure.adapters.telephony.loopback.loopback_secret import (
    make_loopback_secret,
    read_loopback_secret,
)
from backend.infrastructure.adapters.telephony.loopback.loopback_signature import signature_of
from tests.unit.telephony_line.loopback_carrier import URL, adapter, request


def test_who_knows_the_secret_is_believed_at_any_address_of_the_server() -> None:
    signed = request(b'{"a":1}')
    assert adapter().is_authentic(signed)
    elsewhere = CarrierRequest(URL.replace("127.0.0.1:8000", "localhost:9"), "", signed.headers, signed.body)
    assert adapter().is_authentic(elsewhere)
    assert adapter().is_authentic(request(b"", url="ws://127.0.0.1:8000/ws/telephone/loopback"))


@pytest.mark.parametrize(
    "forged",
    [
        request(signature=""),
        request(signature="0" * 64),
        request(signature="ñ"),
        CarrierRequest(URL, "", {}, b"{}"),
        CarrierRequest(URL, "", request(b'{"a":1}').headers, b'{"a":2}'),
        CarrierRequest(URL + "/other", "", request().headers, b"{}"),
        CarrierRequest(URL + "?a=1", "", request().headers, b"{}"),
        CarrierRequest("http://[", "", request().headers, b"{}"),
    ],
)
def test_nobody_else_is(forged: CarrierRequest) -> None:
    assert not adapter().is_authentic(forged)


def test_without_a_secret_nobody_is_believed() -> None:
    signature = signature_of(Secret(""), URL, b"{}")
    assert not LoopbackAdapter(Secret(""), URL).is_authentic(request(signature=signature))


def test_the_secret_is_the_owners_and_new_each_time(tmp_path: Path) -> None:
    assert read_loopback_secret(tmp_path) is None
    first = make_loopback_secret(tmp_path / "data")
    second = make_loopback_secret(tmp_path / "data")
    assert first != second == read_loopback_secret(tmp_path / "data")
    (file,) = (tmp_path / "data").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("no folder")
    with pytest.raises(StorageError, match="loopback"):
        make_loopback_secret(tmp_path / "data")
