"""A form on a page: what a browser posts, what there is to draw, and what the script may decide."""
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from engine import expression, form
from engine.form.condition import followed
from engine.form.text import Block, Live, Span, blocks
from tests.engine.forms import (ASK_REASON, ASK_STATUS, CHOICES, FUNCTIONS, NOW, ROWS, ask, drawn,
                                refused,
                                sound)


def test_collect_gathers_what_a_browser_posts():
    one = sound(ASK_STATUS, ask('checklist', 'lists', **CHOICES), ROWS)
    posted = MultiDict([('csrf_token', 't'), ('draft', '1'), ('status', 'smooth'), ('lists', 'smooth'),
                        ('lists', 'blocked'),
                        ('items-0-task', ''), ('items-0-why', ''), ('items-2-task', '乙'),
                        ('items-1-task', '甲'), ('items-1-late', 'true'),
                        ('admin', '1'), ('items-0-boss', ''), ('status-0-x', '1')])
    assert one.collect(posted) == {'status': 'smooth', 'lists': ['smooth', 'blocked'], 'admin': '1',
                                   'status-0-x': '1',
                                   'items': [{'task': '甲', 'late': 'true'}, {'task': '乙'}]}
    assert one.collect(MultiDict([('status', 'a'), ('status', 'b')])) == {'status': ['a', 'b']}
    assert one.collect(MultiDict([('lists', 'smooth')])) == {'lists': ['smooth']}
    assert one.collect(MultiDict([('page', '1')]), page=frozenset({'page'})) == {}


def test_a_fresh_form_shows_what_is_on_record_then_the_default():
    one = sound(ask('textfield', 'title', '事项'), ask('number', 'progress', '比例', defaultValue=5),
                ask('textfield', 'draft_by', defaultValue='=title'),
                ask('textfield', 'opinion', properties={'persist': 'no'}),
                ask('radio', 'again', **CHOICES, properties={'prefill': 'no'}),
                ask('checklist', 'co_units', properties={'options': 'units'}), ask('checkbox', 'key_matter'),
                ask('datetime', 'due_at'),
                ask('datetime', 'received_at', subtype='datetime', defaultValue='=now()'))
    scope = {'title': '清理目录', 'progress': None, 'opinion': '别人的', 'again': 'smooth', 'co_units': 'fgw,sft',
             'key_matter': True,
             'due_at': '2020-09-30'}
    page = drawn(one, scope=scope)
    assert [page[key].value for key in ('title', 'progress', 'draft_by', 'opinion', 'due_at',
                                        'received_at')] == [
        '清理目录', '5', '清理目录', '', '2020-09-30', '2020-09-27T09:10']
    assert [option.selected for option in page['again'].options] == [False, False]
    assert [(option.label, option.selected, option.hint) for option in page['co_units'].options] == [
        ('省发展改革委', True, ''), ('省财政厅', False, ''), ('省司法厅', True, '合法性审核')]
    assert page['key_matter'].options[0].selected


def test_a_refused_form_stands_as_it_was_filled_in():
    one = sound(ask('number', 'progress', '比例'), ask('checkbox', 'key_matter', '重点'),
                ask('checklist', 'lists', **CHOICES),
                ask('datetime', 'day'), ASK_STATUS)
    filled = {'progress': '一百二', 'day': '9月底', 'lists': ['blocked']}
    page = drawn(one, filled, {'progress': 5, 'key_matter': True, 'day': '2020-01-01', 'status': 'smooth'},
                 refused(one, filled))
    assert (page['progress'].value, page['progress'].errors) == ('一百二', ['比例要填数字，您填的是一百二'])
    assert page['day'].value == '9月底'
    assert not page['key_matter'].options[0].selected  # a browser posts nothing for what was unticked
    assert [option.selected for option in page['lists'].options + page['status'].options] == [False, True,
                                                                                              False, False]


def test_what_a_page_needs_to_know_of_each_control():
    one = sound(ask('textfield', 'a', '甲', description='写全称', validate={'required': True, 'maxLength': 30}),
                ask('textarea', 'b', '乙（选填）', properties={'rows': '8'}),
                ask('number', 'c', '丙', decimalDigits=0, validate={'min': 0, 'max': 9},
                    appearance={'suffixAdorner': '%', 'prefixAdorner': '约'}),
                ask('number', 'd'), ask('datetime', 'e', disallowPassedDates=True,
                                        validate={'max': '2020-12-31'}),
                ask('textfield', 'f', validate={'validationType': 'email'}),
                ask('datetime', 'g', subtype='datetime', validate={'min': '2020-01-01'}),
                ask('datetime', 'h', subtype='time'), ask('number', 'i', validate={'min': 0}))
    page = drawn(one)
    assert (page['a'].kind, page['a'].label, page['a'].hint, page['a'].required,
            page['a'].optional) == ('input', '甲', '写全称', True, False)
    assert (page['b'].kind, page['b'].label, page['b'].optional, page['b'].height) == ('textarea', '乙', True,
                                                                                       8)
    assert (page['c'].prefix, page['c'].suffix, page['c'].short) == ('约', '%', True)
    assert {key: page[key].attributes for key in 'abcdefghi'} == {
        'a': {'type': 'text'}, 'b': {},
        'c': {'type': 'text', 'inputmode': 'numeric'},
        'd': {'type': 'text', 'inputmode': 'text'}, 'e': {'type': 'date', 'min': '2020-09-27',
                                                          'max': '2020-12-31'},
        'f': {'type': 'email'}, 'g': {'type': 'datetime-local'}, 'h': {'type': 'time'},
        'i': {'type': 'text', 'inputmode': 'decimal'}}


def test_fixed_answers_are_spoken():
    locked = {'readonly': True}
    one = sound(ask('datetime', 'due_at', '时限', **locked), ask('radio', 'status', **CHOICES, **locked),
                ask('checkbox', 'key', **locked),
                ask('checklist', 'co_units', properties={'options': 'units'}, **locked),
                ask('number', 'share', appearance={'suffixAdorner': '%'}, **locked),
                ask('textfield', 'none', **locked), ask('datetime', 'at', subtype='datetime', **locked),
                ask('textfield', 'by', defaultValue='督查室', **locked))
    tops = one.fields_for(None, {'due_at': '2020-09-30', 'status': 'smooth', 'key': False,
                                 'co_units': 'fgw,czj', 'share': 85.0, 'at': NOW}, FUNCTIONS)
    assert [(each.kind, each.value) for each in tops] == [
        ('fixed', value) for value in ('2020年9月30日 周三', '顺利', '否', '省发展改革委、省财政厅', '85%', '没有填写',
                                       '2020年9月27日 周日 09:10', '督查室')]


def test_hidden_fields_are_drawn_for_the_script_but_not_posted():
    one = sound(ASK_STATUS, ASK_REASON, ask('textfield', 'never', conditional={'hide': '=level > 1'}),
                {'type': 'group', 'label': '组', 'conditional': {'hide': '=status == "smooth"'},
                 'components': [ask('textfield', 'inner', id='x')]})
    page = drawn(one, scope={'level': 2})
    assert 'never' not in page  # nothing on this page can make it appear
    assert (page['reason'].visible, page['reason'].disabled) == (False, True)
    assert orjson.loads(page['reason'].condition) == ['!=', ['var', 'status'], ['lit', 'blocked']]
    page = drawn(one, {'status': 'smooth'}, {'level': 1})
    assert (page['c3'].visible, page['inner'].visible, page['inner'].disabled) == (False, True, True)
    page = drawn(one, {'status': 'blocked'}, {'level': 1})
    assert page['reason'].visible and page['inner'].visible and not page['inner'].disabled and 'never' in page


def test_a_hidden_field_with_an_error_is_shown_to_be_emptied():
    hidden = {'conditional': {'hide': '=status != "blocked"'}}
    one = sound(ASK_STATUS, ask('textfield', 'why', '原因', **hidden),
                ask('radio', 'how', '怎么办', **CHOICES, **hidden))
    filled = {'status': 'smooth', 'why': '雨', 'how': 'smooth'}
    page = drawn(one, filled, errors=refused(one, filled))
    assert page['why'].visible and not page['why'].disabled and page['why'].value == '雨'
    # Without a script nobody can untick a radio.
    assert page['how'].visible and not any(option.selected for option in page['how'].options)


def test_rows_are_drawn_with_one_to_go_on():
    one = sound(ROWS)
    page = drawn(one, {'items': [{'task': '甲', 'share': '101'}]},
                 errors={'items-0-share': ['太多'], 'items': ['太少']})
    assert [row.kind for row in page['items'].children] == ['row', 'row']
    assert (page['items'].errors, page['items-0-task'].value, page['items-0-share'].errors) == (['太少'], '甲',
                                                                                                ['太多'])
    assert (page['items-1-task'].value, page['items-0-why'].visible) == ('', False)
    assert orjson.loads(page['items-0-why'].condition) == ['not', ['var', 'late']]
    assert len(drawn(one, {'items': [{'task': '甲'}] * 3})['items'].children) == 3
    assert len(drawn(one, scope={'items': [{'task': '甲'}]})['items'].children) == 2


def test_words_facts_and_tables():
    one = sound({'type': 'text', 'text': '## ${title}\n**要点**：\n- 甲\n- 乙'}, {'type': 'separator'},
                {'type': 'spacer'},
                {'type': 'text', 'text': '时限：${due_at}\n进展：${note}\n没有：${nothing}\n另起',
                 'properties': {'render': 'facts'}},
                {'type': 'table', 'label': '历次', 'dataSource': 'history',
                 'columns': [{'key': 'at', 'label': '时间'}, {'key': 'say'}]})
    scope = {'title': '<b>清单</b>', 'due_at': '9月30日', 'note': '一\n二：三', 'nothing': None,
             'history': [{'at': '9月', 'say': 1.0, 'x': 2}]}
    words, rule, space, facts, table = one.fields_for(None, scope, FUNCTIONS)
    assert words.blocks == [Block('h2', [[Span('<b>清单</b>')]]), Block('p', [[Span('要点', True), Span('：')]]),
                            Block('ul', [[Span('甲')], [Span('乙')]])]
    assert (rule.kind, space.kind) == ('rule', 'space')
    assert facts.facts == [('时限', [Span('9月30日')]), ('进展', [Span('一'), Span('\n'), Span('二：三')]),
                           ('没有', [Span('另起')])]
    assert (table.columns, table.cells) == (['时间', 'say'], [['9月', '1']])
    assert drawn(one, scope={**scope, 'history': None})['c4'].cells == []


def test_blocks():
    assert blocks('一\r\n二\n\n三\n### 题\n四') == [
        Block('p', [[Span('一')], [Span('二')]]), Block('p', [[Span('三')]]), Block('h3', [[Span('题')]]),
        Block('p', [[Span('四')]])]
    assert blocks('') == []


def test_an_approval_is_put_in_panels_and_its_buttons_come_last():
    acts = {**ASK_STATUS, 'properties': {'render': 'actions'}}
    cell = {'type': 'group', 'id': 'g2', 'label': '现在',
            'components': [{'type': 'text', 'id': 't', 'text': '**9月**'}]}
    one = sound({'type': 'text', 'text': '导语'}, {'type': 'group', 'label': '变化',
                                                 'properties': {'render': 'next'}, 'components': [cell]},
                {'type': 'group', 'label': '为什么', 'components': [{**acts, 'id': 'a'},
                                                                 ask('textfield', 'b', id='b')]},
                                                                 ask('textfield', 'c'), ask('textfield', 'd'),
                layout='approval', question='同意${who}吗？', then='批了以后\n**退回**', name='审批')
    tops = one.fields_for(None, {}, FUNCTIONS)
    assert [each.kind for each in tops] == ['words', 'next', 'panel', 'panel', 'actions']
    assert [each.kind for each in tops[1].children] == ['cell']
    assert [each.key for each in tops[2].children + tops[3].children] == ['b', 'c', 'd']
    page = one.page({'who': '省发展改革委'}, FUNCTIONS)
    assert (page.layout, page.question, page.verb, len(page.then)) == ('approval', '同意省发展改革委吗？', '提交', 1)


def test_the_page_of_a_plain_form():
    one = sound({'type': 'button', 'action': 'submit', 'label': '提交反馈'}, name='反馈进展')
    page = one.page({}, FUNCTIONS)
    assert (page.layout, page.question, page.verb, page.then) == ('', '反馈进展', '提交反馈', [])
    assert one.fields_for(None, {}, FUNCTIONS) == []
    assert sound(verb='送审').page({}, FUNCTIONS).verb == '送审'


def test_texts_speak_of_what_is_on_record():
    one = sound(ask('datetime', 'due_at', '新时限（现在${due_at}）'))
    assert drawn(one, {'due_at': '2020-12-31'},
                 {'due_at': '2020-09-30'})['due_at'].label == '新时限（现在2020-09-30）'


def test_the_summary_follows_the_page():
    one = sound(ask('textfield', 'a'), ask('textfield', 'b'))
    errors = {'x': ['没有这一项'], 'b': ['乙一', '乙二'], 'a': ['甲']}
    assert form.summary(one.fields_for({}, {}, FUNCTIONS, errors), errors) == [('a', '甲'), ('b', '乙一'),
                                                                               ('b', '乙二'), ('', '没有这一项')]


@pytest.mark.parametrize(('source', 'tree'), [
    ('=status != "a=b"', ['!=', ['var', 'status'], ['lit', 'a=b']]),
    ('=status = "a"', ['==', ['var', 'status'], ['lit', 'a']]),
    ('${!late && n >= 3}', ['and', ['no', ['var', 'late']], ['>=', ['var', 'n'], ['lit', 3]]]),
    ('=empty n or n in [1, 2]', ['or', ['empty', ['var', 'n']],
                                 ['in', ['var', 'n'], ['list', ['lit', 1], ['lit', 2]]]]),
    ('=not(late) and level > 1', ['and', ['not', ['var', 'late']], ['>', ['lit', 2], ['lit', 1]]]),
    ('=late == true', ['==', ['var', 'late'], ['lit', True]]),
    ('=n == null', ['==', ['var', 'n'], ['lit', None]]), ('=days_left(n) > 3', None), ('=late ? n : 1', None),
    ('=unknown == n', None)])
def test_conditions_the_script_can_follow(source, tree):
    assert followed(Live(source, 'x'), {'status', 'late', 'n'}, {'level': 2}) == tree


def joined(parts: list, sure: bool) -> bool | None:
    return sure if sure in parts else None if None in parts else not sure


def script(tree: list, answers: dict[str, Any]) -> Any:
    """What static/form.js makes of a condition."""
    sign, *parts = tree
    if sign in ('lit', 'var'):
        return parts[0] if sign == 'lit' else answers[parts[0]]
    one, *more = [script(part, answers) for part in parts]
    numbers = one is not None and more and more[0] is not None or None
    return {'list': lambda: [one, *more], 'and': lambda: joined([one, *more], False),
            'or': lambda: joined([one, *more], True), 'not': lambda: None if one is None else not one,
            'no': lambda: not one,
            'empty': lambda: one in (None, '', []), '==': lambda: one == more[0],
            '!=': lambda: one != more[0],
            'in': lambda: one in more[0], '<': lambda: numbers and one < more[0],
            '<=': lambda: numbers and one <= more[0],
            '>': lambda: numbers and one > more[0], '>=': lambda: numbers and one >= more[0]}[sign]()


CONDITIONS = st.recursive(
    st.sampled_from(['status == "a"', 'status != "b"', 'n > 2', 'n <= 1', 'late', 'late == true', 'empty n',
                     'n in [1, 3]', 'status = null']),
    lambda inner: st.one_of(st.tuples(inner, st.sampled_from(['and', 'or', '&&', '||']),
                                      inner).map(lambda one: f'({one[0]}) {one[1]} ({one[2]})'),
                            inner.map(lambda one: f'not({one})'), inner.map(lambda one: f'!({one})')),
                            max_leaves=4)


@settings(deadline=None)
@given(st.sampled_from(['={}', '${{{}}}']), CONDITIONS,
       st.fixed_dictionaries({'status': st.sampled_from(['a', 'b', None]),
                              'n': st.sampled_from([None, 1, 2, 3]), 'late': st.booleans()}))
def test_the_script_decides_as_the_server_does(language, source, answers):
    written = language.format(source if language[0] == '=' else source.replace('status = null', 'status == null'))
    tree = followed(Live(written, 'x'), answers.keys(), {})
    assert tree is not None
    assert bool(script(tree, answers)) == bool(expression.compile(written).evaluate(answers, {}))
