"""The scripts that run in builds and health checks, run as a build runs them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.support.victoria import ROOT

EXAMPLE = ROOT / "config" / "environments" / ".env.example"


def run(script: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / script), *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings_file(folder: Path, text: str) -> str:
    path = folder / ".env"
    path.write_text(text)
    return str(path)


# --- check_env ------------------------------------------------------------------------------------


def test_a_good_file_passes(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "# ours\nVICTORIA_PORT=9000\nexport VICTORIA_LOG_LEVEL='debug'\nPATH=x\n")
    done = run("check_env.py", file, "VICTORIA_PORT")
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 settings, all good." in done.stdout


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("VICTORIA_PORT=\n", "VICTORIA_PORT has no value (line 1)."),
        ('VICTORIA_PORT=""\n', "VICTORIA_PORT has no value (line 1)."),
        ("VICTORIA_PORT=1\nVICTORIA_PORT=2\n", "VICTORIA_PORT is there twice (line 2)."),
        ("VICTORIA_PROT=9000\n", "VICTORIA_PROT is not a setting of Victoria's."),
        ("\nport 9000\n", "line 2 is not NAME=value."),
        ("VICTORIA_PORT=many\n", "VICTORIA_PORT: "),
        ("VICTORIA_LOG_LEVEL=info\n", "DATABASE_URL is missing."),
    ],
)
def test_a_bad_file_stops_the_build_with_a_reason(tmp_path: Path, text: str, complaint: str) -> None:
    required = ["DATABASE_URL"] if complaint.startswith("DATABASE_URL") else []
    done = run("check_env.py", settings_file(tmp_path, text), *required)
    assert done.returncode == 1
    assert complaint in done.stderr
    assert "Traceback" not in done.stderr


def test_a_file_that_is_not_there_is_told() -> None:
    done = run("check_env.py", "nowhere.env")
    assert done.returncode == 1
    assert "nowhere.env cannot be read" in done.stderr


def test_a_secret_is_never_printed(tmp_path: Path) -> None:
    secret = "sk-not-one word"
    done = run("check_env.py", settings_file(tmp_path, f"VICTORIA_GROQ_API_KEY={secret}\n"))
    assert done.returncode == 1
    assert secret not in done.stdout + done.stderr


def test_the_environment_does_not_hide_what_the_file_lacks(tmp_path: Path) -> None:
    file = settings_file(tmp_path, "VICTORIA_PORT=many\n")
    assert run("check_env.py", file, VICTORIA_PORT="9000").returncode == 1


def test_every_setting_of_the_example_is_known(tmp_path: Path) -> None:
    names = [
        line.partition("=")[0] for line in EXAMPLE.read_text().splitlines() if line.startswith("VICTORIA_")
    ]
    done = run("check_env.py", settings_file(tmp_path, "".join(f"{name}=\n" for name in names)))
    assert "is not a setting" not in done.stderr
    assert done.stderr.count("has no value") == len(names) > 40


# --- health_check ---------------------------------------------------------------------------------


@contextmanager
def a_server(status: int, body: str) -> Iterator[str]:
    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_server_that_takes_calls_is_well() -> None:
    with a_server(200, '{"status": "ok", "checks": []}') as url:
        done = run("health_check.py", "--url", url)
    assert (done.returncode, done.stdout) == (0, f"{url}/health/ready: ok\n")


def test_a_server_that_takes_none_is_not_and_says_why() -> None:
    failed = (
        '{"status": "unavailable", "checks": [{"name": "database", "status": "failed", "detail": "gone"}]}'
    )
    with a_server(503, failed) as url:
        done = run("health_check.py", "--url", url)
    assert done.returncode == 1
    assert "HTTP 503, unavailable; database: gone" in done.stderr


def test_whoever_else_answers_there_is_told() -> None:
    with a_server(502, "<html>bad gateway</html>") as url:
        done = run("health_check.py", "--url", url, "--live")
    assert done.returncode == 1
    assert "HTTP 502, not Victoria's answer" in done.stderr


def test_nobody_there_is_told() -> None:
    with a_server(200, "") as url:
        pass
    done = run("health_check.py", "--url", url)
    assert done.returncode == 1
    assert "no answer" in done.stderr
    assert "Traceback" not in done.stderr
