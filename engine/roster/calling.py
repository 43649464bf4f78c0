"""Which unit a row of a workbook means: by its code, or by the name that offices write instead."""
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import count

from engine.errors import listed, said
from engine.roster.entry import UnitEntry

Values = dict[str, str]


class Calling:
    """The units that are there and those that rows enter, by code and by name. A row without a code gets one: that of
    the unit of its name, under the upper unit it names; else a new one."""

    def __init__(self, units: Mapping[str, UnitEntry], rows: Iterable[Values]) -> None:
        rows = list(rows)
        self._units, self._codes = units, {*units, *filter(None, (row['code'] for row in rows))}
        self._named: dict[str, list[str]] = defaultdict(list)
        self._above: dict[str, str] = {}                 # the name of the upper unit, by code
        self._fresh = (code for number in count(1) if (code := f'u{number}') not in self._codes)
        for code, unit in units.items():
            self._note(code, unit.name, unit.parent)
        for row in sorted(rows, key=lambda row: row['code'] == ''):
            if not row['code'] and row['name']:
                row['code'] = self._given(row)
            self._note(row['code'], row['name'], row.get('parent', ''))

    def code(self, text: str) -> str:
        """The code of the unit that is meant; the text itself where nobody or more than one is called so."""
        named = self._named.get(text, ())
        return text if text in self._codes or len(named) != 1 else named[0]

    def doubt(self, text: str) -> str:
        """What to do about a name that several units have; '' where there is no doubt."""
        named = () if text in self._codes else self._named.get(text, ())
        return said('有{count}个单位叫“{name}”，请写单位代码：{codes}', count=len(named), name=text,
                    codes=listed(named)) if len(named) > 1 else ''

    def _note(self, code: str, name: str, parent: str) -> None:
        if code and code not in self._named[name]:
            self._named[name].append(code)
        self._above[code] = self._name(parent)

    def _name(self, text: str) -> str:
        return self._units[text].name if text in self._units else text

    def _given(self, row: Values) -> str:
        """'' where several units might be meant."""
        named, above = self._named.get(row['name'], []), self._name(row.get('parent', ''))
        within = [code for code in named if self._above[code] == above] if above else named
        return (within[0] if within else next(self._fresh)) if len(within) < 2 else ''
