"""What a workbook would do to the directory, row by row, before anything is changed."""
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import directory
from engine.directory import Account, Post
from engine.roster import book
from engine.roster.book import Cells
from engine.roster.entry import AccountEntry, PostEntry, UnitEntry
from engine.roster.unit import POSTS, entries
from engine.sheet import Sheet

_CODES = {name: code for code, name in POSTS.items()}
_DAYS = {'valid_from': '启用日期', 'valid_to': '停用日期'}


@dataclass
class Line:
    """One row: of which sheet, what it enters, what that does (add, change, same), and what is wrong with it."""

    sheet: str
    number: int
    name: str
    unit: UnitEntry | None = None
    post: PostEntry | None = None
    account: AccountEntry | None = None
    does: str = 'add'
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Preview:
    """All rows of a workbook, in its order."""

    lines: Sequence[Line]

    @property
    def good(self) -> list[Line]:
        """The rows that can be entered."""
        return [line for line in self.lines if not line.faults]

    @property
    def bad(self) -> list[Line]:
        """The rows with faults."""
        return [line for line in self.lines if line.faults]

    def counted(self) -> Counter[str]:
        """How many good rows add, change, and leave as it is; how many are bad."""
        return Counter(line.does for line in self.good) + Counter(bad=len(self.bad))


def preview(session: Session, tenant_id: str, sheets: Sequence[Sheet], today: date) -> Preview:
    """What these sheets would do. A row that needs a bad one is bad as well.

    :raises Refused: no sheet has the columns of a directory.
    """
    lines = [_line(cells) for cells in book.read(sheets)]
    _doubled(lines, lambda line: line.unit and line.unit.code, '单位代码')
    _doubled(lines, lambda line: line.post and (line.post.unit, line.post.post), '岗位')
    _doubled(lines, lambda line: line.account and line.account.login, '登录名')
    there = _There(session, tenant_id, lines)
    for line in lines:
        there.judge(line, today)                         # everything that is wrong with a row is said at once
    while any([there.judge(line, today) for line in lines if not line.faults]):
        pass
    for line in lines:
        line.does, line.name = there.does(line), there.called(line)
    return Preview(lines)


def _line(cells: Cells) -> Line:
    values = {name: book.text(value) for name, value in cells.values.items()}
    if cells.kind == '单位':
        return _unit_line(cells, values)
    post = _CODES.get(values['post'], values['post'])
    line = Line(cells.kind, cells.number, f'{values["unit"]}/{post}')
    line.post = PostEntry(values['unit'], post, values.get('name') or POSTS.get(post, post), values.get('phone', ''))
    line.account = AccountEntry(values['unit'], post, values['login']) if values.get('login') else None
    return line


def _unit_line(cells: Cells, values: dict[str, str]) -> Line:
    line, days, position = Line(cells.kind, cells.number, values['name'] or values['code']), {}, 0
    for name, label in _DAYS.items():
        try:
            days[name] = book.day(cells.values.get(name))
        except ValueError:
            line.faults.append(f'{label}写成 2020-09-30 这样，现在是“{values[name]}”')
    try:
        position = int(values.get('position') or 0)
    except ValueError:
        line.faults.append(f'排序填整数，现在是“{values["position"]}”')
    line.unit = UnitEntry(values['code'], values['name'], values['kind'], values.get('parent', ''),
                          successor=values.get('successor', ''), position=position, **days)
    return line


def _doubled(lines: Iterable[Line], key_of: Any, label: str) -> None:
    """The second row of the same is wrong."""
    seen: dict[Any, int] = {}
    for line in lines:
        key = key_of(line)
        if key and key in seen:
            line.faults.append(f'{label}和第{seen[key]}行的重复')
        elif key:
            seen[key] = line.number


class _There:
    """What is there already and what the rows that are good so far would add."""

    def __init__(self, session: Session, tenant_id: str, lines: Sequence[Line]) -> None:
        self.lines = lines
        self.units = entries(directory.tree(session, tenant_id))
        self.posts = {(row.unit, row.post): row
                      for row in session.scalars(select(Post).where(Post.tenant == tenant_id))}
        logins = {line.account.login for line in lines if line.account}
        self.accounts: Mapping[str, Account] = {row.login: row for row in session.scalars(
            select(Account).where(Account.login.in_(logins)))}
        self.tenant_id = tenant_id

    def judge(self, line: Line, today: date) -> bool:
        """Look at one row once more; whether it turned out to be bad."""
        units = self.units | {one.unit.code: one.unit for one in self.lines if one.unit and not one.faults}
        if line.unit:
            found = [*line.unit.faults({**units, line.unit.code: line.unit})]
        else:
            found = [*line.post.faults(units, POSTS, today)]
            if line.account and not self._same(line.account):
                posts = {*self.posts, (line.post.unit, line.post.post)}
                found += line.account.faults(units, posts, self.accounts, today)
        line.faults = list(dict.fromkeys([*line.faults, *(sentence for _, sentence in found)]))
        return bool(line.faults)

    def _same(self, entry: AccountEntry) -> bool:
        row = self.accounts.get(entry.login)
        return row is not None and (row.tenant, row.unit, row.post) == (self.tenant_id, entry.unit, entry.post)

    def called(self, line: Line) -> str:
        """省财政厅·联络员 of a post, where its unit is known."""
        if line.unit:
            return line.name
        units = self.units | {one.unit.code: one.unit for one in self.lines if one.unit}
        unit = units.get(line.post.unit)
        return f'{unit.name if unit else line.post.unit}·{line.post.name}'

    def does(self, line: Line) -> str:
        """add, change or same."""
        if line.unit:
            before = self.units.get(line.unit.code)
            return 'add' if before is None else 'same' if before == line.unit else 'change'
        if line.account and self._same(line.account):
            line.account = None
        row = self.posts.get((line.post.unit, line.post.post))
        if row is None or line.account:
            return 'add'
        return 'same' if (row.name, row.phone) == (line.post.name, line.post.phone) else 'change'
