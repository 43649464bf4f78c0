"""The columns of the 台账: which there are, which of them an address asks for, and what stands in each for a matter.

The page, the print and the export draw the same ones: `asked(request.args)`, then `column.text(matter, words, hands)`.
"""
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from werkzeug.datastructures import MultiDict

from engine.ledger import Matter
from webapp import say
from webapp.fact import Words


@dataclass(frozen=True)
class Column:
    """One column. `fact` is the ledger's name of what stands in it; '' when it is worked out. `usual`: shown when
    nothing is asked. `open`: for the operator, too, who reads no business. `drawn`: the page draws it in a way of its own."""

    name: str
    label: Any
    fact: str = ''
    usual: bool = False
    open: bool = False
    sort: str = ''
    drawn: bool = False
    number: bool = False

    def value(self, matter: Matter) -> Any:
        """What the ledger holds: a date, a number, a code; None for a column that is worked out."""
        return getattr(matter, self.fact) if self.fact else None

    def text(self, matter: Matter, words: Words, hands: Sequence[str] = ()) -> str:
        """What stands in the column, in words; '' for nothing. `hands`: who has the matter, as `ledger.holders`."""
        if self.name in _WORKED_OUT:
            return _WORKED_OUT[self.name](matter, words, hands)
        value = self.value(matter)
        if value is None or value == '' or value is False:
            return ''
        return f'{value:g}' if self.number and not isinstance(value, bool) else words.value(self.fact, value)


def _holder(_matter: Matter, words: Words, hands: Sequence[str]) -> str:
    return words.names.post(','.join(hands)) or ''


def _days(matter: Matter, _words: Words, _hands: Sequence[str]) -> str:
    if matter.closed_at:
        ended = matter.result in ('rejected', 'withdrawn')
        return _('逾期办结') if matter.late else _('已结束') if ended else _('按期办结')
    if not matter.due_at:
        return ''
    left = say.left(matter.due_at)
    return _('超%(n)s', n=-left.days) if left.days < 0 else _('剩%(n)s', n=left.days) if left.days else left.text


def _due(matter: Matter, words: Words, _hands: Sequence[str]) -> str:
    if matter.due_at:
        return words.value('due_at', matter.due_at)
    return _('长期') if matter.long_term else ''


def _lamp(matter: Matter, words: Words, _hands: Sequence[str]) -> str:
    return _('草稿') if matter.status == 'draft' else words.value('lamp', matter.lamp)


_WORKED_OUT = {'holder': _holder, 'days': _days, 'due': _due, 'lamp': _lamp,
               'level': lambda matter, _words, _hands: matter.level_label if matter.level else ''}
COLUMNS = (
    Column('lamp', later('亮灯'), 'lamp', usual=True, open=True, drawn=True),
    Column('code', later('编号'), 'code', usual=True, open=True, sort='code', drawn=True),
    Column('title', later('事项'), 'title', usual=True, open=True, drawn=True),
    Column('source', later('任务来源'), 'source'),
    Column('basis', later('依据'), 'basis'),
    Column('requirement', later('目标要求'), 'requirement'),
    Column('evidence', later('办结标准'), 'evidence'),
    Column('kind', later('类别'), 'matter_class'),
    Column('key', later('重点'), 'key_matter'),
    Column('leader', later('交办领导'), 'leader_post'),
    Column('unit', later('牵头单位'), 'lead_unit', usual=True, open=True, sort='unit', drawn=True),
    Column('co_units', later('协办单位'), 'co_units'),
    Column('supervisor', later('督办单位'), 'supervisor_unit'),
    Column('stage', later('阶段'), 'stage', usual=True, open=True, sort='stage', drawn=True),
    Column('holder', later('在谁手里'), usual=True, open=True, drawn=True),
    Column('registered', later('立项'), 'registered_at'),
    Column('issued', later('交办'), 'issued_at'),
    Column('signed', later('签收'), 'signed_at'),
    Column('original', later('最初时限'), 'original_due_at'),
    Column('due', later('办结时限'), 'due_at', usual=True, open=True, sort='due', drawn=True),
    Column('days', later('工作日'), usual=True, open=True, drawn=True),
    Column('cycle', later('报告周期'), 'own_cycle'),
    Column('progress', later('完成比例'), 'progress_percent'),
    Column('missed', later('阶段进度没有达到'), 'milestone_missed'),
    Column('extensions', later('延期次数'), 'extension_count', number=True),
    Column('level', later('级别'), 'level', usual=True, open=True, sort='level', drawn=True),
    Column('requested', later('申请办结'), 'closing_requested_at'),
    Column('closed', later('办结'), 'closed_at'),
    Column('result', later('结果'), 'result'),
    Column('grade', later('评价等级'), 'grade'),
    Column('late', later('逾期办结'), 'late'),
    Column('late_reports', later('迟报次数'), 'late_reports', number=True),
    Column('points', later('累计扣分'), 'points', number=True),
)
USUAL = tuple(column.name for column in COLUMNS if column.usual)


def asked(args: MultiDict[str, str]) -> tuple[str, ...]:
    """The names of the columns that an address asks for by `col`, in the order of the list; () for the usual ones. The
    title is always among them."""
    wanted = {*args.getlist('col'), 'title'}
    found = tuple(column.name for column in COLUMNS if column.name in wanted)
    return () if found in (USUAL, ('title',)) else found


def shown(names: Sequence[str], content: bool = True) -> list[Column]:
    """The columns of these names, () for the usual ones; without `content` only those that tell no business."""
    return [column for column in COLUMNS if column.name in (names or USUAL) and (content or column.open)]
