"""When something falls due, in words: the drawn expression worked out with the names of things instead of their values.

A parameter has its value in this government. Where the expression asks for a fact with choices, each choice is told.
"""
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later

from engine import expression
from engine.errors import Broken
from engine.expression import ExpressionError
from webapp.fact import Words

_MOST_CHOICES = 12
_ENTERED = 'entered_at'
# A length of one unit, as every modeler writes it. One of several, or a cycle, stands as it is drawn.
_LENGTH = re.compile(r'P(T?)([1-9]\d*)([A-Z])')
_UNITS = {'D': later('天'), 'M': later('个月'), 'TH': later('小时'), 'TM': later('分钟')}


def timing(text: str, words: Words, params: Mapping[str, Any]) -> str:
    """What a date, duration or cycle of the drawing comes to; '' where words cannot say it."""
    try:
        code = expression.template(text)
        if any(words.label(name) == name for name in code.names - {_ENTERED}):
            return ''
        told = dict(_cases(code, words, params))
    except (ExpressionError, Broken, ArithmeticError, TypeError, ValueError):
        return ''
    several = list(dict.fromkeys(told.values()))
    if len(several) == 1:
        return several[0]
    usual = max(several, key=list(told.values()).count)
    others = [_('%(case)s的%(when)s', case=case, when=when) for case, when in told.items() if when != usual]
    return _('；').join([_('一般%(when)s', when=usual), *others])


def _cases(code: Any, words: Words, params: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """For each choice of the fact that decides, if one does, what the expression comes to."""
    asked = next((name for name in sorted(code.names) if (field := words.field(name)) and field.options), None)
    options = words.field(asked).options[:_MOST_CHOICES] if asked else ()
    for option in options:
        yield option.label, _said(code, _Labels(words, {asked: option.value}), params)
    if not options:
        yield '', _said(code, _Labels(words, {}), params)


def _said(code: Any, scope: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    value = code.value(scope, {**_FUNCTIONS, 'param': params.__getitem__})
    return _('本级政府不用') if value is None else _length(str(value))


def _length(text: str) -> str:
    found = _LENGTH.fullmatch(text)
    unit = _UNITS.get(found[1] + found[3]) if found else None
    return _counted(unit)(_('走到这一步'), int(found[2])) if unit else text


class _Labels(Mapping):
    """Every name means what it is called; ``given`` have values."""

    def __init__(self, words: Words, given: Mapping[str, Any]) -> None:
        self._words, self._given = words, given

    def __getitem__(self, name: str) -> Any:
        if name in self._given:
            return self._given[name]
        return _('走到这一步') if name == _ENTERED else self._words.label(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


def _counted(unit: str) -> Callable[..., str]:
    """So many of a unit after something, or before."""
    def said(t: str, n: float) -> str:
        if not n:
            return _('%(t)s当天，遇休息日顺延', t=t)
        if n < 0:
            return _('%(t)s前%(n)g%(unit)s', t=t, n=-n, unit=unit)
        return _('%(t)s后%(n)g%(unit)s', t=t, n=n, unit=unit)
    return said


def _morning(t: str, n: float = 1) -> str:
    return _('%(t)s后第%(n)g个工作日09:00', t=t, n=n) if n else _('%(t)s当天09:00，遇休息日顺延', t=t)


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    'workdays': _counted(later('个工作日')), 'day_after': _counted(later('个工作日')), 'after_days': _counted(later('天')),
    'months': _counted(later('个月')), 'morning': _morning,
    'overdue_at': lambda t: _('%(t)s过后的第一个工作日09:00', t=t),
    'every_workdays': lambda n: _('每%(n)g个工作日09:00', n=n) if n > 1 else _('每个工作日09:00'),
    'period_end': lambda t, period: _('%(t)s所在周期的最后一个工作日', t=t),
    'next_report': lambda start, period: _('下一个报告日09:00'),
    'earliest': lambda *times: _('%(times)s里最早的', times=_('、').join(times)),
    'latest': lambda *times: _('%(times)s里最晚的', times=_('、').join(times)),
    'now': lambda: _('当时'), 'today': lambda: _('当天'), 'date': lambda t: t, 'say': lambda t: t}
