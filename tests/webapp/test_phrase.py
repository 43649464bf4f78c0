"""常用意见: a page of one's own words, and a list of them where one decides."""
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.webapp.browser import Browser
from tests.webapp.matters import register

Browse = Callable[[str], Browser]


def words(browser: Browser) -> list[str]:
    return browser.get('/phrases').all('//li//input[@name="text"]/@value')


def test_words_are_kept_ordered_changed_and_forgotten(browse: Browse) -> None:
    leader = browse('gz-gov-principal')
    assert '常用意见' in leader.get('/settings').text
    leader.get('/phrases')
    for text in ('同意。', '请补充依据。'):
        leader.submit({'text': text}, press='加上')
    leader.submit(press='下移')
    assert words(leader) == ['请补充依据。', '同意。']
    leader.submit({'text': '请补充依据后再报。'}, press='保存', form='(//main//li//form)[1]')
    leader.submit(press='删去', form='(//main//li//form)[2]')
    assert words(leader) == ['请补充依据后再报。'] and words(browse('gz-gov-deputy')) == []


@pytest.mark.parametrize(('text', 'said'), [('', '1到200个字'), ('长' * 201, '现在有201个'), ('同意。', '已经有“同意。”')])
def test_what_cannot_be_kept_is_said(browse: Browse, text: str, said: str) -> None:
    leader = browse('gz-gov-principal')
    leader.get('/phrases')
    leader.submit({'text': '同意。'}, press='加上')
    assert said in leader.post('/phrases', {'text': text}, status=422).text


def test_nobody_reaches_the_words_of_another(app: Flask, browse: Browse) -> None:
    leader, other = browse('gz-gov-principal'), browse('gz-gov-deputy')
    leader.get('/phrases')
    path = leader.submit({'text': '同意。'}, press='加上').one('//li//form/@action')
    other.get('/phrases')
    other.post(path, {'do': 'remove'}, status=404)
    assert words(leader) == ['同意。']


def test_a_phrase_is_offered_where_one_decides(app: Flask, browse: Browse) -> None:
    matter_id = register(app, has_basis=False)
    leader = browse('gz-gov-principal')
    leader.get('/phrases')
    leader.submit({'text': '请补充依据后再报。'}, press='加上')
    task = leader.get('/tasks').one('//main//a[starts-with(@href, "/tasks/") and contains(., "立项审批")]/@href')
    page = leader.get(task)
    assert page.texts('//select[@name="phrase:opinion"]/option')[1:] == ['请补充依据后再报。']
    leader.submit({'phrase:opinion': '请补充依据后再报。'}, press='退回修改')
    assert '批示意见：请补充依据后再报。' in leader.get(f'/matter/{matter_id}').text


def test_what_was_written_goes_before_the_phrase(app: Flask, browse: Browse) -> None:
    matter_id = register(app, has_basis=False)
    leader = browse('gz-gov-principal')
    leader.get('/phrases')
    leader.submit({'text': '同意。'}, press='加上')
    leader.get(leader.get('/tasks').one('//main//a[starts-with(@href, "/tasks/") and contains(., "立项审批")]/@href'))
    leader.submit({'opinion': '依据不够。', 'phrase:opinion': '同意。'}, press='退回修改')
    said = leader.get(f'/matter/{matter_id}').text
    assert '依据不够。' in said and '同意。' not in said


def test_the_script_puts_the_phrase_where_one_writes(app: Flask, visit: Callable[..., Any]) -> None:
    register(app, has_basis=False)
    page = visit('gz-gov-principal', '/phrases')
    page.fill('#text', '请按期办结。')
    page.click('main .go')
    page.goto('/tasks')
    page.click('main a[href^="/tasks/"]:has-text("立项审批")')
    page.fill('textarea[name=opinion]', '同意。')
    page.select_option('select[data-phrase=opinion]', label='请按期办结。')
    assert page.input_value('textarea[name=opinion]') == '同意。请按期办结。'
    assert page.input_value('select[data-phrase=opinion]') == ''
