"""A Speech SDK that is installed and cannot be loaded."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Final

import pytest

_SDK: Final = "azure.cognitiveservices.speech"

# A system without a library that the SDK needs, and a package of which a part is missing.
SDK_TROUBLE: Final = (
    OSError("libasound.so.2: cannot open shared object file: No such file or directory"),
    ImportError("cannot import name 'SpeechConfig'"),
)


class _Broken(MetaPathFinder, Loader):
    def __init__(self, error: Exception) -> None:
        self._error = error

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        return ModuleSpec(fullname, self) if fullname == _SDK else None

    def exec_module(self, module: ModuleType) -> None:
        raise self._error


def break_sdk(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let loading the SDK raise ``error`` for the rest of the test."""
    monkeypatch.delitem(sys.modules, _SDK, raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Broken(error), *sys.meta_path])
