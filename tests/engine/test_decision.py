"""Decision tables: every hit policy, types, notes, and what is found wrong before a table runs."""
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import decision
from engine.errors import Broken, Refused
from engine.finding import REPAIR
from tests.engine.dmn import LABEL, LEVEL, SPACE, ask, codes, model, sound, table, xml


def test_unique_gives_its_row_with_note():
    made = sound(LEVEL, [('label', 'string'), ('days', 'number'), ('honours', 'boolean')],
                 [(['1'], ['"督办"', '5', 'false'], 'P03-05'),
                  (['[2..3]'], ['"催办"', '10', 'true'], 'P03-09', 'A12')],
                 annotation='依据')
    outcome = ask(made, level=2)
    assert outcome.values == {'label': '催办', 'days': 10, 'honours': True}
    assert outcome.rules == [decision.Hit('r2', 'P03-09；A12', 2, {'级别': '[2..3]'})]
    assert outcome.inputs == {'级别': 2}
    assert made.table.annotations == ('依据',)


def test_the_outcome_can_be_written_to_the_trail():
    outcome = ask(sound(LEVEL, LABEL, [(['1'], ['"督办"'], 'P03')]), level=1)
    assert orjson.loads(orjson.dumps(outcome.told)) == {
        'values': {'label': '督办'}, 'inputs': {'级别': 1},
        'rules': [{'id': 'r1', 'note': 'P03', 'number': 1, 'cells': {'级别': '1'}}]}


def test_unique_breaks_on_two_hits():
    made = table(LEVEL, LABEL, [(['> limit'], ['"甲"']), (['2'], ['"乙"'])])
    assert codes(made) == []  # only the data can tell
    assert ask(made, level=3, limit=2).values == {'label': '甲'}
    with pytest.raises(Broken, match='第1、2行同时适用') as caught:
        ask(made, level=2, limit=1)
    assert caught.value.values == {'级别': 2}


def test_first_takes_the_uppermost():
    made = sound(LEVEL, LABEL, [(['> 1'], ['"较差"']), (['1'], ['"不力"']), (['-'], ['"较好"'])], policy='FIRST')
    assert [ask(made, level=level).values['label'] for level in (3, 1, 0)] == ['较差', '不力', '较好']
    assert [hit.id for hit in ask(made, level=3).rules] == ['r1']


def test_first_does_not_work_out_later_rows():
    made = table(LEVEL, LABEL, [(['1'], ['"甲"']), (['nowhere'], ['"乙"'])], policy='FIRST')
    assert ask(made, level=1).values == {'label': '甲'}
    with pytest.raises(Broken, match='nowhere'):
        ask(made, level=2)


def test_any_needs_the_same_answer():
    made = sound(LEVEL, LABEL, [(['> 1'], ['"甲"']), (['> 2'], ['"甲"']), (['> 3'], ['"乙"'])], policy='ANY')
    outcome = ask(made, level=3)
    assert (outcome.values, [hit.id for hit in outcome.rules]) == ({'label': '甲'}, ['r1', 'r2'])
    with pytest.raises(Broken, match='第1、2、3行同时适用，结果却不一样'):
        ask(made, level=4)


def test_priority_takes_the_weightiest_output():
    made = sound(LEVEL, [('lamp', 'string', '"red","yellow","green"')],
                 [(['> 0'], ['"green"']), (['> 1'], ['"red"']), (['> 2'], ['"yellow"'])], policy='PRIORITY')
    assert [ask(made, level=level).values['lamp'] for level in (1, 2, 3)] == ['green', 'red', 'red']
    assert [hit.id for hit in ask(made, level=3).rules] == ['r2']


def test_rule_order_and_output_order_give_lists():
    rules = [(['> 0'], ['"green"']), (['> 1'], ['"red"']), (['> 2'], ['"yellow"'])]
    output = [('lamp', 'string', '"red","yellow","green"')]
    assert ask(sound(LEVEL, output, rules, policy='RULE ORDER'),
               level=3).values == {'lamp': ['green', 'red', 'yellow']}
    by_output = ask(sound(LEVEL, output, rules, policy='OUTPUT ORDER'), level=3)
    assert by_output.values == {'lamp': ['red', 'yellow', 'green']}
    assert [hit.id for hit in by_output.rules] == ['r2', 'r3', 'r1']


@pytest.mark.parametrize(('aggregation', 'some', 'none'), [
    ('', [0.1, 0.2, 1.5], []), ('SUM', 1.8, 0), ('MIN', 0.1, None), ('MAX', 1.5, None), ('COUNT', 3, 0)])
def test_collect(aggregation, some, none):
    made = sound(LEVEL, [('points', 'number')], [(['>= 1'], ['0.1']), (['>= 2'], ['0.2']),
                                                 (['>= 3'], ['1.5'])],
                 policy='COLLECT', aggregation=aggregation)
    assert ask(made, level=3).values == {'points': some}
    outcome = ask(made, level=0)
    assert (outcome.values, outcome.value, outcome.rules) == ({'points': none}, none, [])


def test_tenths_add_up():
    made = sound(LEVEL, [('points', 'number')], [(['-'], ['0.1']), (['-'], ['0.2'])], policy='COLLECT',
                 aggregation='SUM')
    assert ask(made, level=1).values == {'points': 0.3}


def test_a_sum_of_words_breaks():
    made = table(LEVEL, [('points', '')], [(['-'], ['"甲"']), (['-'], ['1'])], policy='COLLECT',
                 aggregation='SUM')
    with pytest.raises(Broken, match='不是数字'):
        ask(made, level=1)


def test_no_row_names_the_table_and_what_was_asked():
    made = sound([('级别', 'level', 'number'), ('类别', 'kind', 'string')], LABEL, [(['1', '"常规"'], ['"甲"'])])
    with pytest.raises(decision.NoRule) as caught:
        ask(made, level=2, kind=None)
    assert str(caught.value) == '决策表“测试表”没有一行适用：级别是2，类别是空。请给这种情况补一行。'
    assert caught.value.inputs == {'级别': 2, '类别': None}


def test_a_default_stands_in_for_no_row():
    made = sound(LEVEL, [('label', 'string', '', '"其他"')], [(['1'], ['"甲"'])])
    outcome = ask(made, level=9)
    assert (outcome.values, outcome.rules) == ({'label': '其他'}, [])


@pytest.mark.parametrize(('cell', 'fits', 'fails'), [
    ('1', [1, 1.0], [2, None]), ('> 3', [4], [3, None]), ('[1..5]', [1, 5], [0, 6]), ('(1..5]', [5], [1]),
    (']1..5[', [2], [1, 5]),
    ('not(1, 2)', [3], [1, 2]), ('1, 3', [1, 3], [2]), ('? > 1 and ? < 3', [2], [1, 3]), ('-', [1, None], []),
    ('', [1], []),
    ('null', [None], [1]), ('limit', [7], [1])])
def test_number_cells(cell, fits, fails):
    made = sound(LEVEL, LABEL, [([cell], ['"中"']), (['-'], ['"否"'])], policy='FIRST')
    for value in fits + fails:
        assert ask(made, level=value, limit=7).values['label'] == ('中' if value in fits else '否'), value


@pytest.mark.parametrize(('cell', 'fits', 'fails'), [
    ('"甲","乙"', ['甲', '乙'], ['丙', None]), ('not("甲")', ['乙'], ['甲']),
    ('2020-05-31', ['2020-05-31'], ['2020-06-01']),
    ('>= 2020-05-31', ['2020-06-01'], ['2020-05-30', None]),
    ('[2020-01-01..2020-12-31]', ['2020-07-01'], ['2021-01-01'])])
def test_text_and_date_cells(cell, fits, fails):
    made = sound([('值', 'value', 'string')], LABEL, [([cell], ['"中"']), (['-'], ['"否"'])], policy='FIRST')
    for value in fits + fails:
        assert ask(made, value=value).values['label'] == ('中' if value in fits else '否'), value


def test_functions_in_inputs_cells_and_outputs():
    made = sound([('超期', 'now() > limit(due_at)', 'boolean')], [('at', 'string'), ('days', 'number')],
                 [(['true'], ['now()', 'param("days")']), (['false'], ['null', ''])])
    functions = {'now': lambda: '2020-06-01', 'limit': lambda day: day, 'param': lambda name: 5}
    assert made.decide({'due_at': '2020-05-31'}, functions).values == {'at': '2020-06-01', 'days': 5}
    assert made.decide({'due_at': '2020-06-01'}, functions).values == {'at': None, 'days': None}
    assert (made.names, made.calls) == ({'due_at'}, {'now', 'limit', 'param'})


@pytest.mark.parametrize(('kind', 'value', 'seen'), [
    ('number', '2', 2), ('integer', '2', 2), ('double', ' 2.5 ', 2.5), ('string', 2, '2'),
    ('boolean', 'true', True),
    ('date', '2020-05-31T09:00:00+08:00', '2020-05-31'), ('Any', [1], [1]), ('', 'x', 'x'),
    ('feel:string', 'x', 'x'),
    ('date and time', '2020-05-31T09:00:00+08:00', '2020-05-31T09:00:00+08:00')])
def test_values_are_coerced_to_their_column(kind, value, seen):
    made = sound([('值', 'value', kind)], [('out', kind)], [(['-'], ['value'])])
    found = ask(made, value=value).values['out']
    assert (found, type(found)) == (seen, type(seen))


@pytest.mark.parametrize(('kind', 'value'), [('number', '两'), ('number', True), ('boolean', 1),
                                             ('date', 'gestern'),
                                             ('string', True), ('date', 20200531)])
def test_a_value_of_another_type_breaks(kind, value):
    with pytest.raises(Broken, match='输入列“值”：要是') as caught:
        ask(sound([('值', 'value', kind)], LABEL, [(['-'], ['"甲"'])]), value=value)
    assert caught.value.values == {'value': value}


def test_what_fails_while_running_names_row_and_column():
    made = table(LEVEL, [('days', 'number')], [(['> "x"'], ['1'])])
    with pytest.raises(Broken, match='第1行第1列') as caught:
        ask(made, level=1)
    assert caught.value.expression == '> "x"'
    with pytest.raises(Broken, match='第1行的“days列”：要是数字'):
        ask(sound(LEVEL, [('days', 'number')], [(['-'], ['label'])]), level=1, label='五天')
    with pytest.raises(Broken, match='nothing_here'):
        ask(sound([('x', 'nothing_here', '')], LABEL, [(['-'], ['"甲"'])]))


def test_the_listing_speaks():
    made = sound([('类别', 'kind', 'string'), ('重点', 'key', 'boolean')], [('days', 'number'), ('at', '')],
                 [(['"常规","重要"', '-'], ['5', 'now()'], 'P04'), (['-', 'true'], ['"5"', 'null'])],
                 policy='FIRST')
    listing, = made.listings()
    assert (listing.inputs, listing.outputs, listing.notes) == (['类别', '重点'], ['days列', 'at列'], ['依据'])
    assert [(line.number, line.inputs, line.outputs, line.notes) for line in listing.rows] == [
        (1, ['常规、重要', '任意'], ['5', 'now()'], ['P04']), (2, ['任意', '是'], ['5', '空'], [''])]


@pytest.mark.parametrize('space', ['http://www.omg.org/spec/DMN/20151101/dmn.xsd',
                                   'http://www.omg.org/spec/DMN/20151101',
                                   'http://www.omg.org/spec/DMN/20180521/MODEL/', SPACE])
def test_the_vocabularies_of_modelers(space):
    assert ask(sound(LEVEL, LABEL, [(['1'], ['"甲"'])], space=space), level=1).values == {'label': '甲'}


def test_a_decision_without_an_id_gets_one():
    data = xml(LEVEL, LABEL, [(['-'], ['"甲"'])]).replace(b'<decision id="t"', b'<decision')
    made = decision.parse(data, 'workflows/other.dmn').main
    assert (made.id, ask(made, level=1).values) == ('other', {'label': '甲'})
    assert [(problem.code, problem.severity, problem.zh) for problem in decision.problems(made)] == [
        ('decision.id', REPAIR, '决策“测试表”没有id，已补上“other”。')]


def test_ids_may_be_missing():
    made = sound(LEVEL, LABEL, [(['1'], ['"甲"']), (['2'], ['"乙"'])], ids=False)
    assert [rule.id for rule in made.table.rules] == ['row_1', 'row_2']


@pytest.mark.parametrize(('data', 'said'), [
    (b'<a/>', '不是DMN文件'), (model('', space='urn:other'), '不是DMN文件'), (model(''), '没有决策'),
    (model('', space='http://www.omg.org/spec/DMN/20130901'), '另一版的DMN（http://www.omg.org/spec/DMN/20130901）'),
    (b'<!DOCTYPE a><a/>', 'DOCTYPE'),
    (xml(LEVEL, LABEL, [(['1'], ['"甲"'])])[:200], '不完整')])
def test_a_file_without_a_decision_is_refused(data, said):
    with pytest.raises(Refused, match=said):
        decision.parse(data, 't.dmn')


@pytest.mark.parametrize(('args', 'kwargs', 'code', 'said'), [
    ((LEVEL, LABEL, [(['1 +'], ['"甲"'])]), {}, 'decision.cell', '第1行第1列“级别”写得不对'),
    ((LEVEL, LABEL, [(['1'], ['甲 乙'])]), {}, 'decision.cell', '第1行第2列“label列”写得不对'),
    ((LEVEL, [('n', 'number')], [(['1'], ['1/0'])]), {}, 'decision.cell', '第1行第2列'),
    ((LEVEL, LABEL, [(['1'], ['__import__("os")'])]), {}, 'decision.cell', '第1行第2列'),
    ((LEVEL, LABEL, [(['"一"'], ['"甲"'])]), {}, 'decision.type', '第1行第1列“级别”要是数字，现在是“一”'),
    ((LEVEL, [('n', 'number')], [(['1'], ['"一"'])]), {}, 'decision.type', '第1行第2列“n列”要是数字'),
    (([('级别', 'level', 'level')], LABEL, [(['1'], ['"甲"'])]), {}, 'decision.kind', '类型level不认识'),
    (([('级别', 'level +', 'number')], LABEL, [(['1'], ['"甲"'])]), {}, 'decision.cell', '输入列“级别”写得不对'),
    (([('级别', '', 'number')], LABEL, [(['1'], ['"甲"'])]), {}, 'decision.input', '没有写表达式'),
    ((LEVEL, [('', 'string'), ('b', '')], [(['1'], ['"甲"', '1'])]), {}, 'decision.output', '没有可用的名字'),
    ((LEVEL, [('a b', 'string')], [(['1'], ['"甲"'])]), {}, 'decision.output', '“a b列”没有可用的名字'),
    ((LEVEL, LABEL, [(['1'], ['"甲"'])]), {'policy': 'SOME'}, 'decision.policy', '命中策略SOME不认识'),
    ((LEVEL, LABEL, [(['1'], ['"甲"'])]), {'policy': 'COLLECT', 'aggregation': 'AVG'}, 'decision.policy',
     'COLLECT AVG'),
    ((LEVEL, [('n', 'number')], [(['1'], ['1'])]), {'aggregation': 'SUM'}, 'decision.policy', 'UNIQUE SUM'),
    ((LEVEL, [('label', 'string', '"甲"')], [(['1'], ['"乙"'])]), {}, 'decision.value', '“乙”不在这一列的取值里'),
    ((LEVEL, [('label', 'string', '"甲" "乙"')], [(['1'], ['"甲"'])]), {}, 'decision.cell', '取值写得不对'),
    ((LEVEL, [('label', 'string', '', '甲 乙')], [(['1'], ['"甲"'])]), {}, 'decision.cell', '默认值写得不对'),
    ((LEVEL, LABEL, [(['1', '2'], ['"甲"'])]), {}, 'decision.row', '第1行的格数不对'),
    ((LEVEL, [('a', ''), ('a', '')], [(['1'], ['1', '2'])]), {}, 'decision.duplicate', '2个结果列都叫a'),
    (([], LABEL, [([], ['"甲"'])]), {}, 'decision.empty', '没有输入列'),
    ((LEVEL, LABEL, []), {}, 'decision.empty', '没有规则行'),
    ((LEVEL, [('a', 'number'), ('b', 'number')], [(['1'], ['1', '2'])]),
     {'policy': 'COLLECT', 'aggregation': 'SUM'},
     'decision.aggregation', '只能有一个结果列'),
    ((LEVEL, LABEL, [(['1'], ['"甲"'])]), {'policy': 'PRIORITY'}, 'decision.order', '没有写取值'),
])
def test_each_problem_has_its_sentence(args, kwargs, code, said):
    found = decision.problems(table(*args, **kwargs))
    assert [problem for problem in found if problem.code == code and said in problem.zh], found
    assert all(problem.en and problem.element for problem in found)


def test_a_table_with_problems_breaks_where_it_is_wrong():
    made = table(LEVEL, LABEL, [(['1 +'], ['"甲"'])])
    with pytest.raises(Broken, match='第1行第1列写得不对'):
        ask(made, level=1)
    with pytest.raises(Broken, match='第1行的“label列”写得不对'):
        ask(table(LEVEL, LABEL, [(['1'], ['甲 乙'])]), level=1)


def test_duplicate_rule_ids():
    data = xml(LEVEL, LABEL, [(['1'], ['"甲"']), (['2'], ['"乙"'])]).replace(b'id="r2"', b'id="r1"')
    assert codes(decision.parse(data, 't.dmn').main) == ['decision.duplicate']


@pytest.mark.parametrize(('one', 'other', 'overlap'), [
    ('1', '1', True), ('1', '2', False), ('1', '-', True), ('[1..5]', '(5..9]', False),
    ('[1..5]', '[5..9]', True),
    ('< 3', '> 2', True), ('< 3', '>= 3', False), ('<= 3', '>= 3', True), ('not(1)', '1', False),
    ('not(1)', '1, 2', True),
    ('not(1)', 'not(2)', True), ('not(1)', '> 0', True), ('1, 2, 3', '3, 4', True), ('limit', '1', False),
    ('"甲"', '"乙"', False), ('"甲","乙"', '"乙"', True), ('not("甲","乙")', '"乙"', False), ('true', 'false', False),
    ('true', 'true', True), ('2020-05-31', '>= 2020-05-31', True), ('< 2020-05-31', '>= 2020-05-31', False),
    ('null', 'null', True), ('null', '> 1', False), ('1', '"1"', False), ('1', 'true', False),
    ('? > 1', '2', False)])
def test_overlap_of_two_cells(one, other, overlap):
    made = table([('值', 'value', '')], LABEL, [([one], ['"甲"']), ([other], ['"乙"'])])
    assert codes(made) == (['decision.overlap'] if overlap else [])
    assert codes(table([('值', 'value', '')], LABEL, [([other], ['"甲"']), ([one], ['"乙"'])])) == codes(made)


def test_rows_overlap_only_when_all_cells_do():
    inputs = [('甲', 'a', ''), ('乙', 'b', '')]
    made = table(inputs, LABEL, [(['1', '"x"'], ['"1"']), (['1', '"y"'], ['"2"']), (['-', '"y"'], ['"3"'])])
    found = decision.problems(made)
    assert [(problem.code, problem.element) for problem in found] == [('decision.overlap', 'r3')]
    assert '第2行和第3行会同时适用' in found[0].zh
    assert codes(table(inputs, LABEL, [(['1', '-'], ['"1"']), (['-', '"y"'], ['"2"'])], policy='FIRST')) == []


NUMBER_CELLS = st.one_of(
    st.integers(0, 9).map(str), st.tuples(st.sampled_from('<>'),
                                          st.integers(0, 9)).map(lambda pair: f'{pair[0]} {pair[1]}'),
    st.tuples(st.sampled_from('[('), st.integers(0, 9), st.integers(0, 9), st.sampled_from('])')).map(
        lambda cell: f'{cell[0]}{min(cell[1:3])}..{max(cell[1:3])}{cell[3]}'),
    st.lists(st.integers(0, 9), min_size=1, max_size=3,
             unique=True).map(lambda some: ', '.join(map(str, some))),
    st.lists(st.integers(0, 9), min_size=1, max_size=2,
             unique=True).map(lambda some: f'not({", ".join(map(str, some))})'),
    st.just('-'))


@settings(deadline=None)
@given(st.lists(NUMBER_CELLS, min_size=1, max_size=4))
def test_a_unique_table_without_findings_never_contradicts_itself(cells):
    made = table(LEVEL, LABEL, [([cell], [f'"{number}"']) for number, cell in enumerate(cells)])
    reported = bool(decision.problems(made))
    for level in [number / 2 for number in range(-2, 22)]:
        try:
            ask(made, level=level)
        except decision.NoRule:
            continue
        except Broken:
            assert reported, (cells, level)


@settings(deadline=None)
@given(st.lists(NUMBER_CELLS, min_size=1, max_size=4), st.integers(-1, 10))
def test_policies_agree_on_what_applies(cells, level):
    rules = [([cell], [str(number)]) for number, cell in enumerate(cells)]
    every = ask(table(LEVEL, [('n', 'number')], rules, policy='RULE ORDER'), level=level).values['n']
    assert ask(table(LEVEL, [('n', 'number')], rules, policy='COLLECT'), level=level).values['n'] == every
    assert ask(table(LEVEL, [('n', 'number')], rules, policy='COLLECT', aggregation='COUNT'),
               level=level).values['n'] == len(every)
    try:
        assert ask(table(LEVEL, [('n', 'number')], rules, policy='FIRST'),
                   level=level).values['n'] == every[0]
    except decision.NoRule:
        assert every == []


@settings(deadline=None)
@given(st.text(max_size=30))
def test_no_cell_text_crashes_the_reader(text):
    text = ''.join(sign for sign in text if sign.isprintable())
    made = table(LEVEL, LABEL, [([text], [text])])
    try:
        ask(made, level=1)
    except (Broken, decision.NoRule):
        return
