"""Forms: what is accepted, what is refused, and how it is said."""
import re
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.errors import Broken, Invalid
from tests.engine.forms import (ASK_REASON, ASK_STATUS, CHOICES, FUNCTIONS, JSON, ROWS, ask, check, drawn,
                                refused, sound)


@pytest.mark.parametrize(('component', 'raw', 'value'), [
    (ask('textfield'), '  甲\t乙\n丙 ', '甲 乙 丙'), (ask('textarea'), '甲\r\n乙\r\n', '甲\n乙'),
    (ask('textfield'), 'a\x00b\x07', 'ab'),
    (ask('textfield'), '', None), (ask('textfield'), '   ', None), (ask('textfield'), None, None),
    (ask('textarea'), '<script>alert(1)</script>', '<script>alert(1)</script>'),
    (ask('textfield'), '长' * 500, '长' * 500), (ask('textarea', validate={'minLength': 3, 'maxLength': 3}),
                                               '三个字', '三个字'),
    (ask('number', validate={'min': 1, 'max': 1}), '1', 1),
    (ask('datetime', validate={'min': '=today()', 'max': '=today()'}), '2020-09-27', '2020-09-27'),
    (ask('number'), '120', 120), (ask('number'), ' 1.50 ', 1.5), (ask('number'), '2.0', 2),
    (ask('number'), '１２０', 120),
    (ask('number'), '-3', -3), (ask('number'), '1,234.5', 1234.5), (ask('number'), '１，２００', 1200),
    (ask('number'), 0.1, 0.1),
    (ask('number', appearance={'suffixAdorner': '%'}), '85%', 85), (ask('number'), 7, 7),
    (ask('number'), '', None),
    (ask('datetime'), '2020-09-30', '2020-09-30'), (ask('datetime'), '2020年9月3日', '2020-09-03'),
    (ask('datetime'), '2020/9/3', '2020-09-03'),
    (ask('datetime', subtype='time'), '9:30', '09:30'), (ask('datetime', subtype='time'), '09：30', '09:30'),
    (ask('datetime', subtype='datetime'), '2020-09-30T09:30', '2020-09-30T09:30:00+08:00'),
    (ask('datetime', subtype='datetime'), '2020-09-30T09:30:00+00:00', '2020-09-30T09:30:00+00:00'),
    (ask('select', **CHOICES), 'smooth', 'smooth'), (ask('select', **CHOICES), '', None),
    (ask('radio', **CHOICES), ['smooth'], 'smooth'),
    (ask('radio', values=[{'label': '是', 'value': True}, {'label': '否', 'value': False}]), 'false', False),
    (ask('radio', values=[{'label': '是', 'value': True}, {'label': '否', 'value': False}]), True, True),
    (ask('select', values=[{'label': '一', 'value': 1}]), '1', 1),
    (ask('select', properties={'options': 'units'}), 'czj', 'czj'),
    (ask('checklist', properties={'options': 'units'}), ['czj', 'fgw', 'czj'], ['czj', 'fgw']),
    (ask('checklist', properties={'options': 'units', 'as': 'text'}), ['czj', 'fgw'], 'czj,fgw'),
    (ask('taglist', properties={'options': 'units', 'as': 'text'}), None, ''),
    (ask('taglist', **CHOICES), None, []),
    (ask('taglist', **CHOICES), 'smooth,blocked', ['smooth', 'blocked']),
    (ask('checklist', **CHOICES), ['', 'smooth'], ['smooth']),
    (ask('select', valuesExpression='=["甲", "乙"]'), '乙', '乙'),
    (ask('checkbox'), 'on', True), (ask('checkbox'), 'true', True), (ask('checkbox'), None, False),
    (ask('checkbox'), False, False),
    (ask('textfield', validate={'validationType': 'email'}), 'bangong@guizhou.gov.cn',
     'bangong@guizhou.gov.cn'),
    (ask('textfield', validate={'validationType': 'phone'}), '13985012345', '13985012345'),
    (ask('textfield', validate={'validationType': 'phone'}), '0851-85812345', '0851-85812345'),
    (ask('textfield', validate={'pattern': r'^https?://'}), 'https://guizhou.gov.cn',
     'https://guizhou.gov.cn'),
    (ask('textfield', validate={'pattern': '终审'}), '已经终审了', '已经终审了'),
])
def test_values_that_are_accepted(component, raw, value):
    answer = check(sound(component), {'it': raw})
    assert answer == {'it': value}
    assert type(answer['it']) is type(value)
    assert orjson.loads(orjson.dumps(answer)) == answer


@pytest.mark.parametrize(('component', 'raw', 'sentence'), [
    (ask('number', label='完成比例', validate={'min': 0, 'max': 100}), '120', '完成比例要在0到100之间，您填的是120'),
    (ask('number', validate={'min': 0}), '-1', '它不能小于0，您填的是-1'),
    (ask('number', validate={'max': 0.3}), 0.4, '它不能大于0.3，您填的是0.4'),
    (ask('number', decimalDigits=0), '1.5', '它要填整数，您填的是1.5'),
    (ask('number', decimalDigits=1), '1.55', '它最多1位小数，您填的是1.55'),
    (ask('number'), '八成', '它要填数字，您填的是八成'), (ask('number'), '1e5', '它要填数字，您填的是1e5'),
    (ask('number'), True, '它要填数字，您填的是true'),
    (ask('number'), float('inf'), '它要填数字，您填的是inf'), (ask('number'), 10 ** 15, '它太大了，整数部分最多15位'),
    (ask('number'), '1' * 40, '它要填数字，您填的是' + '1' * 30 + '…'), (ask('number'), ['1', '2'], '它只能填一个值'),
    (ask('textfield'), '长' * 501, '它最多写500个字，您写了501个'),
    (ask('textarea'), '长' * 10_001, '它最多写10000个字，您写了10001个'),
    (ask('textarea', validate={'minLength': 4}), ' 短 ', '它至少写4个字，您写了1个'),
    (ask('textfield', validate={'minLength': 2, 'maxLength': 2}), '甲', '它要写2个字，您写了1个'),
    (ask('textfield'), 5, '它要填文字，您填的是5'), (ask('textfield'), {'a': 'b'}, '它只能填一个值'),
    (ask('textfield'), '\ud800', '它里有不能保存的字符，请删去后重新输入'),
    (ask('datetime'), '2020-02-30', '它要写成年月日，例如2020-09-30，您填的是2020-02-30'),
    (ask('datetime'), '9月底', '它要写成年月日，例如2020-09-30，您填的是9月底'),
    (ask('datetime'), '0001-01-01', '它要写成年月日，例如2020-09-30，您填的是0001-01-01'),
    (ask('datetime', subtype='time'), '25:00', '它要写成时和分，例如09:30，您填的是25:00'),
    (ask('datetime', subtype='datetime'), '2020-09-30', '它要写日期和时间，例如2020-09-30 09:30，您填的是2020-09-30'),
    (ask('datetime', validate={'min': '2020-10-01'}), '2020-09-30', '它不能早于2020年10月1日 周四，您填的是2020年9月30日 周三'),
    (ask('datetime', validate={'min': '=today()', 'max': '=next_day(today())'}), '2020-10-01',
     '它要在2020年9月27日 周日到2020年9月30日 周三之间，您填的是2020年10月1日 周四'),
    (ask('datetime', disallowPassedDates=True), '2020-09-26', '它不能早于2020年9月27日 周日，您填的是2020年9月26日 周六'),
    (ask('datetime', subtype='datetime', validate={'max': '=now()'}), '2020-09-27T09:11',
     '它不能晚于2020年9月27日 周日 09:10，您填的是2020年9月27日 周日 09:11'),
    (ask('select', **CHOICES), 'other', '它要从列出的选项里选，您填的是other'),
    (ask('checklist', **CHOICES), ['smooth', 'x'], '它要从列出的选项里选，您填的是x'),
    (ask('checklist', **CHOICES), 3, '它要填一列选项'), (ask('checklist', **CHOICES), [['smooth']], '它要填一列选项'),
    (ask('checkbox'), 'maybe', '它只能勾选或不勾选，您填的是maybe'),
    (ask('textfield', validate={'validationType': 'email'}), 'a@b',
     '它要写完整的邮箱地址，例如 bangong@example.cn，您填的是a@b'),
    (ask('textfield', validate={'validationType': 'phone'}), '12345', '它要写11位手机号，或者区号加座机号，您填的是12345'),
    (ask('textfield', validate={'pattern': '^https'}), 'ftp', '它要照提示的样子写，您填的是ftp'),
    (ask('textfield', validate={'pattern': '^https', 'patternErrorMessage': '网址要写完整，以 https:// 开头'}), 'ftp',
     '网址要写完整，以 https:// 开头'),
])
def test_values_that_are_refused(component, raw, sentence):
    assert refused(sound(component), {'it': raw}) == {'it': [sentence]}


@pytest.mark.parametrize(('component', 'sentence'), [
    (ask('textfield'), '请填写它'), (ask('number'), '请填写它'), (ask('datetime'), '请填写它'),
    (ask('select', **CHOICES), '请选择它'),
    (ask('radio', **{**CHOICES, 'label': '顺利吗？'}), '请回答“顺利吗？”'), (ask('checklist', **CHOICES), '请选择它'),
    (ask('checkbox'), '请勾选“它”'),
    (ask('textfield', label='它（选填）'), '请填写它'), (ask('textfield', properties={'requiredMessage': '写一句就行'}),
                                                '写一句就行'),
    (ask('checkbox', properties={'requiredMessage': '先读完再勾选'}), '先读完再勾选'),
])
@pytest.mark.parametrize('submitted', [{}, {'it': ''}, {'it': None}, {'it': []}])
def test_what_is_required_is_asked_for(component, sentence, submitted):
    one = sound({**component, 'validate': {'required': True}})
    assert refused(one, submitted) == {'it': [sentence]}


def test_an_optional_answer_left_empty_is_there():
    one = sound(ask('textfield', 'a'), ask('number', 'b'), ask('checkbox', 'c'),
                ask('checklist', 'd', **CHOICES))
    assert check(one, {}) == {'a': None, 'b': None, 'c': False, 'd': []}


def test_limits_may_read_other_answers_and_what_was_before():
    one = sound(ask('datetime', 'start', '开始'), ask('datetime', 'end', '结束', validate={'min': '=start'}),
                ask('datetime', 'due_at', '新时限', validate={'min': '=next_day(due_at)'}))
    scope = {'due_at': '2020-09-01'}
    assert check(one, {'start': '2020-09-02', 'end': '2020-09-02', 'due_at': '2020-09-30'},
                 scope)['due_at'] == '2020-09-30'
    found = refused(one, {'start': '2020-09-03', 'end': '2020-09-02', 'due_at': '2020-09-29'}, scope)
    assert list(found) == ['end', 'due_at']
    assert check(one, {'end': '2020-09-02', 'due_at': '2020-09-29'}, {'due_at': None})['end'] == '2020-09-02'


def test_unknown_fields_are_refused_by_name():
    found = refused(sound(ask('textfield')), {'it': 'x', 'admin': '1', 'k' * 500: ''})
    assert found == {'admin': ['这张表里没有“admin”这一项，请去掉后再提交'],
                     'k' * 30 + '…': [f'这张表里没有“{"k" * 30}…”这一项，请去掉后再提交']}


@pytest.mark.parametrize('locking', [{'readonly': True}, {'disabled': True}, {'readonly': '=level > 1'}])
@pytest.mark.parametrize('value', ['2020-12-01', '', None])
def test_what_is_read_only_is_never_accepted(locking, value):
    one = sound(ask('datetime', 'due_at', '办结时限', **locking), ask('textfield', 'note', '备注'))
    scope = {'due_at': '2020-09-30', 'level': 2}
    assert check(one, {'note': 'x'}, scope) == {'note': 'x'}
    assert refused(one, {'due_at': value}, scope) == {'due_at': ['办结时限在这里不能改，请不要提交这一项']}


def test_what_may_be_changed_at_times():
    one = sound(ask('textfield', 'note', '备注', readonly='=level > 1'))
    assert check(one, {'note': 'x'}, {'level': 1}) == {'note': 'x'}


def test_hidden_fields_are_not_asked_for_and_not_accepted():
    one = sound(ASK_STATUS, ASK_REASON)
    assert check(one, {'status': 'smooth'}) == {'status': 'smooth'}
    assert check(one,
                 {'status': 'smooth', 'reason': ' '}) == {'status': 'smooth'}  # browsers post empty fields
    assert refused(one, {'status': 'smooth', 'reason': '先征求意见'}) == {'reason': ['这时不用填延期理由，请留空后再提交']}
    assert refused(one, {'status': 'blocked'}) == {'reason': ['请填写延期理由']}
    assert check(one, {'status': 'blocked', 'reason': '先征求意见'}) == {'status': 'blocked', 'reason': '先征求意见'}


def test_what_stood_in_a_hidden_field_already_need_not_be_emptied():
    """Without the script a page posts it; nobody filled it in."""
    one = sound(ASK_STATUS, ASK_REASON, ask('number', 'done', '完成比例', conditional={'hide': '=status == "smooth"'}))
    known = {'reason': '先征求意见', 'done': 60}
    assert check(one, {'status': 'smooth', 'reason': '先征求意见', 'done': '60'}, known) == {'status': 'smooth'}
    assert list(refused(one, {'status': 'smooth', 'reason': '另有理由', 'done': '70'}, known)) == ['reason', 'done']


def test_what_is_hidden_counts_as_empty_for_what_follows():
    one = sound(ASK_STATUS, ask('textfield', 'who', '谁', conditional={'hide': '=status != "blocked"'}),
                ask('textfield', 'why', '为什么', validate={'required': True},
                    conditional={'hide': '=empty who'}))
    assert set(check(one, {'status': 'blocked', 'who': '甲', 'why': '雨'})) == {'status', 'who', 'why'}
    assert list(refused(one, {'status': 'blocked', 'who': '甲'})) == ['why']
    assert list(refused(one, {'status': 'smooth', 'who': '甲'})) == ['who']
    assert set(check(one, {'status': 'blocked'})) == {'status', 'who'}
    assert set(check(one, {'status': 'smooth', 'who': ''}, {'who': '乙'})) == {'status'}


def test_a_hidden_group_hides_what_is_in_it():
    one = sound(ASK_STATUS, {'type': 'group', 'label': '受阻', 'conditional': {'hide': '=status == "smooth"'},
                             'components': [ask('textfield', 'who', '谁', id='x',
                                                validate={'required': True})]})
    assert check(one, {'status': 'smooth'}) == {'status': 'smooth'}
    assert refused(one, {'status': 'blocked'}) == {'who': ['请填写谁']}


@pytest.mark.parametrize(('hide', 'there'), [
    ('=level > 1', True), ('=level = null', False), ('${level == null}', False), ('=not(level > 1)', True),
    ('${not(level > 1)}', False),
    ('=status = "smooth"', True),
    ('=kind == "a" and status != "smooth"', False), ('=level > 1 or kind == "a"', False)])
def test_conditions_with_answers_not_given(hide, there):
    one = sound(ASK_STATUS, ask('number', 'level'), ask('textfield', 'note', '备注',
                                                        conditional={'hide': hide}))
    found = check(one, {'status': 'blocked'}, {'kind': 'a'})
    assert ('note' in found) is there


def test_a_condition_that_fails_is_broken_and_says_where():
    one = sound(ask('textfield', id='note_field', conditional={'hide': '=nothing_here == 1'}))
    with pytest.raises(Broken, match='nothing_here') as caught:
        check(one, {})
    assert (caught.value.element, caught.value.expression) == ('note_field', '=nothing_here == 1')


@pytest.mark.parametrize('limit', ['="abc"', '=[1]', '="1e999"'])
def test_a_computed_limit_that_is_no_number_is_broken(limit):
    one = sound(ask('textfield', 'word', id='word_field', validate={'maxLength': limit}))
    with pytest.raises(Broken, match='不是数字') as caught:
        check(one, {'word': 'x'})
    assert (caught.value.element, caught.value.expression) == ('word_field', limit)


def test_computed_answers_are_computed_here():
    one = sound(ASK_STATUS, {'type': 'expression', 'key': 'long_term', 'expression': '=false',
                             'conditional': {'hide': '=status == "smooth"'}},
                {'type': 'expression', 'key': 'twice', 'expression': '=level * 2'})
    assert check(one, {'status': 'blocked'}, {'level': 2}) == {'status': 'blocked', 'long_term': False,
                                                               'twice': 4}
    assert check(one, {'status': 'smooth'}, {'level': None}) == {'status': 'smooth', 'twice': None}
    assert '不能改' in refused(one, {'status': 'smooth', 'twice': '9'}, {'level': 2})['twice'][0]


def test_a_refusal_needs_an_opinion():
    one = sound(ask('textarea', 'opinion', '批示意见'), ask(
        'radio', 'granted', '批复', values=[{'label': '同意', 'value': True}, {'label': '不同意', 'value': False}],
        validate={'required': True}, properties={'render': 'actions', 'refuse': 'false', 'needs': 'opinion'}))
    assert check(one, {'granted': 'true', 'opinion': ''}) == {'opinion': None, 'granted': True}
    assert refused(one, {'granted': 'false', 'opinion': ' '}) == {'opinion': ['选“不同意”时，请写明批示意见']}
    assert check(one, {'granted': 'false', 'opinion': '不急'}) == {'opinion': '不急', 'granted': False}
    assert refused(one, {'opinion': ''}) == {'granted': ['请选择批复']}
    page = drawn(one)
    assert not page['opinion'].optional
    assert [(button.label, button.refuses) for button in page['granted'].options] == [('同意', False),
                                                                                      ('不同意', True)]


def test_what_the_button_hides_is_dropped_silently():
    one = sound(ask('radio', 'grade', '等级', values=[{'label': '好', 'value': 'A'}],
                    validate={'required': True},
                    conditional={'hide': '=ok == "no"'}),
                ask('textfield', 'never', '从不', conditional={'hide': '=true'}),
                ask('radio', 'ok', '审核', values=[{'label': '同意', 'value': 'yes'},
                                                 {'label': '不同意', 'value': 'no'}],
                    validate={'required': True}, properties={'render': 'actions'}))
    assert drawn(one)['grade'].visible
    assert check(one, {'grade': 'A', 'ok': 'no'}) == {'ok': 'no'}
    assert check(one, {'grade': 'A', 'ok': 'yes'}) == {'grade': 'A', 'ok': 'yes'}
    assert list(refused(one, {'never': 'x', 'ok': 'no'})) == ['never']


def test_an_answer_may_be_refused_with_a_sentence():
    one = sound(ask('radio', 'secret', '涉密吗？', values=[{'label': '否', 'value': 'no'},
                                                       {'label': '是', 'value': 'yes'}],
                    properties={'refuse': 'yes', 'refuseMessage': '涉密事项不能在这里办理。'}))
    assert check(one, {'secret': 'no'}) == {'secret': 'no'}
    assert refused(one, {'secret': 'yes'}) == {'secret': ['涉密事项不能在这里办理。']}


def test_an_answer_may_be_refused_at_times():
    one = sound(ask('radio', 'answer', '承办吗？', values=[{'label': '承办', 'value': 'accept'},
                                                       {'label': '退办', 'value': 'return'}],
                    properties={'refuse': 'return', 'refuseIf': '=now() > limit',
                                'refuseMessage': '已过${limit}，不能退办'}))
    assert check(one, {'answer': 'return'}, {'limit': '2020-09-28'}) == {'answer': 'return'}
    assert refused(one, {'answer': 'return'}, {'limit': '2020-09-26'}) == {'answer': ['已过2020-09-26，不能退办']}


def test_answers_may_have_to_differ():
    units = {'properties': {'options': 'units'}}
    one = sound(ask('select', 'lead_unit', '牵头单位', properties={'options': 'units', 'differs': 'lead_unit'}),
                ask('checklist', 'co_units', '协办单位', properties={**units['properties'],
                                                                 'differs': 'lead_unit',
                                                                 'differsMessage': '协办单位里不能再选牵头单位'}))
    assert refused(one, {'lead_unit': 'fgw', 'co_units': ['czj', 'fgw']}) == {'co_units': ['协办单位里不能再选牵头单位']}
    assert refused(one, {'lead_unit': 'fgw'}, {'lead_unit': 'fgw'}) == {'lead_unit': ['牵头单位要和原来的不同，您填的是fgw']}
    assert check(one, {'lead_unit': 'fgw', 'co_units': 'czj,sft'},
                 {'lead_unit': 'sft'})['co_units'] == ['czj', 'sft']


def test_what_is_kept():
    one = sound(ask('textfield', 'a'), ask('textfield', 'b', properties={'persist': 'no'}),
                ask('checklist', 'c', **CHOICES),
                ask('checklist', 'd', **CHOICES, properties={'as': 'text'}),
                ask('dynamiclist', 'e', components=[ask('textfield', 'x', id='x')]))
    answer = check(one, {'a': '1', 'b': '2', 'c': ['smooth'], 'd': ['smooth'], 'e': [{'x': '3'}]})
    assert one.kept(answer) == {'a': '1', 'd': 'smooth'}


def test_rows_are_checked_one_by_one():
    one = sound(ROWS)
    assert check(one,
                 {'items': [{'task': '甲', 'late': 'true', 'why': '雨', 'share': '5'}, {'task': ' ', 'why': ''},
                            {'task': '乙'}]}) == {
        'items': [{'task': '甲', 'late': True, 'why': '雨', 'share': 5},
                  {'task': '乙', 'late': False, 'share': None}]}
    assert refused(one, {'items': [{'task': '甲'}, {'late': 'true', 'share': '101', 'boss': '1'}]}) == {
        'items-1-boss': ['第2行：这张表里没有“boss”这一项，请去掉后再提交'], 'items-1-task': ['第2行：请填写任务'],
        'items-1-why': ['第2行：请填写原因'], 'items-1-share': ['第2行：占比不能大于100，您填的是101']}


@pytest.mark.parametrize(('rows', 'sentence'), [
    ([], '清单至少要填1行，您填了0行'), (None, '清单至少要填1行，您填了0行'), ([{'task': '甲'}] * 4, '清单最多填3行，您填了4行'),
    ([{'task': '甲'}] * 400, '清单最多填3行，您填了400行'), ('甲', '清单要填若干行，每行一组键和值'), (['甲'], '清单要填若干行，每行一组键和值')])
def test_the_number_of_rows(rows, sentence):
    assert refused(sound(ROWS), {'items': rows}) == {'items': [sentence]}


def test_a_hidden_list_takes_no_rows():
    one = sound(ASK_STATUS, {**ROWS, 'conditional': {'hide': '=status == "smooth"'}})
    assert check(one, {'status': 'smooth', 'items': [{'task': ''}]}) == {'status': 'smooth'}
    assert list(refused(one, {'status': 'smooth', 'items': [{'task': '甲'}]})) == ['items']


def nested(depth: int) -> Any:
    return [nested(depth - 1)] if depth else 'x'


@pytest.mark.parametrize(('submitted', 'said'), [
    ({'it': '长' * 10_000_000}, '整张表最多200,000个字，您填了10,000,000个'), ({'it': ['长' * 1000] * 4000}, '整张表最多'),
    ({f'k{place}': '' for place in range(6000)}, '最多提交5000项'), ({'it': nested(100)}, '最多套4层'),
    ({'it': [''] * 1_000_000}, '最多提交5000项'), ([], '键和值'), ('x', '键和值'), (None, '键和值'), ({1: 'x'}, '键和值')])
def test_too_much_gives_a_sentence(submitted, said):
    found = refused(sound(ask('textarea')), submitted)
    assert said in next(iter(found.values()))[0]


SHOWN = st.sampled_from([None, '=gate == "open"', '=gate != "open"'])
FIELDS = st.one_of(
    st.fixed_dictionaries({'type': st.just('textfield'), 'required': st.booleans(), 'low': st.integers(0, 3),
                           'high': st.integers(3, 8), 'hide': SHOWN}),
    st.fixed_dictionaries({'type': st.just('number'), 'required': st.booleans(), 'low': st.integers(-5, 0),
                           'high': st.integers(0, 5), 'hide': SHOWN}),
    st.fixed_dictionaries({'type': st.just('select'), 'required': st.booleans(), 'low': st.just(0),
                           'high': st.just(0), 'hide': SHOWN}),
    st.fixed_dictionaries({'type': st.just('checkbox'), 'required': st.booleans(), 'low': st.just(0),
                           'high': st.just(0), 'hide': SHOWN}))
ANSWERS = st.one_of(st.none(),
                    st.sampled_from(['', ' ', 'a', 'b', 'true', 'false', '好好', ' 长长长长 ', '九个字九个字九个字']),
                    st.integers(-7, 7).map(str), st.decimals(-6, 6, places=1).map(str))


def component(place: int, one: dict) -> dict[str, Any]:
    names = ('minLength', 'maxLength') if one['type'] == 'textfield' else ('min', 'max')
    return {'type': one['type'], 'id': f'f{place}', 'key': f'f{place}', 'label': f'第{place}题',
            'conditional': {'hide': one['hide']},
            'values': [{'label': sign, 'value': sign} for sign in 'ab'],
            'validate': {'required': one['required'], names[0]: one['low'], names[1]: one['high']}}


def fits(one: dict, raw: str | None) -> bool:
    """What may be accepted from a field that is there, reckoned without the product."""
    text = (raw or '').strip()
    if one['type'] == 'checkbox':
        return text == 'true' or (text in ('', 'false', '0') and not one['required']) or text == '1'
    if not text:
        return not one['required']
    if one['type'] == 'select':
        return text in ('a', 'b')
    if one['type'] == 'textfield':
        return one['low'] <= len(text) <= one['high']
    return bool(re.fullmatch(r'-?\d+(\.\d+)?', text)) and one['low'] <= Decimal(text) <= one['high']


@settings(deadline=None)
@given(st.lists(st.tuples(FIELDS, ANSWERS), min_size=1, max_size=5), st.sampled_from(['open', 'shut']),
       st.booleans())
def test_accepts_exactly_what_is_there_and_fits(pairs, gate, stray):
    given_ = {f'f{place}': pair for place, pair in enumerate(pairs)}
    one = sound(ask('textfield', 'gate', '闸'),
                *[component(place, pair[0]) for place, pair in enumerate(pairs)])
    submitted: dict[str, Any] = {key: raw for key, (_, raw) in given_.items() if raw is not None}
    submitted |= {'gate': gate} | ({'stray': '1'} if stray else {})
    there = {key for key, (field, _) in given_.items()
             if field['hide'] is None or (gate == 'open') == ('!=' in field['hide'])}
    wrong = {'stray'} & submitted.keys()
    for key, (field, raw) in given_.items():
        if not fits(field, raw) if key in there else (raw or '').strip():
            wrong.add(key)
    try:
        answer = check(one, submitted)
    except Invalid as refusal:
        assert set(refusal.fields) == wrong
        assert all(sentence for sentences in refusal.fields.values() for sentence in sentences)
    else:
        assert not wrong
        assert set(answer) == {'gate', *there}
        assert orjson.loads(orjson.dumps(answer)) == answer
    # Whatever came, the page can be drawn.
    one.fields_for(submitted, {}, FUNCTIONS, dict.fromkeys(wrong, ['x']))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(['status', 'reason', 'items', 'lists', 'day', 'n', 'key', '别的']),
                       JSON))
def test_no_json_crashes_the_check(submitted):
    one = sound(ASK_STATUS, ASK_REASON, ROWS, ask('checklist', 'lists', **CHOICES), ask('datetime', 'day'),
                ask('number', 'n'), ask('checkbox', 'key'))
    try:
        orjson.dumps(check(one, submitted))
    except Invalid as refusal:
        assert refusal.fields and orjson.dumps(refusal.fields)
    one.fields_for(submitted, {}, FUNCTIONS)
