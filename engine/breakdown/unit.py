"""Units as documents name them, matched to the directory: by name, by short name, by what a unit was called before."""
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory import Unit
from engine.errors import listed, said

LOCAL, DEPARTMENT = '地方', '部门'
"""The kinds of units that 各市（州）and 各部门 mean all of."""
_SPLIT = re.compile(r'[、,，;；/\n]|\s+|会同|以及|联合')
_JOINED = re.compile(r'[和及与]')
_TAIL = re.compile(r'(?:等(?:有关|相关)?(?:部门|单位)?|为主|牵头负责|牵头|负责落实|负责|配合|承办|协办|参与|分别|按职责分工)+$')
_HEAD = re.compile(r'^(?:由|会同|牵头单位|责任单位|协办单位|配合单位|承办单位|牵头|责任|配合|协办)?[:：]?|^\d+[.．、]')
_REMARK = re.compile(r'[（(][^（）()]*[）)]')
_VAGUE = re.compile(r'^(?:省|市|县|区)?直?(?:有关|相关|各有关|各相关|涉及|其他|各责任|责任|承办|各承办)(?:部门|单位|地方|地区|方面)')
_LEVEL = re.compile(r'^(?:自治区|自治州|全?(?:省|市|州|县|区|盟|旗))(?:人民)?(?:政府)?直?(?=.{2,})')
_LEVEL_WORD = re.compile(r'全?(省|市|州|县|区|盟|旗)')
_SHORT = (('委员会', '委'), ('办公厅', '办'), ('办公室', '办'), ('人民政府', '政府'), ('管理局', '局'), ('和', ''), ('与', ''))
_PLACES = '市州县区镇乡街旗盟'
_NEAR = 0.5


@dataclass
class Match:
    """What a text that names units comes to. ``codes`` in the order of the text, the first is the lead."""

    codes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)       # how a name was taken, to be looked at
    unknown: list[str] = field(default_factory=list)     # a sentence for each name that nobody has
    group: bool = False                                  # 各部门: each of them, on its own


class Units:
    """The units of a government on one day."""

    def __init__(self, units: Iterable[Unit], day: date) -> None:
        self.all = {unit.code: unit for unit in units}
        self.day = day
        self._known: dict[str, Match] = {}
        self._exact = {_plain(unit.name): unit.code for unit in self.all.values()}
        self._short = _unique((_shortened(unit.name), unit.code) for unit in self.all.values())

    @classmethod
    def of(cls, session: Session, tenant_id: str, day: date) -> 'Units':
        """All units that the directory has ever had, for texts of that day."""
        every = select(Unit).where(Unit.tenant == tenant_id).order_by(Unit.position, Unit.code)
        return cls(session.scalars(every), day)

    def match(self, text: str) -> Match:
        """The units that a cell names: 省发展改革委会同省工业和信息化厅等部门, 各市（州）政府, 发改局、财政局."""
        found = Match()
        for part in _SPLIT.split(_without_remarks(text)):
            name = _bare(part)
            if name:
                self._take(found, name)
        found.codes = list(dict.fromkeys(found.codes))
        return found

    def exists(self, code: str) -> bool:
        """Whether the unit exists on the day."""
        unit = self.all[code]
        return (unit.valid_from is None or unit.valid_from <= self.day) and (
            unit.valid_to is None or unit.valid_to >= self.day)

    def named(self, text: str) -> list[tuple[int, str]]:
        """Where in a running text units or groups of units stand, in its order: (place, name)."""
        names = [re.escape(name) for unit in self.all.values() for name in {unit.name, _plain(unit.name)}]
        groups = r'各[地市州县区镇乡部级单委](?:[（(][^（）()]*[）)])?[市州县区镇乡各地、和（）()人民政府部门单位]*'
        pattern = re.compile('|'.join([*sorted(names, key=len, reverse=True), groups]))
        return [(match.start(), match[0]) for match in pattern.finditer(text)]

    def _take(self, found: Match, name: str) -> None:
        """One name, or two that stand around a 和: 工业和信息化厅 is one, 人社局和发改局 are two."""
        parts = [part for part in map(_bare, _JOINED.split(name)) if part]
        together = len(parts) > 1 and self._code(name) is None and all(self._one(part).codes for part in parts)
        for each in parts if together else [name]:
            _add(found, self._one(each))

    def _one(self, name: str) -> Match:
        if name not in self._known:
            self._known[name] = self._looked_up(name)
        return self._known[name]

    def _code(self, name: str) -> str | None:
        found = self._exact.get(_plain(name)) or self._short.get(_shortened(name))
        return found if found and _same_level(name, self.all[found].name) else None

    def _looked_up(self, name: str) -> Match:
        if _VAGUE.match(name):
            return Match(unknown=[said('“{name}”没有指明是哪几家，请写出单位', name=name)])
        if name.startswith('各') or re.match(r'(?:省|市|县|区)直?各', name):
            return self._group(name)
        code = self._code(name)
        if code is not None:
            return self._standing(code, [])
        near = [code for short, code in self._short.items()
                if _abbreviates(_shortened(name), short) and _same_level(name, self.all[code].name)]
        if len(near) == 1:
            return self._standing(near[0], [said('“{name}”认作{unit}，请核对', name=name, unit=self.all[near[0]].name)])
        return Match(unknown=[self._stranger(name, near)])

    def _standing(self, code: str, notes: list[str]) -> Match:
        """The unit, or what stands in its place on the day, as a proposal."""
        heir = self._heir(code)
        if heir is None:
            return Match(unknown=[said('{unit}在这一天不存在，也没有承接单位，请改成现在的单位', unit=self.all[code].name)])
        if heir != code:
            notes = [*notes, said('{unit}{gone}，改由{heir}承担，请核对', unit=self.all[code].name, gone=self._gone(code),
                                  heir=self.all[heir].name)]
        return Match([heir], notes)

    def _heir(self, code: str) -> str | None:
        seen: set[str] = set()
        while code in self.all and code not in seen:
            if self.exists(code):
                return code
            seen.add(code)
            unit = self.all[code]
            later = unit.valid_from is not None and unit.valid_from > self.day
            code = next((one.code for one in self.all.values() if one.successor == code), '') if later else (
                unit.successor or '')
        return None

    def _gone(self, code: str) -> str:
        unit = self.all[code]
        if unit.valid_to is not None and unit.valid_to < self.day:
            return said('{day}以后不再存在', day=unit.valid_to.isoformat())
        return said('这时还没有成立')

    def _group(self, name: str) -> Match:
        """Every unit that is meant by 各镇, 各市（州）政府, 各地各部门."""
        places = {letter for letter in name if letter in _PLACES and f'{letter}直' not in name}
        local = [unit for unit in self._current(LOCAL) if not places or places & set(unit.name)]
        wanted = local if places or '地' in name or '级' in name else []
        if re.search(r'部门|单位|委办|科局|局', name):
            wanted = [*wanted, *self._current(DEPARTMENT)]
        if not wanted:
            return Match(unknown=[said('通讯录里没有“{name}”，请写出单位', name=name)])
        units = said('“{name}”是{count}家：{units}', name=name, count=len(wanted), units=_listed(wanted))
        return Match([unit.code for unit in wanted], [units], group=True)

    def _current(self, kind: str) -> list[Unit]:
        return [unit for unit in self.all.values() if unit.kind == kind and self.exists(unit.code)]

    def _stranger(self, name: str, near: list[str]) -> str:
        names = [self.all[code].name for code in near] or self._similar(name)
        if names:
            return said('没有“{name}”这个单位；是不是{near}？', name=name, near=listed(names[:3]))
        return said('没有“{name}”这个单位，请改成通讯录里的单位', name=name)

    def _similar(self, name: str) -> list[str]:
        short = _shortened(name)
        rated = sorted(((SequenceMatcher(None, short, _shortened(unit.name)).ratio(), unit.name)
                        for unit in self.all.values() if self.exists(unit.code)), reverse=True)
        return [one for ratio, one in rated if ratio >= _NEAR]


def _add(found: Match, one: Match) -> None:
    found.codes += one.codes
    found.notes += one.notes
    found.unknown += one.unknown
    found.group = found.group or one.group


def _listed(units: list[Unit]) -> str:
    first = listed(unit.name for unit in units[:4])
    return said('{units}等', units=first) if len(units) > 4 else first


def _without_remarks(text: str) -> str:
    """Without what stands in brackets, unless it belongs to the name: 各市（州）, 各县（市、区）."""
    return _REMARK.sub(lambda match: re.sub(r'[、,，]', '', match[0]) if re.fullmatch(
        rf'[（(][{_PLACES}、,，特]+[）)]', match[0]) else '', text)


def _bare(part: str) -> str:
    said = _HEAD.sub('', part.strip(' 　。.：:“”"'))
    return _TAIL.sub('', said).strip()


def _plain(name: str) -> str:
    return re.sub(r'\s', '', unicodedata.normalize('NFKC', name))


def _same_level(one: str, other: str) -> bool:
    """县政府 is not 省政府; where one does not say its level, it may be the other's."""
    levels = [match[1] for match in map(_LEVEL_WORD.match, (_plain(one), _plain(other))) if match]
    return len(set(levels)) < 2


def _shortened(name: str) -> str:
    said = _LEVEL.sub('', _plain(name))
    for long, short in _SHORT:
        said = said.replace(long, short)
    return said


def _abbreviates(short: str, long: str) -> bool:
    """人社局 of 人力资源社会保障局: its letters in their order, the first and the last the same; or the other way round."""
    if len(short) > len(long):
        short, long = long, short
    if len(short) < 3 or short[0] != long[0] or short[-1] != long[-1]:
        return False
    letters: Iterator[str] = iter(long)
    return all(letter in letters for letter in short)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What only one unit is called by."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, code in pairs:
        twice |= {name} & found.keys()
        found[name] = code
    return {name: code for name, code in found.items() if name not in twice}
