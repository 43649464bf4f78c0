"""The workbook of a directory: its two sheets, how their columns are called, and the empty one to fill in."""
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from engine import sheet
from engine.errors import Refused, listed
from engine.roster.unit import POSTS
from engine.sheet import Row, Sheet

BOOK = {'单位': {'单位代码': 'code', '单位名称': 'name', '类别': 'kind', '上级单位代码': 'parent', '启用日期': 'valid_from',
               '停用日期': 'valid_to', '接替单位代码': 'successor', '排序': 'position'},
        '岗位账号': {'单位代码': 'unit', '岗位': 'post', '岗位名称': 'name', '办公电话': 'phone', '登录名': 'login'}}
"""The columns of each sheet, and what they are here. A sheet is known by its columns, not by its name."""
_ALSO = {'单位编码': '单位代码', '编码': '单位代码', '代码': '单位代码', '名称': '单位名称', '单位全称': '单位名称', '单位类别': '类别', '单位类型': '类别',
         '类型': '类别', '上级单位': '上级单位代码', '上级单位编码': '上级单位代码', '主管单位': '上级单位代码', '生效日期': '启用日期', '成立日期': '启用日期',
         '失效日期': '停用日期', '撤销日期': '停用日期', '接替单位': '接替单位代码', '承接单位': '接替单位代码', '序号': '排序', '所属单位': '单位代码',
         '单位': '单位代码', '职务': '岗位', '电话': '办公电话', '联系电话': '办公电话', '账号': '登录名', '用户名': '登录名'}
"""Other words over the same columns."""
_NEEDED = {'单位': ('单位名称', '类别'), '岗位账号': ('单位代码', '岗位')}
_DAY = re.compile(r'(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?:[ T]0?0:00(?::00)?)?|(\d{4})(\d\d)(\d\d)')
_NONE = re.compile('[-－—–/／]*|无')          # what people put where there is nothing
_BESIDE = re.compile(r'\s|[*＊:：]|[（(][^（）()]*[）)]')     # 单位代码*, 停用日期（没有就空着）
_EXAMPLES = {'单位': [('fgw', '省发展改革委', '部门', '', '2018-11-01', '', '', 10),
                     ('fgw_xm', '省发展改革委项目处', '处室', 'fgw', '', '', '', 11)],
             '岗位账号': [('fgw', 'liaison', '联络员', '0851-1234567', 'gz-fgw-liaison'), ('fgw', 'chief', '单位负责人', '', '')]}


class Cells(NamedTuple):
    """One row as it was read: its sheet's kind, its number, its values by field."""

    kind: str
    number: int
    values: Mapping[str, Any]
    hidden: bool = False


def template() -> bytes:
    """The workbook to fill in: headings, two rows of examples, and how each column is filled in."""
    code = '小写字母开头，字母、数字、下划线；已经有的代码就是修改那个单位；空着就照单位名称和上级单位找，找不到的给一个新代码'
    told = [('列', '怎么填'), ('单位代码', code), ('类别', '政府、办公厅、部门、地方、处室……'),
            ('上级单位代码', '代码，或者单位名称'), ('启用日期、停用日期', '2020-09-30；没有就空着'), ('接替单位代码', '撤并以后由谁接着办；写了就要写停用日期'),
            ('岗位', '、'.join(f'{code}（{name}）' for code, name in POSTS.items())),
            ('登录名', '不建账号就空着；一次性密码在结果文件里，第一次登录要换成自己的')]
    sheets = [Sheet(name, _rows([tuple(columns), *_EXAMPLES[name]])) for name, columns in BOOK.items()]
    return sheet.write([*sheets, Sheet('说明', _rows(told))])


def _rows(rows: Sequence[tuple]) -> list[Row]:
    return [Row(number, tuple(cells)) for number, cells in enumerate(rows, 1)]


def read(sheets: Sequence[Sheet]) -> list[Cells]:
    """Every row under a heading that is known.

    :raises Refused: no sheet has the columns.
    """
    found = [cells for one in sheets for cells in _read(one)]
    if not found:
        raise Refused('没有找到要导入的表：要有“{units}”，或者“{seats}”这几列。可以先下载模板照着填。',
                      units=listed(_NEEDED['单位']), seats=listed(_NEEDED['岗位账号']))
    return found


def _read(one: Sheet) -> Iterator[Cells]:
    kind, columns = None, {}
    for row in one.rows:
        written = {_BESIDE.sub('', str(cell)): place for place, cell in enumerate(row.cells) if cell is not None}
        heads = {_ALSO.get(head, head): place for head, place in written.items()} | written
        if '岗位' in heads and '单位代码' not in heads and '单位名称' in heads:
            heads['单位代码'] = heads['单位名称']        # a list of telephone numbers names the unit
        known = next((name for name, needed in _NEEDED.items() if set(needed) <= heads.keys()), None)
        if known:
            kind, columns = known, {BOOK[known][head]: place for head, place in heads.items() if head in BOOK[known]}
        elif kind:
            yield Cells(kind, row.number, {field: row.cells[place] if place < len(row.cells) else None
                                           for field, place in columns.items()}, row.number in one.hidden)


def text(value: Any) -> str:
    """A cell as a text; '' where a dash says that there is none."""
    said = '' if value is None else str(value).strip()
    return '' if _NONE.fullmatch(said) else said


def day(value: Any) -> date | None:
    """A cell as a day; None for an empty one. :raises ValueError: it is none."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if not (said := text(value)):
        return None
    written = _DAY.fullmatch(unicodedata.normalize('NFKC', said))
    if written is None:
        raise ValueError(value)
    return date(*map(int, filter(None, written.groups())))
