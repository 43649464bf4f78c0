"""The component that draws forms: labels, hints, errors and ids hang together; no value becomes markup."""
import json
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

from engine import form
from tests.engine.forms import ASK_REASON, ASK_STATUS, CHOICES, FUNCTIONS, ROWS, ask, made, refused

ROOT = Path(__file__).resolve().parents[2]
PAGE = '''{% from 'components/form.html' import fields, buttons, error_summary, words %}
<main>{{ error_summary(lines) }}
<form>{{ fields(drawn) }}{{ words(page.then) }}{{ buttons(drawn, page) }}</form></main>'''


def rendered(one: form.Form, values: dict | None = None, scope: dict | None = None,
             errors: dict | None = None) -> Any:
    """The page as a tree."""
    environment = Environment(loader=FileSystemLoader(ROOT / 'webapp/templates'), autoescape=True,
                              undefined=StrictUndefined)
    environment.globals['_'] = lambda text, **given: text % given if given else text
    environment.filters.update(words=str, listed=lambda parts, sign='；': sign.join(map(str, parts)))
    drawn = one.fields_for(values, scope or {}, FUNCTIONS, errors)
    return html.fromstring(environment.from_string(PAGE).render(
        drawn=drawn, page=one.page(scope or {}, FUNCTIONS), lines=form.summary(drawn, errors or {})))


def lookup(page: Any, key: str) -> Any:
    found = page.xpath(f'//*[@id="{key}"]')
    assert len(found) == 1, key
    return found[0]


EVERYTHING = made(
    ASK_STATUS, ASK_REASON, ROWS, ask('textfield', 'a', '甲', description='写全称', validate={'required': True}),
    ask('number', 'n', '比例', appearance={'suffixAdorner': '%'}, validate={'min': 0, 'max': 100}),
    ask('datetime', 'day', '日子'), ask('select', 'unit', '单位', properties={'options': 'units'}),
    ask('checklist', 'lists', '清单们', **CHOICES, description='没有就不选'),
    ask('checkbox', 'key', '重点', description='报主要领导'),
    ask('textfield', 'fixed', '定了的', readonly=True), {'type': 'text', 'text': '- **要点**\n- 其次'},
    {'type': 'group', 'label': '组', 'components': [ask('textarea', 'inner', '里面', id='x')]},
    {'type': 'separator'},
    {'type': 'table', 'label': '历次', 'dataSource': '=history', 'columns': [{'key': 'at', 'label': '时间'}]},
    {'type': 'text', 'text': '名：${fixed}', 'properties': {'render': 'facts'}}, verb='提交反馈', then='以后')
SCOPE = {'fixed': '<b>&amp;"x"</b>', 'history': [{'at': '<i>9月</i>'}]}


def test_what_is_described_exists_and_ids_are_unique():
    filled = {'status': 'blocked', 'items': [{'task': '', 'late': 'true'}], 'n': '120'}
    page = rendered(EVERYTHING, filled, SCOPE, refused(EVERYTHING, filled, SCOPE))
    ids = page.xpath('//@id')
    assert len(ids) == len(set(ids))
    for pointing in page.xpath('//@aria-describedby|//@aria-labelledby|//label/@for'):
        assert set(pointing.split()) <= set(ids), pointing
    links = page.xpath('//*[@class="errsum"]//a/@href')
    assert links == ['#reason', '#items-0-task', '#items-0-why', '#a', '#n']
    for link in links:
        control = lookup(page, link[1:])
        assert control.get('aria-invalid') == 'true'
        assert f'{link[1:]}-e' in control.get('aria-describedby')
        assert 'bad' in control.xpath('ancestor::*[contains(@class, "field")][1]/@class')[0]
    assert page.xpath('//h2[@id="es"]')[0].text == '还有5处要修改'


def test_every_control_has_a_name_and_a_label():
    page = rendered(EVERYTHING, scope=SCOPE)
    for control in page.xpath('//input|//select|//textarea'):
        assert control.get('name'), html.tostring(control)
        labelled = control.xpath(f'//label[@for="{control.get("id")}"]') if control.get('id') else []
        assert labelled or control.xpath('ancestor::label'), html.tostring(control)
    assert [legend.text_content() for legend in page.xpath('//fieldset/legend')] == [
        '进展', '清单', '第1行', '清单们（选填）', '组']
    assert lookup(page, 'a').get('required') is not None
    assert [label.text_content() for label in page.xpath('//label[@for="n"]|//label[@for="a"]')] == ['甲',
                                                                                                     '比例（选填）']


def test_values_never_become_markup():
    evil = '"><script>alert(1)</script>'
    page = rendered(EVERYTHING, {'a': evil, 'inner': f'\n</textarea>{evil}', 'items': [{'task': evil}]},
                    SCOPE,
                    {'a': [evil], evil: [evil]})
    assert page.xpath('//script') == []
    assert lookup(page, 'a').get('value') == evil
    assert lookup(page, 'items-0-task').get('value') == evil
    assert lookup(page, 'inner').text.lstrip('\n') == f'</textarea>{evil}'
    assert page.xpath('//dd')[0].text_content() == SCOPE['fixed']
    assert page.xpath('//td')[0].text_content() == '<i>9月</i>'


def test_hidden_controls_are_not_posted():
    page = rendered(EVERYTHING, scope=SCOPE)
    reason = lookup(page, 'reason')
    assert reason.get('disabled') is not None and reason.get('required') is None
    wrapper = reason.getparent()
    assert wrapper.get('hidden') is not None
    assert json.loads(wrapper.get('data-hide')) == ['!=', ['var', 'status'], ['lit', 'blocked']]


def test_rows_can_be_found_by_the_script():
    page = rendered(EVERYTHING, {'items': [{'task': '甲'}]}, SCOPE)
    assert page.xpath('//*[@data-rows="items"]//*[@data-row]/@data-row') == ['items-0-', 'items-1-']
    more = page.xpath('//button[@data-more="items"]')[0]
    assert (more.get('name'), more.get('value'), more.get('formnovalidate')) == ('draft', 'items', '')


def test_texts_and_the_button():
    page = rendered(EVERYTHING, scope=SCOPE)
    assert [each.text_content() for each in page.xpath('//ul/li')] == ['要点', '其次']
    assert page.xpath('//li/b')[0].text == '要点'
    button = page.xpath('//button[@class="btn go"]')
    assert [each.text for each in button] == ['提交反馈']


def test_choices_as_buttons():
    one = made({**ASK_STATUS, 'properties': {'render': 'actions', 'refuse': 'blocked', 'needs': 'why'}},
               ask('textarea', 'why', '为什么'))
    page = rendered(one, errors={'status': ['请选择进展']})
    buttons = page.xpath('//button')
    assert [(each.get('name'), each.get('value'), each.get('class')) for each in buttons] == [
        ('status', 'smooth', 'btn go'), ('status', 'blocked', 'btn no')]
    assert page.xpath('//*[@class="errsum"]//a/@href') == ['#status'] and lookup(page, 'status') is buttons[0]
    assert '选填' not in page.text_content()


def test_an_approval_has_panels_and_two_cells():
    cells = [{'type': 'group', 'id': f'g{place}', 'label': label,
              'components': [{'type': 'text', 'id': f't{place}', 'text': f'**{day}**\n剩3个工作日'}]}
             for place, (label, day) in enumerate([('现在的时限', '9月30日'), ('申请改为', '10月23日')])]
    one = made({'type': 'group', 'label': '变化', 'properties': {'render': 'next'}, 'components': cells},
               {'type': 'group', 'id': 'why', 'label': '为什么',
                'components': [{'type': 'text', 'text': '因为', 'id': 't'}]},
               ask('textarea', 'opinion', '意见'), layout='approval')
    page = rendered(one)
    assert page.xpath('//section/@class') == ['panel next two', 'panel', 'panel']
    assert [each.text for each in page.xpath('//p[@class="big"]')] == ['9月30日', '10月23日']
    assert page.xpath('//section[@aria-labelledby="why-t"]/h2[@id="why-t"]')[0].text == '为什么'


@pytest.mark.parametrize(('count', 'folded'), [(12, 0), (13, 1)])
def test_long_lists_of_choices_are_folded(count, folded):
    values = [{'label': f'单位{place}', 'value': f'u{place}'} for place in range(count)]
    page = rendered(made(ask('checklist', 'co_units', '协办单位', values=values)), {'co_units': ['u1', 'u2']})
    assert len(page.xpath('//details')) == folded
    if folded:
        assert page.xpath('//summary')[0].text == '从13项里选，已选2项'
    assert page.xpath('//input[@checked]/@value') == ['u1', 'u2']
