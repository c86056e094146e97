"""The console's files, and one page for all addresses inside it."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.http import Site, a_site

INDEX = "<!doctype html><title>Victoria</title>"


@pytest.fixture
async def built(tmp_path: Path) -> AsyncIterator[Site]:
    build = tmp_path / "dist"
    (build / "assets").mkdir(parents=True)
    (build / "index.html").write_text(INDEX)
    (build / "favicon.svg").write_text("<svg/>")
    (build / "assets" / "app-1a2b3c.js").write_text("export {}")
    (build / ".env").write_text("SECRET=1")
    (tmp_path / "outside.txt").write_text("outside")
    (build / "link.txt").symlink_to(tmp_path / "outside.txt")
    async with a_site(tmp_path) as site:
        yield site.rebuilt(console_dir=build)


@pytest.mark.parametrize("path", ["/", "/history", "/history/" + "0" * 32, "/simulator/", "/index.html"])
async def test_every_page_is_the_application_without_a_key(built: Site, path: str) -> None:
    async with built.visitor() as visitor:
        response = await visitor.get(path)
    assert (response.status_code, response.text) == (200, INDEX)
    assert response.headers["cache-control"] == "no-cache"
    assert response.headers["content-type"].startswith("text/html")


async def test_what_is_hashed_into_its_name_is_kept_for_good(built: Site) -> None:
    response = await built.visitor().get("/assets/app-1a2b3c.js")
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert response.headers["content-type"].startswith("text/javascript")
    favicon = await built.visitor().get("/favicon.svg")
    assert favicon.headers["cache-control"] == "no-cache"
    again = await built.visitor().get("/favicon.svg", headers={"If-None-Match": favicon.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize(
    ("accepted", "is_small"),
    [
        ("gzip, deflate, br", True),
        ("GZIP;q=0.5", True),
        ("gzip;q=0", False),
        ("identity", False),
        ("", False),
    ],
)
async def test_a_gzipped_copy_goes_to_those_who_take_it(
    built: Site, tmp_path: Path, accepted: str, is_small: bool
) -> None:
    copy = tmp_path / "dist" / "assets" / "app-1a2b3c.js.gz"
    copy.write_bytes(gzip.compress(b"export {}"))
    headers = {"Accept-Encoding": accepted}
    response = await built.visitor().get("/assets/app-1a2b3c.js", headers=headers)
    assert response.text == "export {}"
    assert response.headers.get("content-encoding") == ("gzip" if is_small else None)
    assert response.headers["content-type"].startswith("text/javascript")
    assert "Accept-Encoding" in response.headers["vary"]
    assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
    again = {**headers, "If-None-Match": response.headers["etag"]}
    assert (await built.visitor().get("/assets/app-1a2b3c.js", headers=again)).status_code == 304
    plain = await built.visitor().get("/favicon.svg", headers=headers)
    assert (plain.text, plain.headers.get("content-encoding")) == ("<svg/>", None)


@pytest.mark.parametrize(
    "path",
    [
        "/api-docs.json",
        "/assets/missing.js",
        "/.env",
        "/.git/config",
        "/link.txt",
        "/..%2foutside.txt",
        "/assets/..%2f..%2foutside.txt",
        "/%00.js",
        "/" + "x" * 5_000 + ".js",
    ],
)
async def test_what_is_no_file_of_the_build_is_not_found(built: Site, path: str) -> None:
    response = await built.visitor().get(path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/ws", "/ws/other", "/health", "/health/nowhere", "/docs"])
async def test_addresses_of_programs_are_never_pages(built: Site, path: str) -> None:
    response = await built.visitor().get(path)
    assert response.status_code == 404
    assert response.json()["code"] == "not-found"


async def test_only_reading_works(built: Site) -> None:
    head = await built.visitor().head("/")
    assert (head.status_code, head.text) == (200, "")
    post = await built.visitor().post("/history")
    assert (post.status_code, post.headers["allow"]) == (405, "GET, HEAD")


async def test_without_a_build_the_page_says_what_to_do_in_both_languages(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        response = await site.rebuilt(console_dir=tmp_path / "dist").visitor().get("/")
    assert response.status_code == 503
    assert "The API works without it." in response.text
    assert "La API funciona sin ella." in response.text


async def test_a_build_made_while_the_server_runs_is_served(tmp_path: Path) -> None:
    build = tmp_path / "dist"
    async with a_site(tmp_path) as site:
        visitor = site.rebuilt(console_dir=build).visitor()
        assert (await visitor.get("/")).status_code == 503
        build.mkdir()
        (build / "index.html").write_text(INDEX)
        assert (await visitor.get("/")).text == INDEX


async def test_where_the_console_is_switched_off_there_is_nothing(tmp_path: Path) -> None:
    async with a_site(tmp_path) as site:
        assert (await site.visitor().get("/")).status_code == 404
