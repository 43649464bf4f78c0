"""沟通 on pages: said beside a matter or a step, answered, taken back, never deleted."""
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from engine import db
from engine.comment import Comment
from tests.webapp.browser import Browser
from tests.webapp.matters import engine_of
from tests.webapp.test_circulation import task_of, working

Browse = Callable[[str], Browser]
__all__ = ['working']                                                  # a fixture, found here by its name


def said(page) -> list[str]:
    return page.texts('//section[h2[starts-with(., "留言")]]//li')


def test_a_question_at_a_step_and_its_answer(app: Flask, working: str, browse: Browse) -> None:
    liaison, officer = browse('gz-fgw-liaison'), browse('gz-office-officer')
    liaison.get(task_of(app, working))
    page = liaison.submit({'text': '县级数据要不要报？\n\n<b>请回复</b>', 'to': 'office/officer'}, press='留言')
    assert page.path.startswith('/tasks/') and '已留言。流程没有变化。' in page.text
    assert '省发展改革委·联络员留言：县级数据要不要报？' in officer.get('/messages').text
    page = officer.get(f'{working}/comments')
    assert '在“组织承办”' in page.text and '<b>请回复</b>' in page.text
    officer.get(page.one('//a[normalize-space()="回复"]/@href'))
    officer.submit({'text': '要报。'}, press='回复')
    assert '省政府办公厅·督查员回复：要报。' in liaison.get('/messages').text
    assert said(liaison.get(f'{working}/comments'))[1].startswith('回复省发展改革委·联络员：县级数据要不要报？')


def test_words_are_taken_back_and_only_the_auditor_still_reads_them(app: Flask, working: str, browse: Browse) -> None:
    liaison, officer, auditor = browse('gz-fgw-liaison'), browse('gz-office-officer'), browse('gz-office-auditor')
    liaison.get(working)
    liaison.submit({'text': '写错了的话'}, press='留言')
    assert '撤回' not in officer.get(f'{working}/comments').texts('//button')
    liaison.get(f'{working}/comments')
    assert '这条留言已撤回' in liaison.submit(press='撤回').text and '写错了' not in liaison.page.text
    assert '写错了' not in officer.get(working).text
    page = auditor.get(f'{working}/comments')
    assert '写错了的话' in page.text and '都和轨迹上的指纹一致' in page.text and not page.all('//textarea')
    with db.writing(engine_of(app)) as session:
        session.execute(update(Comment).values(text='改过的话'))
    assert '被改过' in auditor.get(f'{working}/comments').text


@pytest.mark.parametrize(('given', 'told', 'status'), [
    ({'text': ' '}, '留言要写1到1000个字', 422), ({'text': '长' * 1001}, '现在有1001个', 422),
    ({'text': '请看', 'to': 'sft/liaison'}, '请先抄送，再留言', 422), ({'text': '好', 'reply': 'x'}, '没有找到要回复的留言', 404),
    ({'text': '好', 'task': '00000000-0000-0000-0000-000000000000'}, '没有找到这件待办', 404)])
def test_what_cannot_be_said_is_refused_and_kept(
        working: str, browse: Browse, given: dict, told: str, status: int) -> None:
    officer = browse('gz-office-officer')
    officer.get(f'{working}/comments')
    page = officer.post(f'{working}/comments', given, status=status)
    assert told in page.text
    if status == 422:
        assert page.one('//textarea').text_content().strip() == given['text'].strip()


def test_strangers_and_readers_say_nothing(working: str, browse: Browse) -> None:
    browse('gz-sft-liaison').get(f'{working}/comments', status=404)
    auditor = browse('gz-office-auditor')
    auditor.get(f'{working}/comments')
    auditor.post(f'{working}/comments', {'text': '我也说一句'}, status=403)
