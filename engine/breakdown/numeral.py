"""Numbers as Chinese documents write them, as digits where they count time or stand before a clause."""
import re
import unicodedata

_DIGITS = {'〇': 0, '零': 0, '○': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
_LETTERS = ''.join(_DIGITS) + '十百'
_BEFORE = re.compile(rf'(?<![第每一-鿿])([{_LETTERS}]+)(?=个?(?:工作日|自然日|月|日|号|天|周|星期|年))'
                     rf'|(?<=[年月第底前后于在])([{_LETTERS}]+)(?=个?(?:工作日|自然日|月|日|号|天|周|星期))')


def counted(text: str) -> str:
    """A text with half-width signs, without blanks, and with digits where a number counts days, months or years."""
    plain = re.sub(r'\s+', '', unicodedata.normalize('NFKC', text))
    return _BEFORE.sub(lambda match: _digits(match[0]), plain)


def _digits(said: str) -> str:
    found = number(said)
    return said if found is None else str(found)


def number(said: str) -> int | None:
    """12 of 十二, 2020 of 二〇二〇, 31 of 三十一; None where it is none."""
    if not said or any(letter not in _LETTERS for letter in said):
        return None
    if '十' not in said and '百' not in said:
        return int(''.join(str(_DIGITS[letter]) for letter in said))
    hundreds, _, rest = said.rpartition('百')
    tens, ten, ones = rest.rpartition('十')
    parts = (_DIGITS.get(hundreds, 0) * 100, (_DIGITS.get(tens, 1) * 10) if ten else 0, _DIGITS.get(ones[-1:], 0))
    return sum(parts) if len(hundreds) < 2 and len(tens) < 2 and len(ones.lstrip('零〇')) < 2 else None
