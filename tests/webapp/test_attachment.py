"""附件 on pages: several files, harmless ones, given out as files and to those who see the matter."""
from collections.abc import Callable
from io import BytesIO

import orjson
import pytest
from flask import Flask
from sqlalchemy import select

from engine import actions, db, deployment
from engine.ledger import FACTS
from engine.usertask import UserTask
from tests.engine.office import changed, docx, xlsx
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import NOW
from tests.webapp.matters import engine_of, handled
from tests.webapp.test_circulation import task_of, working

Browse = Callable[[str], Browser]
__all__ = ['working']                                                  # a fixture, found here by its name
LIST = '序号,项目\n1,建库\n'.encode()


def send(browser: Browser, matter: str, *files: tuple[str, bytes], status: int = 200, **more: str) -> Page:
    return browser.post(f'{matter}/attachments', {
        'files': [(BytesIO(content), name) for name, content in files], **more}, status=status)


def test_files_are_attached_at_a_step_and_given_out(app: Flask, working: str, browse: Browse) -> None:
    liaison, officer, paper = browse('gz-fgw-liaison'), browse('gz-office-officer'), docx(['办理情况'])
    step = task_of(app, working)
    liaison.get(step)
    page = send(liaison, working, ('清单.csv', LIST), ('情况 报告.docx', paper), task=step.rpartition('/')[2])
    assert page.path == step and '已附上清单.csv、情况 报告.docx。' in page.text
    page = officer.get(working)
    links = dict(zip(page.texts('//a[@download]'), page.all('//a[@download]/@href'), strict=True))
    answer = officer.client.get(links['情况 报告.docx'])
    assert answer.data == paper and "filename*=UTF-8''" in answer.headers['Content-Disposition']
    assert answer.headers['X-Content-Type-Options'] == 'nosniff'
    assert 'sandbox' in answer.headers['Content-Security-Policy']
    assert answer.mimetype == 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'
    browse('gz-sft-liaison').get(links['清单.csv'], status=404)
    browse('cz-office-officer').get(links['清单.csv'], status=404)
    assert '附上清单.csv' in officer.get(f'{working}/trace?kind=beside').text


def test_a_file_is_taken_back(working: str, browse: Browse) -> None:
    liaison, officer = browse('gz-fgw-liaison'), browse('gz-office-officer')
    liaison.get(working)
    path = send(liaison, working, ('清单.csv', LIST)).one('//a[@download]/@href')
    assert '撤下' not in officer.get(working).text
    officer.post(f'{path}/withdraw', status=403)
    liaison.get(working)
    assert '附件已撤下' in liaison.submit(press='撤下').text
    liaison.get(path, status=404)


TRAPS = [
    ('运行.exe', b'MZ\x90\0' + bytes(99), '程序、脚本或网页'), ('报表.xlsm', xlsx([['a']]), '带宏的格式'),
    ('报表.xlsx', changed(xlsx([['a']]), {'xl/vbaProject.bin': b'x'}), '有宏或控件'),
    ('表.xlsx', changed(xlsx([['a']]), {'xl/media/big.bin': bytes(50_000_000)}), '解开以后太大'),
    ('图.png', b'<html><script>alert(1)</script></html>', '网页或程序文件'), ('其实是表.pdf', xlsx([['a']]), '里面其实是Excel工作簿'),
    ('空.txt', b'', '空文件'), ('包.zip', changed(docx(['a']), {})[:-22], '打不开'), ('../..', LIST, '没有能用的名字'),
    ('老.doc', b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + bytes(99), '旧格式')]


@pytest.mark.parametrize(('name', 'content', 'said'), TRAPS, ids=[name for name, _, _ in TRAPS])
def test_traps_are_refused_with_a_sentence_and_nothing_is_kept(
        working: str, browse: Browse, name: str, content: bytes, said: str) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(working)
    token = liaison.page.all('//input[@name="csrf_token"]/@value')[0]
    sent = {'csrf_token': token, 'files': [(BytesIO(content), name)]}
    assert '#' not in liaison.client.post(working + '/attachments', data=sent).location, 'it is said at the top of the page'
    page = send(liaison, working, ('清单.csv', LIST), (name, content))
    assert '没有附上：' in page.text and said in page.text and not page.all('//a[@download]')


def test_names_with_folders_lose_them(working: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(working)
    page = send(liaison, working, ('..\\..\\etc/清单\u202e.csv', LIST))
    assert page.texts('//a[@download]') == ['清单.csv']


def test_no_file_and_large_ones_are_refused(app: Flask, working: str, browse: Browse) -> None:
    app.config['ATTACHMENT_KB'] = 100
    liaison = browse('gz-fgw-liaison')
    liaison.get(working)
    assert '还没有选文件' in send(liaison, working).text
    assert '最多0.1MB' in send(liaison, working, ('长.txt', b'a' * 150_000)).text
    page = send(liaison, working, ('长.txt', b'a' * 1_400_000))
    assert page.path == working and '没有附上：文件一次最多传0.3MB，这一次没有收下。请分几次传' in page.text
    answer = liaison.client.post(f'{working}/attachments', content_type='multipart/form-data; boundary=x',
                                 environ_overrides={'CONTENT_LENGTH': str(2 << 30)})
    assert answer.status_code == 413 and '提交的内容太大了' in answer.text
    assert '文件一次最多传0.3MB，这一次没有收下。请分几次传' in answer.text and ' kB' not in answer.text


def test_files_do_not_widen_other_doors(app: Flask, working: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    liaison.get(working)
    assert liaison.client.post('/phrases', data={'text': 'x' * 1_200_000}).status_code == 413
    stranger = Browser(app).client.post(f'{working}/attachments', data={'files': (BytesIO(b'a'), 'a.txt')})
    assert stranger.status_code == 303 and stranger.location.startswith('/sign-in')


@pytest.fixture
def asking(app: Flask, working: str) -> str:
    """The address of a step whose form asks for files."""
    with db.writing(engine_of(app)) as session:
        made = deployment.current(session, 'gz')
        files = dict(deployment.bundle(session, made.id).files)
        drawn = orjson.loads(files['handle.form'])
        drawn['components'].append({'id': 'proof', 'key': 'proof', 'type': 'filepicker', 'label': '佐证材料'})
        topics = {topic: action.parameters() for topic, action in actions.known().items()}
        deployment.deploy(session, 'gz', files | {'handle.form': orjson.dumps(drawn)}, '系统', '', NOW, topics, FACTS)
    matter = handled(app, title='要佐证的事')
    with db.reading(engine_of(app)) as session:
        task = select(UserTask.id).where(UserTask.state == 'open', UserTask.matter_id == matter)
        return f'/tasks/{session.scalars(task).one()}'


def test_a_form_asks_for_files(asking: str, browse: Browse) -> None:
    liaison = browse('gz-fgw-liaison')
    page = liaison.get(asking)
    assert page.one('//form[@data-form]/@enctype') == 'multipart/form-data'
    given = {'result_note': '已建库。', 'progress_percent': '100', 'wait': 'all'}
    page = liaison.post(asking, {**given, 'file:proof': (BytesIO(b'MZ\x90' + bytes(9)), '程序.exe')}, status=422)
    assert '程序、脚本或网页' in page.text and '内容已存为草稿' in page.text and '已建库。' in page.text
    page = liaison.post(asking, {'draft': '1', **given, 'file:proof': (BytesIO(LIST), '清单.csv')})
    assert '已附：清单.csv' in page.text and page.texts('//a[@download]') == ['清单.csv']
    page = liaison.post(asking, {**given, 'file:other': (BytesIO(LIST), '清单.csv')}, status=422)
    assert '不收文件' in page.text


def test_what_was_typed_beside_files_that_are_too_large_is_kept(app: Flask, asking: str, browse: Browse) -> None:
    app.config['ATTACHMENT_KB'] = 100
    liaison = browse('gz-fgw-liaison')
    liaison.get(asking)
    given = {'result_note': '已建库，并已核对。', 'progress_percent': '100', 'wait': 'all'}
    page = liaison.post(asking, {**given, 'file:proof': (BytesIO(b'a' * 1_400_000), '长.txt')}, status=422)
    assert '文件一次最多传0.3MB' in page.text and '内容已存为草稿' in page.text
    assert page.one('//textarea[@name="result_note"]').text.strip() == '已建库，并已核对。'
    assert '已建库，并已核对。' in liaison.get(asking).text and not liaison.page.all('//a[@download]')
    far = liaison.client.post(asking, content_type='multipart/form-data; boundary=x',
                              environ_overrides={'CONTENT_LENGTH': str(2 << 30)})
    assert far.status_code == 413 and f'<a class="btn go" href="{asking}">回到刚才填的</a>' in far.text
    given['result_note'] = 'x' * 1_300_000
    far = liaison.post(asking, {**given, 'file:proof': (BytesIO(b'a'), '短.txt')}, status=413)
    assert '一次最多提交1024 kB' in far.text, 'it is the text that is too long'
