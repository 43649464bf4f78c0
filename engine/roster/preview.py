"""What a workbook would do to the directory, row by row, before anything is changed."""
from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.directory import Account, Post
from engine.errors import said
from engine.ledger import Matter
from engine.roster import book
from engine.roster.entry import AccountEntry, Fault, PostEntry, UnitEntry
from engine.roster.line import Line, Preview
from engine.roster.reading import Reading
from engine.roster.unit import POSTS
from engine.sheet import Sheet

_LABELS = {'name': said('名称'), 'kind': said('类别'), 'parent': said('上级单位'), 'valid_from': said('启用日期'),
           'valid_to': said('停用日期'), 'successor': said('接替单位'), 'position': said('排序'), 'phone': said('办公电话')}


def preview(session: Session, tenant_id: str, sheets: Sequence[Sheet], today: date) -> Preview:
    """What these sheets would do. A row that needs a bad one is bad as well; what a sheet has no column for stays as
    it is. Rows of one post with different login names give it several accounts.

    :raises Refused: no sheet has the columns of a directory.
    """
    reading = Reading(session, tenant_id, book.read(sheets))
    lines = reading.lines()
    _doubled(lines, lambda line: line.unit and line.unit.code, said('单位代码'))
    _doubled(lines, lambda line: line.post and not line.account and (line.post.unit, line.post.post), said('岗位'))
    _doubled(lines, lambda line: line.account and line.account.login, said('登录名'))
    there = _There(session, tenant_id, lines, reading.units)
    there.judge(today)
    for line in lines:
        line.does, line.name = there.does(line), there.called(line)
        line.notes += [] if line.faults else there.told(line)
    return Preview(lines)


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
        self.lines, self.units, self.tenant_id = lines, units, tenant_id
        self.posts = {(row.unit, row.post): PostEntry(row.unit, row.post, row.name, row.phone)
                      for row in session.scalars(select(Post).where(Post.tenant == tenant_id))}
        logins = {line.account.login for line in lines if line.account}
        self.accounts: Mapping[str, Account] = {row.login: row for row in session.scalars(
            select(Account).where(Account.login.in_(logins)))}
        entered = [line for line in lines if line.unit]
        self._names = {**{line.unit.code: line.unit.name for line in reversed(entered)},
                       **{line.unit.code: line.unit.name for line in entered if not line.faults}}
        ending = [line.unit.code for line in entered if line.unit.valid_to]
        self._leading = dict(session.execute(select(Matter.lead_unit, func.count()).where(
            Matter.tenant == tenant_id, Matter.status.in_(('draft', 'open')), Matter.lead_unit.in_(ending))
            .group_by(Matter.lead_unit)).all())
        self._after = {**units, **{line.unit.code: line.unit for line in entered if not line.faults}}

    def judge(self, today: date) -> None:
        """Say at once everything that is wrong with each row, then what follows from the bad ones."""
        fallen = self._fallen(self.lines, today)
        while fallen:
            good = [line for line in self.lines if not line.faults]
            fallen = self._fallen([line for line in good if line.needs & fallen], today) or self._fallen(good, today)

    def _fallen(self, lines: Iterable[Line], today: date) -> set[str]:
        """Look at these rows once more: the units that turned out to be bad."""
        return {line.unit.code for line in lines if self._bad(line, today) and line.unit}

    def _bad(self, line: Line, today: date) -> bool:
        if not line.unclear:
            found = self._of_unit(line) if line.unit else self._of_post(line, today)
            line.faults = list(dict.fromkeys([*line.faults, *(sentence for _, sentence in found)]))
        if line.faults and line.unit and self._after.get(line.unit.code) is line.unit:
            self._after.pop(line.unit.code)
            self._after |= {code: self.units[code] for code in {line.unit.code} & self.units.keys()}
        return bool(line.faults)

    def _of_unit(self, line: Line) -> Iterator[Fault]:
        return line.unit.faults(ChainMap({line.unit.code: line.unit}, self._after))

    def _of_post(self, line: Line, today: date) -> Iterator[Fault]:
        yield from line.post.faults(self._after, POSTS, today)
        if line.account and not self._same(line.account):
            yield from line.account.faults(self._after, {(line.post.unit, line.post.post)}, self.accounts, today)

    def _same(self, entry: AccountEntry) -> bool:
        row = self.accounts.get(entry.login)
        return row is not None and (row.tenant, row.unit, row.post) == (self.tenant_id, entry.unit, entry.post)

    def called(self, line: Line) -> str:
        """省财政厅·联络员 of a post, where its unit is known."""
        return line.name if line.unit else f'{self._name(line.post.unit)}·{line.post.name}'

    def _name(self, code: str) -> str:
        unit = self.units.get(code)
        return self._names.get(code) or (unit.name if unit else code)

    def does(self, line: Line) -> str:
        """add, change or same."""
        if line.account and self._same(line.account):
            line.account = None
        before, after = self._was(line), line.unit or line.post
        return 'add' if before is None or line.account else 'same' if before == after else 'change'

    def _was(self, line: Line) -> UnitEntry | PostEntry | None:
        return self.units.get(line.unit.code) if line.unit else self.posts.get((line.post.unit, line.post.post))

    def told(self, line: Line) -> Iterator[str]:
        """What a row that can be entered comes to: where a new unit stands, what of an old one changes, the account."""
        before, after = self._was(line), asdict(line.unit or line.post)
        if line.unit and line.does == 'add':
            yield said('单位代码{code}', code=line.unit.code)
            yield said('上级单位{unit}', unit=self._name(line.unit.parent)) if line.unit.parent else said('没有上级单位')
        for name, old in asdict(before).items() if before else ():
            if old != after[name]:
                yield said('{label}由“{old}”改为“{new}”', label=_LABELS[name], old=self._shown(name, old),
                           new=self._shown(name, after[name]))
        if line.unit and before and before.valid_to != line.unit.valid_to and (led := self._leading.get(before.code)):
            yield said('它牵头的还有{count}件没有办结，停用前请移交', count=led)
        if line.account:
            yield said('建账号 {login}', login=line.account.login)

    def _shown(self, name: str, value: Any) -> str:
        return self._name(value) if name in ('parent', 'successor') else '' if value is None else str(value)
