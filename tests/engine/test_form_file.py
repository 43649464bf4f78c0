"""The .form file: what may stand in it, what is found wrong with it, and that no file crashes the reader."""
import time
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import form
from engine.errors import Broken, Refused
from engine.form.pattern import compiled
from tests.engine.forms import ASK_STATUS, CHOICES, FUNCTIONS, JSON, ask, check, made, refused, sound

FORMS = Path(__file__).resolve().parents[2] / 'forms'


@pytest.mark.parametrize('path', sorted(FORMS.glob('*.form')), ids=lambda path: path.stem)
def test_the_shipped_forms_have_no_problem(path):
    one = form.parse(path.read_bytes(), path.name)
    assert (one.id, form.problems(one)) == (path.stem, [])


@pytest.mark.parametrize(('data', 'said'), [
    (b' ' * 500_001, '太大'), (b'{"id": 1,\n"a" 2}', '第2行不是合格的JSON'), (b'[]', '不是表单文件'), (b'\xff', '不是合格的JSON'),
    (b'{"type":"default","id":"a"}', '不是表单文件'), (b'{"type":"default","components":[]}', '没有编号'),
    (b'{"type":"group","id":"a","components":[]}', '不是表单文件'), (b'[' * 100_000, '不是合格的JSON')])
def test_what_is_no_form_is_refused(data, said):
    with pytest.raises(Refused, match=said):
        form.parse(data, 'x.form')


def test_a_byte_order_mark_is_no_fault():
    assert form.parse(b'\xef\xbb\xbf{"type":"default","id":"a","components":[]}', 'a.form').id == 'a'


@pytest.mark.parametrize(('component', 'code', 'said'), [
    (ask('filepicker', validate={'required': True}), 'form.file', '只能选填'),
    (ask('dynamiclist', components=[ask('filepicker')]), 'form.nested', '套得太深'),
    (ask('html'), 'form.type', 'html不支持'),
    (ask('datetime', subtype='week'), 'form.type', 'week不支持'),
    (ask('textfield', type=None), 'form.type', 'None不支持'),
    (ask('textfield', id=''), 'form.id', '没有id'),
    (ask('textfield', key='a.b'), 'form.key', '“a.b”不能用'),
    (ask('textfield', key='_x'), 'form.key', '不能用'),
    (ask('textfield', key='main'), 'form.key', '系统自己要用'),
    (ask('textfield', key=None), 'form.key', '不能用'),
    (ask('textfield', label=''), 'form.label', '没有标签'),
    (ask('radio'), 'form.options', '没有选项'),
    (ask('select', values=[{'label': '甲'}]), 'form.option', '有一个没有值'),
    (ask('select', values=[{'label': '甲', 'value': '1'}, {'label': '乙', 'value': 1}]), 'form.option',
     '有2个的值都是“1”'),
    (ask('textfield', conditional={'hide': '=a +'}), 'form.expression', '隐藏条件“=a +”算不出来'),
    (ask('textfield', description='到${day(}为止'), 'form.expression', '说明'),
    (ask('textfield', conditional={'hide': '=__import__("os")'}), 'form.expression', '隐藏条件'),
    (ask('textfield', validate={'pattern': '('}), 'form.pattern', '写得不对'),
    (ask('textfield', validate={'pattern': '(a+)+$'}), 'form.pattern', '很慢'),
    (ask('textfield', validate={'validationType': 'iban'}), 'form.format', 'iban不认识'),
    (ask('textfield', validate={'minLength': 9, 'maxLength': 3}), 'form.limit', '谁也填不对'),
    (ask('textfield', validate={'minLength': 501}), 'form.limit', '谁也填不对'),
    (ask('textarea', validate={'maxLength': 50_001}), 'form.limit', '最多50000个字'),
    (ask('number', validate={'min': '一'}), 'form.limit', '“一”要写成数字'),
    (ask('number', validate={'min': 2, 'max': 1}), 'form.limit', '谁也填不对'),
    (ask('datetime', validate={'min': 'morgen'}), 'form.limit', '“morgen”要写成日期'),
    (ask('textfield', properties={'render': 'actions'}), 'form.render', '不能画成actions'),
    (ask('dynamiclist', components=[ask('textfield', id='x')], properties={'shows': 'milestone'}), 'form.shows',
     '不能写milestone：'),
    (ask('textfield', properties={'shows': 'milestones'}), 'form.shows', '只有清单可以写'),
    (ask('radio', **CHOICES, properties={'needs': 'say'}), 'form.reference', 'needs写的“say”'),
    (ask('radio', **CHOICES, properties={'refuse': 'no'}), 'form.reference', 'refuse写的“no”'),
    (ask('textfield', validate=[]), None, ''),
    (ask('textfield', validate=[1]), 'form.component', 'validate'),
    ({'type': 'group', 'label': '组', 'components': []}, 'form.empty', '里没有组件'),
    ({'type': 'group', 'label': '组', 'path': 'x', 'components': [ask('textfield')]}, 'form.path', '路径要留空'),
    ({'type': 'table', 'label': '表', 'columns': [{'key': 'a', 'label': '甲'}]}, 'form.source', '没有写数据来源'),
    ({'type': 'table', 'label': '表', 'dataSource': '=rows'}, 'form.source', '没有写列'),
    (ask('expression'), 'form.source', '没有写表达式'),
    ({'type': 'button', 'label': '重置', 'action': 'reset'}, 'form.button', '不起作用'),
    (ask('dynamiclist', components=[ask('dynamiclist', 'inner', components=[ask('textfield')], id='x')]),
     'form.nested', '套得太深'),
    (ask('dynamiclist', components=[ask('textfield', id='x')], properties={'max': '51'}), 'form.limit',
     '0到50'),
    (ask('dynamiclist', components=[ask('textfield', id='x')], properties={'min': '3', 'max': '2'}),
     'form.limit', '还多'),
    ('text', 'form.component', '一个组件'),
])
def test_each_problem_has_its_sentence(component, code, said):
    raw = {'type': 'default', 'id': 'test',
           'components': [{'id': 'c', **component} if isinstance(component, dict) else component]}
    found = form.problems(form.parse(orjson.dumps(raw), 'test.form'))
    if code is None:
        assert found == []
        return
    assert [problem for problem in found if problem.code == code and said in problem.zh], found
    severity = 'warn' if code == 'form.button' else 'refuse'
    assert all(problem.en and problem.severity == severity for problem in found)


def test_problems_of_the_whole_form():
    twice = made(ask('textfield', 'a', id='x'), ask('number', 'a', id='x'))
    found = [(problem.code, problem.component) for problem in form.problems(twice)]
    assert found == [('form.duplicate', 'x')] * 2
    without = made(ask('textfield', 'a', id=''), ask('number', 'a', id=''))
    assert [problem.code for problem in form.problems(without)] == ['form.id', 'form.id', 'form.duplicate']
    acts = {**ASK_STATUS, 'properties': {'render': 'actions'}}
    assert [problem.code for problem in form.problems(made(acts, {**acts, 'key': 'b'}))] == ['form.actions']
    assert [problem.code for problem in form.problems(made(question='${a +}'))] == ['form.expression']
    many = made(*[ask('textfield', f'k{place}') for place in range(301)])
    assert [problem.code for problem in form.problems(many)] == ['form.size']
    deep: dict = ask('textfield')
    for level in range(6):
        deep = {'type': 'group', 'id': f'g{level}', 'label': '组', 'components': [{'id': 'x', **deep}]}
    assert 'form.nested' in {problem.code for problem in form.problems(made(deep))}


def test_the_same_key_in_a_list_and_outside_is_fine():
    sound(ask('textfield', 'a'), ask('dynamiclist', 'rows', components=[ask('textfield', 'a', id='x')]))


def test_names_and_calls_for_the_gate():
    note = ask('textfield', 'note', '备注', conditional={'hide': '=status == "smooth" and level > 1'},
               defaultValue='=draft(title)')
    one = sound(ASK_STATUS, note, {'type': 'text', 'text': '到${say(due_at)}'},
                question='同意${unit_name(lead_unit)}吗？')
    assert one.names == {'level', 'title', 'due_at', 'lead_unit'}
    assert one.calls == {'draft', 'say', 'unit_name'}
    assert list(one.fields) == ['status', 'note']


@pytest.mark.parametrize('pattern', [
    r'(a+)+$', r'(a|aa)+$', r'(a*)*b', r'(\w+\s?)*$', r'((ab)*c?){9,}', r'(a?){30}a{30}',
    r'.*.*.*.*x', r'^a|.*.*.*x', r'(.)\1+',
    r'a{1,400}a{1,400}a{1,400}a{1,400}b', '^' + 'a?' * 30 + 'a' * 30,
    '^' + '(a|a)' * 30 + '$', '(' * 45 + 'a?' + '){5}' * 45, '(' * 90 + 'a+' + ')+' * 90, '(' * 200,
    'a' * 301, '*', '[z-a]'])
def test_slow_or_wrong_patterns_are_refused(pattern):
    with pytest.raises(ValueError):
        compiled(pattern)


@pytest.mark.parametrize(('pattern', 'good', 'bad'), [
    (r'^1[3-9]\d{9}$', '13985012345', '23985012345'), (r'^(\d{1,3}\.){3}\d{1,3}$', '10.0.0.1', '10.0.0'),
    (r'^https?://[^\s]+$', 'https://a.cn/b', 'a.cn'),
    (r'^[\u4e00-\u9fa5]+〔\d{4}〕\d+号$', '黔府办发〔2020〕12号', '12号'),
    (r'^(?<year>\d{4})-(?:0[1-9]|1[0-2])$', '2020-09', '2020-13'),
    (r'^1\d{10}([,、]1\d{10})*$', '13985012345、13985012346', '1'),
    (r'^[\]\\(]+$', r'](\ '.strip(), 'a'), (r'\d', '第3条', '３')])
def test_ordinary_patterns_work(pattern, good, bad):
    one = sound(ask('textfield', validate={'pattern': pattern}))
    assert check(one, {'it': good}) == {'it': good}
    refused(one, {'it': bad})


PARTS = ['a', 'b', '.', r'\w', '[ab]', 'a+', 'b*', '.*', 'a?', '(ab)', '(a|b)', '(a+)', '(?:b*)', '(a?b?)',
         '+', '*', '?', '{2,}', '{3}', '{0,4}', '|']


@settings(deadline=None)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=40), st.sampled_from(['^', '']))
def test_no_accepted_pattern_is_slow(parts, start):
    try:
        pattern = compiled(start + ''.join(parts) + 'c$')
    except ValueError:
        return
    for text in ('a' * 80, 'ab' * 40, 'b' * 79 + 'd'):
        began = time.process_time()
        pattern.search(text)
        assert time.process_time() - began < 0.5


@pytest.mark.parametrize('pattern', ['^.*.*.*c$', '.*.*c$', r'^\w*\w*\w*c', '^(a?b?){4}.*.*c$'])
def test_the_worst_that_is_accepted_ends_soon(pattern):
    began = time.process_time()
    refused(sound(ask('textfield', validate={'pattern': pattern})), {'it': 'a' * 500})
    assert time.process_time() - began < 5


COMPONENTS = st.dictionaries(st.sampled_from(['type', 'id', 'key', 'label', 'validate', 'values',
                                              'conditional', 'components', 'properties',
                                              'description', 'defaultValue', 'readonly', 'subtype',
                                              'appearance', 'text', 'columns', 'dataSource']),
                             JSON | st.sampled_from(['textfield', 'radio', 'group', 'dynamiclist', 'table',
                                                     'text', '=a', '${b', '=1 +', 'a']))


@settings(deadline=None)
@given(st.lists(COMPONENTS | JSON, max_size=4), JSON)
def test_no_file_crashes_the_reader(components, properties):
    data = orjson.dumps({'type': 'default', 'id': 'x', 'components': components, 'properties': properties},
                        option=orjson.OPT_NON_STR_KEYS)
    one = form.parse(data, 'x.form')
    assert all(problem.zh and problem.en for problem in form.problems(one))
    if not form.problems(one):
        try:
            one.fields_for(None, {}, FUNCTIONS)
        except Broken as broken:
            assert broken.expression
