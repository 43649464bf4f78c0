"""画稿: a process owner draws where nobody is affected; what comes in is judged, what two write at once is told."""
import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from engine import db, deployment, directory
from engine.directory import Account
from tests.engine.diagrams import line, parameters, user
from tests.webapp.browser import Browser
from tests.webapp.conftest import HASH
from tests.webapp.matters import engine_of

Browse = Callable[[str], Browser]
MATTER = '/draft/1/file/matter.bpmn'


@pytest.fixture
def owner(browse: Browse) -> Browser:
    """The process owner's browser."""
    return browse('gz-office-owner')


@pytest.fixture
def colleague(app: Flask, browse: Browse) -> Browser:
    """Another process owner of the same government."""
    with db.writing(engine_of(app)) as session:
        directory.add_post(session, 'gz', 'fgw', 'owner', '流程管理员')
        session.add(Account(tenant='gz', unit='fgw', post='owner', login='gz-fgw-owner', password_hash=HASH))
    return browse('gz-fgw-owner')


def begun(browser: Browser, name: str = '两级审批', **data: Any) -> Any:
    """Begin a draft on the page; the page of the draft."""
    browser.get('/draft')
    return browser.submit({'name': name, **data}, press='起一稿')


def asked(browser: Browser, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, dict[str, Any]]:
    """What an editor's script asks, with the token of the page."""
    token = browser.page.one('(//input[@name="csrf_token"]/@value)[1]')
    content = body if isinstance(body, (bytes, type(None))) else json.dumps(body).encode()
    answer = browser.client.open(path, method=method, data=content, headers={'X-CSRFToken': token, **headers},
                                 content_type='application/json' if isinstance(body, dict) else None)
    return answer.status_code, answer.get_json()


def put(browser: Browser, body: bytes, revision: int, path: str = MATTER) -> tuple[int, dict[str, Any]]:
    """Save a file as an editor does."""
    return asked(browser, 'PUT', path, body, **{'If-Match': f'"{revision}"'})


def files(name: str, content: bytes) -> dict[str, Any]:
    """A file to be sent with a form."""
    return {'files': (io.BytesIO(content), name)}


def test_a_draft_is_begun_drawn_and_shown_against_the_version_in_use(app: Flask, owner: Browser) -> None:
    page = begun(owner)
    assert page.h1 == '两级审批' and '从第1版起' in page.text and '没有要改的，可以照图跑。' in page.text
    answer = owner.client.get(MATTER)
    assert answer.headers['ETag'] == '"0"'
    changed = answer.data.replace('name="立项审批'.encode(), 'name="两级审批'.encode())
    status, told = put(owner, changed, 0)
    assert status == 200 and told['revision'] == 1
    page = owner.get('/draft/1')
    [row] = [' '.join(one.split()) for one in page.texts('//table[caption="改动的文件"]/tbody/tr')]
    assert 'matter.bpmn' in row and '改了' in row
    owner.get(page.one('(//tr[contains(., "matter.bpmn")]//a[starts-with(., "画")])[1]/@href'))
    assert 'matter.bpmn' in owner.page.h1 and '两级审批' in owner.page.text
    assert owner.client.get(MATTER).data == changed and owner.client.get(MATTER).headers['ETag'] == '"1"'
    with db.reading(engine_of(app)) as session:
        assert deployment.current(session, 'gz').number == 1, 'what is in use is as it was'


def test_two_at_one_file_are_told_and_the_second_keeps_his_own(owner: Browser, colleague: Browser) -> None:
    begun(owner)
    owner.submit(press='分享')
    assert '别人分享的稿' in colleague.get('/draft').text
    colleague.get('/draft/1')
    assert put(colleague, b'<theirs/>', 0)[0] == 200
    status, told = put(owner, b'<mine/>', 0)
    assert status == 409 and told['revision'] == 1
    assert told['error'].startswith('省发展改革委·流程管理员刚刚改了这一稿的“matter.bpmn”（09:10）')
    status, copy = asked(owner, 'POST', '/draft/1/copy?file=matter.bpmn')
    assert status == 200 and asked(owner, 'PUT', copy['save'], b'<mine/>', **{'If-Match': '"0"'})[0] == 200
    assert owner.client.get(MATTER).data == b'<theirs/>' and owner.client.get(copy['save']).data == b'<mine/>'


def test_a_foreign_draft_is_refused(owner: Browser, colleague: Browser, browse: Browse) -> None:
    begun(owner)
    for stranger in (colleague, browse('cz-office-owner')):
        stranger.get('/draft')
        stranger.get('/draft/1', status=404)
        assert put(stranger, b'<x/>', 0) == (404, {'error': '没有这一稿，或者它的主人没有分享给您。'})
        stranger.get('/draft/1/zip', status=404)
    browse('gz-office-officer').get('/draft', status=403)


def test_an_owner_may_do_what_others_may_not(owner: Browser, colleague: Browser) -> None:
    begun(owner)
    owner.submit(press='分享')
    page = colleague.get('/draft/1')
    assert not page.all('//button[text()="丢弃"]')
    page = colleague.post('/draft/1', {'act': 'discard'}, status=422)
    assert '只有主人能这样做' in page.text
    colleague.get('/draft/1')
    assert colleague.submit(press='另存为我的一稿').h1 == '两级审批（另存）'
    assert owner.get('/draft/1') and '可以取回' in owner.submit(press='丢弃').text
    colleague.get('/draft/1', status=404)
    assert owner.post('/draft/1', {'act': 'restore'}).h1 == '两级审批'
    owner.post('/draft/1', {'act': 'explode'}, status=400)


def test_findings_come_with_the_body_in_place_and_are_mended_in_the_source(owner: Browser) -> None:
    begun(owner)
    drawn = owner.client.get(MATTER).data
    spoilt = drawn.replace(b'cancelActivity="false"', b'cancelActivity="False"', 1)
    status, told = asked(owner, 'POST', '/draft/1/check/matter.bpmn', spoilt)
    wrong = next(one for one in told['findings'] if one['code'] == 'attribute.boolean')
    assert status == 200 and wrong['fix'] and wrong['file'] == 'matter.bpmn'
    told = {'content': spoilt.decode(), 'code': wrong['code'], 'element': wrong['element']}
    status, mended = asked(owner, 'POST', '/draft/1/repair/matter.bpmn', told)
    assert status == 200 and mended['content'].encode() == drawn, 'every other byte is as it was'
    status, told = asked(owner, 'POST', '/draft/1/repair/matter.bpmn', told | {'content': drawn.decode()})
    assert status == 422 and '不能自动修' in told['error']


def test_other_files_are_judged_with_the_one_that_is_drawn(owner: Browser) -> None:
    begun(owner)
    _status, told = asked(owner, 'POST', '/draft/1/check/parameters.dmn', parameters(days='3'))
    assert 'matter.bpmn' in {one['file'] for one in told['findings'] if one['code'] == 'expression.unknown_parameter'}


def test_a_post_that_no_government_has_is_told_while_drawing(owner: Browser) -> None:
    begun(owner)
    drawn = owner.client.get(MATTER).data
    assert b'${supervisor_unit}/officer' in drawn
    for post, wrong in (('office/officer', False), ('offiec/officer', True)):
        given = drawn.replace(b'${supervisor_unit}/officer', post.encode(), 1)
        told = asked(owner, 'POST', '/draft/1/check/matter.bpmn', given)[1]['findings']
        assert [one['severity'] for one in told if one['code'] == 'post.absent'] == ['warn'] * wrong


def test_what_cannot_be_read_is_kept_and_found(owner: Browser) -> None:
    begun(owner)
    assert put(owner, b'<bpmn:definitions', 0)[0] == 200
    page = owner.get('/draft/1')
    assert '必须修改' in page.text and 'matter.bpmn' in page.text
    assert owner.client.get(MATTER).data == b'<bpmn:definitions'
    assert asked(owner, 'GET', '/draft/1/context')[1]['forms'], 'there is still something to choose from'
    status, told = asked(owner, 'POST', '/draft/1/check/matter.bpmn', b'<bpmn:definitions')
    assert status == 200 and told['findings'][0]['severity'] == 'refuse' and not told['findings'][0]['fix']


def test_what_can_be_chosen_while_drawing_has_names(owner: Browser) -> None:
    begun(owner)
    _status, told = asked(owner, 'GET', '/draft/1/context')
    assert {'id': 'office/officer', 'name': '省政府办公厅·督查员'} in told['posts']
    assert {'id': 'title', 'name': '事项名称'} in told['facts'] and 'workdays' in told['functions']
    assert {'id': 'matter', 'name': '事项'} in [{**one, 'name': one['name'][:2]} for one in told['processes']]
    assert any(one['id'] == 'duban.person' for one in told['templates']) and told['decisions'] and told['variables']


def test_files_come_and_go(owner: Browser) -> None:
    page = begun(owner, '空白稿', base='empty', **files('step.bpmn', line(user('a'), between=('a',))))
    assert '新增' in page.text and '删去' in page.text
    page = owner.submit(files('bundle.zip', _zip({'f.form': b'{}', 'step.bpmn': b'<new/>'})), press='放进这一稿')
    assert '放进了2个文件' in page.text
    assert '改名为“walk.bpmn”' in owner.submit({'file': 'step.bpmn', 'to': 'walk.bpmn'}, press='改名').text
    owner.submit({'file': 'f.form'}, press='从稿里删去')
    assert '新建了“look_back.bpmn”' in owner.submit({'new': 'look_back.bpmn'}, press='新建').text
    assert '已经有' in owner.submit({'new': 'look_back.bpmn'}, press='新建', status=422).text
    owner.submit({'file': 'look_back.bpmn'}, press='从稿里删去')
    with zipfile.ZipFile(io.BytesIO(owner.client.get('/draft/1/zip').data)) as archive:
        assert archive.namelist() == ['walk.bpmn']


def _zip(held: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in held.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


@pytest.mark.parametrize(('name', 'content', 'sentence'), [
    ('x.zip', _zip({'../up.bpmn': b'x'}), '带着文件夹'), ('x.zip', _zip({'bomb.bpmn': bytes(1_500_000)}), '太大了'),
    ('x.zip', b'PK', '不是完好的zip'), ('run.exe', b'MZ', '只收流程图')], ids=('outside', 'bomb', 'no_archive', 'program'))
def test_a_trap_ends_in_a_sentence_and_changes_nothing(
        owner: Browser, name: str, content: bytes, sentence: str) -> None:
    owner.get('/draft')
    page = owner.submit({'name': '坏的', **files(name, content)}, press='起一稿', status=422)
    assert sentence in page.text and '您还没有画稿' in page.text
    begun(owner)
    page = owner.submit(files(name, content), press='放进这一稿', status=422)
    assert sentence in page.text and '还没有改动' in page.text


def test_requests_that_no_editor_sends_are_refused_in_a_sentence(owner: Browser) -> None:
    begun(owner)
    assert asked(owner, 'PUT', MATTER, b'<x/>')[1]['error'].startswith('没有写明改的是哪一次')
    assert put(owner, b'<x/>', 0, '/draft/1/file/run.exe')[0] == 422
    assert put(owner, b'<x/>', 0, '/draft/9/file/a.bpmn')[0] == 404
    assert put(owner, b' ' * 2_000_000, 0)[0] == 413
    assert asked(owner, 'POST', '/draft/1/repair/matter.bpmn', [1])[0] == 422
    assert asked(owner, 'POST', '/draft/1/repair/matter.bpmn', {'content': '<a>\ud800</a>'})[0] == 422
    answer = owner.client.put(MATTER, data=b'<x/>', headers={'If-Match': '"0"'})
    assert (answer.status_code, answer.get_json()) == (400, {'error': '页面放得太久了，请刷新后再存。'})
    assert owner.client.get('/draft/1/edit/README.md').status_code == 404
