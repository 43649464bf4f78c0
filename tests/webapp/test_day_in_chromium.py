"""The day of a clerk and of a leader on a phone: with the script off, and with nothing but the keyboard."""
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.webapp.matters import advance, handled
from tests.webapp.test_usertask import register

Visit = Callable[..., Any]
# What has the focus can be seen: it is in the window, and the bar at the bottom does not lie over it.
SHOWN = '''() => { const part = document.activeElement, r = part.getBoundingClientRect();
    const top = document.elementFromPoint(r.left + r.width / 2, r.top + Math.min(r.height / 2, 20));
    return top && (part.contains(top) || top.closest("label")?.contains(part)); }'''
FILE = {'name': '清单.csv', 'mimeType': 'text/csv', 'buffer': '序号,项目\n1,建库\n'.encode()}


def press(page: Any, button: str) -> str:
    """Press the button that says so; what the next page says."""
    page.locator('main button, main a.btn').filter(has_text=button).first.click()
    return page.inner_text('main')


def hand_in(page: Any) -> None:
    """Submit the task, and wait for what comes after it: who opens another page too soon takes it back."""
    with page.expect_navigation():
        page.click('#task .bar .go')


def follow(page: Any, words: str) -> None:
    """Open the task or the page that is called so."""
    page.locator('main a').filter(has_text=words).first.click()


def fill(page: Any, **given: str) -> None:
    """Write into the fields of these names; minus signs stand as two underscores."""
    for name, text in given.items():
        page.fill(f'main [name="{name.replace("__", "-")}"]', text)


def test_a_clerk_signs_plans_takes_back_and_hands_in_without_the_script(app: Flask, visit: Visit) -> None:
    register(app, has_basis=True)
    page = visit('gz-fgw-liaison', '/tasks', 360, script=False)
    follow(page, '签收')
    press(page, '签收')
    page.goto('/tasks')
    follow(page, '研究部署')
    planning = page.url
    page.check('[name=answer][value=accept]')
    fill(page, deploy_note='已开会研究。', items__0__task='建库', items__0__responsibility='投资科', items__0__measure='每周调度',
         items__0__result='清单')
    press(page, '再加一行')
    assert page.input_value('[name=items-0-task]') == '建库'
    fill(page, items__1__task='核对', items__1__responsibility='规划科', items__1__measure='每月核对', items__1__result='台账')
    press(page, '委派')
    page.select_option('#to', 'fgw/chief')
    fill(page, reason='请把关')
    assert '已委派' in press(page, '委派')
    page.goto(planning)
    press(page, '收回')
    fill(page, reason='自己办')
    press(page, '收回')
    assert page.input_value('[name=items-1-task]') == '核对'
    hand_in(page)
    page.goto('/tasks')
    follow(page, '组织承办')
    fill(page, result_note='项目库已经建成并核对。', progress_percent='100')
    hand_in(page)
    page.goto('/tasks')
    assert '办结' in page.inner_text('main')


@pytest.mark.soak
def test_a_clerk_talks_reports_and_asks_for_more_time_without_the_script(app: Flask, visit: Visit) -> None:
    matter = f'/matter/{handled(app)}'
    advance(app, 2020, 9, 30)
    page = visit('gz-fgw-liaison', '/tasks', 360, script=False)
    follow(page, '组织承办')
    page.locator('summary').filter(has_text='留言').click()
    page.fill('#talk-text', '县级数据要不要报？')
    assert '已留言' in press(page, '留言')
    page.locator('summary').filter(has_text='附上文件').click()
    page.set_input_files('#its-file', FILE)
    page.locator('main form button').get_by_text('附上', exact=True).click()
    assert '清单.csv' in page.inner_text('main')
    follow(page, '抄送给…')
    fill(page, names='省司法厅')
    assert '已抄送' in press(page, '抄送')
    page.goto('/tasks')
    follow(page, '进展')
    page.check('[name=progress][value=smooth]')
    fill(page, report_text='已建成县级项目库。', progress_percent='60')
    hand_in(page)
    page.goto(matter)
    press(page, '申请延期')
    fill(page, new_due_at='2020-11-10', reason='资料汇总需要更多时间。', progress_percent='60', progress_note='先县后省。')
    hand_in(page)
    assert '已提交' in page.inner_text('main') or '灰灯' in page.inner_text('main')


def test_a_leader_approves_with_a_phrase_without_the_script(app: Flask, visit: Visit) -> None:
    register(app)
    page = visit('gz-gov-principal', '/phrases', 360, script=False)
    fill(page, text='同意。请按期办结。')
    press(page, '加上')
    page.goto('/tasks')
    follow(page, '立项')
    page.select_option('#opinion-ph', '同意。请按期办结。')
    press(page, '同意立项')
    page.goto('/tasks/done')
    follow(page, '立项审批')
    assert '同意。请按期办结。' in page.inner_text('main')


def reach(page: Any, selector: str, most: int = 80) -> None:
    """Press Tab until the part has the focus and can be seen."""
    for _ in range(most):
        page.keyboard.press('Tab')
        if page.evaluate('what => document.activeElement.matches(what)', selector):
            page.wait_for_function(SHOWN, timeout=5000)
            return
    raise AssertionError(f'the keyboard does not reach {selector} on {page.url}')


def enter(page: Any, selector: str) -> None:
    """Tab to it and press Enter; the next page."""
    reach(page, selector)
    with page.expect_navigation():
        page.keyboard.press('Enter')


def test_the_keyboard_alone_carries_a_clerk_through_the_list(app: Flask, visit: Visit) -> None:
    register(app, has_basis=True)
    page = visit('gz-fgw-liaison', '/tasks', 360)
    page.keyboard.press('Tab')
    assert page.evaluate('document.activeElement.className') == 'skip'
    enter(page, 'main .tasks a[href^="/tasks/"]')
    enter(page, '#task .bar .go')
    page.goto('/tasks')
    enter(page, 'main .tasks a[href^="/tasks/"]')
    reach(page, '[name=answer]')
    page.keyboard.press('Space')
    for name, text in {'deploy_note': '已开会研究。', 'items-0-task': '建库', 'items-0-responsibility': '投资科',
                       'items-0-measure': '每周调度', 'items-0-result': '清单'}.items():
        reach(page, f'[name="{name}"]')
        page.keyboard.type(text)
    reach(page, '[data-more]')
    page.keyboard.press('Enter')
    assert page.evaluate('document.activeElement.name') == 'items-1-task'
    enter(page, '#task .bar .go')
    assert '研究部署' not in page.inner_text('h1')


def test_the_keyboard_alone_approves(app: Flask, visit: Visit) -> None:
    register(app)
    page = visit('gz-gov-principal', '/tasks', 360)
    enter(page, 'main .tasks a[href^="/tasks/"]')
    reach(page, '#opinion')
    page.keyboard.type('同意。')
    enter(page, '#task .btn.go')
    page.goto('/tasks/done')
    assert '立项审批' in page.inner_text('main')


def test_a_file_that_is_too_large_is_told_before_it_is_sent(app: Flask, visit: Visit) -> None:
    handled(app)
    app.config['ATTACHMENT_KB'] = 1
    page = visit('gz-fgw-liaison', '/tasks', 360)
    follow(page, '组织承办')
    page.locator('summary').filter(has_text='附上文件').click()
    page.set_input_files('#its-file', {**FILE, 'buffer': b'1,' * 501})
    assert '每个最多1MB' in page.eval_on_selector('#its-file', 'field => field.validationMessage')
    page.set_input_files('#its-file', FILE)
    page.locator('main form button').get_by_text('附上', exact=True).click()
    assert '已附上清单.csv' in page.inner_text('main')
