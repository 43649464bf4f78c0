"""The diagram viewer in a real browser, under the policy that the pages send."""
import http.server
import json
import re
import threading
from collections.abc import Callable, Iterator
from html import escape
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.xdist_group('viewer')        # one process has what its tests share
POLICY = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'"
ROOT = Path(__file__).resolve().parents[2]
SHEET = ROOT / 'webapp' / 'static' / 'duban.css'
SHIPPED = sorted((ROOT / 'workflows').glob('*.bpmn'))
BPMN = '''<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:di="http://www.omg.org/spec/DD/20100524/DI"
    xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" targetNamespace="t">
<bpmn:process id="p" isExecutable="true"><bpmn:startEvent id="start"/>
<bpmn:userTask id="sign" name="到期前{warning_days}个工作日"/><bpmn:userTask id="handle" name="承办{unknown}"/>
<bpmn:sequenceFlow id="start__sign" sourceRef="start" targetRef="sign"/>
<bpmn:sequenceFlow id="sign__handle" sourceRef="sign" targetRef="handle"/></bpmn:process>
<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="pl" bpmnElement="p">
<bpmndi:BPMNShape id="s1" bpmnElement="start"><dc:Bounds x="100" y="100" width="36" height="36"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="s2" bpmnElement="sign"><dc:Bounds x="400" y="80" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="s3" bpmnElement="handle"><dc:Bounds x="2400" y="80" width="100" height="80"/></bpmndi:BPMNShape>
<bpmndi:BPMNEdge id="e1" bpmnElement="start__sign"><di:waypoint x="136" y="118"/><di:waypoint x="400" y="118"/></bpmndi:BPMNEdge>
<bpmndi:BPMNEdge id="e2" bpmnElement="sign__handle"><di:waypoint x="500" y="118"/><di:waypoint x="2400" y="118"/></bpmndi:BPMNEdge>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>'''
WALK = {'nodes': {'start': 1, 'sign': 2, 'gone': 3}, 'flows': ['start__sign', 'sign__handle'], 'now': ['handle']}


@pytest.fixture(scope='module')
def site(bundle: Path) -> Iterator[str]:
    """A page like the product's, with the built viewer, sent under the strict policy."""
    names = json.loads((bundle / 'manifest.json').read_text())

    def page(xml: str) -> str:
        return (f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>图</title>'
                f'<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
                f'<link rel="stylesheet" href="/duban.css"><link rel="stylesheet" href="/{names["viewer.css"]}">'
                f'<script defer src="/{names["viewer.js"]}"></script><main><h1>图</h1><figure><div class="diagram" '
                f'role="region" aria-label="流程图，可左右滚动" data-xml="/{xml}" data-params=\'{{"warning_days": 3}}\' '
                f'data-walk="{escape(json.dumps(WALK))}"><p>看不到图时</p></div></figure></main></html>')

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path[1:]
            files = {'duban.css': SHEET, **{built: bundle / built for built in names.values()}}
            if name.startswith('page/'):
                kind, body = 'text/html', page(name.removeprefix('page/')).encode()
            elif name == 'good.xml':
                kind, body = 'application/xml', BPMN.encode()
            elif ROOT / 'workflows' / name in SHIPPED:
                kind, body = 'application/xml', (ROOT / 'workflows' / name).read_bytes()
            elif name == 'broken.xml':
                kind, body = 'application/xml', BPMN[:900].encode()
            elif name in files:
                kind, body = {'.css': 'text/css', '.js': 'text/javascript'}[files[name].suffix], files[name].read_bytes()
            else:
                return self.send_error(404)
            self.send_response(200)
            self.send_header('Content-Type', f'{kind}; charset=utf-8')
            self.send_header('Content-Security-Policy', POLICY)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}/page/'
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def show(chromium: Any, site: str) -> Iterator[Callable[..., Any]]:
    """`show('good.xml', width=360)`: the page, when its diagram is drawn or has failed. No complaint is allowed."""
    pages, complaints = [], []

    def open_page(xml: str, width: int = 1280, complaining: bool = False) -> Any:
        page = chromium.new_page(viewport={'width': width, 'height': 800})
        pages.append(page)
        if not complaining:
            page.on('console', lambda message: complaints.append(message.text))
        page.on('pageerror', lambda error: complaints.append(str(error)))
        page.goto(site + xml)
        page.wait_for_selector('[data-state]')
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not complaints


def test_the_way_taken_is_drawn(show: Callable[..., Any]) -> None:
    page = show('good.xml')
    assert page.get_attribute('.diagram', 'data-state') == 'ready'
    marked = page.evaluate('''() => Object.fromEntries(['walked', 'now'].map(marker => [marker,
        [...document.querySelectorAll(`.djs-element.${marker}`)].map(e => e.dataset.elementId).sort()]))''')
    assert marked == {'walked': ['sign', 'sign__handle', 'start', 'start__sign'], 'now': ['handle']}
    assert page.inner_text('.times') == '2'
    badge, task = page.locator('.times').bounding_box(), page.locator('[data-element-id=sign] rect').first.bounding_box()
    assert abs(badge['x'] - task['x']) < 15 and abs(badge['y'] - task['y'] - task['height']) < 25


@pytest.mark.parametrize('file', SHIPPED, ids=lambda file: file.stem)
def test_a_shipped_diagram_is_drawn_whole(show: Callable[..., Any], file: Path) -> None:
    """Every shape and line that has a place in the file, and not a warning."""
    page = show(file.name)
    drawn = set(page.evaluate('[...document.querySelectorAll("[data-element-id]")].map(e => e.dataset.elementId)'))
    placed = set(re.findall(r'<bpmndi:BPMN(?:Shape|Edge)[^>]* bpmnElement="([^"]+)"', file.read_text(encoding='utf-8')))
    assert page.get_attribute('.diagram', 'data-state') == 'ready' and len(placed) > 5 and placed <= drawn


def test_names_carry_the_tenants_numbers(show: Callable[..., Any]) -> None:
    text = show('good.xml').text_content('.diagram svg')
    assert '到期前3个工作日' in text.replace(' ', '') and '承办{unknown}' in text


def test_where_the_matter_stands_is_in_sight(show: Callable[..., Any]) -> None:
    """On a phone, too; the page itself does not move sideways."""
    for width in (1280, 360):
        page = show('good.xml', width)
        task = page.locator('[data-element-id=handle]').bounding_box()
        assert 0 <= task['x'] and task['x'] + task['width'] <= width
        assert page.evaluate('document.documentElement.scrollWidth') <= width


def test_the_whole_diagram_fits_when_asked_and_scrolls_by_keyboard(show: Callable[..., Any]) -> None:
    page = show('good.xml')
    box = page.locator('.djs-container')
    assert box.get_attribute('aria-label') == '流程图，可左右滚动'
    page.get_by_role('button', name='看全图').click()
    assert box.evaluate('box => box.scrollWidth <= box.clientWidth')
    for _ in range(5):
        page.get_by_role('button', name='放大').click()
    box.evaluate('box => { box.scrollLeft = 0; }')
    box.focus()
    for _ in range(20):                                             # the browser scrolls smoothly, in its own time
        page.keyboard.press('ArrowRight')
        page.wait_for_timeout(50)
    assert box.evaluate('box => box.scrollLeft') > 0


def test_the_makers_logo_is_whole_and_on_top(show: Callable[..., Any]) -> None:
    """The viewer's licence asks for it."""
    for width in (1280, 360):
        page = show('good.xml', width)
        logo, frame = page.locator('.bjs-powered-by'), page.locator('.diagram').bounding_box()
        place = logo.bounding_box()
        assert place['width'] >= 50 and place['height'] >= 20
        assert place['x'] + place['width'] <= frame['x'] + frame['width']
        assert place['y'] + place['height'] <= frame['y'] + frame['height']
        logo.scroll_into_view_if_needed()
        place = logo.bounding_box()
        assert page.evaluate('([x, y]) => !!document.elementFromPoint(x, y).closest(".bjs-powered-by")',
                             [place['x'] + place['width'] / 2, place['y'] + place['height'] / 2])


@pytest.mark.parametrize('xml', ['broken.xml', 'missing.xml'])
def test_a_diagram_that_cannot_be_drawn_leaves_the_words(show: Callable[..., Any], xml: str) -> None:
    page = show(xml, complaining=True)
    assert page.get_attribute('.diagram', 'data-state') == 'failed'
    assert page.inner_text('.diagram') == '看不到图时'


def test_every_bundled_package_brings_its_licence(bundle: Path) -> None:
    text = (bundle / 'LICENSES.txt').read_text()
    for package in ('bpmn-js 18.31.1', 'diagram-js', 'bpmn-moddle', 'min-dash', 'watermark'):
        assert package in text


def test_the_bundle_is_small(bundle: Path) -> None:
    names = json.loads((bundle / 'manifest.json').read_text())
    parts = [name for entry, name in names.items() if entry.startswith('viewer.')]
    assert sum((bundle / f'{name}.gz').stat().st_size for name in parts) < 100_000
