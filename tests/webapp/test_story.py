"""故事: the list, one story written and told on the page, saved into a draft, and what the stories reach."""
from collections.abc import Callable

import pytest
from flask import Flask

from engine import db, deployment, draft, publication
from engine.directory import Tenant
from engine.draft import Draft
from engine.history import SYSTEM
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of
from tests.workflows.story import STORIES

Browse = Callable[[str], Browser]
TOLD = '故事 一件事\n政府 gz 2020-05-07\n立项 office/officer 照例\n看 lamp = green\n'
USUAL = next(path.read_bytes() for path in STORIES if path.stem == 'usual')


@pytest.fixture
def owner(app: Flask, browse: Browse) -> Browser:
    """The process owner's browser; two stories stand beside the diagrams in use."""
    stories = {'usual.story': USUAL, 'good.story': TOLD.encode(), 'bad.story': TOLD.replace('green', 'red').encode()}
    with db.writing(engine_of(app)) as session:
        tenant = session.get(Tenant, 'gz')
        publication.publish(session, tenant, publication.completed(session, 'gz', stories), SYSTEM, '加两个故事')
    return browse('gz-office-owner')


def test_the_list_says_how_each_story_came_out(owner: Browser) -> None:
    page = owner.get('/story')
    assert page.h1 == '故事' and '2个还没有讲，共2个' in page.text and '第2版里的故事' in page.text
    page = owner.submit(press='接着讲剩下的2个')
    rows = page.texts('//tbody/tr')
    assert '第4行不成立' in rows[0] and '应是lamp = red，实际是lamp = green' in rows[0] and '✓ 成立' in rows[1]
    assert '1个不成立，共2个。走到了' in page.text
    page = owner.get(page.one('//p/a[contains(., "走到了")]').get('href'))
    assert '故事走到了' in page.h1 and '没有走到第' in page.text and page.one('//div[@class="diagram"]').get('data-walk')
    missing = page.texts('//section[@aria-labelledby="m"]//tbody/tr')
    assert any('组织承办' in row for row in missing) and not any(row.startswith('节点 登记') for row in missing)
    assert '期限看护' in owner.get('/story/coverage?process=escalation').one('//section[@aria-labelledby="g"]/h2').text


def test_a_story_is_told_on_the_spot_line_by_line(owner: Browser) -> None:
    page = owner.get('/story/bad.story')
    assert page.h1 == '一件事' and 'office/officer' in page.one('//textarea').get('data-story')
    page = owner.submit(press='讲一遍')
    assert '✗ 第4行不成立' in page.one('//div[@role="status"]').text_content()
    lines = page.texts('//section[@aria-labelledby="lines"]//tbody/tr')
    assert [line.split()[-2:] for line in lines[:3]] == [['✓', '成立']] * 3
    assert '应是 lamp = red实际 lamp = green' in lines[3]
    page = owner.submit({'text': TOLD}, press='讲一遍')
    assert '✓ 都成立，共4行' in page.text
    assert '读不了' not in owner.get('/story').text and '还没有讲' in owner.page.text


def test_bad_lines_are_found_before_anything_is_told(owner: Browser) -> None:
    owner.get('/story/good.story')
    page = owner.submit({'text': TOLD + '办 fgw/nobody sign\n跳 一下\n'}, press='讲一遍')
    found = page.texts('//section[@aria-labelledby="found"]//li')
    assert any('第6行用“跳”开头' in one for one in found) and any('“fgw/nobody”不是政府gz的岗位' in one for one in found)
    assert '✗ 第6行不成立' in page.text and '没有讲到' in page.text
    page = owner.submit({'text': '故' * 100_000}, press='讲一遍', status=422)
    assert '太长' in page.one('//div[@role="alert"]').text_content()


def test_what_is_written_goes_into_a_draft_and_not_into_the_version(app: Flask, owner: Browser) -> None:
    owner.get('/story/good.story')
    page = owner.submit({'text': TOLD + '看 结束\n'}, press='存成新的画稿')
    assert '存进了画稿' in page.text and '改故事：good.story' in page.text
    draft = page.path + '?' + page.answer.request.query_string.decode()
    assert '看 结束' in owner.get(draft).one('//textarea').text
    assert '看 结束' not in owner.get('/story/good.story').one('//textarea').text
    owner.get(draft)
    other = page.one('//input[@name="revision"]').get('value')
    owner.submit({'text': TOLD + '看 轨迹完整\n'}, press='存进画稿')
    owner.get(draft)
    page = owner.submit({'text': TOLD, 'revision': other}, press='存进画稿', status=422)
    assert '没有办成' in page.text and TOLD.strip() in page.one('//textarea').text
    with db.reading(engine_of(app)) as session:
        assert deployment.current(session, 'gz').number == 2


def test_the_stories_of_a_draft_are_told_on_the_drafts_files(app: Flask, owner: Browser) -> None:
    owner.get('/story/good.story')
    owner.submit({'text': TOLD}, press='存成新的画稿')
    address = owner.submit({'text': TOLD + '看 结束\n'}, press='存进画稿').answer.request.query_string.decode()
    owner.get(f'/story?{address}')
    page = owner.submit(press='接着讲剩下的2个')
    assert '2个不成立' in page.text and '画稿“改故事：good.story”里的故事' in page.text
    picture = owner.get(f'/story/coverage?{address}&process=matter').one('//div[@class="diagram"]').get('data-xml')
    assert owner.client.get(picture).status_code == 200 and '/draft/' in picture
    with db.writing(engine_of(app)) as session:
        draft.save(session, session.query(Draft).one(), SYSTEM, 'matter.bpmn', b'<bpmn', 0)
    owner.get(f'/story?{address}')
    assert '先把图改好，才能讲故事' in owner.submit(press='接着讲剩下的2个').text
    assert 'matter.bpmn不完整' in owner.get(f'/story/coverage?{address}', status=422).text
    assert owner.get(f'/story/good.story?{address}').h1 == '一件事'


def test_a_new_story_gets_a_name(owner: Browser) -> None:
    owner.get('/story/new.story')
    page = owner.submit({'text': TOLD, 'name': 'third'}, press='存成新的画稿')
    assert page.path == '/story/third.story'
    draft = page.answer.request.query_string.decode()
    assert '3个还没有讲' in owner.get(f'/story?{draft}').text
    owner.get('/story/new.story')
    assert '没有办成' in owner.submit({'text': TOLD, 'name': '../x'}, press='存成新的画稿', status=422).text
    owner.get(f'/story/third.story?{draft}')
    assert owner.submit({'text': f'{TOLD}\n', 'revision': 'x'}, press='存进画稿', status=422).one('//*[@role="alert"]') is not None


def test_only_the_process_owner_writes_stories(browse: Browse) -> None:
    browse('gz-fgw-liaison').get('/story', status=403)
    owner = browse('gz-office-owner')
    assert '还没有故事' in owner.get('/story').text
    owner.get('/story/nothing.story', status=404)
    owner.get('/story?version=9', status=404)
    owner.get('/story?draft=9', status=404)
