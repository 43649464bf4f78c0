"""A workbook entered into the directory: all of it, or its good rows, in one transaction; and the file that tells."""
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy.orm import Session

from engine import directory, history, sheet
from engine.directory import Post, Unit
from engine.errors import Refused
from engine.history import Actor, Kind
from engine.roster.line import Line, Preview
from engine.roster.preview import preview
from engine.roster.unit import columns
from engine.sheet import Row, Sheet

_SAID = {'add': '新增', 'change': '修改', 'same': '没有变化'}


@dataclass
class Filed:
    """What was entered, and the one-time passwords of new accounts by login name: they are kept nowhere else."""

    seen: Preview
    passwords: dict[str, str] = field(default_factory=dict)

    def workbook(self) -> bytes:
        """The result, row by row, and the passwords."""
        rows = [('表', '行', '单位或岗位', '结果', '说明')] + [
            (line.sheet, line.number, line.name, '没有导入' if line.faults else _SAID[line.does],
             '；'.join(line.faults or line.notes)) for line in self.seen.lines]
        logins = {line.account.login: line.name for line in self.seen.good if line.account}
        given = [('登录名', '岗位', '一次性密码')] + [(login, logins[login], password)
                                          for login, password in self.passwords.items()]
        return sheet.write([_sheet('结果', rows), *([_sheet('一次性密码', given)] if self.passwords else [])])


def passwords(session: Session, tenant_id: str, sheets: Sequence[Sheet], today: date, *, only_good: bool = False
              ) -> dict[str, tuple[str, str]]:
    """A one-time password and its hash for each login that `put` would add. A hash takes its time, so they are made
    before anybody waits for the directory.

    :raises Refused: as `put`.
    """
    doing = _doing(preview(session, tenant_id, sheets, today), only_good)
    return {line.account.login: _password() for line in doing if line.account}


def put(session: Session, tenant_id: str, actor: Actor, sheets: Sequence[Sheet], today: date,
        given: Mapping[str, tuple[str, str]], *, only_good: bool = False, file: str = '') -> Filed:
    """Enter these sheets, in the caller's writing session. `given` is what `passwords` made for them. With `only_good`
    the rows with faults are left out.

    :raises Refused: a row has a fault (then nothing is entered), nothing would be entered, or they are no directory.
    """
    directory.alone(session, tenant_id)
    seen = preview(session, tenant_id, sheets, today)
    doing, filed = _doing(seen, only_good), Filed(seen)
    for line in sorted(doing, key=lambda line: line.unit is None):     # units first, whatever the order of the sheets
        _put(session, tenant_id, line, filed, given)
    directory.changed(session, tenant_id)
    history.record(session, tenant_id, actor, Kind.ROSTER_IMPORTED, _summary(seen, file), {
        'file': file, 'rows': [{'sheet': line.sheet, 'row': line.number, 'name': line.name, 'does': line.does}
                               for line in doing],
        'left': [[line.sheet, line.number] for line in seen.bad]})
    return filed


def _doing(seen: Preview, only_good: bool) -> list[Line]:
    """The rows that change something."""
    if seen.bad and not only_good:
        first = seen.bad[0]
        raise Refused('有{count}行要改，一行也没有导入。“{sheet}”表第{row}行：{why}', count=len(seen.bad), sheet=first.sheet,
                      row=first.number, why=first.faults[0])
    doing = [line for line in seen.good if line.does != 'same']
    if not doing:
        raise Refused('没有可以导入的行')
    return doing


def _password() -> tuple[str, str]:
    made = directory.new_password()
    return made, directory.hash_given(made)


def _put(session: Session, tenant_id: str, line: Line, filed: Filed, given: Mapping[str, tuple[str, str]]) -> None:
    if line.unit:
        session.merge(Unit(tenant=tenant_id, **columns(line.unit)))
        session.flush()
        return
    post = line.post
    session.merge(Post(tenant=tenant_id, unit=post.unit, post=post.post, name=post.name, phone=post.phone))
    session.flush()
    if line.account:
        password, hashed = given.get(line.account.login) or _password()
        directory.add_account(session, tenant_id, post.unit, post.post, line.account.login, hashed, one_time=True)
        filed.passwords[line.account.login] = password


def _summary(seen: Preview, file: str) -> str:
    counted = seen.counted()
    return f'导入机构{file}：新增{counted["add"]}行，修改{counted["change"]}行，没有导入{counted["bad"]}行'


def _sheet(name: str, rows: list[tuple]) -> Sheet:
    return Sheet(name, [Row(number, row) for number, row in enumerate(rows, 1)])
