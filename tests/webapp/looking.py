"""How a page is looked at in a real browser, and what is wrong with it: for a finger, for a narrow screen, for axe."""
from collections import Counter, deque
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from flask import Flask

RULES = {'runOnly': ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}
# Canvases of the drawing editors are not ours.
THEIRS = ('.bjs-container', '.bio-properties-panel', '.dmn-js-parent', '.fjs-editor-container')
# What a finger has to hit on a phone is at least 44 px high; a link in running text is as high as its line.
TOO_SMALL = '''() => [...document.querySelectorAll("button, .btn, a, input, select, textarea, summary")]
    .filter(e => e.offsetParent && !e.closest("thead, .vh, .skip"))
    .filter(e => !e.closest(".bjs-container, .bio-properties-panel, .dmn-js-parent, .fjs-editor-container"))
    .filter(e => !e.matches("[type=checkbox], [type=radio], [type=hidden]"))
    .filter(e => e.getBoundingClientRect().height < 43.5)
    .filter(e => !e.matches("a:not(.btn)") || getComputedStyle(e).display !== "inline" || e.closest("header")
        || e.parentElement.textContent.trim() === e.textContent.trim())
    .map(e => e.outerHTML.slice(0, 120))'''
# Below 16 px a phone enlarges the page when one begins to write.
TOO_FINE = '''() => [...document.querySelectorAll("input, select, textarea")]
    .filter(e => e.offsetParent && !e.matches("[type=checkbox], [type=radio], [type=hidden]"))
    .filter(e => !e.closest(".bio-properties-panel"))
    .filter(e => parseFloat(getComputedStyle(e).fontSize) < 16).map(e => e.outerHTML.slice(0, 120))'''
# Beyond the window's edge, beyond its own cell, or cut off in its own field.
OUT_OF_PLACE = '''() => [...document.querySelectorAll("header li, dd, dd time, .due > *, input:not([type])")]
    .filter(e => e.offsetParent && !e.closest(".vh"))
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1
        || e.getBoundingClientRect().right > e.parentElement.getBoundingClientRect().right + 1
        || e.matches("input") && e.scrollWidth > e.clientWidth + 1)
    .map(e => e.outerHTML.slice(0, 120))'''
_WIDTH = 'document.documentElement.scrollWidth'
_LINKS = '() => [...document.querySelectorAll("a[href]:not([download])")].map(e => e.getAttribute("href"))'
_FILES = ('.pdf', '.docx', '.xlsx', '.xml', '.zip', '/file', '/progress', '/zip', '/template', '/news')


def faults(page: Any, width: int) -> list[str]:
    """What is wrong with the page that is open in a window of this width; empty: nothing."""
    wide = page.evaluate(_WIDTH)
    found = [f'{wide} px wide'] * (wide > width)
    if width < 640:
        found += [f'too small: {one}' for one in page.evaluate(TOO_SMALL)]
        found += [f'too fine: {one}' for one in page.evaluate(TOO_FINE)]
    said = Axe().run(page, context={'exclude': [[one] for one in THEIRS]}, options=RULES).response['violations']
    return found + [f"axe {one['id']}: {one['nodes'][0]['html'][:120]}" for one in said]


def walk(app: Flask, page: Any, seen: Counter[str], most: int = 1) -> Iterator[str]:
    """Open the page and its links, and theirs, as long as `seen` counts fewer than `most` pages of that kind; their
    paths. The first page is opened whatever was seen: what one post finds there another does not."""
    adapter = app.url_map.bind('localhost')
    first = _path(page.url)
    waiting, known = deque([first]), {first}
    while waiting:
        path = waiting.popleft()
        kind, values = adapter.match(urlsplit(path).path)
        kind += f"/{values['act']}" if 'act' in values else ''
        if (path != first and seen[kind] >= most) or '/file/' in path or urlsplit(path).path.endswith(_FILES):
            continue
        seen[kind] += 1
        page.goto(path)
        yield path
        for path in map(_path, page.evaluate(_LINKS)):
            if path.startswith('/') and path not in known:
                known.add(path)
                waiting.append(path)


def _path(address: str) -> str:
    parts = urlsplit(address)
    return f'{parts.path}?{parts.query}' if parts.query else parts.path


def strolled(app: Flask, visit: Callable[..., Any], logins: tuple[str, ...], width: int,
             most: int = 1) -> tuple[int, list[str]]:
    """Let each account walk from its first page; every kind of page that nobody before it has seen: how
    many kinds there were, and the faults of each."""
    seen, found = Counter[str](), []
    for login in logins:
        page = visit(login, '/', width)
        for path in walk(app, page, seen, most):
            found += [f'{login} {path}: {one}' for one in faults(page, width)]
    return len(seen), found
