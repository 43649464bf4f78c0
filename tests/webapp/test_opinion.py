"""加签的意见: what who is asked has to look at, and how who asked learns what was answered."""
from collections.abc import Callable

from flask import Flask

from tests.webapp.browser import Browser
from tests.webapp.test_assignment import asked, plan, press  # noqa: F401  (fixture)
from tests.webapp.test_usertask import planning, signing  # noqa: F401  (fixtures)

Browse = Callable[[str], Browser]
FILLED = {'answer': 'accept', 'deploy_note': '已开会研究。', 'items-0-task': '建库', 'items-0-responsibility': '投资科',
          'items-0-measure': '每周调度', 'items-0-result': '清单'}


def consult(browser: Browser, plan: str, how: str) -> str:  # noqa: F811
    """Fill the form in, and ask the chief about it; what the next page says."""
    browser.get(plan)
    browser.post(plan, {**FILLED, 'go-to': 'consult'})
    return press(browser, '请其提意见', to='fgw/chief', how=how, reason='清单行不行').text


def test_who_is_asked_sees_what_is_filled_in(app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    consult(browse('gz-fgw-liaison'), plan, 'before')
    page = browse('gz-fgw-chief').get(asked(app))
    assert '对方填的内容 还没有提交，可能再改' in page.text and '每周调度' in page.text


def test_who_has_to_agree_sees_what_was_submitted(app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    assert '您提交以后，由省发展改革委·单位负责人看；同意了才往下走。' in consult(liaison, plan, 'after')
    page = liaison.submit(FILLED, form='//form[@id="task"]', press='报送督查室')
    assert '等省发展改革委·单位负责人同意了才往下走。同意以前您可以收回。' in page.text
    assert page.texts('//li[@data-task]//span[@class="badge"]') == ['等同意']
    page = chief.get(asked(app))
    assert '对方提交的内容' in page.text and '每周调度' in page.text and '可能再改' not in page.text
    assert '已答复：同意。现在由省发展改革委·联络员办。' in press(chief, '同意').text


def test_an_answer_stands_above_the_form_of_who_asked(app: Flask, plan: str, browse: Browse) -> None:  # noqa: F811
    liaison, chief = browse('gz-fgw-liaison'), browse('gz-fgw-chief')
    assert '省发展改革委·单位负责人的答复会出现在这一页上面。' in consult(liaison, plan, 'beside')
    assert chief.get(asked(app)).h1 == '对“研究部署，报送‘四合一’清单”提意见'
    assert '已答复：不同意。现在由省发展改革委·联络员接着办。' in press(chief, '不同意', opinion='写明责任科室').text
    assert liaison.get(plan).texts('//div[contains(@class, "note warn")]') == ['省发展改革委·单位负责人不同意：写明责任科室']
