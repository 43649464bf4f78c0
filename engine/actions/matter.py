"""事项: issue it, let the lead go on without late co-units, close it, archive it."""
from datetime import date
from typing import Any
from uuid import uuid4

from marshmallow import fields

from engine.actions import Act, action
from engine.actions.notice import Notice, numbered
from engine.actions.reminder import TELL, send
from engine.history import Kind


@action('matter.issue', '印发立项通知', '给立项通知编号，登记台账，建立协办单位分账，通知到牵头和协办单位。',
        to=fields.String(required=True, metadata={'label': '发给（单位/岗位，逗号隔开）'}),
        text=fields.String(required=True, metadata={'label': '内容'}),
        due=fields.Date(load_default=None, allow_none=True, metadata={'label': '办结时限'}))
def issue(act: Act, to: str, text: str, due: date | None) -> dict:
    """Work, responsibility and tracking begin together (P01-03, P01-13, P01-32). After 改派 it gets a new number."""
    kind = act.functions['param']('issue_label')
    number = numbered(act, kind)
    act.insert(Notice.__table__, {
        'id': uuid4(), 'tenant': act.tenant, 'matter_id': act.matter_id, 'instance_id': act.instance_id, 'kind': kind,
        'level': 0, 'number': number, 'to_unit': act.fact('lead_unit'), 'title': f'{kind}通知：{act.fact("title")}',
        'body': act.fact('requirement') or '', 'state': 'issued', 'reason': '', 'limit_at': due, 'points': 0.0,
        'honours': False, 'approver': act.fact('approver_post') or '', 'drafted_at': act.now, 'issued_at': act.now})
    act.record(Kind.NOTICE_ISSUED, f'印发{kind}通知{number}', {'number': number})
    _share(act)
    co_units = act.functions['split'](act.fact('co_units'))
    send(act, ','.join([to, *(f'{unit}/liaison' for unit in co_units)]), f'{text}（{number}）')
    day = due.isoformat() if due else None
    return {'issued_at': act.functions['now'](), 'due_at': day, 'signed_at': None,
            'original_due_at': act.fact('original_due_at') or day}


def _share(act: Act) -> None:
    """One row per co-unit with its own date (A20); units that are no longer named keep a row that is waived."""
    named, kept = act.functions['split'](act.fact('co_units')), act.co_units()
    for unit in named:
        own = kept.get(unit, {}).get('co_due_at')
        act.write_co_unit(unit, {'waived': False, 'co_due_at': own or act.fact('co_due_at')})
    for unit in kept.keys() - set(named):
        act.write_co_unit(unit, {'waived': True})


@action('co.waive', '不等协办', '没有报结果的协办单位不再等，记下理由并告诉他们。',
        reason=fields.String(load_default='', metadata={'label': '理由'}))
def waive(act: Act, reason: str) -> None:
    """The lead goes on without a late co-unit (modelling, question 4)."""
    late = [unit for unit, row in act.co_units().items() if not row['reported_at'] and not row['waived']]
    for unit in late:
        act.write_co_unit(unit, {'waived': True})
    if late:
        send(act, ','.join(f'{unit}/liaison' for unit in late), f'牵头单位不再等待协办结果：{reason}')


@action('matter.close', '办结', '事项办结、不予立项或撤销：写结果，停掉还没有批的延期申请。',
        result=fields.String(required=True, metadata={'label': '结果 closed / rejected / withdrawn'}),
        grade=fields.String(load_default='', metadata={'label': '评价等级'}),
        late=fields.Boolean(load_default=False, metadata={'label': '是否逾期'}),
        reason=fields.String(load_default='', metadata={'label': '理由'}), **TELL)
def close(act: Act, result: str, grade: str, late: bool, reason: str, to: str, text: str) -> dict[str, Any]:
    """Every matter ends in a recorded result (P01-23); open extensions end with it."""
    act.stop('extension', reason or '事项已办结')
    send(act, to, text)
    facts = {'result': result, 'closed_at': act.functions['now'](), 'late': late, 'closing_pending': False,
             'extension_pending': False}
    return {**facts, 'grade': grade} if grade else facts


@action('matter.archive', '销号归档', '给归档号，告诉交办领导事项已销号。',
        text=fields.String(required=True, metadata={'label': '告知内容'}))
def archive(act: Act, text: str) -> None:
    """The end: written off, and the assigner hears of it (P01-23)."""
    if act.fact('leader_post'):
        send(act, act.fact('leader_post'), f'{text}（归档号{numbered(act, act.functions["param"]("archive_label"))}）')
