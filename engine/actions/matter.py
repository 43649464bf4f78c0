"""事项: issue it, let the lead go on without late co-units, close it, archive it."""
from datetime import date
from typing import Any

from marshmallow import fields

from engine.actions import Act, action
from engine.actions.document import TEMPLATE, addressed, numbered, put_on_paper
from engine.actions.notice import Notice, said
from engine.actions.reminder import TELL, send
from engine.document import short
from engine.history import Kind
from engine.identifier import uuid7


@action('matter.issue', '印发立项通知', '给立项通知编号，登记台账，建立协办单位分账，告知写明的岗位；{number}处填文号。',
        label=fields.String(required=True, metadata={'label': '文种'}),
        title=fields.String(required=True, metadata={'label': '标题'}),
        unit=fields.String(required=True, metadata={'label': '发给单位'}),
        body=fields.String(load_default='', metadata={'label': '正文'}),
        approver=fields.String(load_default='', metadata={'label': '批准人（单位/岗位）'}),
        to=fields.String(required=True, metadata={'label': '发给（单位/岗位，逗号隔开）'}),
        text=fields.String(required=True, metadata={'label': '内容'}),
        due=fields.Date(load_default=None, allow_none=True, metadata={'label': '办结时限'}), **TEMPLATE)
def issue(act: Act, label: str, title: str, unit: str, body: str, approver: str, to: str, text: str,
          due: date | None, document: str) -> dict:
    """Work, responsibility and tracking begin together (P01-03, P01-13, P01-32). After 改派 it gets a new number."""
    number, key = numbered(act, label), uuid7()
    row = {'number': number, 'kind': label, 'level': 0, 'to_unit': unit, 'limit_at': due, 'points': 0.0,
           'honours': False, 'approver': approver}
    act.insert(Notice.__table__, {
        'id': key, 'tenant': act.tenant, 'matter_id': act.matter_id, 'instance_id': act.instance_id, 'title': short(title),
        'body': body, 'state': 'issued', 'reason': '', 'drafted_at': act.now, 'issued_at': act.now, **row})
    act.record(Kind.NOTICE_ISSUED, f'印发{label}通知{number}', row)
    _share(act)
    put_on_paper(act, document, label, number, title, {
        '主送': addressed(act, unit), '抄送': addressed(act, act.fact('co_units') or ''), '正文': body, '限期': due,
        '签发人': act.functions['post_name'](approver) or '', '交办日期': act.today}, key)
    send(act, to, said(text, number))
    day = due.isoformat() if due else None
    return {'issued_at': act.functions['now'](), 'due_at': day, 'signed_at': None,
            'original_due_at': act.fact('original_due_at') or day}


def _share(act: Act) -> None:
    """One row per co-unit with its own date and duty (A20); units that are no longer named keep a row that is waived."""
    named, kept = act.functions['split'](act.fact('co_units')) or [], act.co_units()
    for unit in named:
        own = kept.get(unit, {})
        act.write_co_unit(unit, {'waived': False, 'co_due_at': own.get('co_due_at') or act.fact('co_due_at'),
                                 'duty': own.get('duty') or act.variable('co_duty')})
    for unit in kept.keys() - set(named):
        act.write_co_unit(unit, {'waived': True})


@action('co.waive', '不等协办', '没有报结果的协办单位不再等，并告知这些单位的一个岗位。',
        post=fields.String(required=True, metadata={'label': '告知这些单位的哪个岗位'}),
        text=fields.String(required=True, metadata={'label': '告知内容'}))
def waive(act: Act, post: str, text: str) -> None:
    """The lead goes on without a late co-unit (modelling, question 4)."""
    late = [unit for unit, row in act.co_units().items() if not row['reported_at'] and not row['waived']]
    for unit in late:
        act.write_co_unit(unit, {'waived': True})
    send(act, act.functions['posts'](late, post), text)


@action('matter.close', '办结', '事项办结或者不予立项：写结果，停掉写明的流程。',
        result=fields.String(required=True, metadata={'label': '结果 closed / rejected'}),
        grade=fields.String(load_default='', metadata={'label': '评价等级'}),
        late=fields.Boolean(load_default=False, metadata={'label': '是否逾期'}),
        reason=fields.String(required=True, metadata={'label': '理由'}),
        stop=fields.String(load_default='', metadata={'label': '停掉的流程（编号，逗号隔开）', 'names': 'process'}), **TELL)
def close(act: Act, result: str, grade: str, late: bool, reason: str, stop: str, to: str, text: str) -> dict[str, Any]:
    """Every matter ends in a recorded result (P01-23); what still runs beside it ends with it, as drawn."""
    for process in act.functions['split'](stop):
        act.stop(process, reason)
    send(act, to, text)
    facts = {'result': result, 'closed_at': act.functions['now'](), 'late': late}
    return {**facts, 'grade': grade} if grade else facts


@action('matter.archive', '销号归档', '给归档号，告知写明的岗位事项已销号；{number}处填归档号。',
        label=fields.String(required=True, metadata={'label': '文种'}), **TELL)
def archive(act: Act, label: str, to: str, text: str) -> None:
    """The end: written off, and whoever assigned it hears of it (P01-23)."""
    send(act, to, said(text, numbered(act, label)))
