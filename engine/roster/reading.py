"""The rows of a workbook read as entries: what they say, over what is there or an earlier row says."""
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import directory
from engine.directory import Post
from engine.errors import said
from engine.roster import book
from engine.roster.book import Cells
from engine.roster.calling import Calling, Values
from engine.roster.entry import AccountEntry, PostEntry, UnitEntry
from engine.roster.line import Line
from engine.roster.unit import POSTS, entries

_CODES = {name: code for code, name in POSTS.items()}
_DAYS = {'valid_from': said('启用日期'), 'valid_to': said('停用日期')}
_OF_POST = {'name': said('岗位名称'), 'phone': said('办公电话')}
_OTHERS = ('parent', 'successor', 'unit')                # fields that name a unit


class Reading:
    """Reads rows; `units` are those that are there already."""

    def __init__(self, session: Session, tenant_id: str, rows: Sequence[Cells]) -> None:
        self.units = entries(directory.tree(session, tenant_id))
        self._rows = [(row, {name: book.text(value) for name, value in row.values.items()}) for row in rows]
        units = [values for row, values in self._rows if row.kind == '单位']
        for values in units:
            values.setdefault('code', '')
        self._calling = Calling(self.units, units)
        self._posts = {(row.unit, row.post): PostEntry(row.unit, row.post, row.name, row.phone)
                       for row in session.scalars(select(Post).where(Post.tenant == tenant_id))}
        self._told: dict[tuple[str, ...], tuple[str, int]] = {}        # of a post: a value, and the row that gave it

    def lines(self) -> list[Line]:
        """Every row, with what is wrong with its cells."""
        return [self._line(row, values) for row, values in self._rows]

    def _line(self, row: Cells, values: Values) -> Line:
        meant = {name: self._calling.code(values[name]) for name in _OTHERS if values.get(name)}
        named = [values[name] for name in meant]
        if row.kind == '单位' and not values['code']:
            named.append(values['name'])
        doubts = list(filter(None, map(self._calling.doubt, named)))
        line = self._unit(row, values | meant) if row.kind == '单位' else self._post(row, values | meant)
        line.faults, line.unclear = [*doubts, *line.faults], bool(doubts)
        line.notes += [said('这一行在Excel里是隐藏的，请核对要不要导入')] if row.hidden else []
        return line

    def _unit(self, row: Cells, values: Values) -> Line:
        line, given = Line(row.kind, row.number, values['name'] or values['code']), dict(values)
        for name in _DAYS.keys() & values.keys():
            try:
                given[name] = book.day(row.values[name])
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

    def _post(self, row: Cells, values: Values) -> Line:
        key = values['unit'], _CODES.get(values['post'], values['post'])
        line, given = Line(row.kind, row.number, '/'.join(key)), {name: values.get(name) for name in _OF_POST}
        before = self._posts.get(key, PostEntry(*key, POSTS.get(key[1], key[1])))
        if given['phone'] == '' and (*key, 'phone') not in self._told:
            before = replace(before, phone='')
        line.post = self._posts[key] = replace(before, **{name: value for name, value in given.items() if value})
        for name, value in given.items():
            if value and (told := self._told.setdefault((*key, name), (value, row.number)))[0] != value:
                line.faults.append(said('{label}和第{row}行的不一样', label=_OF_POST[name], row=told[1]))
        line.account = AccountEntry(*key, values['login']) if values.get('login') else None
        return line
