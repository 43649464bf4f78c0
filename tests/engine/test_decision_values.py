"""Values on their way through a table: their types, what columns list, and the same answer from a plain reading."""
from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import decision
from engine.errors import Broken
from tests.engine.dmn import LABEL, LEVEL, ask, codes, sound, table, xml

ANYTHING = [(['-'], ['value'])]


def answer(kind: str, value: Any) -> Any:
    return ask(sound([('值', 'value', kind)], [('out', kind)], ANYTHING), value=value).values['out']


@pytest.mark.parametrize(('kind', 'value', 'seen'), [
    ('long', '7', 7), ('integer', 2.0, 2), ('double', 2, 2), ('number', '-0.5', -0.5), ('string', '', ''),
    ('boolean', 'false', False), ('date', '2020-02-29', '2020-02-29'), ('time', '09:00:00+08:00', '09:00:00+08:00'),
    ('dateTime', '2020-05-31T09:00:00Z', '2020-05-31T09:00:00Z'), ('days and time duration', 'P3DT4H', 'P3DT4H'),
    ('dayTimeDuration', '-PT30M', '-PT30M'), ('years and months duration', 'P1Y2M', 'P1Y2M'),
    ('yearMonthDuration', 'P6M', 'P6M'), ('duration', 'P3D', 'P3D'), ('context', {'a': 1}, {'a': 1}),
    ('number', [3], 3), ('number', None, None), ('time', '09:00:00@Asia/Shanghai', '09:00:00@Asia/Shanghai'),
    ('date and time', '2020-05-31T09:00:00@Asia/Shanghai', '2020-05-31T09:00:00@Asia/Shanghai')])
def test_a_value_is_taken_as_its_type_wants_it(kind, value, seen):
    found = answer(kind, value)
    assert (found, type(found)) == (seen, type(seen))


@pytest.mark.parametrize(('kind', 'value', 'said'), [
    ('integer', 2.5, '要是整数'), ('integer', float('inf'), '要是整数'),
    ('number', 'P1D', '要是数字'), ('date', '2020-02-30', '要是日期'),
    ('dateTime', '2020-13-01T09:00:00', '要是日期和时间'), ('time', '25:00', '要是时间'), ('time', 'noon', '要是时间'),
    ('years and months duration', 'P3D', '要是年月时长'), ('days and time duration', 'P1Y', '要是天数时长'),
    ('duration', '3 days', '要是时长'), ('context', 'a', '要是一组资料'), ('number', [1, 2], '要是数字')])
def test_a_value_of_another_type_is_named(kind, value, said):
    with pytest.raises(Broken, match=said):
        answer(kind, value)


def test_days_are_compared_as_days():
    made = sound([('日', 'day', 'date')], LABEL,
                 [(['< date("2020-05-31")'], ['"早"']), (['>= 2020-05-31'], ['"晚"'])])
    assert [ask(made, day=day).values['label'] for day in ('2020-05-30', '2020-05-31T08:00:00+08:00')] == ['早', '晚']


def test_an_input_may_list_its_values():
    data = xml([('急', 'urgency', 'string')], LABEL, [(['-'], ['"甲"'])]).replace(
        b'</inputExpression>', '</inputExpression><inputValues><text>"急","缓"</text></inputValues>'.encode())
    made = decision.parse(data, 't.dmn').main
    assert [ask(made, urgency=value).values['label'] for value in ('急', None)] == ['甲', '甲']
    with pytest.raises(Broken, match='输入列“急”：“慢”不在允许的取值里：'):
        ask(made, urgency='慢')


def test_an_output_may_list_its_values():
    made = sound(LEVEL, [('label', 'string', '"甲","乙"')], [(['-'], ['name'])])
    assert ask(made, level=1, name='乙').values == {'label': '乙'}
    with pytest.raises(Broken, match='第1行的“label列”：“丙”不在这一列的取值里'):
        ask(made, level=1, name='丙')


def test_cells_may_call_the_value_by_the_name_of_its_column():
    data = xml([('级别', 'level + 1', 'number')], LABEL, [(['days > 2 and days < 5'], ['"甲"']), (['? >= 5'], ['"乙"'])])
    data = data.replace(b'<decisionTable', b'<decisionTable xmlns:camunda="http://camunda.org/schema/1.0/dmn"').replace(
        b'<input ', b'<input camunda:inputVariable="days" ')
    made = decision.parse(data, 't.dmn').main
    assert (codes(made), made.names) == ([], {'level'})
    assert [ask(made, level=level).values['label'] for level in (2, 4)] == ['甲', '乙']


def test_the_only_output_needs_no_name_and_takes_the_decisions():
    made = decision.parse(xml(LEVEL, [('', '')], [(['-'], ['"甲"'])]), 't.dmn').main
    assert (codes(made), ask(made, level=1).values) == ([], {'测试表': '甲'})


def test_weights_may_stand_in_one_of_several_outputs():
    made = sound(LEVEL, [('lamp', 'string', '"red","green"'), ('why', 'string')],
                 [(['> 0'], ['"green"', '"a"']), (['> 1'], ['"red"', '"b"'])], policy='PRIORITY')
    assert ask(made, level=2).values == {'lamp': 'red', 'why': 'b'}


def test_another_language_in_one_cell_is_named():
    data = xml(LEVEL, LABEL, [(['1'], ['"甲"'])])
    data = data.replace(b'<outputEntry', b'<outputEntry expressionLanguage="javascript"')
    found = decision.problems(decision.parse(data, 't.dmn').main)
    assert [(problem.code, problem.zh) for problem in found if problem.code == 'decision.language'] == [
        ('decision.language', '第1行第2列“label列”的表达式语言“javascript”不执行，请用FEEL。')]


def test_columns_of_one_name_are_told_apart():
    made = sound([('日', 'a', 'number'), ('日', 'b', 'number')], LABEL, [(['1', '2'], ['"甲"']), (['-', '3'], ['"乙"'])])
    outcome = ask(made, a=1, b=2)
    assert outcome.inputs == {'日': 1, '日（第2列）': 2}
    assert outcome.rules[0].cells == {'日': '1', '日（第2列）': '2'}
    assert set(map(type, [*outcome.inputs, *outcome.rules[0].cells])) == {str}                   # as the trail's JSON wants it


def test_the_trail_keeps_the_beginning_of_long_values():
    made = sound([('值', 'value', '')], LABEL, [(['-'], ['"甲"'])])
    assert ask(made, value='长' * 300).told['inputs'] == {'值': '长' * 200 + '…'}
    assert ask(made, value=list(range(30))).told['inputs'] == {'值': [*range(20), '…']}
    assert ask(made, value={'a': 'b'}).told['inputs'] == {'值': {'a': 'b'}}


# a plain reading of small tables, cell by cell, to compare with
NUMBERS = st.integers(0, 5)
CELLS = st.one_of(
    st.builds(lambda number: (str(number), lambda value: value == number), NUMBERS),
    st.builds(lambda number: (f'> {number}', lambda value: value > number), NUMBERS),
    st.builds(lambda number: (f'<= {number}', lambda value: value <= number), NUMBERS),
    st.builds(lambda low, high: (f'[{low}..{high})', lambda value: low <= value < high), NUMBERS, NUMBERS),
    st.builds(lambda some: (', '.join(map(str, some)), lambda value: value in some),
              st.lists(NUMBERS, min_size=1, max_size=3)),
    st.builds(lambda some: (f'not({", ".join(map(str, some))})', lambda value: value not in some),
              st.lists(NUMBERS, min_size=1, max_size=3)),
    st.just(('-', lambda value: True)))
ROWS = st.lists(st.tuples(CELLS, CELLS, st.sampled_from('xyz'), NUMBERS), min_size=1, max_size=5)
ORDER = 'zyx'


def plainly(rows: list[tuple], policy: str, aggregation: str, values: Mapping[str, int]) -> Any:
    """What the standard says that the table answers, or the name of what goes wrong."""
    hits = [(word, number) for (_, one), (_, other), word, number in rows if one(values['a']) and other(values['b'])]
    if policy == 'COLLECT' and aggregation:
        numbers = [number for _, number in hits]
        return {'SUM': sum(numbers), 'COUNT': len(hits), 'MIN': min(numbers, default=None),
                'MAX': max(numbers, default=None)}[aggregation]
    if policy in ('RULE ORDER', 'COLLECT'):
        return [word for word, _ in hits]
    if policy == 'OUTPUT ORDER':
        return sorted((word for word, _ in hits), key=ORDER.index)
    if not hits:
        return 'NoRule'
    if policy == 'UNIQUE' and len(hits) > 1 or policy == 'ANY' and len({word for word, _ in hits}) > 1:
        return 'Broken'
    return min((word for word, _ in hits), key=ORDER.index) if policy == 'PRIORITY' else hits[0][0]


@settings(deadline=None, max_examples=150)
@given(ROWS, st.sampled_from(['UNIQUE', 'FIRST', 'ANY', 'PRIORITY', 'RULE ORDER', 'OUTPUT ORDER', 'COLLECT']),
       st.sampled_from(['', 'SUM', 'COUNT', 'MIN', 'MAX']))
def test_a_table_answers_as_a_plain_reading_does(rows, policy, aggregation):
    counted = policy == 'COLLECT' and aggregation
    output = ('out', 'number') if counted else ('out', 'string', ','.join(f'"{word}"' for word in ORDER))
    made = table([('甲', 'a', 'number'), ('乙', 'b', 'number')], [output],
                 [([one[0], other[0]], [str(number) if counted else f'"{word}"']) for one, other, word, number in rows],
                 policy=policy, aggregation=aggregation if counted else '')
    for a in range(7):
        values = {'a': a, 'b': (a * 3 + len(rows)) % 7}
        try:
            found = ask(made, **values).values['out']
        except (decision.NoRule, Broken) as error:
            found = type(error).__name__
        assert found == plainly(rows, policy, aggregation, values)
