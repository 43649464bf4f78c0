"""What is found in a table before it runs: rows that overlap, cases without a row, rows that are never reached."""
from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import decision
from engine.errors import Broken
from engine.finding import WARN
from tests.engine.dmn import LABEL, ask, codes, table, xml

YES_NO = [('重点', 'key', 'boolean'), ('紧急', 'urgent', 'boolean')]


def warned(inputs: list[tuple], *rows: list[str], policy: str = 'FIRST', outputs: list[tuple] = LABEL,
           change: Callable[[bytes], bytes] = bytes) -> list[tuple[str, str]]:
    """The warnings about a table of these conditions, each row with an answer of its own."""
    results = [([*cells], [f'"{number}"'] * len(outputs)) for number, cells in enumerate(rows)]
    made = decision.parse(change(xml(inputs, outputs, results, policy=policy)), 't.dmn').main
    return [(problem.code.removeprefix('decision.'), problem.zh) for problem in decision.problems(made)
            if problem.severity == WARN]


def gap(kind: str, *cells: str, **more: Any) -> str:
    """The case that a table of one column misses, as the sentence says it."""
    said = [zh for code, zh in warned([('值', 'value', kind)], *([cell] for cell in cells), **more)
            if code == 'uncovered']
    return said[0].removeprefix('没有一行管这种情况：').partition('。')[0] if said else ''


def listed(values: str) -> Callable[[bytes], bytes]:
    """The first column lists the values that may come."""
    more = f'</inputExpression><inputValues><text>{values}</text></inputValues>'
    return lambda data: data.replace(b'</inputExpression>', more.encode(), 1)


@pytest.mark.parametrize(('kind', 'cells', 'case'), [
    ('number', ['> 3', '< 3'], '值是3'), ('number', ['>= 3', '< 3'], ''), ('number', ['[1..5]', '> 5'], '值是0'),
    ('number', ['<= 3', '>= 4'], '值是3.5'), ('integer', ['<= 3', '>= 4'], ''), ('integer', ['<= 3', '> 4'], '值是4'),
    ('number', ['not(3)'], '值是3'), ('number', ['not(> 3)'], '值是4'), ('number', ['1', '2'], ''),
    ('number', ['1', '[2..3]', '-'], ''), ('number', ['< limit', '>= 3'], ''), ('number', ['? < 3', '> 5'], ''),
    ('boolean', ['true'], '值是假'), ('boolean', ['true', 'false'], ''), ('boolean', ['true', 'null', 'false'], ''),
    ('boolean', ['true', 'not(null)', 'false'], '值是空'),
    ('string', ['"急"', '"缓"'], ''), ('string', ['not("急")'], '值是“急”'), ('string', ['"急"', '-'], ''),
    ('date', ['< 2020-05-31', '> 2020-06-01'], '值是“2020-05-31”'), ('date', ['<= 2020-05-31', '>= 2020-06-01'], ''),
    ('date', ['[2020-01-01..2020-12-31]'], '值是“2019-12-31”'), ('', ['1', '"a"'], ''), ('', ['> 1'], '值是0'),
    ('time', ['> "09:00"'], ''), ('', ['> duration("P3D")'], ''), ('', ['> "2020-05-31T09:00:00Z"'], ''),
    ('number', ['[2..null]'], '')])
def test_the_case_that_no_row_covers(kind, cells, case):
    assert gap(kind, *cells) == case


@pytest.mark.parametrize(('values', 'cells', 'case'), [
    ('"急","缓"', ['"急"'], '值是“缓”'), ('"急","缓"', ['"急"', '"缓"'], ''), ('"急","缓","常"', ['not("缓")'], '值是“缓”'),
    ('"急","缓"', ['-'], '')])
def test_listed_values_must_all_be_covered(values, cells, case):
    assert gap('string', *cells, change=listed(values)) == case


def test_listed_numbers_bound_what_must_be_covered():
    assert gap('number', '[0..50]', '(50..100]', change=listed('[0..100]')) == ''
    assert gap('number', '[0..50]', '(50..99]', change=listed('[0..100]')) == '值是99.5'


def test_a_gap_is_a_case_over_all_columns():
    rows = [['true', 'true'], ['false', '-']]
    assert warned(YES_NO, *rows) == [('uncovered', '没有一行管这种情况：重点是真，紧急是假。请补一行，或者写上默认结果。')]
    assert warned(YES_NO, *rows, ['true', 'false']) == []


def test_a_table_that_may_answer_nothing_misses_nothing():
    assert gap('number', '> 3', policy='COLLECT') == ''
    assert gap('number', '> 3', outputs=[('label', 'string', '', '"其他"')]) == ''
    assert gap('number', '> 3', policy='UNIQUE') == '值是2'


@pytest.mark.parametrize(('kind', 'cell'), [
    ('number', '[5..1]'), ('number', '(3..3)'), ('integer', '(3..4)'), ('number', '(3..3]'), ('string', '["b".."a"]'),
    ('date', '(2020-05-31..2020-06-01)')])
def test_a_cell_that_nothing_meets_is_named(kind, cell):
    found = warned([('值', 'value', kind)], [cell], ['-'])
    assert found == [('never', f'第1行第1列“值”的条件“{cell}”没有任何值能满足，这一行永远不会适用。')]


def test_a_cell_outside_the_listed_values_is_named():
    found = warned([('值', 'value', 'string')], ['"慢"'], ['"急"'], ['"缓"'], change=listed('"急","缓"'))
    assert [code for code, _ in found] == ['never'] and '“"慢"”' in found[0][1]


@pytest.mark.parametrize(('rows', 'said'), [
    ([['-'], ['1']], '第2行永远轮不到：前面的第1行'), ([['> 1'], ['> 2']], '第2行永远轮不到：前面的第1行'),
    ([['<= 3'], ['> 3'], ['[2..5]']], '第3行永远轮不到：前面的第1、2行'), ([['1'], ['1, 2']], ''),
    ([['> limit'], ['> 9']], ''),
    ([['not(1)'], ['1'], ['-']], '第3行永远轮不到：前面的第1、2行'), ([['-'], ['? > 1']], '第2行永远轮不到：前面的第1行'),
    ([['<= 3'], ['> 3'], ['-']], ''),
    ([['not(null)'], ['null'], ['-']], '第3行永远轮不到：前面的第1、2行')])
def test_a_row_below_others_that_take_all_is_never_reached(rows, said):
    found = [zh for code, zh in warned([('值', 'value', 'number')], *rows) if code == 'masked']
    assert (found and found[0].partition('已经')[0]) == (said or [])
    assert not [code for code, _ in warned([('值', 'value', 'number')], *rows, policy='COLLECT') if code == 'masked']


def test_several_rows_together_mask_one_over_two_columns():
    found = warned(YES_NO, ['true', '-'], ['false', 'true'], ['true, false', 'true'], ['false', 'false'])
    assert [code for code, _ in found] == ['masked'] and '第3行永远轮不到：前面的第1、2行' in found[0][1]


def test_the_same_row_twice_is_named():
    rows = [(['1'], ['"甲"']), (['2'], ['"乙"']), (['1'], ['"甲"'])]
    made = table([('值', 'value', 'number')], LABEL, rows, policy='ANY')
    assert [problem.zh for problem in decision.problems(made)] == ['第3行和第1行的条件、结果完全一样，请删去一行。']


def test_warnings_have_the_line_and_the_row():
    data = xml([('值', 'value', 'number')], LABEL, [(['-'], ['"甲"']), (['1'], ['"乙"'])], policy='FIRST')
    found, = decision.problems(decision.parse(data.replace(b'<rule', b'\n<rule'), 't.dmn').main)
    assert (found.element, found.line, found.severity) == ('r2', 3, WARN)


@pytest.mark.parametrize('policy', ['UNIQUE', 'FIRST'])
def test_a_thousand_rows_are_judged(policy):
    inputs = [(f'列{place}', f'x{place}', 'number') for place in range(10)]
    rows = [([f'[{row * place % 37}..{row * place % 37 + row % 11}]' for place in range(1, 11)], ['"a"'])
            for row in range(1_000)]
    made = table(inputs, LABEL, rows, policy=policy)
    assert 'decision.uncovered' in codes(made, WARN)
    assert len(decision.problems(made)) < 60


def test_ten_thousand_spoilt_cells_are_findings():
    inputs = [(f'列{place}', f'x{place}', 'number') for place in range(10)]
    made = table(inputs, LABEL, [([f'{row} +]{place}' for place in range(10)], ['(']) for row in range(1_000)])
    assert set(codes(made)) == {'decision.cell'} and len(codes(made)) == 11_000


CELLS = st.one_of(
    st.integers(0, 4).map(str), st.tuples(st.sampled_from(['<', '<=', '>', '>=']), st.integers(0, 4)).map(
        lambda pair: f'{pair[0]} {pair[1]}'),
    st.tuples(st.sampled_from('[('), st.integers(0, 4), st.integers(0, 4), st.sampled_from('])')).map(
        lambda cell: f'{cell[0]}{cell[1]}..{cell[2]}{cell[3]}'),
    st.lists(st.integers(0, 4), min_size=1, max_size=3, unique=True).map(
        lambda some: f'not({", ".join(map(str, some))})'),
    st.sampled_from(['-', 'null', 'not(null)', 'not(> 2)', 'not([1..3), 4)', 'not(null, 2)', '[2..null]', '? > 2',
                     '1 + 1']))
ASKING = ('[2..null]', '? > 2', '1 + 1', 'not(> 2)', 'not([1..3), 4)')
"""Cells of which not all is told beforehand: some of what they accept, or whether nothing (null) meets them."""
VALUES = [None, -1, *(number / 2 for number in range(11))]


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=5))
def test_what_is_said_of_a_table_is_true_of_every_value(cells):
    """Against the table itself: no row where a gap is named, no hit of a row that is called dead."""
    inputs = [('甲', 'a', 'number'), ('乙', 'b', 'number')]
    rows = [([*pair], [f'"{number}"']) for number, pair in enumerate(cells, 1)]
    first = table(inputs, LABEL, rows, policy='FIRST')
    found = {code: [problem for problem in decision.problems(first) if problem.code == code]
             for code in ('decision.never', 'decision.masked', 'decision.uncovered')}
    hits, missed = set(), False
    for a, b in product(VALUES, repeat=2):
        try:
            hits.add(ask(first, a=a, b=b).rules[0].id)
        except decision.NoRule:
            missed = True
    dead = {problem.element for problem in found['decision.never'] + found['decision.masked']}
    assert not dead & hits
    if not any(cell in ASKING for pair in cells for cell in pair):
        assert dead >= {f'r{number}' for number in range(1, len(rows) + 1)} - hits
    assert missed or not found['decision.uncovered']


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=4))
def test_overlaps_are_named_exactly_when_two_rows_can_meet(cells):
    rows = [([*pair], [f'"{number}"']) for number, pair in enumerate(cells, 1)]
    made = table([('甲', 'a', 'number'), ('乙', 'b', 'number')], LABEL, rows)
    contradicted = False
    for a, b in product(VALUES, repeat=2):
        try:
            ask(made, a=a, b=b)
        except decision.NoRule:
            continue
        except Broken:
            contradicted = True
    if any(cell in ASKING for pair in cells for cell in pair):
        assert contradicted or 'decision.overlap' not in codes(made)
    else:
        assert ('decision.overlap' in codes(made)) == contradicted
