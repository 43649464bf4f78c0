"""通知书: drafted when a level is reached, issued with a number by the approver that the table names (P03-05…P03-12)."""
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import fields
from marshmallow.validate import Length
from sqlalchemy import Boolean, Date, Float, ForeignKey, Index, Integer, String, Text, Uuid, bindparam, select
from sqlalchemy.orm import Mapped, mapped_column

from engine.actions import Act, action
from engine.actions.document import TEMPLATE, addressed, numbered, put_on_paper
from engine.actions.points import LONGEST_REASON, Points
from engine.actions.reminder import KIND, TELL, send
from engine.db import Base, Utc
from engine.document import LONGEST, Known, short
from engine.errors import Broken
from engine.history import Kind
from engine.identifier import uuid7
from engine.number import LONGEST_KIND


class Notice(Base):
    """A notice of one level about one matter. Numbers run per kind and year, without gaps, and are never reused."""

    __tablename__ = 'notice'
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    tenant: Mapped[str] = mapped_column(String(20))
    matter_id: Mapped[UUID] = mapped_column(Uuid, ForeignKey('ledger.id'))
    instance_id: Mapped[UUID] = mapped_column(Uuid)
    kind: Mapped[str] = mapped_column(String(LONGEST_KIND))    # 立项 督办 催办 查办, the tenant's label
    level: Mapped[int] = mapped_column(Integer, default=0)
    number: Mapped[str | None] = mapped_column(String(60))
    to_unit: Mapped[str] = mapped_column(String(40))
    title: Mapped[str] = mapped_column(String(LONGEST))
    body: Mapped[str] = mapped_column(Text, default='')
    state: Mapped[str] = mapped_column(String(10))                     # draft issued declined withdrawn
    reason: Mapped[str] = mapped_column(Text, default='')              # why it was declined or withdrawn
    limit_at: Mapped[date | None] = mapped_column(Date)
    points: Mapped[float] = mapped_column(Float, default=0.0)
    honours: Mapped[bool] = mapped_column(Boolean, default=False)      # honours eligibility is lost for the year
    approver: Mapped[str] = mapped_column(String(160), default='')
    drafted_at: Mapped[datetime] = mapped_column(Utc)
    issued_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index('notice_list', 'tenant', 'state', 'drafted_at'), Index('notice_matter', 'matter_id'),
                      Index('notice_number', 'tenant', 'number', unique=True))


TOLD = ('number', 'kind', 'level', 'to_unit', 'limit_at', 'points', 'honours', 'approver')
"""What the trail tells of a notice that is issued, by the names of its columns; the seal holds the row against it."""

_table = Notice.__table__
_ISSUE = (_table.update().where(_table.c.id == bindparam('b_id'))
          .values(state='issued', issued_at=bindparam('b_at'), body=bindparam('b_body'),
                  **{name: bindparam(f'b_{name}') for name in TOLD}))
_END = (_table.update().where(_table.c.id == bindparam('b_id'))
        .values(state=bindparam('b_state'), reason=bindparam('b_reason')))


def said(text: str, code: str) -> str:
    """The words of a drawing with the number that was just given in the place of ``{number}``."""
    return text.replace('{number}', code)


@action('notice.draft', '拟出通知书草稿', '在通知书清单里放一份草稿，还没有编号；是否下发由审定人决定。', ('notice_id',),
        level=fields.Integer(required=True, metadata={'label': '级别'}),
        label=fields.String(required=True, validate=Length(max=LONGEST_KIND), metadata={'label': '名称'}),
        title=fields.String(required=True, metadata={'label': '标题'}),
        unit=fields.String(required=True, metadata={'label': '发给单位'}),
        approver=fields.String(required=True, metadata={'label': '审定人（单位/岗位）'}),
        days=fields.Integer(required=True, metadata={'label': '限期（工作日）'}),
        points=fields.Float(required=True, metadata={'label': '扣分'}),
        honours=fields.Boolean(required=True, metadata={'label': '取消评优资格'}))
def draft(act: Act, level: int, label: str, title: str, unit: str, approver: str, days: int, points: float,
          honours: bool) -> dict:
    """A draft per level; called again while it is open it keeps the same row (a draft that was sent back)."""
    kept = act.variable('notice_id')
    if kept and act.read(select(_table.c.id).where(_table.c.id == UUID(kept), _table.c.state == 'draft',
                                                   _table.c.level == level)):
        return {}
    key = uuid7()
    act.insert(_table, {
        'id': key, 'tenant': act.tenant, 'matter_id': act.matter_id, 'instance_id': act.instance_id, 'kind': label,
        'level': level, 'number': None, 'to_unit': unit, 'title': short(title), 'body': '', 'state': 'draft', 'reason': '',
        'limit_at': None, 'points': points, 'honours': honours, 'approver': approver, 'drafted_at': act.now,
        'issued_at': None})
    act.record(Kind.NOTICE_DRAFTED, f'拟出{label}通知书草稿', {'level': level, 'days': days, 'points': points})
    return {'notice_id': key.hex}


@action('notice.issue', '编号下发通知书', '给通知书编号、下发、记分、定新限期，并告知写明的岗位；{number}处填文号。',
        level=fields.Integer(required=True, metadata={'label': '级别'}),
        label=fields.String(required=True, metadata={'label': '名称'}),
        unit=fields.String(required=True, metadata={'label': '发给单位，也是扣分的单位'}),
        limit=fields.Date(required=True, metadata={'label': '限期'}),
        points=fields.Float(required=True, metadata={'label': '扣分'}),
        ground=fields.String(required=True, metadata={'label': '扣分事由'}),
        honours=fields.Boolean(required=True, metadata={'label': '取消评优资格'}),
        approver=fields.String(load_default='', metadata={'label': '审定人（单位/岗位，不写就是刚办这一步的岗位）'}),
        body=fields.String(load_default='', metadata={'label': '正文'}),
        copies=fields.String(load_default='', metadata={'label': '抄送（单位，逗号隔开）'}),
        next_label=fields.String(load_default='', metadata={'label': '仍不办的下一级名称'}), **TEMPLATE, **TELL, **KIND)
def issue(act: Act, level: int, label: str, unit: str, limit: date, points: float, ground: str, honours: bool,
          approver: str, body: str, copies: str, next_label: str, document: str, to: str, text: str, kind: str) -> dict:
    """A notice counts once, in the calendar year of its issue; points of several levels add up (A03)."""
    key = act.variable('notice_id')
    if not key:
        raise Broken('没有可以下发的草稿', advice='在下发之前画上“拟出通知书草稿”（notice.draft）')
    code, approver = numbered(act, label), approver or act.decider()
    row = {'number': code, 'kind': label, 'level': level, 'to_unit': unit, 'limit_at': limit, 'points': points,
           'honours': honours, 'approver': approver}
    act.change(_ISSUE, {'b_id': UUID(key), 'b_at': act.now, 'b_body': body} | {f'b_{name}': row[name] for name in row})
    act.record(Kind.NOTICE_ISSUED, f'下发{label}通知书{code}', row)
    if points:
        _deduct(act, UUID(key), unit, points, said(ground, code))
    put_on_paper(act, document, label, code, said(ground, ''),
                 on_paper(act, unit, copies, limit, points, honours, approver, body, next_label), UUID(key))
    send(act, to, said(text, code), kind)
    return {'level': level, 'level_label': label, 'level_limit_at': limit.isoformat(), 'notice_id': None,
            'points': (act.fact('points') or 0) + points, 'honours_lost': bool(act.fact('honours_lost') or honours)}


def _deduct(act: Act, notice_id: UUID, unit: str, points: float, reason: str) -> None:
    told = {'unit': unit, 'points': -points, 'reason': short(reason, LONGEST_REASON)}
    act.insert(Points.__table__, {
        'id': uuid7(), 'tenant': act.tenant, 'year': int(act.today[:4]), 'matter_id': act.matter_id,
        'notice_id': notice_id, 'given_at': act.now, **told})
    act.record(Kind.POINTS_RECORDED, f'{act.unit_name(unit)}扣{points:g}分', told)


def on_paper(known: Known, unit: str, copies: str, limit: date, points: float, honours: bool, approver: str, body: str,
             next_label: str) -> dict[str, Any]:
    """What a notice says besides the facts of its matter, by the names of Word templates."""
    return {'主送': addressed(known, unit), '抄送': addressed(known, copies), '正文': body, '限期': limit,
            '扣分': points or None, '取消评优': honours, '下一级': next_label or '',
            '签发人': known.functions['post_name'](approver or known.decider())}


@action('notice.decline', '不予下发', '这份草稿不下发，写明理由。',
        reason=fields.String(load_default='', metadata={'label': '理由'}))
def decline(act: Act, reason: str) -> dict:
    """The approver's third answer (modelling, question 2)."""
    if act.variable('notice_id'):
        _end(act, UUID(act.variable('notice_id')), 'declined', reason, Kind.NOTICE_DECLINED, '不予下发')
    return {'notice_id': None}


@action('notice.withdraw', '撤回未签发文稿', '这件事还没有签发的通知书草稿全部撤回；已下发的和已扣的分不变。',
        reason=fields.String(load_default='', metadata={'label': '理由'}))
def withdraw(act: Act, reason: str) -> dict:
    """Drafts vanish when the ladder stops or starts anew (A07)."""
    for row in act.read(select(_table.c.id).where(_table.c.matter_id == act.matter_id, _table.c.state == 'draft')):
        _end(act, row.id, 'withdrawn', reason, Kind.NOTICE_WITHDRAWN, '撤回通知书草稿')
    return {'notice_id': None}


def _end(act: Act, key: Any, state: str, reason: str, kind: Kind, said: str) -> None:
    act.change(_END, {'b_id': key, 'b_state': state, 'b_reason': reason})
    act.record(kind, f'{said}：{reason}' if reason else said, {})
