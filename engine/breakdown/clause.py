"""The running text of a work report or a plan: which sentences are tasks, who does them and by when.

Two habits are understood: a bracket after the task (省发展改革委牵头，省财政厅配合，5月底前完成), and a sentence that says
who and when itself (由省发展改革委会同省工业和信息化厅等部门，5月底前建立…).
"""
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.breakdown.item import Item
from engine.breakdown.unit import Units
from engine.errors import said
from engine.sheet import Sheet

_NUMBER = re.compile(r'^\s*[—-]*\s*(?:第?(?P<a>[一二三四五六七八九十百]+)[、.．条章]|[（(](?P<b>[一二三四五六七八九十]+)[）)]'
                     r'|(?P<c>\d{1,3})[.．、](?!\d)|[（(](?P<d>\d{1,3})[）)]|(?P<e>[①-⑳]))\s*')
_DEPTH = 'abcde'
_BRACKET = re.compile(r'[（(【〔\[]([^（）()【】〔〕\[\]]*(?:[（(][^（）()]*[）)][^（）()【】〔〕\[\]]*)*?)[）)】〕\]]')
_FIELD = re.compile(r'(?:牵头|主办|责任|承办|配合|协办|落实)(?:单位|部门)[:：]|(?:完成|办结|办理)?(?:时限|时间)[:：]')
_BY_UNIT = re.compile(r'^(?:请|由|要求)?(?P<who>[^，,。；:：]{2,40}?)(?:牵头|负责|会同|[要应须需]|(?=于|在|\d+月))')
_LEADING = re.compile(r'^(?:会议\w{2,4}[，,:：])?(?:[^，,]{2,40}?牵头[，,](?:[^，,]{2,60}?配合[，,])?)')
_ASKED = re.compile(r'^(?:请|由)(?=\S{2})')
_LED = re.compile(r'(?:^|[，,由])(?P<who>[^，,。；由]{2,40}?)牵头')
_OTHERS_HELP = re.compile(r'[，,](?P<who>[^，,。；]{2,60}?)配合')
_NAMED = re.compile(r'\s*(牵头|责任|承办|主办|负责|配合|协办|落实)(?:单位|部门)?[:：]')
_DIRECTS = re.compile(r'牵头|负责|配合|责任单位|承办|主办|分工|按职责|落实单位|完成时限|时限')
_SENTENCE = re.compile(r'[^。；;！!？?\n]+[。；;！!？?]?')
_BY_WHOM = re.compile(r'由(?P<who>[^，,。；]{2,60}?)(?:牵头|负责|组织|承担|[，,])')
_WITH = re.compile(r'(?:会同|联合|配合单位[:：]|商)(?P<who>[^，,。；]{2,60}?)(?:等(?:有关)?(?:部门|单位)|量化|组织|开展|制定|研究|[，,。；]|$)')
_ACTS = re.compile('建立|完善|制定|修改|清理|公布|推荐|评选|确定|开展|组织|汇编|落实|推进|完成|实施|抽选|筛选|通报|召开|反馈|传达|'
                   '配备|建设|出台|印发|召集|督查|考核|评估|报|压减|减少|回复|拿出|提出|提交|完工|开工|竣工|建成|投用|到位|搬迁|改造|新建|'
                   '办理|整改|解决|梳理|摸排|编制|交付')
_TIMES = re.compile(
    r'(?:\d{4}年)?\d{1,2}月(?:\d{1,2}日)?(?:底|末|上旬|中旬|下旬)?(?:之?前|以前)|(?:\d{4}年)?\d{1,2}月(?:底|末)'
    r'|(?:\d{4}年|年)(?:底|内|终|初)前?|每个?(?:季度|月|周|年初?)|按季度|[\d一二两三四五六七八九十]+个?(?:工作日|日|天|周|星期|个?月)之?内'
    r'|一月一督查|一季一通报|第一时间|上半年|[一二三四]季度末?')
_LONGEST_TITLE, _SHORTEST_TITLE = 60, 8


@dataclass
class _Place:
    """Where in a text one is: its numbers from the outside in, the heading of the paragraph, who acted last."""

    numbers: list[str] = field(default_factory=list)
    depth: list[str] = field(default_factory=list)
    actor: str = ''

    def enter(self, line: str) -> str:
        """Take the number from the beginning of a line; the rest of it."""
        match = _NUMBER.match(line)
        if match is None:
            return line.strip()
        kind = next(name for name in _DEPTH if match[name])
        while self.depth and kind in self.depth:
            self.depth.pop()
            self.numbers.pop()
        self.depth.append(kind)
        self.numbers.append(match[0].strip().rstrip('、.．') if kind in 'bd' else match[kind])
        self.actor = ''
        return line[match.end():].strip()

    @property
    def said(self) -> str:
        """二（三）."""
        return ''.join(self.numbers)


def items(sheet: Sheet, units: Units) -> Iterator[Item]:
    """The tasks of a text, in its order; what asks for nothing and sets no limit is passed over."""
    place = _Place()
    for number, line in _lines(sheet):
        rest = place.enter(line)
        heading, body = _heading(rest)
        bracketed = [match for match in _BRACKET.finditer(body) if _directs(match[1], units)]
        found = _bracketed(body, bracketed, heading) if bracketed else _spoken(body, place, units)
        for text, values, notes in found:
            yield _item(number, place.said, heading, text, values, notes)


def _lines(sheet: Sheet) -> list[tuple[int, str]]:
    """The paragraphs; 牵头单位：… 完成时限：… behind a task, or in lines of their own below it, as its bracket."""
    found: list[tuple[int, str]] = []
    for row in sheet.rows:
        line = str(row.cells[0])
        field = _FIELD.search(_BRACKET.sub(lambda match: ' ' * len(match[0]), line))
        text, fields = (line[:field.start()], line[field.start():]) if field else (line, '')
        number = row.number
        if fields and not text.strip(' 　') and found:
            number, text = found.pop()                   # in a line of its own: of the task above
        found.append((number, f'{text}（{_as_bracket(fields)}）' if fields else text))
    return found


def _as_bracket(fields: str) -> str:
    """牵头单位：县财政局 责任单位：县税务局 with a sign between its fields, which a bracket has."""
    return _FIELD.sub(lambda match: f'；{match[0]}', fields).strip('；。 　')


def _directs(said: str, units: Units) -> bool:
    """Whether a bracket says who and when: by its words, or because it names units and nothing else."""
    if _DIRECTS.search(said):
        return True
    named = units.match(said)
    return bool(named.codes) and not named.unknown


def _heading(line: str) -> tuple[str, str]:
    """实施一抓到底深入落实行动。 before the sentences of a clause."""
    first, stop, rest = line.partition('。')
    return (first, rest) if stop and rest and len(first) <= 30 and '，' not in first and ',' not in first else ('', line)


def _item(number: int, section: str, heading: str, text: str, values: dict, notes: list[str]) -> Item:
    title = shortened(text.lstrip('—- '))
    under = ' '.join(filter(None, (section, heading)))
    return Item(number, text, {'title': title, 'requirement': text, 'section': under, **values}, notes)


def _bracketed(body: str, brackets: list[re.Match], heading: str) -> Iterator[tuple[str, dict, list[str]]]:
    """Each bracket speaks of what stands before it, back to the bracket before; several in a row speak of the same."""
    start, text, said = 0, '', ''
    for match in brackets:
        before = body[start:match.start()].strip(' 。；;，,') or ('' if start else heading)
        start = match.end()
        if before and text:
            yield text, directed(said), []
        text, said = (before, match[1]) if before else (text, f'{said}；{match[1]}')
    if text:
        yield text, directed(said), []


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
    return 'co' if re.search(r'配合|协办|参与', part) or before == 'due' else before


def _sides(said: str) -> list[str]:
    """省发展改革委牵头、省财政厅: who stands behind 牵头 helps."""
    head, word, rest = said.partition('牵头')
    rest = re.sub(r'^(?:负责|单位[:：]?)', '', rest).strip('、')
    return [head, rest] if word and rest else [said]


def _spoken(body: str, place: _Place, units: Units) -> Iterator[tuple[str, dict, list[str]]]:
    """Sentences that say themselves who and when."""
    for match in _SENTENCE.finditer(body):
        text = _NUMBER.sub('', match[0]).strip(' 。；;')
        who, others = _actors(text, units)
        limit = _times(text)
        notes = [] if who or not place.actor else [said('这一句没有写谁办，按上文的“{actor}”，请核对', actor=place.actor)]
        values = {'title': _title(text, who), 'lead': who or place.actor, 'co': others, 'due': limit}
        place.actor = who or place.actor
        led = _LED.search(text)
        if (limit or led and units.match(led['who']).codes) and _ACTS.search(text):
            yield text, {name: value for name, value in values.items() if value}, notes


def _actors(text: str, units: Units) -> tuple[str, str]:
    """Who does it and who helps, as the sentence says."""
    match = _BY_WHOM.search(text)
    if match and units.match(match['who']).codes:
        lead, _, others = _without_others(match['who']).partition('会同')
        return lead, others or _helping(text)
    helped = _WITH.search(text)
    others = _without_others(helped['who']) if helped else ''
    before = text[:helped.start()] if helped else text
    vague = re.match(r'(?:[省市县区]有关单位(?:和市、县政府)?|主要负责同志|分管负责同志|具体承办单位)', text)
    first = _BY_UNIT.match(text)
    if first and not helped and units.match(first['who']).codes:
        return first['who'], _helping(text)
    named = [name for at, name in units.named(before) if at <= 4 or before[at - 1:at] in '，,由']
    return (vague[0] if vague else named[0] if named else ''), others


def _helping(text: str) -> str:
    """县财政局 of 县发改局牵头，县财政局配合."""
    found = _OTHERS_HELP.search(text)
    return found['who'] if found else ''


def _title(text: str, who: str) -> str:
    """The part of a sentence in which its limit stands, without the limit and who does it."""
    text = _LEADING.sub('', text)
    parts = re.split(r'[，,]', text)
    start = next((place for place, part in enumerate(parts) if _TIMES.search(part)), 0)
    said = ''
    for part in parts[start:]:
        said += '，' * bool(said) + part
        asked = _ASKED.sub('', said).removeprefix(who)
        bare = re.sub(r'^(?:应|须|需|要|将)', '', re.sub(rf'[于在]?(?:{_TIMES.pattern})', '', asked))
        if len(bare) >= _SHORTEST_TITLE:
            return shortened(bare)
    return shortened(text)


def _without_others(said: str) -> str:
    return re.sub(r'等(?:有关)?(?:部门|单位)$', '', said)


def _times(text: str) -> str:
    """The words of a sentence that set its limit."""
    found = _TIMES.findall(text)
    return '，'.join(dict.fromkeys(found))


def shortened(text: str, most: int = _LONGEST_TITLE) -> str:
    """A title out of a sentence: its first part that is long enough to say something, at most so many letters."""
    first = re.split(r'[。；;\n]', text.strip())[0].strip()
    if len(first) <= most:
        return first
    found = ''
    for part in re.split(r'(?<=[，,、：:])', first):
        if found and len(found) + len(part) > most:
            break
        found += part
    return found.rstrip('，,、：:')[:most]
