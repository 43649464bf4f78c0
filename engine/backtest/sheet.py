"""The result of a backtest to take along: a table of matters and one of units, as CSV that a spreadsheet opens."""
import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from engine.backtest.difference import ASPECTS

BOM = '\ufeff'
_FORMULA = ('=', '+', '-', '@', '\t', '\r')
_SIDES = (('old', '实际'), ('new', '新规则'))
_RESULTS = {'closed': '办结', 'rejected': '不予立项', 'withdrawn': '撤销', '': ''}


def of_matters(matters: Iterable[Mapping[str, Any]], units: Mapping[str, str]) -> str:
    """One row per matter: what happened beside what would have happened."""
    head = ['编号', '事项', '牵头单位', '不同之处']
    for label in ('首次黄灯', '黄灯天数', '首次红灯', '红灯天数', '通知书', '扣分', '级别', '结束时间', '结局'):
        head += [f'{label}·{side}' for _, side in _SIDES]
    return _written([[*head, '假定和不知道的'], *(_row(one, units) for one in matters)])


def of_units(rows: Iterable[Mapping[str, Any]], units: Mapping[str, str]) -> str:
    """One row per unit."""
    head = ['单位', '事项', '有变化的']
    for label in ('名次', '扣分', '亮过黄灯的', '亮过红灯的', '通知书'):
        head += [f'{label}·{side}' for _, side in _SIDES]
    return _written([head, *([units.get(row['unit'], row['unit']), row['matters'], row['changed'],
                              *(row[side][name] for name in ('rank', 'points', 'yellow', 'red', 'notices')
                                for side, _ in _SIDES)] for row in rows)])


def _row(one: Mapping[str, Any], units: Mapping[str, str]) -> list[Any]:
    sides = [one[side] for side, _ in _SIDES]
    cells = [one['code'], one['title'], units.get(one['unit'], one['unit']),
             '、'.join(ASPECTS[name] for name in one['changed'])]
    for lamp in ('yellow', 'red'):
        cells += [_moment(side['first'][lamp]) for side in sides] + [side['days'][lamp] for side in sides]
    cells += [len(side['notices']) for side in sides]
    cells += [round(sum(side['points'].values()), 2) for side in sides]
    cells += [side['level'] for side in sides] + [_moment(side['ended_at']) for side in sides]
    cells += [_RESULTS.get(side['result'], side['result']) for side in sides]
    return [*cells, '；'.join(f'{note["name"]}：{note["said"]}' for note in one['notes'])]


def _moment(said: str | None) -> str:
    return said[:16].replace('T', ' ') if said else ''


def _written(rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator='\r\n').writerows([_safe(cell) for cell in row] for row in rows)
    return BOM + out.getvalue()


def _safe(cell: Any) -> Any:
    """A text that a spreadsheet would take for a formula is put behind an apostrophe, as people do it there."""
    if isinstance(cell, float):
        return f'{cell:g}'
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
