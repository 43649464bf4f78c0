"""What a workbook would do to the directory, row by row, before anything is changed."""
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import directory
from engine.directory import Account, Post
from engine.errors import said
from engine.roster import book
from engine.roster.book import Cells
from engine.roster.entry import AccountEntry, PostEntry, UnitEntry
from engine.roster.unit import POSTS, entries
from engine.sheet import Sheet

_CODES = {name: code for code, name in POSTS.items()}
_DAYS = {'valid_from': said('启用日期'), 'valid_to': said('停用日期')}
_OF_POST = {'name': said('岗位名称'), 'phone': said('办公电话')}


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
    """What these sheets would do. A row that needs a bad one is bad as well; what a sheet has no column for stays as
    it is. Rows of one post with different login names give it several accounts.

    :raises Refused: no sheet has the columns of a directory.
    """
    rows = book.read(sheets)
    reading = _Reading(session, tenant_id, rows)
    lines = [reading.line(cells) for cells in rows]
    _doubled(lines, lambda line: line.unit and line.unit.code, said('单位代码'))
    _doubled(lines, lambda line: line.post and not line.account and (line.post.unit, line.post.post), said('岗位'))
    _doubled(lines, lambda line: line.account and line.account.login, said('登录名'))
    there = _There(session, tenant_id, lines, reading.units)
    for line in lines:
        there.judge(line, today)                         # everything that is wrong with a row is said at once
    while any([there.judge(line, today) for line in lines if not line.faults]):
        pass
    for line in lines:
        line.does, line.name = there.does(line), there.called(line)
    return Preview(lines)


class _Reading:
    """Rows read as entries: what they say, over what is there or an earlier row says."""

    def __init__(self, session: Session, tenant_id: str, rows: Sequence[Cells]) -> None:
        self.units = entries(directory.tree(session, tenant_id))
        written = [{name: book.text(value) for name, value in row.values.items()} for row in rows if row.kind == '单位']
        self._codes = {*self.units, *(one['code'] for one in written)}
        self._named = _named([*((unit.name, code) for code, unit in self.units.items()),
                              *((one['name'], one['code']) for one in written)])
        self._posts = {(row.unit, row.post): PostEntry(row.unit, row.post, row.name, row.phone)
                       for row in session.scalars(select(Post).where(Post.tenant == tenant_id))}
        self._told: dict[tuple[str, ...], tuple[str, int]] = {}        # of a post: a value, and the row that gave it

    def line(self, cells: Cells) -> Line:
        """One row, with what is wrong with its cells."""
        values = {name: book.text(value) for name, value in cells.values.items()}
        for name in ('parent', 'successor', 'unit'):
            if values.get(name) and values[name] not in self._codes:
                values[name] = self._named.get(values[name], values[name])
        return self._unit(cells, values) if cells.kind == '单位' else self._post(cells, values)

    def _unit(self, cells: Cells, values: dict[str, str]) -> Line:
        line, given = Line(cells.kind, cells.number, values['name'] or values['code']), dict(values)
        for name in _DAYS.keys() & values.keys():
            try:
                given[name] = book.day(cells.values[name])
            except ValueError:
                del given[name]
                line.faults.append(said('{label}写成 2020-09-30 这样，现在是“{given}”', label=_DAYS[name],
                                        given=values[name]))
        try:
            given |= {'position': int(values['position'] or 0)} if 'position' in values else {}
        except ValueError:
            del given['position']
            line.faults.append(said('排序填整数，现在是“{given}”', given=values['position']))
        line.unit = replace(self.units.get(values['code'], UnitEntry(values['code'], '', '')), **given)
        return line

    def _post(self, cells: Cells, values: dict[str, str]) -> Line:
        key = values['unit'], _CODES.get(values['post'], values['post'])
        line, given = Line(cells.kind, cells.number, '/'.join(key)), {name: values.get(name) for name in _OF_POST}
        before = self._posts.get(key, PostEntry(*key, POSTS.get(key[1], key[1])))
        if given['phone'] == '' and (*key, 'phone') not in self._told:
            before = replace(before, phone='')
        line.post = self._posts[key] = replace(before, **{name: value for name, value in given.items() if value})
        for name, value in given.items():
            if value and (told := self._told.setdefault((*key, name), (value, cells.number)))[0] != value:
                line.faults.append(said('{label}和第{row}行的不一样', label=_OF_POST[name], row=told[1]))
        line.account = AccountEntry(*key, values['login']) if values.get('login') else None
        return line


def _named(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The code of each name that only one unit has: a table may name a unit instead."""
    codes: dict[str, set[str]] = {}
    for name, code in pairs:
        codes.setdefault(name, set()).add(code)
    return {name: found.pop() for name, found in codes.items() if len(found) == 1}


def _doubled(lines: Iterable[Line], key_of: Any, label: str) -> None:
    """The second row of the same is wrong."""
    seen: dict[Any, int] = {}
    for line in lines:
        key = key_of(line)
        if key and key in seen:
            line.faults.append(said('{label}和第{row}行的重复', label=label, row=seen[key]))
        elif key:
            seen[key] = line.number


class _There:
    """What is there already and what the rows that are good so far would add."""

    def __init__(self, session: Session, tenant_id: str, lines: Sequence[Line], units: Mapping[str, UnitEntry]) -> None:
        self.lines, self.units = lines, units
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
        told = sorted((one for one in self.lines if one.unit), key=lambda one: not one.faults)
        units = self.units | {one.unit.code: one.unit for one in told}
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
