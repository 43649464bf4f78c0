"""From what was posted to a value that can be stored, kind by kind; how a value is spoken of."""
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

from engine import clock
from engine.errors import dated, said
from engine.form.field import MANY_OF, MOMENT, ONE_OF, TEXT, Field, Option, as_text

_NUMBER = re.compile(r'[+-]?\d{1,15}(\.\d{1,10})?')
_GROUPED = re.compile(r'[+-]?\d{1,3}(,\d{3})+(\.\d+)?')
_DAY = re.compile(r'(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?')
_CONTROL = re.compile(r'[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]')
_LONE = re.compile('[\ud800-\udfff]')                       # half a sign: no UTF-8 writes it
_TRUE, _FALSE = frozenset({'true', 'on', '1', 'yes'}), frozenset({'false', 'off', '0', 'no'})


class Unfit(ValueError):
    """What was posted cannot be read as this kind of answer; `sentence` goes on after the field's label."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def short(value: Any) -> str:
    """What somebody filled in, cut so that a sentence can quote it."""
    text = ' '.join(as_text(value).split())
    return text if len(text) <= 30 else text[:30] + '…'


def say_day(text: str) -> str:
    """2020年9月30日 周三, and the hour if there is one."""
    moment = datetime.fromisoformat(text)
    day = dated(moment.date(), weekday=True)
    return said('{day} {hour}', day=day, hour=f'{moment:%H:%M}') if len(text) > 10 else day


def blank(raw: Any) -> bool:
    """Whether nothing was filled in: browsers post empty fields, too."""
    if raw is None:
        return True
    if isinstance(raw, str):
        return not raw.strip()
    if isinstance(raw, dict):
        return all(map(blank, raw.values()))
    if isinstance(raw, (list, tuple)):
        return all(map(blank, raw))
    return False


def take(field: Field, raw: Any, options: Sequence[Option], offset: str) -> Any:
    """The value of an answer, ready for JSON; None (``False``, an empty list) when nothing was filled in.

    ``offset`` is the tenant's distance from UTC, for moments posted without one. Raises ``Unfit``.
    """
    if field.kind in MANY_OF:
        return _many(field, raw, options)
    if blank(raw):
        raw = None
    elif isinstance(raw, (list, tuple)) and len(raw) == 1:
        raw = raw[0]
    if isinstance(raw, (list, tuple, dict)):
        raise Unfit(said('只能填一个值'))
    if field.kind == 'checkbox':
        return _tick(raw)
    if raw is None:
        return None
    if field.kind in ONE_OF:
        return _chosen(raw, options)
    if field.kind == 'number':
        return _number(field, raw)
    if not isinstance(raw, str):
        raise Unfit(said('要填文字，您填的是{given}', given=short(raw)))
    if field.kind in TEXT:
        return _text(field, raw)
    return _MOMENTS[field.kind](unicodedata.normalize('NFKC', raw).strip(), offset)


def _text(field: Field, raw: str) -> str:
    if _LONE.search(raw):
        raise Unfit(said('里有不能保存的字符，请删去后重新输入'))
    text = _CONTROL.sub('', raw.replace('\r\n', '\n').replace('\r', '\n'))
    # form-js turns the breaks of a one-line text into blanks, and measures what is left after trimming.
    return (re.sub(r'[\t\n]', ' ', text) if field.kind == 'textfield' else text).strip()


def _number(field: Field, raw: Any) -> int | float:
    finite = not isinstance(raw, float) or math.isfinite(raw)
    if isinstance(raw, bool) or not isinstance(raw, (str, int, float)) or not finite:
        raise Unfit(said('要填数字，您填的是{given}', given=short(raw)))
    if isinstance(raw, int) and abs(raw) >= 10 ** 15:
        raise Unfit(said('太大了，整数部分最多15位'))
    if not isinstance(raw, str):
        return raw
    text = unicodedata.normalize('NFKC', raw).strip().replace('−', '-')
    if field.suffix:
        text = text.removesuffix(unicodedata.normalize('NFKC', field.suffix)).strip()
    if _GROUPED.fullmatch(text):
        text = text.replace(',', '')
    if not _NUMBER.fullmatch(text):
        raise Unfit(said('要填数字，您填的是{given}', given=short(raw)))
    number = float(text) if '.' in text else int(text)
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _tick(raw: Any) -> bool:
    if raw is None or isinstance(raw, bool):
        return bool(raw)
    text = as_text(raw).strip().lower()
    if text not in _TRUE | _FALSE | {''}:
        raise Unfit(said('只能勾选或不勾选，您填的是{given}', given=short(raw)))
    return text in _TRUE


def _chosen(raw: Any, options: Sequence[Option]) -> Any:
    text = as_text(raw).strip()
    for option in options:
        if option.text == text:
            return option.value
    raise Unfit(said('要从列出的选项里选，您填的是{given}', given=short(raw)))


def _many(field: Field, raw: Any, options: Sequence[Option]) -> Any:
    if isinstance(raw, str):
        raw = [raw] if any(option.text == raw for option in options) else raw.split(',')
    if raw is not None and not isinstance(raw, (list, tuple)):
        raise Unfit(said('要填一列选项'))
    values: list[Any] = []
    for one in raw or ():
        if isinstance(one, (list, tuple, dict)):
            raise Unfit(said('要填一列选项'))
        if not blank(one) and (value := _chosen(one, options)) not in values:
            values.append(value)
    return ','.join(map(as_text, values)) if field.joined else values


def _day(text: str, offset: str) -> str:
    found = _DAY.fullmatch(text.replace(' ', ''))
    try:
        day = date(*map(int, found.groups())) if found else None
    except ValueError:
        day = None
    if day is None or day.year not in clock.YEARS:
        raise Unfit(said('要写成年月日，例如2020-09-30，您填的是{given}', given=short(text)))
    return day.isoformat()


def _hour(text: str, offset: str) -> str:
    try:
        return time.fromisoformat(f'0{text}' if re.match(r'\d:', text) else text).strftime('%H:%M')
    except ValueError:
        raise Unfit(said('要写成时和分，例如09:30，您填的是{given}', given=short(text))) from None


def _moment(text: str, offset: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
        if len(text) < 16 or moment.year not in clock.YEARS:
            raise ValueError(text)
    except ValueError:
        raise Unfit(said('要写日期和时间，例如2020-09-30 09:30，您填的是{given}', given=short(text))) from None
    return moment.isoformat() if moment.tzinfo else f'{moment.isoformat()}{offset}'


_MOMENTS: dict[str, Callable[[str, str], str]] = {'date': _day, 'time': _hour, 'datetime': _moment}


def redisplay(field: Field, value: Any) -> str:
    """An answer, typed or as it was posted, as the text that stands in its control again."""
    text = as_text(value)
    if field.kind in MOMENT and text:
        cut = {'date': 10, 'time': 5, 'datetime': 16}[field.kind]
        # What could not be read stands again as it was written.
        return text[:cut].replace(' ', 'T') if re.match(r'\d{4}-\d\d-\d\d|\d\d:\d\d', text) else text
    return text
