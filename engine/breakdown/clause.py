"""The running text of a work report or a plan: which sentences are tasks, who does them and by when.

Two habits are understood: a bracket after the task (省发展改革委牵头，省财政厅配合，5月底前完成), and a sentence that says
who and when itself (由省发展改革委会同省工业和信息化厅等部门，5月底前建立…).
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.breakdown import sentence
from engine.breakdown.item import Item
from engine.breakdown.limit import limit
from engine.breakdown.sentence import NUMBER, plain, shortened
from engine.breakdown.unit import Units
from engine.errors import said
from engine.sheet import Sheet

_DEPTH, _SHORTEST_TASK = 'abcdef', 6
_BRACKET = re.compile(r'[（(【〔\[]([^（）()【】〔〕\[\]]*(?:[（(][^（）()]*[）)][^（）()【】〔〕\[\]]*)*?)[）)】〕\]]')
_FIELD = re.compile(r'(?:牵头|主办|责任|承办|配合|协办|落实)(?:单位|部门)[:：]|(?:完成|办结|办理)?(?:时限|时间)[:：]')
_TASK = re.compile(r'(?:工作|主要|重点|目标|具体)?(?:任务|事项|举措|措施)(?:名称|内容)?[:：]')
_NAMED = re.compile(r'\s*(牵头|责任|承办|主办|负责|配合|协办|落实)(?:单位|部门)?[:：]')
_DIRECTS = re.compile(r'牵头|负责|配合|责任单位|承办|主办|分工|按职责|落实单位|完成时限|时限')
_BELONGS = re.compile(r'[、,，]?(?:各?街道?(?:办事处|办)?|办(?:事处)?|[省市州县区旗盟、]+)')
"""A bracket that belongs to a name: 各镇（街道）, 各市（州）."""
_GOES_ON = re.compile(r'(?:[，,][^。；;]*)?')
_SENTENCE = re.compile(r'[^。；;！!？?\n]+[。；;！!？?]?')
_INLINE = re.compile(rf'(?<=[。；;：:])\s*(?={re.sub("[?]P<.>", "?:", NUMBER.pattern)})')


@dataclass
class _Place:
    """Where in a text one is: its numbers from the outside in, whose part of it that is, who acted last."""

    numbers: list[str] = field(default_factory=list)
    depth: list[str] = field(default_factory=list)
    owners: list[str] = field(default_factory=lambda: [''])
    actor: str = ''

    def enter(self, line: str) -> str:
        """Take the number from the beginning of a line; the rest of it."""
        match = NUMBER.match(line)
        if match is None:
            return line.strip()
        kind = next(name for name in _DEPTH if match[name])
        while self.depth and kind in self.depth:
            self.depth.pop()
            self.numbers.pop()
            self.owners.pop()
        self.depth.append(kind)
        self.numbers.append(match[0].strip().rstrip('、.．') if kind in 'bd' else match[kind])
        self.owners.append(self.owners[-1])
        self.actor = self.owners[-1]
        return line[match.end():].strip()

    def own(self, name: str, numbered: bool) -> None:
        """What stands below a line that names a unit and nothing else is that unit's."""
        self.owners = [*self.owners[:-1], name] if numbered else [name] * len(self.owners)
        self.actor = name

    @property
    def said(self) -> str:
        """二（三）."""
        return ''.join(self.numbers)


class _Said(NamedTuple):
    """Where in a text it says who and when, and in which words."""

    start: int
    end: int
    text: str


class _Line(NamedTuple):
    """A paragraph without its fields, and these (牵头单位：…；完成时限：…)."""

    number: int
    text: str
    fields: str


def items(sheet: Sheet, units: Units) -> Iterator[Item]:
    """The tasks of a text, in its order; what asks for nothing and sets no limit is passed over."""
    place = _Place()
    for line in _lines(sheet):
        *first, last = _INLINE.split(line.text)
        for piece, fields in [*((one, '') for one in first), (last, line.fields)]:
            rest = place.enter(piece)
            owner = rest.strip(' 　：:。')
            if owner and units.begins(owner) == owner:
                place.own(owner, rest != piece.strip())
                continue
            heading, body = _heading(_bracket_behind(rest, units))
            told = [_Said(*match.span(), match[1]) for match in _BRACKET.finditer(body) if _directs(match[1], units)]
            told += [_Said(len(body), len(body), fields)] if fields and _directs(fields, units) else []
            found = _bracketed(body, told, heading, place, units) if told else _spoken(body, place, units)
            for text, values, notes in found:
                if values['title']:
                    yield _item(line.number, place.said, heading, text, values, notes)


def _lines(sheet: Sheet) -> Iterator[_Line]:
    """The paragraphs; fields in lines of their own are those of the task above."""
    last: _Line | None = None
    for row in sheet.rows:
        text, fields = _parted(str(row.cells[0]))
        if last and fields and not text.strip(' 　'):
            last = last._replace(fields=f'{last.fields}；{_divided(fields)}'.strip('；'))
            continue
        if last:
            yield last
        last = _Line(row.number, text, _divided(fields))
    if last:
        yield last


def _parted(line: str) -> tuple[str, str]:
    """The task that a line says, and its fields, in whatever order they stand; '' where it has no field."""
    masked = _BRACKET.sub(lambda match: ' ' * len(match[0]), line)
    labels = sorted([*_FIELD.finditer(masked), *_TASK.finditer(masked)], key=lambda label: label.start())
    if not any(label.re is _FIELD for label in labels):
        return line, ''
    ends = [label.start() for label in labels[1:]] + [len(line)]
    tasks = [line[label.end():end] for label, end in zip(labels, ends, strict=True) if label.re is _TASK]
    fields = [line[label.start():end] for label, end in zip(labels, ends, strict=True) if label.re is _FIELD]
    text = line[:labels[0].start()] + ''.join(tasks)
    last, stop, rest = fields[-1].partition('。')
    if not text.strip(' 　') and len(rest) >= _SHORTEST_TASK:
        return rest, ''.join([*fields[:-1], last])       # 责任单位：县住建局。10月底前完成雨污分流改造。
    return text, ''.join(fields)


def _divided(fields: str) -> str:
    """牵头单位：县财政局 责任单位：县税务局 with a sign between its fields."""
    return _FIELD.sub(lambda match: f'；{match[0]}', fields).strip('；。 　')


def _directs(said: str, units: Units) -> bool:
    """Whether a bracket says who and when: by its words, or because it names units and limits and nothing else."""
    if _BELONGS.fullmatch(said):
        return False
    if _DIRECTS.search(said):
        return True
    parts = [part.strip() for part in re.split('[、，,；;]', said) if part.strip() and not limit(part)]
    return bool(parts or limit(said)) and all(units.begins(part) == part or _names_known(part, units) for part in parts)


def _names_known(said: str, units: Units) -> bool:
    named = units.match(said)
    return bool(named.codes) and not named.unknown


def _bracket_behind(line: str, units: Units) -> str:
    """（县发改局）编制规划 as 编制规划（县发改局）."""
    match = _BRACKET.match(line)
    return f'{line[match.end():]}{match[0]}' if match and _directs(match[1], units) else line


def _heading(line: str) -> tuple[str, str]:
    """实施一抓到底深入落实行动。 before the sentences of a clause."""
    first, stop, rest = line.partition('。')
    heads = stop and rest and len(first) <= 30 and not re.search('[，,]', first) and not limit(first)
    return (first, rest) if heads else ('', line)


def _item(number: int, section: str, heading: str, text: str, values: dict, notes: list[str]) -> Item:
    under = ' '.join(filter(None, (section, heading)))
    return Item(number, text, {'requirement': text, 'section': under, **values}, notes)


def _bracketed(body: str, told: list[_Said], heading: str, place: _Place,
               units: Units) -> Iterator[tuple[str, dict, list[str]]]:
    """Each bracket speaks of what stands before it, back to the bracket before; several in a row speak of the same.

    The sentence goes on behind the last one (，6月底前完成), others may follow.
    """
    start, text, said = 0, '', ''
    for one in told:
        before = body[start:one.start].strip(' 。；;，,') or ('' if start else heading)
        start = one.end
        if before and text:
            yield text, _said_in(text, said, units), []
        text, said = (before, one.text) if before else (text, f'{said}；{one.text}')
    rest = _GOES_ON.match(body, start)
    if text:
        yield text, _said_in(text, said if limit(said) else f'{said}；{limit(rest[0])}', units), []
    yield from _spoken(body[rest.end():], place, units)


def _said_in(text: str, bracket: str, units: Units) -> dict[str, str]:
    """What the bracket directs; what it leaves open, as the text says."""
    found, spoken = directed(bracket), sentence.read(text, units)
    open_ones = {'lead': spoken.lead if 'co' not in found else '', 'due': spoken.due}
    title = spoken.title if spoken.asks and not re.search('[。；;]', text) else shortened(plain(text))
    return {**{name: value for name, value in open_ones.items() if value}, **found, 'title': title}


def directed(said: str) -> dict[str, str]:
    """What a bracket directs: 省发展改革委牵头，省财政厅、省农业农村厅配合，5月底前完成."""
    found: dict[str, list[str]] = {'lead': [], 'co': [], 'due': []}
    side = 'lead'
    for part in re.split(r'[，,；;。]', said):
        named = _NAMED.match(part)
        text = part[named.end():] if named else part
        side = _side(part, named, side, bool(found['lead']))
        if side and text.strip():
            found[side].append(re.sub(r'^(?:完成)?(?:时限|时间)[:：]', '', text).strip())
    lead, *rest = _sides('、'.join(found['lead']))
    helping = '、'.join(filter(None, [*rest, *found['co']]))
    sides = {'lead': lead, 'co': helping, 'due': '，'.join(found['due'])}
    return {name: value for name, value in sides.items() if value}


def _side(part: str, named: re.Match | None, before: str, led: bool) -> str:
    """What a part of a bracket speaks of; '': of persons. 责任单位 beside 牵头单位 is who helps."""
    if re.match(r'\s*\S{0,6}(?:领导|责任人|负责人|联系人|电话)[:：]', part):
        return ''
    if named:
        return 'co' if named[1] in ('配合', '协办') or named[1] in ('责任', '落实') and led else 'lead'
    if re.search(r'底前|[月日]|季度|年|长期|立即|持续|工作日|时限|时间|每周|尽快', part):
        return 'due'
    if re.search(r'牵头|负责|主办|承办', part):
        return 'lead'
    if re.search(r'配合|协办|参与', part):
        return 'co'
    return ('co' if led else 'lead') if before == 'due' else before


def _sides(said: str) -> list[str]:
    """省发展改革委牵头、省财政厅: who stands behind 牵头 helps."""
    head, word, rest = said.partition('牵头')
    rest = re.sub(r'^(?:负责|单位[:：]?)', '', rest).strip('、')
    return [head, rest] if word and rest else [said]


def _spoken(body: str, place: _Place, units: Units) -> Iterator[tuple[str, dict, list[str]]]:
    """Sentences that say themselves who and when."""
    for match in _SENTENCE.finditer(body):
        one = sentence.read(match[0], units)
        notes = [] if one.lead or not place.actor else [
            said('这一句没有写谁办，按上文的“{actor}”，请核对', actor=place.actor)]
        values = {'title': one.title, 'lead': one.lead or place.actor, 'co': one.co, 'due': one.due}
        place.actor = one.lead or place.actor
        if one.asks or one.due and place.owners[-1]:
            yield one.text, {name: value for name, value in values.items() if value}, notes
