"""Units as documents name them, matched to the directory: by name, by short name, by what a unit was called before."""
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import directory
from engine.breakdown.naming import (PLACES, beginnings, candidates, plain, room, same_level, several, shortened,
                                     stranger)
from engine.directory import Unit
from engine.errors import listed, said

LOCAL, DEPARTMENT = '地方', '部门'
"""The kinds of units that 各市（州）and 各部门 mean all of."""
_SPLIT = re.compile(r'[、,，;；/\\|·•→＋+①-⑳]|—+|[（(]\d{1,2}[）)]|会同|以及|联合')
_JOINT = re.compile(r'[和及与]')
_ENDS = re.compile(r'(?:[局委办厅部院室行会站队所社镇乡]|街道|中心|政府|[A-Z])$')
_TAIL = re.compile(r'(?:等(?:有关|相关)?(?:部门|单位)?|为主|牵头负责|牵头|负责落实|负责|配合|承办|协办|参与|分别|按职责(?:分工|落实)?)+$')
_HEAD = re.compile(r'^(?:由|会同|牵头单位|责任单位|协办单位|配合单位|承办单位|牵头|责任|配合|协办)?[:：]?|^\d+[.．、]')
_REMARK = re.compile(r'[（(][^（）()]*[）)]')
_LEADS, _FIRST = re.compile(r'[（(](?:牵头|主办)(?:单位|部门)?[）)]'), '†'
_VAGUE = re.compile(r'^(?:其他|其它|全)*[省市州县区]?[直级]?各?级?(?:有关|相关|涉及|其他|责任|承办|成员|牵头|配合|职能)+'
                    r'(?:部门|单位|地方|地区|方面|[县市区镇乡街])')
_BEFORE_ALL = re.compile(r'^全?[省市州县区]?[直级]?(?=各)')
_TOWNS = re.compile(r'(各[乡镇]+|(?<![一-鿿])乡镇)(?:人民)?(?:政府)?'
                    r'(?:[、,，和及]?各?[（(]?[、,，]?街道?(?:办事处|办)?[）)]?|[（(]?办(?:事处)?(?!公)[）)]?)')
_ALL_TOWNS = re.compile(r'(?:各|全部|所有)?(?:乡镇|镇街|街道|镇办|街办|镇街道|乡镇街道)(?:办事处|办)?(?:人民)?(?:政府)?')
_NOBODY = re.compile(r'[-－—/／\\]*|无|暂无|没有')
_NEAR, _NEAR_LETTERS = 0.5, range(3, 13)


@dataclass
class Match:
    """What a text that names units comes to. ``codes`` in the order of the text, the first is the lead."""

    codes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)       # how a name was taken, to be looked at
    unknown: list[str] = field(default_factory=list)     # a sentence for each name that nobody has
    group: bool = False                                  # 各部门: each of them, on its own


class Units:
    """The units of a government on one day."""

    def __init__(self, units: Iterable[Unit], day: date, place: str = '') -> None:
        """`place` is what the government is called: 柞水县财政局 is its 县财政局."""
        self.all = {unit.code: unit for unit in units}
        self.day = day
        self._place = plain(place)
        self._known: dict[str, Match] = {}
        self._nearby: dict[str, list[str]] = {}
        self._locals = {unit.code: self._local(unit.name) for unit in self.all.values()}
        self._exact = {name: code for code, name in self._locals.items()}
        self._short = _unique((shortened(name), code) for code, name in self._locals.items())

    @classmethod
    def of(cls, session: Session, tenant_id: str, day: date) -> 'Units':
        """All units that the directory has ever had, for texts of that day."""
        every = select(Unit).where(Unit.tenant == tenant_id).order_by(Unit.position, Unit.code)
        return cls(session.scalars(every), day, directory.tenant(session, tenant_id).name)

    def match(self, text: str) -> Match:
        """The units that a cell names: 省发展改革委会同省工业和信息化厅等部门, 各市（州）政府, 发改局、财政局."""
        found = Match()
        parts = [part for piece in _SPLIT.split(_without_remarks(text)) for part in self._words(piece)]
        for part in sorted(parts, key=lambda part: not part.endswith(_FIRST)):     # 县财政局、县发改局（牵头）
            name = _bare(part)
            if not _NOBODY.fullmatch(name):
                for each in self._apart(name):
                    _add(found, self._one(each))
        found.codes = list(dict.fromkeys(found.codes))
        return found

    def exists(self, code: str) -> bool:
        """Whether the unit exists on the day."""
        unit = self.all[code]
        return (unit.valid_from is None or unit.valid_from <= self.day) and (
            unit.valid_to is None or unit.valid_to >= self.day)

    def begins(self, text: str) -> str:
        """What a running text begins with that acts: a unit, a group, 有关单位; as it is written, '' where it is none."""
        names = beginnings(text)
        known = next((name for name in reversed(names) if self._code(name)), '')
        near = next((name for name in names if len(name) in _NEAR_LETTERS and len(self._near(name)) == 1), '')
        return several(text) or room(known, text) or near or stranger(text)

    def _words(self, piece: str) -> list[str]:
        """What blanks and line breaks part, unless they stand within a name: 县 财 政 局."""
        words = piece.split()
        whole = ''.join(words)
        spaced = len(words) > 1 and all(len(word) == 1 for word in words)
        return [whole] if spaced or self._code(_bare(whole)) else words

    def _apart(self, name: str) -> list[str]:
        """Those that stand around a 和: 人社局和发改局 are two, 工业和信息化厅 is one."""
        for joint in _JOINT.finditer(name) if self._code(name) is None else ():
            first, rest = _bare(name[:joint.start()]), _bare(name[joint.end():])
            if len(rest) > 1 and _ENDS.search(first) and self._one(first).codes:
                return [first, *self._apart(rest)]
        return [name]

    def _local(self, name: str) -> str:
        """柞水县财政局 as the county itself says it: 县财政局."""
        said = plain(name)
        rest = said.removeprefix(self._place)
        return self._place[-1] + rest if self._place and rest and rest != said else said

    def _one(self, name: str) -> Match:
        if name not in self._known:
            self._known[name] = self._looked_up(name)
        return self._known[name]

    def _code(self, name: str) -> str | None:
        called = self._local(name)
        found = self._exact.get(called) or self._short.get(shortened(called))
        return found if found and same_level(called, self._locals[found]) else None

    def _looked_up(self, name: str) -> Match:
        if _VAGUE.match(name):
            return Match(unknown=[said('“{name}”没有指明是哪几家，请写出单位', name=name)])
        code = self._code(name)
        if code is not None:
            return self._standing(code, [])
        if _BEFORE_ALL.sub('', name).startswith('各') or _ALL_TOWNS.fullmatch(name):
            return self._group(name)
        near = self._near(name)
        if len(near) == 1:
            return self._standing(near[0], [said('“{name}”认作{unit}，请核对', name=name, unit=self.all[near[0]].name)])
        return Match(unknown=[self._stranger(name, near)])

    def _near(self, name: str) -> list[str]:
        if name not in self._nearby:
            called = self._local(name)
            self._nearby[name] = candidates(called, {short: code for short, code in self._short.items()
                                                     if same_level(called, self._locals[code])})
        return self._nearby[name]

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
        called = _BEFORE_ALL.sub('', name)
        places = {letter for letter in called if letter in PLACES and f'{letter}直' not in called}
        local = [unit for unit in self._current(LOCAL) if not places or places & set(unit.name)]
        wanted = local if places or re.search('[地级]', called) else []
        if re.search(r'部门|单位|委办|科局|局', called):
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
        short = shortened(name)
        rated = sorted(((SequenceMatcher(None, short, shortened(unit.name)).ratio(), unit.name)
                        for unit in self.all.values() if self.exists(unit.code)), reverse=True)
        return [one for ratio, one in rated if ratio >= _NEAR]


def _add(found: Match, one: Match) -> None:
    found.group = one.group if not found.codes else found.group      # behind one that leads, a group helps
    found.codes += one.codes
    found.notes += one.notes
    found.unknown += one.unknown


def _listed(units: list[Unit]) -> str:
    first = listed(unit.name for unit in units[:4])
    return said('{units}等', units=first) if len(units) > 4 else first


def _without_remarks(text: str) -> str:
    """Without what stands in brackets, unless it belongs to the name, 各市（州）, or says who leads."""
    marked = _LEADS.sub(_FIRST, _TOWNS.sub(r'\1街道', text))
    return _REMARK.sub(lambda match: re.sub(r'[、,，]', '', match[0]) if re.fullmatch(
        rf'[（(][{PLACES}、,，特]+[）)]', match[0]) else match[0] if match[0][1:-1].isdecimal() else '', marked)


def _bare(part: str) -> str:
    said = _HEAD.sub('', part.strip(f' 　。.：:“”"{_FIRST}'))
    return _TAIL.sub('', said).strip()


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What only one unit is called by."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name, code in pairs:
        twice |= {name} & found.keys()
        found[name] = code
    return {name: code for name, code in found.items() if name not in twice}
