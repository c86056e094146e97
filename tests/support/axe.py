"""axe-core in a real page, and a walk through it with the Tab key."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from playwright.sync_api import Page

from tests.support.victoria import ROOT

_SCRIPT: Final = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_GRAVE: Final = {"serious", "critical"}
_MOST_STOPS: Final = 200

# What a person must be able to reach: in an open dialog, else on the page. Of radio buttons or tabs one is a
# stop, the others have tabindex -1, and the group around them only passes the focus on.
_COLLECT: Final = """
() => {
  const kinds = 'a[href], button, input, select, textarea, summary, [tabindex="0"]';
  const passing = '[role="radiogroup"], [role="tablist"], [data-radix-focus-guard], [aria-hidden="true"]';
  const root = document.querySelector('[role="dialog"], [role="alertdialog"]') ?? document;
  const all = [...root.querySelectorAll(kinds)].filter((element) => !element.matches(passing));
  const firstOfRadios = new Set();
  window.__stops = all.filter((element) => {
    if (element.matches(':disabled, [tabindex="-1"], [aria-hidden="true"] *')) return false;
    if (!element.checkVisibility({ visibilityProperty: true })) return false;
    if (element.type !== 'radio') return true;
    if (firstOfRadios.has(element.name)) return false;
    firstOfRadios.add(element.name);
    return true;
  });
  return window.__stops.map((element) => element.outerHTML.slice(0, 160));
}
"""
_STOP: Final = """
() => {
  const element = document.activeElement;
  const isSeen = [null, '::before', '::after'].some((part) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(element, part);
    return outlineStyle !== 'none' && outlineWidth !== '0px';
  });
  return { index: window.__stops.indexOf(element), isBody: element === document.body, isSeen };
}
"""

# Waits until what moves has arrived: colours on the way are nobody's fault. What blinks for ever never ends.
_ARRIVED: Final = """
async () => {
  const ends = ({ playState, effect }) =>
    playState === 'running' && effect.getComputedTiming().endTime < Infinity;
  await Promise.allSettled(document.getAnimations().filter(ends).map((animation) => animation.finished));
}
"""


@cache
def _source() -> str:
    return _SCRIPT.read_text(encoding="utf-8")


def grave_findings(page: Page) -> list[str]:
    """Return what axe-core calls serious or critical on the page as it stands, with the elements it means."""
    page.evaluate(_ARRIVED)
    page.evaluate(_source())  # not a script element: the page's content security policy stays in force
    result: dict[str, Any] = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{finding['id']}: {node['html'][:200]} ({node.get('failureSummary', '')[:200]})"
        for finding in result["violations"]
        if finding["impact"] in _GRAVE
        for node in finding["nodes"]
    ]


def unreached(page: Page) -> list[str]:
    """Press Tab until the page ends; return what the focus never came to, and what it came to unseen."""
    stops: list[str] = page.evaluate(_COLLECT)
    page.evaluate("() => document.activeElement?.blur()")
    reached: set[int] = set()
    unseen: list[str] = []
    for _ in range(_MOST_STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(_STOP)
        if stop["isBody"] or stop["index"] in reached:
            break
        if stop["index"] >= 0:
            reached.add(stop["index"])
            if not stop["isSeen"]:
                unseen.append(f"focused, but not visibly: {stops[stop['index']]}")
    missed = [f"not reached: {html}" for index, html in enumerate(stops) if index not in reached]
    return missed + unseen
