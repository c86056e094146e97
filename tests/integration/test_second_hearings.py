"""A test that is heard again: what it shared with others is given back first, and in order.

The plugin alone forgets to: once a server was late for one test, Chromium stayed open, and its event loop
made every later test of that process fail.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
LATE = """
import pytest

told = []

@pytest.fixture(scope="session")
def server():
    told.append("start")
    assert told.count("start") > 1, "the server is not ready"
    yield
    told.append("stop")

@pytest.fixture(scope="module")
def browser():
    told.append("open")
    yield
    told.append("close")

def test_whose_server_is_late(browser, server):
    assert told.count("start") == 2
"""
NEXT = """
from test_late import told

def test_in_another_module():
    assert told.count("open") == told.count("close") > 0
"""


def heard(folder: Path) -> str:
    """Hear the tests in ``folder`` by the rules of this repository; return what pytest says of them."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "tests.conftest",
        "-c",
        str(REPOSITORY / "pytest.ini"),
    ]
    done = subprocess.run(
        [*command, "-c", "pytest.ini", "--rootdir", str(folder), str(folder)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout + done.stderr


def test_what_a_late_server_left_open_is_closed(tmp_path: Path) -> None:
    (tmp_path / "test_late.py").write_text(LATE)
    (tmp_path / "test_next.py").write_text(NEXT)
    assert "2 passed, 1 rerun" in heard(tmp_path)
