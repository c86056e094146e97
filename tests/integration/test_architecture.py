"""The import contracts hold, and each of them can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """Return a copy of the backend and its contracts that may be broken."""
    shutil.copytree(ROOT / "backend", tmp_path / "backend", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the backend in ``folder``."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env={"PYTHONPATH": str(folder)}, capture_output=True, text=True, check=False
    )


def test_the_contracts_are_kept(copy: Path) -> None:
    result = lint_imports(copy)
    assert result.returncode == 0, result.stdout
    assert "0 broken" in result.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("domain/entities/call.py", "import asyncio", "The domain is the standard library"),
        ("domain/entities/call.py", "import backend.application", "Imports point one way"),
        ("application/services/inbox.py", "import fastapi", "The application knows no concrete technology"),
        ("interfaces/http/app.py", "import backend.infrastructure.clock", "Imports point one way"),
        ("infrastructure/clock.py", "import backend.interfaces.http.app", "Imports point one way"),
        ("interfaces/http/app.py", "import backend.bootstrap", "Imports point one way"),
        (
            "infrastructure/adapters/llm/openai_adapter.py",
            "import backend.infrastructure.adapters.tts.espeak_adapter",
            "Adapter families do not know one another",
        ),
        ("utils.py", "import backend.domain.errors", "Imports point one way"),
    ],
)
def test_a_broken_contract_is_found(copy: Path, module: str, line: str, contract: str) -> None:
    with (copy / "backend" / module).open("a") as file:
        file.write(f"\n{line}\n")
    result = lint_imports(copy)
    assert result.returncode != 0
    assert any(row.startswith(contract) and "BROKEN" in row for row in result.stdout.splitlines()) or (
        "utils" in module and "utils" in result.stdout
    ), result.stdout
