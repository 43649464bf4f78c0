"""Two versions side by side in a real browser: marks that are words as well as colours, and drawings that move together."""
from collections.abc import Callable
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Flask

from tests.webapp.looking import RULES
from tests.webapp.test_release import RENAMED, published

LINES = ('matter.bpmn', '"rejected"', '"not_taken"')
MARKS = '''() => [...document.querySelectorAll('.pair .diagram')].map(side => [...side.querySelectorAll('.djs-overlay .mark')]
    .map(mark => mark.textContent).sort().join(''))'''


def test_what_differs_is_marked_on_both_drawings(app: Flask, visit: Callable[..., Any], bundle: Path) -> None:
    published(app, RENAMED, LINES, ('matter.bpmn', '>rejected<', '>not_taken<'))
    page = visit('gz-office-officer', '/release/2/against/1')
    page.locator('.pair [data-state=ready]').nth(1).wait_for(state='attached')
    old, new = page.evaluate(MARKS)
    assert '删' in old and '增' not in old and '增' in new and '删' not in new and '改' in old and '改' in new
    assert page.locator('.pair .is-removed[data-element-id=rejected]').count() == 1
    assert page.locator('.pair .is-added[data-element-id=not_taken]').count() == 1
    boxes = [page.locator('.pair .djs-container').nth(side) for side in (0, 1)]
    boxes[0].evaluate('box => { box.scrollLeft = box.scrollWidth; }')
    page.wait_for_function('''() => { const [one, other] = document.querySelectorAll('.pair .djs-container');
        return Math.abs(one.scrollLeft - other.scrollLeft) < 5 && one.scrollLeft > 100; }''')
    page.locator('a[data-show=approve]').click()
    page.wait_for_function('''() => [...document.querySelectorAll('.pair .djs-container')].every(box => {
        const task = box.querySelector('[data-element-id=approve]').getBoundingClientRect();
        const frame = box.getBoundingClientRect();
        return task.left >= frame.left - 1 && task.right <= frame.right + 1; })''')
    assert not Axe().run(page, options=RULES).response['violations']


def test_on_a_phone_the_page_does_not_move_sideways(app: Flask, visit: Callable[..., Any]) -> None:
    published(app, RENAMED)
    page = visit('gz-office-owner', '/release/2/against/1', width=360)
    assert page.evaluate('document.documentElement.scrollWidth') <= 360
    page.goto('/release')
    assert page.evaluate('document.documentElement.scrollWidth') <= 360
    page.goto('/release/new?version=1')
    assert page.evaluate('document.documentElement.scrollWidth') <= 360
    assert not Axe().run(page, options=RULES).response['violations']
