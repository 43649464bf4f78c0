"""Rules about stories: lines that nobody can tell, and people, steps and fields that are not there."""
from collections.abc import Iterator
from datetime import datetime, timedelta

from engine.definition import Element
from engine.finding import REFUSE, WARN, Finding, Rule, Spot, rule
from engine.gate.scene import Scene
from engine.gate.vocabulary import hint
from engine.story import Line, Story, moment
from engine.story.government import posts

_RULES: tuple[Rule, ...] = (
    rule('story.line', REFUSE, '故事{it}第{line}行看不懂：“{text}”，应写成{wanted}。',
         'Line {line} of the story {it} is not understood: "{text}"; it is written {wanted}.'),
    rule('story.verb', REFUSE, '故事{it}第{line}行用“{text}”开头，看不懂；可以用{known}。',
         'Line {line} of the story {it} begins with "{text}", which means nothing; there is {known}.'),
    rule('story.day', REFUSE, '故事{it}第{line}行：没有{text}这个时间。', 'Line {line} of the story {it}: there is no {text}.'),
    rule('story.value', REFUSE, '故事{it}第{line}行：“{text}”不是完整的 JSON，请检查引号和括号。',
         'Line {line} of the story {it}: "{text}" is no complete JSON; look at quotes and brackets.'),
    rule('story.answer', REFUSE, '故事{it}第{line}行缩进了，要写成“名字 = 值”；写的是“{text}”。',
         'Line {line} of the story {it} is indented and must read "name = value"; it reads "{text}".'),
    rule('story.answer_to_nothing', REFUSE, '故事{it}第{line}行的答复“{text}”上面没有要答复的一步。',
         'Line {line} of the story {it} answers "{text}", but the line above asks nothing.'))
_BY_CODE = {one.code: one for one in _RULES}
UNTITLED = rule('story.untitled', WARN, '故事{it}没有题目，请在第一行写“故事 题目”。',
                'The story {it} has no title; write one on its first line.')
NO_GOVERNMENT = rule('story.government', REFUSE, '故事{it}第{line}行以前要写明在哪个政府、哪一天，例如“政府 gz 2020-05-07 09:00”。',
                     'Before line {line} the story {it} must say in which government and on which day it happens.')
TWO_GOVERNMENTS = rule('story.governments', REFUSE, '故事{it}第{line}行换了政府，一个故事只讲一个政府。',
                       'Line {line} of the story {it} changes the government; a story is told in one.')
BACKWARDS = rule('story.backwards', REFUSE, '故事{it}第{line}行的{at}比前面的{before}早，时钟只能往前走。',
                 'Line {line} of the story {it}, {at}, is before {before}; the clock goes forward only.')
ENDLESS = rule('story.endless', REFUSE, '故事{it}第{line}行走到{at}，离开头超过{most}年，这样的故事讲不完。',
               'Line {line} of the story {it} goes on until {at}, more than {most} years: it would never end.')
PERSON = rule('story.person', WARN, '故事{it}第{line}行的“{post}”不是政府{government}的岗位{hint}',
              'Line {line} of the story {it}: {government} has no post "{post}"{hint}')
STEP = rule('story.step', WARN, '故事{it}第{line}行的“{step}”不是图上由人办的一步{hint}',
            'Line {line} of the story {it}: no diagram has a user task "{step}"{hint}')
ELEMENT = rule('story.element', WARN, '故事{it}第{line}行的“{what}”图上没有{hint}',
               'Line {line} of the story {it}: "{what}" is not drawn{hint}')
FIELD = rule('story.field', WARN, '故事{it}第{line}行的“{field}”不在“{step}”的表单里{hint}',
             'Line {line} of the story {it}: the form of "{step}" has no field "{field}"{hint}')
FACT = rule('story.fact', WARN, '故事{it}第{line}行的“{name}”不是事实、变量或参数{hint}',
            'Line {line} of the story {it}: "{name}" is no fact, variable or parameter{hint}')
_MOST_YEARS = 20
_ANYWHERE = ('call', 'cite', 'usual')
_ROW = frozenset({'status', 'code', 'version'})
"""What of a matter's row is seen besides its facts."""


def check(scene: Scene) -> Iterator[Finding]:
    """Every story of the bundle, line by line."""
    asked = _Asked(scene)
    for story in scene.stories:
        yield from faults(story)
        if story.is_told and not story.title:
            yield UNTITLED.at(Spot(story.file))
        for line in story.lines:
            yield from asked.line(story, line)


def faults(story: Story) -> list[Finding]:
    """What is wrong with a story by itself: lines that nobody can tell, a clock that cannot go so."""
    found = [_BY_CODE[problem.code].at(Spot(story.file, line=problem.line), line=problem.line, **problem.values)
             for problem in story.problems]
    return [*found, *_clock(story)] if story.is_told else found


def _clock(story: Story) -> Iterator[Finding]:
    """Where and when it happens: said first, once, and going forward."""
    first: datetime | None = None
    now: datetime | None = None
    told = [line for line in story.lines if line.form.id not in _ANYWHERE]
    if told[0].form.id != 'govern':
        yield NO_GOVERNMENT.at(Spot(story.file, line=told[0].number), line=told[0].number)
    for line in told:
        spot, values = Spot(story.file, line=line.number), {'line': line.number}
        if line.form.id == 'govern' and line.parts['government'] != story.government:
            yield TWO_GOVERNMENTS.at(spot, **values)
        at = _goes_to(line)
        if at is None:
            continue
        first = first or at
        if now is not None and at < now:
            yield BACKWARDS.at(spot, at=_said(at), before=_said(now), **values)
        if at > first + timedelta(366 * _MOST_YEARS):
            yield ENDLESS.at(spot, at=_said(at), most=_MOST_YEARS, **values)
        now = max(at, now or at)


def _goes_to(line: Line) -> datetime | None:
    if line.form.id not in ('govern', 'live_until', 'sleep_until', 'sleep_on'):
        return None
    try:
        return moment(line.parts['moment'])
    except ValueError:
        return None


def _said(at: datetime) -> str:
    return f'{at:%Y-%m-%d %H:%M}'


class _Asked:
    """What there is in the bundle that a line can name."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        drawn = [diagram.definition for diagram in scene.diagrams]
        elements = [element for definition in drawn for element in definition.elements.values() if not element.inserted]
        self.steps = {element.id for element in elements if element.kind == 'userTask'}
        self.fields = _fields(scene, elements)
        self.events = {element.id for element in elements}
        self.places = {f'{definition.id}.{name}' for definition in drawn for name in definition.elements} | self.events
        self.messages = {name for definition in drawn for name in (*definition.heard, *definition.starts)}
        self.first = next((element.id for definition in drawn if definition.stages
                           for start in definition.inside(None) if start.kind == 'startEvent'
                           for element in definition.following(start.id) if element.kind == 'userTask'), '')

    def line(self, story: Story, line: Line) -> Iterator[Finding]:
        """What a line names that is not there."""
        spot, number, parts = Spot(story.file, line=line.number), line.number, line.parts
        known = posts(story.government)
        if 'post' in parts and known is not None and parts['post'] not in known:
            yield PERSON.at(spot, line=number, post=parts['post'], government=story.government,
                            hint=hint(parts['post'], known))
        if 'step' in parts and parts['step'] not in self.steps:
            yield STEP.at(spot, line=number, step=parts['step'], hint=hint(parts['step'], self.steps))
        for place, there in (('process', self.scene.processes), ('event', self.events), ('timer', self.places),
                             ('message', self.messages), ('attempt', {*self.steps, *self.scene.processes, '立项', '撤销'})):
            if place in parts and parts[place] not in there:
                yield ELEMENT.at(spot, line=number, what=parts[place], hint=hint(parts[place], there))
        yield from self._names(spot, line)
        yield from self._fields(story, line)

    def _names(self, spot: Spot, line: Line) -> Iterator[Finding]:
        for place, there in (('fact', self.scene.known | _ROW), ('parameter', self.scene.parameters)):
            if place in line.parts and line.parts[place] not in there:
                yield FACT.at(spot, line=line.number, name=line.parts[place], hint=hint(line.parts[place], there))

    def _fields(self, story: Story, line: Line) -> Iterator[Finding]:
        step = self.first if line.form.id == 'register' or line.parts.get('attempt') == '立项' else (
            line.parts.get('step') or line.parts.get('attempt', ''))
        there = self.fields.get(step)
        if there is None:
            return
        for answer in line.answers:
            if answer.name not in there:
                yield FIELD.at(Spot(story.file, line=answer.line), line=answer.line, field=answer.name, step=step,
                               hint=hint(answer.name, there))


def _fields(scene: Scene, elements: list[Element]) -> dict[str, set[str]]:
    """What the forms of each step ask; steps of several diagrams may have one id."""
    found: dict[str, set[str]] = {}
    for element in elements:
        if element.kind == 'userTask' and element.form in scene.forms:
            found.setdefault(element.id, set()).update(scene.forms[element.form].fields)
    return found
