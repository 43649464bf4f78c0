"""What facts and answers are called, and how their values are said, wherever a page shows one."""
import re
from datetime import date, datetime
from typing import Any, NamedTuple

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user

from engine import directory
from engine.deployment import Bundle
from engine.directory import Names
from engine.form import Field
from engine.form.field import as_text
from engine.ledger import FACTS
from webapp import say
from webapp.db import db

LABELS = {
    'title': later('事项名称'), 'code': later('编号'), 'source': later('任务来源'), 'basis': later('依据'),
    'requirement': later('目标要求'), 'evidence': later('办结标准'), 'matter_class': later('类别'),
    'key_matter': later('重点事项'), 'has_basis': later('依据就是批准件'), 'lead_unit': later('牵头单位'),
    'co_units': later('协办单位'), 'supervisor_unit': later('督办单位'), 'leader_post': later('交办领导'),
    'approver_post': later('立项审批人'), 'received_at': later('收到任务'), 'registered_at': later('登记'),
    'issued_at': later('印发立项通知'), 'signed_at': later('签收'), 'due_at': later('办结时限'),
    'original_due_at': later('最初时限'), 'long_term': later('长期事项'), 'review_at': later('复核日'),
    'own_cycle': later('报告周期'), 'co_due_at': later('协办时限'), 'level': later('督办级别'),
    'level_label': later('督办名称'), 'level_limit_at': later('通知书限期'), 'extension_pending': later('延期在审'),
    'extension_count': later('延期次数'), 'closing_pending': later('办结在审'),
    'closing_requested_at': later('申请办结'), 'closed_at': later('办结'), 'result': later('结果'),
    'grade': later('评价等级'), 'late': later('逾期'), 'late_reports': later('迟报次数'),
    'milestone_missed': later('阶段进度没有达到'), 'progress_percent': later('完成比例'), 'points': later('累计扣分'),
    'honours_lost': later('取消评优资格'), 'assumed': later('资料说明'), 'stage': later('阶段'), 'lamp': later('亮灯'),
    'reported_at': later('报送结果'), 'waived': later('不再等')}
LAMPS = {'green': later('绿灯'), 'yellow': later('黄灯'), 'red': later('红灯'), 'grey': later('灰灯'),
         'blue': later('蓝灯')}
STANDS = {'red': later('超期'), 'yellow': later('临期'), 'green': later('正常'), 'grey': later('审批中')}
"""How a matter in hand stands that has this lamp, the most pressing first."""
RESULTS = {'closed': later('办结'), 'rejected': later('不予立项'), 'withdrawn': later('已撤销')}
_WORDS = {'lamp': LAMPS, 'result': RESULTS}
_UNITS = {'lead_unit', 'co_units', 'supervisor_unit', 'unit', 'to_unit'}
_POSTS = {'leader_post', 'approver_post'}
_DAY = re.compile(r'\d{4}-\d\d-\d\d')
_MOMENT = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:[+-]\d\d:\d\d|Z)')
_HANDED_OVER = re.compile(r'\$\{(\w+)\}')
_OPTIONAL = re.compile('[（(]选填[）)]$')


def names() -> Names:
    """The names of the units and posts of the signed-in person's government."""
    return directory.names(db.session, current_user.tenant.id)


class Words(NamedTuple):
    """The words of one version of the forms in one government."""

    bundle: Bundle | None
    names: Names

    def label(self, key: str, form: str | None = None) -> str:
        """What a fact or an answer is called: our word for it, else the form's own label, else its key."""
        if key in LABELS:
            return str(LABELS[key])
        field = self.field(key, form)
        source = field.label.source if field and field.label else ''
        return key if not source or '${' in source or source.startswith('=') else _OPTIONAL.sub('', source)

    def value(self, key: str, value: Any, form: str | None = None) -> str:
        """A value in words: dates with their weekday, codes by their names, yes and no."""
        if value is None or value == '' or value == []:
            return _('未填')
        chosen = self._chosen(key, value, form)
        if chosen:
            return chosen
        if isinstance(value, bool):
            return _('是') if value else _('否')
        if isinstance(value, list):
            return _('；').join(self.value(key, one, form) for one in value)
        if isinstance(value, dict):
            return _('，').join(f'{self._column(key, name, form)}{_("：")}{self.value(name, one, form)}'
                               for name, one in value.items())
        if key in _WORDS and value in _WORDS[key]:
            return str(_WORDS[key][value])
        if isinstance(value, (date, datetime)):
            return say.stamp(value) if isinstance(value, datetime) else say.row(value)
        return self._text(key, str(value))

    def answer(self, key: str, cell: str) -> str:
        """What a cell of a decision table answers: a fact by its name, else as `value`."""
        return self.label(cell) if cell in FACTS else self.value(key, cell)

    def _column(self, key: str, name: str, form: str | None) -> str:
        """What a column of a list of rows is called."""
        field = self.field(key, form)
        column = next((child for child in field.children if child.key == name), None) if field else None
        return _OPTIONAL.sub('', column.label.source) if column and column.label else self.label(name, form)

    def _chosen(self, key: str, value: Any, form: str | None) -> str:
        """The label of a form's choice."""
        field = None if isinstance(value, (list, dict)) else self.field(key, form) or self._asked_as(key)
        return next((option.label for option in field.written if option.text == as_text(value)), '') if field else ''

    def _asked_as(self, key: str) -> Field | None:
        """The field of a fact that forms ask for under another key, which a step hands over as it is."""
        processes = self.bundle.processes.values() if self.bundle else ()
        elements = (each for one in processes for each in one.elements.values())
        handed = (_HANDED_OVER.fullmatch(each.inputs.get(key, '')) for each in elements)
        return next((field for match in handed if match and (field := self.field(match[1]))), None)

    def _text(self, key: str, text: str) -> str:
        if _MOMENT.fullmatch(text):
            return say.stamp(datetime.fromisoformat(text))
        if _DAY.fullmatch(text):
            return say.row(text)
        if key in _UNITS:
            return self.names.unit(text) or text
        if key in _POSTS and '/' in text or text in self.names.posts:
            return self.names.post(text) or text
        if key == 'progress_percent':
            return f'{text}%'
        return self.names.units.get(text, text)

    def field(self, key: str, form: str | None = None) -> Field | None:
        """The form's field of this key; without a form, the first that offers choices, else any."""
        if self.bundle is None:
            return None
        if form in self.bundle.forms:
            return self.bundle.forms[form].fields.get(key)
        found = [one.fields[key] for one in self.bundle.forms.values() if key in one.fields]
        return next((field for field in found if field.options), found[0] if found else None)
