"""What can be wrong with a decision table, and how it is said."""
from typing import NamedTuple


class Problem(NamedTuple):
    """One thing wrong: a code, the id of the row or column, a Chinese and an English sentence."""

    code: str
    element: str | None
    zh: str
    en: str


SENTENCES = {
    'decision.cell': ('{where}写得不对：{cause}', '{en} is wrong: {cause}'),
    'decision.type': ('{where}{cause}。', '{en} has the wrong type: {cause}.'),
    'decision.kind': ('列“{label}”的类型{kind}不认识，请用string、number、boolean或date。',
                      'Column {label}: unknown type {kind}.'),
    'decision.input': ('{where}没有写表达式。', '{en} has no expression.'),
    'decision.output': ('结果列“{label}”没有可用的名字，请写上字母开头的名字（Output name）。',
                        'Output column {label} has no usable name.'),
    'decision.row': ('第{number}行的格数不对：要有{inputs}个条件、{outputs}个结果，现在是{asked}个和{given}个。',
                     'Row {number} has the wrong number of cells.'),
    'decision.empty': ('决策表“{name}”没有{what}。', 'Table {name} lacks: {what}.'),
    'decision.duplicate': ('有{times}个{what}都叫{name}，请改成不同的。', '{name} is used {times} times.'),
    'decision.aggregation': ('合计（{what}）只能有一个结果列，现在有{count}个。', '{what} needs exactly one output.'),
    'decision.order': ('结果列“{label}”没有写取值，排不出先后，请把取值从重到轻写上。',
                       'Output column {label} has no list of values to order by.'),
    'decision.overlap': ('第{one}行和第{other}行会同时适用，这张表规定只能有一行适用。请改条件，或者把命中策略改成First。',
                         'Rows {one} and {other} overlap, but the hit policy is UNIQUE.'),
}


def problem(code: str, element: str | None, **values: object) -> Problem:
    """The problem with its two sentences."""
    zh, en = (sentence.format(**values) for sentence in SENTENCES[code])
    return Problem(code, element, zh, en)
