"""Drawing in a real browser: what is drawn is checked and kept, nothing is lost, and every word is ours."""
import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from werkzeug.serving import make_server

from engine import db, schema
from tests.webapp.conftest import PASSWORD, furnish
from webapp import create_app

pytestmark = pytest.mark.xdist_group('modeler')        # one process has what its tests share
HERE = Path(__file__).parent
WORDS = (HERE / 'words.js').read_text(encoding='utf-8')
VENDORS = (HERE / 'vendors.bpmn').read_bytes()
FORM = {'type': 'default', 'id': 'every_field', 'schemaVersion': 18, 'components': []}
OWN = '{http://www.omg.org/spec/'                    # namespaces of BPMN and its drawing; all others are extensions
OURS = ('.tools, .findings h2, .djs-palette, .djs-popup, .djs-minimap, .fjs-palette-container, .bio-properties-panel-group,'
        ' .view-drd, .dmn-decision-table-container .index-column')
CHINESE = re.compile('[\u4e00-\u9fff]+')
ASKED = """() => performance.getEntriesByType("resource")
    .filter(({ name }) => /built|[/]file[/]/.test(name)).map(({ name, initiatorType }) => [name, initiatorType])"""
SEEN = '([x, y]) => document.elementFromPoint(x, y)?.closest(".bjs-powered-by, .fjs-powered-by") !== null'


@pytest.fixture(scope='module')
def site(bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The product with the shipped diagrams, behind a real port."""
    folder = tmp_path_factory.mktemp('drawing')
    url = f'sqlite:///{folder}/duban.db'
    engine = db.connect(url)
    schema.create(engine)
    furnish(engine)
    app = create_app({'DATABASE_URL': url, 'SECRET_KEY': 'k' * 40, 'VAR_DIR': str(folder)})
    server = make_server('127.0.0.1', 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


@pytest.fixture(scope='module')
def owner(chromium: Any, site: str) -> Iterator[Any]:
    """The browser of the process owner, signed in."""
    context = chromium.new_context(base_url=site, viewport={'width': 1280, 'height': 900})
    page = context.new_page()
    page.goto('/sign-in')
    page.fill('#u', 'gz-office-owner')
    page.fill('#p', PASSWORD)
    page.press('#p', 'Enter')
    page.wait_for_url(lambda address: 'sign-in' not in address)
    page.close()
    yield context
    context.close()


@pytest.fixture(scope='module')
def draft(owner: Any) -> str:
    """The address of a draft on the version in use, with a file of another vendor and an empty form."""
    page = owner.new_page()
    page.goto('/draft')
    page.fill('main input[name=name]', '延期从严')
    page.set_input_files('main input[type=file]', [
        {'name': 'inspection.bpmn', 'mimeType': 'text/xml', 'buffer': VENDORS},
        {'name': 'every_field.form', 'mimeType': 'application/json', 'buffer': json.dumps(FORM).encode()}])
    page.press('main input[name=name]', 'Enter')
    page.wait_for_url('**/draft/*')
    address = page.url
    page.close()
    return address


@pytest.fixture
def draw(owner: Any, draft: str) -> Iterator[Callable[..., Any]]:
    """`draw('matter.bpmn')`: the page on which the file is edited, open and checked. No complaint is allowed."""
    pages, complaints = [], []

    def open_page(file: str, address: str = draft, width: int = 1280) -> Any:
        page = owner.new_page()
        page.set_viewport_size({'width': width, 'height': 900})
        pages.append(page)
        page.on('pageerror', lambda error: complaints.append(str(error)))
        page.on('console', lambda said: complaints.extend([said.text] * (said.type == 'error' and not told(said.text))))
        page.goto(f'{address}/edit/{file}')
        page.wait_for_selector('.editor[data-state=ready]')
        page.wait_for_selector('.findings[data-state=checked]')
        return page

    yield open_page
    for page in pages:
        page.close()
    assert not complaints


def told(text: str) -> bool:
    """A conflict is told on the page; the browser also notes it."""
    return '409' in text


def change(page: Any, element: str, **properties: str) -> None:
    """As the panel does it."""
    page.evaluate('''([id, properties]) => {
        const get = name => dubanBoard.modeler.get(name);
        get('modeling').updateProperties(get('elementRegistry').get(id), properties);
    }''', [element, {name.replace('__', ':'): value for name, value in properties.items()}])


def first_task(page: Any) -> str:
    return page.evaluate('dubanBoard.modeler.get("elementRegistry").filter(one => one.type === "bpmn:UserTask")[0].id')


def save(page: Any) -> None:
    page.keyboard.press('Control+s')
    page.wait_for_selector('.line:has-text("已存（")')


def saved(page: Any, file: str, address: str) -> bytes:
    answer = page.request.get(f'{address}/file/{file}')
    assert answer.ok
    return answer.body()


def test_what_is_drawn_is_checked_and_kept(draw: Callable[..., Any], draft: str) -> None:
    """One who takes away a task's post reads so beside it, at once; puts it back, and the drawing is saved."""
    page = draw('matter.bpmn')
    assert page.inner_text('.findings [role=status]').startswith('没有要改的地方')
    change(page, 'sign', camunda__candidateGroups='', name='签收（三日内）')
    page.wait_for_selector('.djs-overlays[data-container-id=sign] .finding.red')
    line = page.locator('.findings li', has_text='没有写明由谁办理').first
    line.get_by_role('button', name='签收（三日内）').press('Enter')
    assert page.evaluate('dubanBoard.modeler.get("selection").get().map(one => one.id)') == ['sign']
    page.get_by_role('button', name='撤销').click()
    page.wait_for_selector('.findings [role=status]:has-text("没有要改的地方")')
    assert page.locator('.finding').count() == 0
    page.get_by_role('button', name='重做').click()
    save(page)
    assert '签收（三日内）' in saved(page, 'matter.bpmn', draft).decode()
    assert '签收（三日内）' in draw('matter.bpmn').text_content('.canvas svg .viewport')


def test_a_repair_is_one_click_and_one_undo(draw: Callable[..., Any]) -> None:
    page = draw('closing.bpmn')
    task = first_task(page)
    change(page, task, camunda__formRefBinding='latest')
    page.get_by_role('button', name='修好').click()
    page.wait_for_selector('.findings [role=status]:has-text("没有要改的地方")')
    binding = f'dubanBoard.modeler.get("elementRegistry").get("{task}").businessObject.get("camunda:formRefBinding")'
    assert page.evaluate(binding) == 'deployment'
    page.get_by_role('button', name='撤销').click()
    page.wait_for_selector('.findings li')
    assert page.evaluate(binding) == 'latest'
    save(page)


def test_two_who_draw_at_once_are_told_and_nobody_loses(draw: Callable[..., Any], draft: str) -> None:
    first, second = draw('extension.bpmn'), draw('extension.bpmn')
    task = first_task(first)
    change(first, task, name='延期（甲）')
    save(first)
    change(second, task, name='延期（乙）')
    second.keyboard.press('Control+s')
    second.wait_for_selector('.line a:has-text("看对方的")')
    assert '改' in second.inner_text('.line')
    second.get_by_role('button', name='存为我的另一稿').click()
    second.wait_for_selector('h1:has-text("另存")')
    other = second.url.split('/edit/')[0]
    assert '延期（甲）' in saved(first, 'extension.bpmn', draft).decode()
    assert '延期（乙）' in saved(second, 'extension.bpmn', other).decode()


def test_a_file_of_any_vendor_is_saved_without_a_loss(draw: Callable[..., Any], draft: str) -> None:
    page = draw('inspection.bpmn')
    change(page, 'check', name='专项检查')
    save(page)
    now = saved(page, 'inspection.bpmn', draft)
    assert '专项检查'.encode() in now and not extensions(VENDORS) - extensions(now)


def extensions(content: bytes) -> Counter:
    """Every element and attribute that is not BPMN's own, with the id of what it belongs to."""
    found: Counter = Counter()
    for node in etree.fromstring(content).iter(etree.Element):
        above = (one for one in (node, *node.iterancestors()) if one.tag.startswith(OWN) and one.get('id'))
        place, foreign = (next(above).get('id'), node.tag), not node.tag.startswith(OWN)
        found.update((*place, name, value) for name, value in node.items() if foreign or name.startswith('{'))
        if foreign:
            found[*place, (node.text or '').strip()] += 1
    return found


def test_who_renames_a_field_changes_nothing_else_in_the_form(draw: Callable[..., Any], draft: str) -> None:
    """Rows, frames and versions that the editor writes for itself would stand beside it when it is approved."""
    page = draw('register.form')
    before = json.loads(saved(page, 'register.form', draft))
    page.evaluate('''() => dubanBoard.editor.get("modeling").editFormField(
        dubanBoard.field("basis"), "label", "依据（写全称）")''')
    page.wait_for_selector('.line:has-text("已存（")')
    now = json.loads(saved(page, 'register.form', draft))
    renamed = next(one for group in before['components'] for one in group['components'] if one.get('key') == 'basis')
    renamed['label'] = '依据（写全称）'
    assert now == before and list(now) == list(before)


def test_two_fields_put_side_by_side_stay_so(draw: Callable[..., Any], draft: str) -> None:
    page = draw('feedback.form')
    page.evaluate('''() => {
        const modeling = dubanBoard.editor.get("modeling"), form = dubanBoard.editor._getState().schema;
        const put = (key, at) => modeling.addFormField({ type: "textfield", key, label: key }, form, at);
        const first = put("one", 0);
        modeling.editFormField(put("two", 1), "layout", first.layout);
    }''')
    page.wait_for_selector('.line:has-text("已存（")')
    one, two, *_others = json.loads(saved(page, 'feedback.form', draft))['components']
    assert (one['key'], two['key']) == ('one', 'two')
    assert one['layout']['row'] == two['layout']['row']


def test_an_action_is_put_behind_a_step_from_the_menu(draw: Callable[..., Any], draft: str) -> None:
    """With fields in Chinese; what it needs is asked for, and filled in it is accepted."""
    page = draw('reporting.bpmn')
    page.wait_for_function('() => dubanBoard.modeler.get("elementTemplates").getAll().length')
    page.evaluate('id => dubanBoard.select(id)', first_task(page))
    page.click('.djs-context-pad [data-action=steps-append]')
    page.keyboard.type('提醒')
    page.keyboard.press('End')
    page.wait_for_function('() => document.querySelectorAll(".djs-popup .entry").length < 4')
    page.click('.djs-popup .entry:has-text("漏掉的多次合并成一次")')
    made = page.evaluate('dubanBoard.modeler.get("selection").get()[0].id')
    page.wait_for_selector(f'.djs-overlays[data-container-id={made}] .finding.red')
    for label, value in (('发给', '${lead_unit}/liaison'), ('内容', '请报进展')):
        field = page.locator('.bio-properties-panel-entry', has_text=label).locator('input, textarea').first
        field.fill(value)
    page.wait_for_selector(f'.djs-overlays[data-container-id={made}] .finding.red', state='detached')
    save(page)
    text = saved(page, 'reporting.bpmn', draft).decode()
    assert f'id="{made}"' in text and 'camunda:topic="reminder.send"' in text and '请报进展' in text


def test_an_action_is_chosen_from_the_palette_by_key(draw: Callable[..., Any]) -> None:
    """Every sign of the palette says what it is; what is chosen with the keyboard hangs at the pointer, too."""
    page = draw('notice.bpmn')
    page.wait_for_function('() => dubanBoard.modeler.get("elementTemplates").getAll().length')
    assert all(page.eval_on_selector_all('.djs-palette .entry', 'icons => icons.map(icon => icon.title)'))
    page.locator('.djs-palette [data-action=steps-create]').click()
    page.keyboard.type('抄送')
    page.keyboard.press('Enter')
    page.wait_for_function('() => dubanBoard.modeler.get("dragging").context()?.prefix === "create"')


def test_the_panel_offers_nothing_that_is_always_refused(draw: Callable[..., Any]) -> None:
    """What a file says all the same is shown, so that one can take it away."""
    page = draw('reporting.bpmn')
    page.locator(f'[data-element-id={first_task(page)}].djs-shape').click()
    page.wait_for_selector('[data-entry-id=candidateGroups]', state='attached')
    refused = '[data-entry-id=assignee], [data-group-id$=Listener], [data-group-id$=Input]'
    assert page.locator(refused).count() == 0
    change(page, first_task(page), camunda__assignee='zhang')
    page.wait_for_selector('[data-entry-id=assignee]', state='attached')


@pytest.mark.parametrize('file', ['approver.dmn', 'every_field.form', 'notice.bpmn'])
def test_every_word_is_ours(draw: Callable[..., Any], file: str) -> None:
    """Palettes, pads, menus, every group of the panel for every kind of element, tables and their menus."""
    page = draw(file)
    templates = 'dubanBoard.modeler.get("elementTemplates").getAll().length'
    page.wait_for_function(f'() => !dubanBoard.modeler?.get || {templates}')
    assert page.evaluate(f'(() => {{ {WORDS} }})(), dubanWords(dubanBoard)') == []


@pytest.mark.parametrize('file', ['approver.dmn', 'every_field.form', 'notice.bpmn'])
def test_who_reads_english_draws_in_english(owner: Any, site: str, draw: Callable[..., Any], file: str) -> None:
    """Our buttons, the list of findings, palettes, panel and menu; what is drawn stays Chinese."""
    owner.add_cookies([{'name': 'language', 'value': 'en', 'url': site}])
    try:
        page = draw(file)
        if file == 'notice.bpmn':
            page.wait_for_function('() => dubanBoard.modeler.get("elementTemplates").getAll().length')
            page.locator('.djs-palette [data-action=steps-create]').click()
            page.wait_for_selector('.djs-popup .entry:has-text("Number and issue a notice")')
        assert page.inner_text('.tools .go') == 'Save' and page.evaluate('[...dubanMissed]') == []
        assert CHINESE.findall('\n'.join(page.locator(OURS).all_inner_texts())) == []
    finally:
        owner.clear_cookies(name='language')


@pytest.mark.parametrize('file', ['matter.bpmn', 'lamp.dmn', 'every_field.form'])
def test_the_page_fits_and_the_makers_logo_is_whole(draw: Callable[..., Any], file: str) -> None:
    """The editors' licences ask for it."""
    for width in (1280, 360):
        page = draw(file, width=width)
        assert page.evaluate('document.documentElement.scrollWidth') <= width
        assert page.is_visible('text=拖动请到宽一些的屏幕上') == (width == 360)
        logo = page.locator('.bjs-powered-by:visible, .fjs-powered-by a:visible').first
        logo.scroll_into_view_if_needed()
        place = logo.bounding_box()
        assert place['width'] >= 50 and place['height'] >= 20
        assert page.evaluate(SEEN, [place['x'] + place['width'] / 2, place['y'] + place['height'] / 2])


def test_a_file_that_nobody_can_draw_is_left_alone(owner: Any, draft: str) -> None:
    page = owner.new_page()
    page.goto(draft)
    token = page.get_attribute('[name=csrf_token] >> nth=0', 'value')
    page.request.put(f'{draft}/file/torn.bpmn', data=VENDORS[:900], headers={'X-CSRFToken': token, 'If-Match': '"0"'})
    page.goto(f'{draft}/edit/torn.bpmn')
    page.wait_for_selector('.editor[data-state=failed]')
    assert '文件没有动' in page.inner_text('.line') and page.locator('.line a:has-text("下载")').count() == 1
    page.wait_for_selector('.findings li')
    page.close()


def test_without_script_the_file_goes_out_and_in(chromium: Any, owner: Any, draft: str) -> None:
    context = chromium.new_context(java_script_enabled=False, storage_state=owner.storage_state())
    page = context.new_page()
    page.goto(f'{draft}/edit/matter.bpmn')
    words = page.text_content('noscript')
    assert '在网页上画要打开浏览器的 JavaScript' in words and '下载matter.bpmn' in words and '去上传' in words
    assert page.is_hidden('.editor')
    context.close()


@pytest.mark.parametrize('file', ['matter.bpmn', 'lamp.dmn', 'every_field.form'])
def test_drawing_waits_for_nothing_but_the_page_and_its_parts(owner: Any, draft: str, file: str) -> None:
    """The head asks for all of them, each once; one can draw before the gate has answered."""
    page = owner.new_page()
    page.route('**/check/*', lambda route: None)
    page.goto(f'{draft}/edit/{file}')
    page.wait_for_selector('.editor[data-state=ready]')
    page.wait_for_function('() => performance.getEntriesByType("resource").some(one => one.name.endsWith("/context"))')
    asked = page.evaluate(ASKED)
    assert len(asked) >= 3 and not [one for one in asked if one[1] not in ('link', 'script')]
    assert max(Counter(name for name, _ in asked).values()) == 1
    page.close()


def test_the_pages_are_light_and_bring_their_licences(bundle: Path) -> None:
    """At most 600 kB for a page, as a browser of today takes them."""
    names = json.loads((bundle / 'manifest.json').read_text())
    font = (bundle / names['bpmn.woff2']).stat().st_size
    for board in ('modeler', 'tables', 'forms'):
        weight = sum((bundle / f'{names[f"{board}.{kind}"]}.br').stat().st_size for kind in ('js', 'css'))
        assert weight + font < 500_000                                             # the rest is for the page
    licences = (bundle / 'LICENSES.txt').read_text()
    for package in ('bpmn-js 18.31.1', 'dmn-js', 'form-js-editor 1.23.0', 'bpmn-js-element-templates', 'flatpickr'):
        assert package in licences
