"""What can be wrong with a decision, and how it is said."""
from typing import NamedTuple

from engine.errors import said
from engine.finding import REFUSE, REPAIR, WARN


class Problem(NamedTuple):
    """One thing wrong: a code, how grave it is, the id of the row, column or element, its line in the file, a
    Chinese and an English sentence."""

    code: str
    severity: str
    element: str | None
    line: int | None
    zh: str
    en: str


SENTENCES = {
    'decision.cell': ('{where}写得不对：{cause}', '{en} is wrong: {cause}'),
    'decision.language': ('{where}的表达式语言“{language}”不执行，请用FEEL。',
                          '{en}: the expression language "{language}" is not executed; use FEEL.'),
    'decision.type': ('{where}{cause}。', '{en} has the wrong type: {cause}.'),
    'decision.kind': ('“{label}”的类型{kind}不认识，请用string、number、boolean或date，或者在文件里定义它。',
                      '{label}: unknown type {kind}.'),
    'decision.input': ('{where}没有写表达式。', '{en} has no expression.'),
    'decision.output': ('结果列“{label}”没有可用的名字，请写上字母开头的名字（Output name）。',
                        'Output column {label} has no usable name.'),
    'decision.row': ('第{number}行的格数不对：要有{inputs}个条件、{outputs}个结果，现在是{asked}个和{given}个。',
                     'Row {number} has the wrong number of cells.'),
    'decision.empty': ('决策表“{name}”没有{what}。', 'Table {name} lacks: {what}.'),
    'decision.duplicate': ('有{times}个{what}都叫{name}，请改成不同的。', '{name} is used {times} times.'),
    'decision.policy': ('决策表“{name}”的命中策略{policy}不认识，请在建模工具里重选。',
                        'Table {name}: unknown hit policy {policy}.'),
    'decision.aggregation': ('合计（{what}）只能有一个结果列，现在有{count}个。', '{what} needs exactly one output.'),
    'decision.order': ('结果列“{label}”没有写取值，排不出先后，请把取值从重到轻写上。',
                       'Output column {label} has no list of values to order by.'),
    'decision.value': ('{where}的{value}不在这一列的取值里：{allowed}。请改结果，或者补上取值。',
                       '{en}: {value} is not among the values of its column: {allowed}.'),
    'decision.overlap': ('第{one}行和第{other}行会同时适用，这张表规定只能有一行适用。请改条件，或者把命中策略改成First。',
                         'Rows {one} and {other} overlap, but the hit policy is UNIQUE.'),
    'decision.uncovered': ('没有一行管这种情况：{case}。请补一行，或者写上默认结果。', 'No row covers: {case}.'),
    'decision.never': ('{where}的条件“{text}”没有任何值能满足，这一行永远不会适用。',
                       '{en}: no value meets "{text}"; the row never applies.'),
    'decision.masked': ('第{number}行永远轮不到：前面的{rows}已经管了它的全部情况。请删去，或者移到前面。',
                        'Row {number} is never reached: {en} cover all of it.'),
    'decision.repeated': ('第{number}行和第{other}行的条件、结果完全一样，请删去一行。',
                          'Rows {other} and {number} are the same.'),
    'decision.id': ('决策“{name}”没有id，已补上“{id}”。', 'The decision {name} has no id; it was given "{id}".'),
    'decision.logic': ('决策“{name}”没有写怎么决定，请画成决策表或表达式。', 'Decision {name} has no logic.'),
    'decision.unsupported': ('“{name}”用了{what}，这里不执行；{advice}。', '{name}: {what} is not executed; {advice}.'),
    'decision.unknown': ('“{word}”在这里不是DMN的写法，不会执行{hint}', 'DMN has no "{word}" here{en}'),
    'decision.unused': ('{what}“{name}”不执行，不影响决策。', '{what} "{name}" is not executed.'),
    'decision.reference': ('“{name}”依据的“{href}”不在这个文件里。', '{name} requires {href}, which is not in the file.'),
    'decision.circle': ('决策互相依据，绕成了圈：{chain}。', 'Decisions require each other in a circle: {chain}.'),
    'decision.function': ('“{name}”的函数是{kind}写的，这里不执行；请用FEEL写。',
                          'The function {name} is written in {kind}, which is not executed.'),
    'decision.parameter': ('“{name}”的参数“{what}”没有名字或重复了。', 'A parameter of {name} has no name of its own: {what}.'),
    'decision.binding': ('“{name}”调用“{function}”，参数对不上：要有{asked}，给了{given}。',
                         '{name} calls {function} with {given} instead of {asked}.'),
    'decision.entry': ('“{name}”里第{number}项没有名字，或者和前面的重名。', 'Entry {number} of {name} has no name of its own.'),
    'decision.nested': ('“{name}”里的框套得太深，请拆成几个决策。', 'The boxes of {name} are nested too deeply.'),
}
WARNINGS = frozenset({'decision.uncovered', 'decision.never', 'decision.masked', 'decision.repeated',
                      'decision.unused'})
"""What is said, but does not keep a table from being deployed."""
REPAIRS = frozenset({'decision.id'})


def problem(code: str, element: str | None, line: int | None = None, **values: object) -> Problem:
    """The problem with its two sentences."""
    zh, en = SENTENCES[code]
    severity = REPAIR if code in REPAIRS else WARN if code in WARNINGS else REFUSE
    return Problem(code, severity, element, line, zh.format(**values), said(en, **values))
