"""One sentence of a work report or of minutes: who acts, who helps, by when, and what is asked for.

    read('由省发展改革委会同省工业和信息化厅等部门，5月底前建立重点企业库', units).co == '省工业和信息化厅'
"""
import re
from dataclasses import dataclass

from engine.breakdown.limit import limit, soon, without
from engine.breakdown.unit import Units

NUMBER = re.compile(r'\s*[—-]*\s*(?:第?(?P<a>[一二三四五六七八九十百]+)[、.．条章]|[（(](?P<b>[一二三四五六七八九十]+)[）)]'
                    r'|(?P<c>\d{1,3})(?:[.．、](?!\d)|[.．](?=\d{1,2}月))|[（(](?P<d>\d{1,3})[）)]|(?P<e>[①-⑳])'
                    r'|(?P<f>[一二三四五六七八九十]+是))\s*')
"""What a paragraph, or a part of one, is numbered with."""
_HEAD = re.compile(rf'(?:{re.sub("[?]P<.>", "?:", NUMBER.pattern)}|会议\w{{2,6}}[，,:：]\s*|[\w]{{2,6}}任务[:：])+')
_START = re.compile(r'(?:^|[，,；;：:])\s*|(?=由|请|责成|责令)')
_ASKED = re.compile(r'(?:同时|并|另外|原则上)?(?:由|请|要求|责成|责令|交由|指定|委托)?')
_ORDERED = re.compile('请|责成|责令')
_BY_PERSON = re.compile('由?[^，,由]{0,10}(?:[县市区省州镇乡][长委]|书记|主任|局长|领导|同志|负责人)[^，,]{0,4}(?:牵头|负责)[，,]')
_DONE = re.compile('(?:全部|按时)?(?:完成|办结|办理|落实|到位)*(?:任务)?')
_JOINT = re.compile(r'[、和及与]|以及')
_BEHIND = re.compile(r'\s*(?:等\w{0,4}?(?:部门|单位|家)|等(?=[，,牵负会]))?(?:[（(][^（）()]*[）)])?'
                     r'(?:按照?(?:各自)?职责(?:分工|范围)?)?[，,]?')
_DUTY = '(?:要|应当?|须|需|具体|共同|分别)*'
_LEADS = re.compile(_DUTY + '(?:总?牵头(?:负责|抓总)?|负责(?:组织|落实)?|主办|承办)')
_WITH = re.compile(f'[，,]?{_DUTY}(?:会同|联合|协同|商)')
_HELPS = re.compile(_DUTY + '(?:积极|密切|全力|做好|予以)*(?:配合|协办|协助|参与|支持)')
_STANDS_BY = re.compile('[的各]|备案|审[定核批查]|批准|同意|通过|[。；;]?$')
"""What follows a unit that is only spoken of."""
_ACTS = re.compile('建立|完善|制定|修改|清理|公布|推荐|评选|确定|开展|组织|汇编|落实|推进|完成|实施|抽选|筛选|通报|召开|反馈|传达|'
                   '配备|建设|出台|印发|召集|督查|考核|评估|报|压减|减少|回复|拿出|提出|提交|完工|开工|竣工|建成|投用|到位|搬迁|改造|新建|'
                   '办理|整改|解决|梳理|摸排|编制|交付')
_MUST = re.compile('(?:应当?(?![急用届收对诉])|须(?!知)|需(?!求)|要(?![求素点闻件害])|将|务必|必须|并)+')
_TAIL = re.compile('确保|力争|争取|达到|(?:检查|整改|处理|办理|落实|进展|有关|相关|完成|贯彻|工作)*(?:结果|情况|报告)')
"""How the last part of a sentence begins that needs the part before it: 力争覆盖率达到90%."""
_LONGEST, _SHORTEST = 60, 8


@dataclass
class Sentence:
    """What a sentence says: `lead` and `co` as the units are written in it, `due` the words of its limit."""

    text: str
    title: str = ''
    lead: str = ''
    co: str = ''
    due: str = ''
    led: bool = False                                    # 牵头, 负责: it asks for something even without a limit

    @property
    def asks(self) -> bool:
        """Whether it sets a task: a limit for somebody or for some act, or who leads."""
        return self.led or bool(self.due) and bool(self.lead or _ACTS.search(self.text))


def read(text: str, units: Units) -> Sentence:
    """Read one sentence. Whoever it does not name stays ''."""
    found = Sentence(plain(text))
    kept, taken = '', 0
    for start in _START.finditer(found.text):
        begin = start.end()
        names, end = _names(found.text, _ASKED.match(found.text, begin).end(), units) if begin >= taken else ([], 0)
        if names:
            end = _cast(found, names, end, units)
            found.led |= bool(end) and _ORDERED.match(found.text, begin) is not None
        if names and end:
            kept, taken = kept + found.text[taken:begin], end
    found.due = limit(found.text) or (soon(found.text) if found.led else '')
    found.title = _title(kept + found.text[taken:]) or shortened(found.text)
    return found


def plain(text: str) -> str:
    """A sentence without its number (一是), its stop, and what only says who said it (会议决定，)."""
    return _behind(_HEAD, text.strip(' 　。；;—-'))


def _behind(pattern: re.Pattern, text: str) -> str:
    """A text without what it begins with."""
    found = pattern.match(text)
    return text[found.end():] if found else text


def shortened(text: str, most: int = _LONGEST) -> str:
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


def _names(text: str, at: int, units: Units) -> tuple[list[str], int]:
    """Those who stand side by side from a place on, and where what belongs to their names ends."""
    found: list[str] = []
    while name := units.begins(text[at:]):
        found.append(name)
        at += len(name)
        joint = _JOINT.match(text, at)
        if joint is None or not units.begins(text[joint.end():]):
            return found, _BEHIND.match(text, at).end()
        at = joint.end()
    return found, at


def _cast(found: Sentence, names: list[str], end: int, units: Units) -> int:
    """Give those who are named their part; where what tells of it ends, 0 where they have none."""
    said, text = '、'.join(names), found.text
    if helps := _HELPS.match(text, end):
        found.co = '、'.join(filter(None, (found.co, said)))
        return helps.end()
    if found.lead or _STANDS_BY.match(text, end):
        return 0
    found.lead = said
    if leads := _LEADS.match(text, end):
        found.led, end = True, leads.end()
    if joined := _WITH.match(text, end):
        others, end = _names(text, joined.end(), units)
        found.co = '、'.join(others)
        leads = _LEADS.match(text, end)
        found.led, end = found.led or bool(leads), leads.end() if leads else end
    return end


def _title(rest: str) -> str:
    """The part of a sentence in which its limit stands, without the limit; with others where it says too little."""
    parts = [(bool(limit(part)), _behind(_MUST, without(part).strip(' 　：:')))
             for part in re.split('[，,]', _behind(_BY_PERSON, rest))]
    parts = [(limited, part) for limited, part in parts if not _DONE.fullmatch(part)] or parts
    last = next((place for place, (limited, _) in enumerate(parts) if limited), 0)
    start = last
    while start and (_TAIL.match(parts[start][1]) or len(''.join(said for _, said in parts[start:])) < _SHORTEST):
        start -= 1
    said = ''
    for place, (_, part) in enumerate(parts[start:], start):
        if len(said) >= _SHORTEST and (place > last or _TAIL.match(part)):
            break
        said += '，' * bool(said and part) + part
    return shortened(said)
