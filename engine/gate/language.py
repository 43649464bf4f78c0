"""Rules about what is evaluated: expressions, the names and functions in them, and the texts of timers."""
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from types import NoneType
from typing import Any

from engine import decision, expression, form
from engine.definition import Definition, Element, Place, understood
from engine.finding import REFUSE, Both, Finding, Spot, rule
from engine.gate.scene import Diagram, Scene
from engine.gate.vocabulary import hint
from engine.workcal.functions import NAMES, parameters

SYNTAX = rule('expression.syntax', REFUSE, '{it}：{cause}',
              '{it}: the expression "{text}" is not understood (character {position}).')
UNKNOWN_NAME = rule('expression.unknown_name', REFUSE,
                    '{it}的表达式“{text}”里的“{what}”没有任何表单、决策表或动作写入，也不是台账字段{hint}',
                    'Nothing writes "{what}" in the expression "{text}" of {it}, and it is no fact{hint}')
UNKNOWN_FUNCTION = rule('expression.unknown_function', REFUSE, '{it}的表达式“{text}”里的函数“{what}”不存在{hint}',
                        'There is no function "{what}" ({it}, expression "{text}"){hint}')
ARGUMENTS = rule('expression.arguments', REFUSE, '{it}的表达式“{text}”里，{what}的参数个数不对，要写成{wanted}。',
                 'The expression "{text}" of {it} gives {what} a wrong number of arguments; write {wanted}.')
NO_QUESTION = rule('condition.constant', REFUSE, '{it}的条件“{text}”不是判断，怎样都一样走；请写成比较，如${{level > 1}}。',
                   'The condition "{text}" of {it} asks nothing; write a comparison, such as ${{level > 1}}.')
NO_LIST = rule('multi.no_list', REFUSE, '{it}的集合“{text}”不是名单；请写成名单，如${{split(co_units)}}，只要几份请改填份数。',
               'The collection "{text}" of {it} is no list; write one, such as ${{split(co_units)}}, or fill in '
               'how many.')
UNKNOWN_PARAMETER = rule('expression.unknown_parameter', REFUSE,
                         '{it}用了参数“{what}”，参数表（parameters.dmn）里没有{hint}',
                         '{it} uses the parameter "{what}", which parameters.dmn does not hold{hint}')
TIMER_EMPTY = rule('timer.empty', REFUSE, '{it}没有写时间，请写日期或时长，如P7D。',
                   '{it} does not say when; write a date or a span, such as P7D.')
TIMER_KIND = rule('timer.kind', REFUSE, '{it}的时间“{text}”不是{wanted}；{advice}。',
                  'The time "{text}" of {it} is not a {kind}; {advice}.')
NAIVE = rule('timer.naive', REFUSE, '{it}的时间“{text}”没有时区，请写成2020-05-31T09:00:00+08:00，或用函数算出。',
             'The time "{text}" of {it} has no zone; write 2020-05-31T09:00:00+08:00 or use a function.')
DAY_ONLY = rule('timer.day_only', REFUSE,
                '{it}的时间“{text}”只是一个日期，没有钟点，请写成${{workdays({inner}, 0)}}（当天或顺延到工作日的9点）。',
                'The time "{text}" of {it} is a date without an hour; write ${{workdays({inner}, 0)}}.')
NEGATIVE = rule('timer.negative', REFUSE, '{it}的时长“{text}”是负的；要在某日之前，请写成${{workdays(日期, -3)}}这样的日期。',
                'The span "{text}" of {it} is negative; for a moment before a date write ${{workdays(date, '
                '-3)}}.')
CRON = rule('timer.cron', REFUSE, '{it}的时间“{text}”是cron写法，不执行；请写R/P1D或${{every_workdays(1)}}。',
            'The time "{text}" of {it} is a cron expression, which is not executed; write R/P1D or '
            '${{every_workdays(1)}}.')
LIVE_NOW = rule('timer.now', REFUSE, '{it}的时间“{text}”里有{what}()；等待中的时间会随时重算，这样永远到不了，请用entered_at。',
                'The time "{text}" of {it} reads {what}(); a waiting date is read again and again and would '
                'never come. Use entered_at.')
CYCLE_PLACE = rule('timer.cycle_place', REFUSE, '{it}用了循环时间；循环只能用在发起流程的开始事件、非中断的边界事件和事件子流程上，定期办的事请画成回路。',
                   '{it} has a repeated time, which only start events of processes and '
                   'non-interrupting boundary events and event sub-processes may have; draw periodic work as a loop.')
START_NAME = rule('timer.start_name', REFUSE, '{it}的时间“{text}”里读了“{what}”；这时还没有实例，没有字段可读，只能用日历函数和param(…)。',
                  'The time "{text}" of {it} reads "{what}"; there is no instance yet and nothing to read. Use '
                  'calendar functions and param(…) only.')
DUE = rule('task.due', REFUSE, '{it}的到期“{text}”不是日期；请写${{due_at}}、${{workdays(entered_at, 3)}}这样的日期。',
           'The due date "{text}" of {it} is no date; write ${{due_at}} or ${{workdays(entered_at, 3)}}.')
TOO_OFTEN = rule('timer.too_often', REFUSE, '{it}的时间“{text}”不到一分钟一次，太密了；最短写PT1M。',
                 'The time "{text}" of {it} comes round within a minute, which is too often; write PT1M at least.')
NO_SPAN = rule('timer.no_span', REFUSE, '{it}的时长“{text}”是零，到了就过，等于没有；请写实际的时长，或删去这个事件。',
               'The span "{text}" of {it} is nothing, so there is no waiting; write a real span or delete the event.')
NEVER = rule('timer.never', REFUSE, '{it}的时间“{text}”写的是零次，一次也不会响；R后面写几次，不限次数就只写R，如R/P1D。',
             'The time "{text}" of {it} comes round zero times; write how often behind the R, or the R alone, '
             'such as R/P1D.')

_MEANT = re.compile(r'\w+(/\w+)?')              # a word, or a post, without its quotes
QUOTE = Both('；如果是文字，请加上引号。', '; put it in quotes if it is a text.')

HOST_FUNCTIONS = frozenset({*NAMES, 'date', 'param', 'unit_name', 'post_name', 'vacant', 'options'})
"""The functions that the engine hands to diagrams, tables and forms."""

_PARAM = re.compile(r'''\bparam\s*\(\s*(['"])([^'"]*)\1''')
_DURATION = re.compile(r'P(?=\w)(?:\d{1,5}([.,]\d+)?W|(\d{1,3}Y)?(\d{1,4}M)?(\d{1,6}([.,]\d+)?D)?'
                       r'(T(?=\d)(\d{1,7}([.,]\d+)?H)?(\d{1,9}([.,]\d+)?M)?(\d{1,10}([.,]\d+)?S)?)?)\Z')
_SECONDS = re.compile(r'PT(0*[0-5]?\d([.,]\d+)?)S\Z')
_MOMENT = re.compile(r'\d{4}-?\d\d-?\d\d([T ]\d\d(:?\d\d(:?\d\d([.,]\d+)?)?)?(Z|[+-]\d\d(:?\d\d)?)?)?\Z')
_ZONED = re.compile(r'.*\d(Z|[+-]\d\d(:?\d\d)?)\Z')
_CYCLE = re.compile(r'R\d*/(?:([^/]+)/)?([^/]+)\Z')
_CRON = re.compile(r'[\d*?/,\-LW#A-Z]+( +[\d*?/,\-LW#A-Z]+){4,6}\Z|@\w+\Z')
_SPOKEN = re.compile(r'\d+ *(?:[YMWDHymwdh]|天|日|周|个?星期|个?月|年|个?小时|分钟?|个?工作日)\Z|\d{4}年\d{1,2}月\d{1,2}日')
_OUTER = re.compile(r'(?:[$#]\{|=)?\s*(\w+)\s*\(.*\)\s*\}?\Z', re.S)
_GIVES = {'every_workdays': 'cycle', 'days_left': 'number', 'day_after': 'day', 'period_end': 'day',
          'date': 'day',
          **dict.fromkeys(('workdays', 'morning', 'after_days', 'months', 'overdue_at', 'next_report'),
                          'date')}
_WANTED = {
    'date': ('日期时间', 'date', Both('写2026-03-05T09:00:00+08:00或${workdays(due_at, -3)}这样的日期',
                                  'write 2026-03-05T09:00:00+08:00 or ${workdays(due_at, -3)}')),
    'duration': ('时长', 'duration', Both('写P7D、PT4H这样的时长（字母大写），算工作日的改成日期，如${workdays(entered_at, 5)}',
                                        'write P7D or PT4H in capitals; for working days make it a date, such as '
                                        '${workdays(entered_at, 5)}')),
    'cycle': ('重复周期', 'cycle', Both('写${every_workdays(1)}或R/P7D、R3/P1D（字母大写）',
                                    'write ${every_workdays(1)}, R/P7D or R3/P1D in capitals'))}

_ASKED_BY_US = ('parameters', 'intervention', 'oversight', 'urgency', 'visibility', 'fallback', 'ranking')
"""Tables that the engine asks with values of its own."""


def check(scene: Scene, diagram: Diagram) -> Iterator[Finding]:
    """Every expression of a diagram."""
    definition, known = diagram.definition, scene.known
    for place in definition.places():
        where = definition.elements.get(place.element) or definition.flows[place.element]
        spot = diagram.at(where)
        element = where if isinstance(where, Element) else None
        allowed = known | tokens(scene, definition, element or _source(diagram, where))
        if place.mode == 'timer' and element is not None:
            problems = list(_timer(scene, spot, element, allowed))
            yield from problems
            if problems or _literal(place.text):
                continue
        if place.mode == 'timer' and element.kind == 'startEvent' and element.parent is None:
            yield from _without_names(spot, place)
            continue
        if place.part in ('condition', 'completion') and not isinstance(_fixed(place.text), (bool, NoneType)):
            yield NO_QUESTION.at(spot, text=place.text)
            continue
        if place.part == 'collection' and not isinstance(_fixed(place.text), (list, NoneType)):
            yield NO_LIST.at(spot, text=place.text)
            continue
        if place.part == 'completion':
            allowed |= {'nrOfInstances', 'nrOfCompletedInstances', 'nrOfActiveInstances', element.multi.output}
        if place.part in ('due', 'follow_up') or (place.mode == 'timer' and element.timer.kind == 'date'):
            allowed |= {'entered_at'}
        yield from _expression(scene, spot, place, allowed)
    for element in definition.elements.values():
        if element.event == 'timer' and (element.timer is None or not element.timer.text):
            yield TIMER_EMPTY.at(diagram.at(element))
        if element.due and _no_date(element.due):
            yield DUE.at(diagram.at(element), text=element.due)
        begins = element.kind == 'startEvent' and element.parent is None
        if element.timer and element.timer.kind == 'cycle' and element.interrupting and not begins:
            yield CYCLE_PLACE.at(diagram.at(element))


def check_tables(scene: Scene) -> Iterator[Finding]:
    """What is wrong inside tables, and the names that they read."""
    allowed = scene.known | _all_tokens(scene)
    for ident, table in scene.tables.items():
        file = scene.table_files[ident]
        spot = Spot(file, 'decision', ident, table.name)
        for problem in decision.problems(table):
            yield Finding(problem.code, problem.severity, file, problem.element, '', problem.line, problem.zh,
                          problem.en)
        yield from _cells(scene, spot, table, allowed | (table.names if ident in _ASKED_BY_US else set()))
        for text, counts in {code.text: code.counts for code in table.codes()}.items():
            yield from _arguments(spot, text, counts)
            yield from _parameters(scene, spot, text)


def _cells(scene: Scene, spot: Spot, table: decision.Decision, allowed: frozenset[str]) -> Iterator[Finding]:
    """What nobody knows, at each cell that asks for it; what no cell asks for stands elsewhere in the decision."""
    names, calls = table.names - allowed, table.calls - scene.functions
    cells = list(decision.places(table.table)) if table.table and (names or calls) else []
    for place in cells:
        at = spot._replace(part=Both(place.zh, place.en))
        found = (*_words(at, place.code, names, allowed), *_calls(scene, at, place.code.text, place.code.calls & calls))
        yield from (replace(one, element=place.element) for one in found)
    yield from _names(scene, spot, table.name, names.difference(*(place.code.names for place in cells)), allowed)
    yield from _calls(scene, spot, table.name, calls.difference(*(place.code.calls for place in cells)))


def _words(spot: Spot, code: expression.Code, names: frozenset[str], allowed: frozenset[str]) -> Iterator[Finding]:
    """The unknown names of a cell; one that stands there alone and is like no other may be meant as a text."""
    for name in sorted(names & code.names):
        close = hint(name, allowed)
        yield UNKNOWN_NAME.at(spot, text=code.text, what=name,
                              hint=QUOTE if close == hint('', ()) and _MEANT.fullmatch(code.text) else close)


def check_forms(scene: Scene) -> Iterator[Finding]:
    """What is wrong inside forms, and the names that they read."""
    allowed = scene.known | _all_tokens(scene)
    for ident, one in scene.forms.items():
        file = scene.form_files[ident]
        spot = Spot(file, 'form', ident, one.title)
        for problem in form.problems(one):
            yield Finding(problem.code, problem.severity, file, problem.component, '', None, problem.zh,
                          problem.en)
        for field, live in one.lives():
            where = Spot(file, 'component', field.id, field.label.source if field.label else '') if field else spot
            yield from _names(scene, where, live.source, live.names & one.names, allowed)
            yield from _calls(scene, where, live.source, live.calls)
            yield from _arguments(where, live.source, live.counts)
            yield from _parameters(scene, where, live.source)


def _all_tokens(scene: Scene) -> frozenset[str]:
    elements = [element for diagram in scene.diagrams for element in diagram.definition.elements.values()]
    return frozenset(name for element in elements
                     for name in (*element.into, *((element.multi.variable, 'loopCounter') if element.multi else ())))


def _source(diagram: Diagram, flow: object) -> Element | None:
    return diagram.definition.elements.get(getattr(flow, 'source', ''))


def tokens(scene: Scene, definition: Definition, element: Element | None) -> frozenset[str]:
    """The names that only the token carries at a place: of multi-instances around it, from callers."""
    found, asked, todo = set(), {definition.id}, [(definition, element)]
    while todo:
        home, place = todo.pop()
        while place is not None:
            if place.multi or place.loop:
                found.add('loopCounter')
            if place.multi:
                found.add(place.multi.variable)
            place = home.elements.get(place.parent or '')
        for other, call in scene.callers.get(home.id, ()):
            found.update(call.into)
            if other.id not in asked:
                asked.add(other.id)
                todo.append((other, call))
    return frozenset(found)


def _expression(scene: Scene, spot: Spot, place: Place, allowed: frozenset[str]) -> Iterator[Finding]:
    try:
        code = understood(place)
    except expression.ExpressionError as error:
        yield SYNTAX.at(spot, cause=error.said, text=place.text, position=error.position)
        return
    yield from _names(scene, spot, place.text, code.names, allowed)
    yield from _calls(scene, spot, place.text, code.calls)
    yield from _arguments(spot, place.text, code.counts)
    yield from _parameters(scene, spot, place.text)


def _without_names(spot: Spot, place: Place) -> Iterator[Finding]:
    try:
        code = understood(place)
    except expression.ExpressionError as error:
        yield SYNTAX.at(spot, cause=error.said, text=place.text, position=error.position)
        return
    for name in sorted(code.names):
        yield START_NAME.at(spot, text=place.text, what=name)
    yield from _arguments(spot, place.text, code.counts)


def _names(scene: Scene, spot: Spot, text: str, names: Iterable[str],
           allowed: frozenset[str]) -> Iterator[Finding]:
    for name in sorted(set(names) - allowed):
        yield UNKNOWN_NAME.at(spot, text=text, what=name, hint=hint(name, allowed))


def _calls(scene: Scene, spot: Spot, text: str, calls: Iterable[str]) -> Iterator[Finding]:
    for name in sorted(set(calls) - scene.functions):
        yield UNKNOWN_FUNCTION.at(spot, text=text, what=name, hint=hint(name, scene.functions))


def _arguments(spot: Spot, text: str, counts: Iterable[tuple[str, int]]) -> Iterator[Finding]:
    """The functions of the calendar that are given too few values or too many."""
    for name, count in sorted(counts):
        given = parameters(name)
        if given is not None and not given.least <= count <= given.most:
            wanted = Both(*(f'{name}({", ".join(words)})' for words in (given.zh, given.en)))
            yield ARGUMENTS.at(spot, text=text, what=name, wanted=wanted)


def _parameters(scene: Scene, spot: Spot, text: str) -> Iterator[Finding]:
    for _, name in _PARAM.findall(text):
        if name not in scene.parameters:
            yield UNKNOWN_PARAMETER.at(spot, what=name, hint=hint(name, scene.parameters))


def _literal(text: str) -> bool:
    return bool(_MOMENT.match(text) or _DURATION.match(text) or _CYCLE.match(text) or _CRON.match(text))


def _timer(scene: Scene, spot: Spot, element: Element, allowed: frozenset[str]) -> Iterator[Finding]:
    kind, text = element.timer
    value = _constant(text)
    if _SPOKEN.match(text) or value is None and _no_expression(text, allowed | {'entered_at'}):
        yield _wrong(spot, kind, text)
        return
    if value is not None:
        yield from _value(spot, kind, text, value)
        return
    if kind == 'date':
        for what in ('now', 'today', 'next_report', 'days_left'):
            if re.search(rf'\b{what}\s*\(', text):
                yield LIVE_NOW.at(spot, text=text, what=what)
    inner = re.sub(r'\A(?:[$#]\{|=)\s*|\s*\}\Z', '', text)
    outer = _OUTER.match(text)
    gives = _GIVES.get(outer[1]) if outer else 'day' if inner in scene.dates else None
    if gives == 'day' and kind == 'date':
        yield DAY_ONLY.at(spot, text=text, inner=inner)
    elif gives and gives != kind:
        yield _wrong(spot, kind, text)


def _no_date(text: str) -> bool:
    """Whether it can be seen that a template gives no day and no moment with its zone."""
    outer = _OUTER.match(text)
    if '{' in text:
        return bool(outer) and _GIVES.get(outer[1]) in ('cycle', 'number')
    return not _MOMENT.match(text) or len(text) > 10 and not _ZONED.match(text)


def _constant(text: str) -> Any:
    """What a timer's text comes to where nothing needs to be looked up: itself where it is written plainly."""
    return text if _literal(text) or text[:1] in '+-' else _fixed(text)


def _fixed(text: str) -> Any:
    """What an expression comes to where nothing needs to be looked up; None where it does, or comes to nothing."""
    try:
        code = expression.compile(text)
        return None if code.names or code.calls else code.evaluate({}, {})
    except expression.ExpressionError:
        return None


def _no_expression(text: str, allowed: frozenset[str]) -> bool:
    """Whether a timer's text without ``${…}`` is meant to say when, not where to look: p1d, P, 明天, 5 days."""
    if re.match(r'[$#]\{|=', text) or '(' in text:
        return False
    try:
        names = expression.compile(text).names
    except expression.ExpressionError:
        return True
    return any(hint(name, allowed) == hint('', ()) for name in names - allowed)


def _value(spot: Spot, kind: str, text: str, value: Any) -> Iterator[Finding]:
    if not isinstance(value, str):
        yield _wrong(spot, kind, text)
    elif _CRON.match(value):
        yield CRON.at(spot, text=text)
    elif value.startswith('-') or '/-' in value:
        yield NEGATIVE.at(spot, text=text)
    elif kind == 'date' and _moment(value):
        if not (('T' in value or ' ' in value) and _ZONED.match(value)):
            yield NAIVE.at(spot, text=text)
    elif kind == 'cycle' and _CYCLE.match(value):
        start, span = _CYCLE.match(value).groups()
        if not _DURATION.match(span) or not re.search('[1-9]', span) or (start and not _moment(start)):
            yield _wrong(spot, kind, text)
        elif re.match('R0+/', value):
            yield NEVER.at(spot, text=text)
        elif start and not _ZONED.match(start):
            yield NAIVE.at(spot, text=text)
        elif _SECONDS.match(span):
            yield TOO_OFTEN.at(spot, text=text)
    elif kind == 'duration' and _DURATION.match(value) and not re.search('[1-9]', value):
        yield NO_SPAN.at(spot, text=text)
    elif not (kind == 'duration' and _DURATION.match(value)):
        yield _wrong(spot, kind, text)


def _moment(text: str) -> bool:
    """Whether a text is a day or a moment that the calendar has."""
    try:
        return bool(_MOMENT.match(text) and datetime.fromisoformat(text))
    except ValueError:
        return False


def _wrong(spot: Spot, kind: str, text: str) -> Finding:
    zh, en, advice = _WANTED[kind]
    return TIMER_KIND.at(spot, text=text, wanted=zh, kind=en, advice=advice)
