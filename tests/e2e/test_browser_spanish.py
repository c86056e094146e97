"""The console in Spanish: every place, a new agent and a call with it, and the switch of languages."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.support.browser import heard_and_said, loud_frames
from tests.support.console_visit import a_quiet_browser, a_visit, switchboard
from tests.support.victoria import Victoria

pytestmark = pytest.mark.browser

PLACES = {
    "Panel": "/",
    "Hablar": "/talk",
    "Agentes": "/agents",
    "Llamadas": "/calls",
    "Salientes": "/outbound",
    "Ajustes": "/settings",
}
HEADINGS = {"Salientes": "Llamadas salientes"}  # where there is more room than in the switchboard
GREETING = "Buenas, taller Robles. ¿En qué puedo ayudarle?"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium in a quiet room."""
    with a_quiet_browser(tmp_path_factory.mktemp("browser")) as chromium:
        yield chromium


def test_a_spanish_browser_is_led_everywhere_in_spanish(browser: Browser, victoria: Victoria) -> None:
    with a_visit(browser, victoria, language="es-MX") as page:
        navigation = switchboard(page, "Principal")
        expect(navigation.get_by_role("link")).to_have_text(list(PLACES))
        for name, path in PLACES.items():
            navigation.get_by_role("link", name=name, exact=True).click()
            heading = HEADINGS.get(name, name)
            expect(page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()
            expect(page).to_have_url(victoria.url + path)
        expect(page.locator("html")).to_have_attribute("lang", "es")


def test_an_agent_made_in_spanish_greets_in_spanish(browser: Browser, victoria: Victoria) -> None:
    with a_visit(browser, victoria, "/agents", language="es-ES") as page:
        page.get_by_role("link", name="Nuevo agente").click()
        page.get_by_role("link", name="Recepción").click()
        page.get_by_role("textbox", name="Primer mensaje").fill(GREETING)
        try:
            page.get_by_role("button", name="Crear agente").click()
            expect(page.get_by_text("Se creó Recepción.")).to_be_visible()
            expect(page).to_have_url(re.compile(r"/agents/[0-9a-f]{32}$"))
            page.get_by_role("link", name="Todos los agentes").click()
            page.get_by_role("link", name="Hablar con Recepción").click()
            page.get_by_role("main").get_by_role("button", name="Hablar", exact=True).click()
            state = page.get_by_role("main").get_by_text("Escuchando", exact=True)
            expect(state).to_be_visible()
            page.get_by_role("main").get_by_role("button", name="Colgar").click()
            page.get_by_role("link", name="Verla en el historial").click()
            said = page.get_by_role("dialog", name="Llamada con Recepción").get_by_role(
                "group", name="Lo que dijo el agente"
            )
            expect(said).to_have_text(GREETING)
            _, heard = heard_and_said(page)
        finally:
            delete_agents(victoria, "Recepción")
    assert loud_frames(heard).sum() > 100


def delete_agents(victoria: Victoria, name: str) -> None:
    """Delete all agents of this name."""
    for agent in victoria.get("/api/config/agents")["items"]:
        if agent["name"] == name:
            victoria.ask("DELETE", f"/api/config/agents/{agent['id']}").raise_for_status()


def test_the_language_is_switched_at_once_and_remembered(browser: Browser, victoria: Victoria) -> None:
    with a_visit(browser, victoria, "/settings/look") as page:
        page.get_by_role("main").get_by_text("Español", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ajustes")
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text("Ajustes")
        page.get_by_role("main").get_by_text("English", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Settings")
