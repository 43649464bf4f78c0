"""Other ways to write a time, put as engine.breakdown.when reads it: Q3, 6.30, 本月底, 国庆节前, “十四五”期间, 即知即改."""
import re
from collections.abc import Callable
from datetime import date, timedelta

_To = str | Callable[[re.Match, date], str]
_DIGITS = '一二三四五六七八九'
_FESTIVALS = {'元旦': '12月31日', '五一': '4月30日', '劳动节': '4月30日', '七一': '6月30日', '八一': '7月31日', '国庆': '9月30日'}
"""The last day before each that falls on the same day every year."""


def put(text: str, base: date) -> str:
    """A text without blanks, its numbers in digits, with the times in it as they are usually written."""
    for pattern, to in _WAYS:
        text = re.sub(pattern, to if isinstance(to, str) else lambda match, to=to: to(match, base), text)
    return text


def _plan(match: re.Match, base: date) -> str:
    """十三五 ended in 2020, 十四五 in 2025."""
    return f'{1955 + 5 * (10 + _DIGITS.index(match[1]) + 1)}年底'


def _festival(match: re.Match, base: date) -> str:
    return f'{match[1] or ""}{_FESTIVALS[match[2]]}前'


def _month(match: re.Match, base: date) -> str:
    year, month = divmod(base.year * 12 + base.month - 1 + ('下' in match[0]), 12)
    return f'{year}年{month + 1}月' + (match['rest'] or '底')


def _quarter(match: re.Match, base: date) -> str:
    year, quarter = divmod(base.year * 4 + (base.month - 1) // 3 + ('下' in match[0]), 4)
    return f'{year}年{quarter + 1}季度'


def _week(match: re.Match, base: date) -> str:
    """The Friday of the week, where no day is written."""
    written = f'{_DIGITS[:6]}日'.find(match[2] or '五')
    return str(base + timedelta(days=(6 if written < 0 else written) - base.weekday() + 7 * (match[1] == '下')))


_WAYS: tuple[tuple[str, _To], ...] = (
    (r'(?<!\d)(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)', r'\1年\2月\3日'),                   # 20200630
    (r"(?<![\d.])['’‘]?(\d\d)\.(\d{1,2})\.(\d{1,2})(?![\d.])", r'20\1年\2月\3日'),                      # 20.6.30
    (r'(?<![\d./-])(20\d\d)[-/.](\d{1,2})(?![\d./-])', r'\1年\2月'),                                    # 2020.6
    (r'(?<![\d./-])(1[0-2]|0?[1-9])[./](3[01]|[12]\d|0?[1-9])(?=前|之前|以前|$|[，,。；;、])', r'\1月\2日'),  # 6.30前
    (r"(?<![\d])['’‘]?(\d\d)年(?=\d{1,2}月|底|末|[上下]半年|第?[1-4一二三四]季度)", r'20\1年'),               # 21年6月
    (r'(?<![A-Za-z])(?:(\d{4})年?[-第]?)?[Qq]([1-4])(?!\d)', lambda match, _: (
        f'{match[1]}年' if match[1] else '') + f'{match[2]}季度'),
    (rf'[“"]?十([{_DIGITS}])五[”"]?(?:规划)?(?:期间|时期|期内|期末|末|收官之年)', _plan),
    (rf'(\d{{4}}年)?({"|".join(_FESTIVALS)})节?(?:假期)?(?:之前|以前|前)', _festival),
    (r'\d{4}年?[-—–~～至到](\d{4})年(?!\d)', r'\1年底'),                                                 # 2020—2022年
    (r'(\d{4})年度?(?:完成|内完成)?(?=$|[，,。；;（(）)])', r'\1年底'),
    (r'年中(?:之?前|以前)?(?=$|[，,。；;完建])', '6月底'),
    (r'(?:本|当|下个?)月(?P<rest>\d{1,2}[日号]|[上中下]旬)?(?:底|末|内)?|(?<![\d每个])月(?:底|末)', _month),
    (r'(?<![每\d一二三四])(?:本|当|下个?)?季度(?=底|末|内)', _quarter),
    (rf'(本|下)周([{_DIGITS[:6]}日天末])?内?', _week),
    (r'(\d+个工作日)(?!之?内|以内)', r'\1内'),
    (r'^(半年|半个月|[1-9]年|\d{1,3}(?:天|周|个?星期|个月))$', r'\1内'),                                  # 1个月
)
