"""What is entered about a unit, a post or an account, and what is wrong with it."""
import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

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
            yield 'code', f'单位代码用小写字母开头，后面是字母、数字或下划线，最多40个，现在是“{self.code}”'
        yield from _length('name', '单位名称', self.name, 100)
        yield from _length('kind', '类别', self.kind, 20)
        for field, label, code in (('parent', '上级单位', self.parent), ('successor', '接替单位', self.successor)):
            if code and code not in known:
                yield field, f'{label}“{code}”不在机构里，也不在这张表里'
            elif code and (circle := _circle(self.code, field, known)):
                yield field, f'{label}绕了一圈：{" → ".join(known[one].name for one in circle)}'
        yield from self._outlives(known)
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            yield 'valid_to', f'停用日期{self.valid_to}早于启用日期{self.valid_from}'
        if self.successor and self.valid_to is None:
            yield 'valid_to', '写了接替单位，就要写停用日期'
        if not 0 <= self.position < 100_000:
            yield 'position', f'排序填0到99999的整数，现在是{self.position}'

    def _outlives(self, known: Mapping[str, 'UnitEntry']) -> Iterator[Fault]:
        parent, heir = known.get(self.parent), known.get(self.successor)
        if parent and parent.valid_to and (self.valid_to is None or self.valid_to > parent.valid_to):
            yield 'parent', f'上级单位{parent.name}在{parent.valid_to}已经停用'
        if heir and heir.valid_to and self.valid_to and heir.valid_to <= self.valid_to:
            yield 'successor', f'接替单位{heir.name}在{heir.valid_to}已经停用'


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
            yield 'post', f'没有“{self.post}”这种岗位'
        yield from _length('name', '岗位名称', self.name, 40)
        if len(self.phone) > 40:
            yield 'phone', '办公电话最多40个字'


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
            yield 'post', f'{units[self.unit].name}没有“{self.post}”这个岗位，先加岗位'
        if not _LOGIN.fullmatch(self.login):
            yield 'login', f'登录名用3到60个小写字母、数字、点、横线或下划线，现在是“{self.login}”'
        elif self.login in taken:
            yield 'login', f'登录名“{self.login}”已经有了，请换一个'


def _of_unit(code: str, units: Mapping[str, UnitEntry], today: date) -> Iterator[Fault]:
    if code not in units:
        yield 'unit', f'没有代码为“{code}”的单位'
    elif units[code].valid_to and units[code].valid_to < today:
        yield 'unit', f'{units[code].name}在{units[code].valid_to}已经停用，不能再加岗位和账号'


def _length(field: str, label: str, text: str, most: int) -> Iterator[Fault]:
    if not text or len(text) > most:
        yield field, f'{label}要写1到{most}个字，现在是{len(text)}个'


def _circle(start: str, field: str, known: Mapping[str, UnitEntry]) -> list[str]:
    """The way from a unit along its parents or successors back to itself; empty when it ends elsewhere."""
    way = [start]
    while way[-1] in known and (after := getattr(known[way[-1]], field)):
        if after == start:
            return [*way, start]
        if after in way:
            return []                                    # a circle of others: they say so
        way.append(after)
    return []
