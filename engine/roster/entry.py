"""What is entered about a unit, a post or an account, and what is wrong with it."""
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from engine.errors import said

_CODE, _LOGIN = re.compile(r'[a-z][a-z0-9_]{0,39}'), re.compile(r'[a-z0-9][a-z0-9_.-]{2,59}')

Fault = tuple[str, str]
"""The field that is wrong, and the sentence that says how to put it right."""


@dataclass(frozen=True)
class UnitEntry:
    """A unit as it is entered; empty texts mean that there is none."""

    code: str
    name: str
    kind: str
    parent: str = ''
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str = ''
    position: int = 0

    def faults(self, known: Mapping[str, 'UnitEntry']) -> Iterator[Fault]:
        """What is wrong with it among these units, itself as it is entered included."""
        if not _CODE.fullmatch(self.code):
            yield 'code', said('单位代码用小写字母开头，后面是字母、数字或下划线，最多40个，现在是“{given}”', given=self.code)
        yield from _length('name', said('单位名称'), self.name, 100)
        yield from _length('kind', said('类别'), self.kind, 20)
        for field, label, code in (('parent', said('上级单位'), self.parent),
                                   ('successor', said('接替单位'), self.successor)):
            if code and code not in known:
                yield field, said('{label}“{code}”不在机构里，也不在这张表里', label=label, code=code)
            elif code and (circle := _circle(self.code, field, known)):
                yield field, said('{label}绕了一圈：{way}', label=label, way=' → '.join(known[one].name for one in circle))
        yield from self._outlives(known)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield 'valid_to', said('停用日期{last}早于启用日期{first}', last=self.valid_to, first=self.valid_from)
        if self.successor and self.valid_to is None:
            yield 'valid_to', said('写了接替单位，就要写停用日期')
        if not 0 <= self.position < 100_000:
            yield 'position', said('排序填0到99999的整数，现在是{given}', given=self.position)

    def _outlives(self, known: Mapping[str, 'UnitEntry']) -> Iterator[Fault]:
        parent, heir = known.get(self.parent), known.get(self.successor)
        if parent and parent.valid_to and (self.valid_to is None or self.valid_to > parent.valid_to):
            yield 'parent', said('上级单位{unit}在{day}已经停用', unit=parent.name, day=parent.valid_to)
        if heir and heir.valid_to and self.valid_to and heir.valid_to <= self.valid_to:
            yield 'successor', said('接替单位{unit}在{day}已经停用', unit=heir.name, day=heir.valid_to)


@dataclass(frozen=True)
class PostEntry:
    """A post of a unit as it is entered."""

    unit: str
    post: str
    name: str
    phone: str = ''

    def faults(self, units: Mapping[str, UnitEntry], posts: Container[str], today: date) -> Iterator[Fault]:
        """What is wrong with it; `posts` are the codes that Duban knows."""
        yield from _of_unit(self.unit, units, today)
        if self.post not in posts:
            yield 'post', said('没有“{post}”这种岗位', post=self.post)
        yield from _length('name', said('岗位名称'), self.name, 40)
        if len(self.phone) > 40:
            yield 'phone', said('办公电话最多40个字')


@dataclass(frozen=True)
class AccountEntry:
    """An account as it is entered."""

    unit: str
    post: str
    login: str

    def faults(self, units: Mapping[str, UnitEntry], posts: Container[tuple[str, str]], taken: Container[str],
               today: date) -> Iterator[Fault]:
        """What is wrong with it; `posts` are the posts of the units, `taken` the login names in use."""
        yield from _of_unit(self.unit, units, today)
        if self.unit in units and (self.unit, self.post) not in posts:
            yield 'post', said('{unit}没有“{post}”这个岗位，先加岗位', unit=units[self.unit].name, post=self.post)
        if not _LOGIN.fullmatch(self.login):
            yield 'login', said('登录名用3到60个小写字母、数字、点、横线或下划线，现在是“{given}”', given=self.login)
        elif self.login in taken:
            yield 'login', said('登录名“{given}”已经有了，请换一个', given=self.login)


def _of_unit(code: str, units: Mapping[str, UnitEntry], today: date) -> Iterator[Fault]:
    if code not in units:
        yield 'unit', said('没有代码为“{unit}”的单位', unit=code)
    elif units[code].valid_to and units[code].valid_to < today:
        yield 'unit', said('{unit}在{day}已经停用，不能再加岗位和账号', unit=units[code].name, day=units[code].valid_to)


def _length(field: str, label: str, text: str, most: int) -> Iterator[Fault]:
    if not text or len(text) > most:
        yield field, said('{label}要写1到{most}个字，现在是{count}个', label=label, most=most, count=len(text))


def _circle(start: str, field: str, known: Mapping[str, UnitEntry]) -> list[str]:
    """The way from a unit along its parents or successors back to itself; empty when it ends elsewhere."""
    way = {start: None}
    last = start
    while last in known and (last := getattr(known[last], field)):
        if last == start:
            return [*way, start]
        if last in way:
            return []                                    # a circle of others: they say so
        way[last] = None
    return []
