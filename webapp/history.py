"""轨迹: who did what and when, on which version of which diagram; and whether nothing was altered since."""
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson
from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user
from sqlalchemy import ColumnElement, func, select
from werkzeug.wrappers import Response as AnyResponse

from engine import history, seal
from engine.db import writing
from engine.deployment import Deployment
from engine.errors import Refused
from engine.history import Event, Kind
from engine.ledger import Matter
from webapp import auth, definition, diagram, ledger, pager, trail
from webapp.db import db
from webapp.diagram import Picture
from webapp.fact import Words

bp = Blueprint('history', __name__)

GROUPS = {
    'work': (later('办理与审批'), (Kind.TASK_COMPLETED, Kind.TASK_OPENED, Kind.TASK_REDIRECTED, Kind.TASK_CANCELLED,
                              Kind.INSTANCE_STARTED, Kind.INSTANCE_COMPLETED, Kind.INSTANCE_CANCELLED,
                              Kind.MILESTONE_REACHED, Kind.MILESTONE_REOPENED, Kind.MATTER_WITHDRAWN)),
    'assign': (later('认领、转办、加签、退回'), (
        Kind.TASK_CLAIMED, Kind.TASK_RELEASED, Kind.TASK_TRANSFERRED, Kind.TASK_DELEGATED, Kind.TASK_HANDED_BACK,
        Kind.TASK_SUBMITTED, Kind.TASK_RETURNED, Kind.TASK_RECALLED, Kind.OPINION_ASKED, Kind.OPINION_GIVEN,
        Kind.OPINION_REMOVED)),
    'hand': (later('干预与迁移'), (Kind.MATTER_MIGRATED, Kind.MATTER_RESTORED, Kind.MATTER_CANCELLED,
                                Kind.MATTER_HANDED_OVER, Kind.MATTER_SUSPENDED, Kind.MATTER_RESUMED, Kind.NODE_MOVED, Kind.TASK_MOVED, Kind.VARIABLE_CHANGED)),
    'time': (later('时限与亮灯'), (Kind.LAMP_CHANGED, Kind.TIMER_ARMED, Kind.TIMER_MOVED, Kind.TIMER_FIRED,
                              Kind.TIMER_DISARMED, Kind.REMINDER_SENT)),
    'notice': (later('文书与扣分'), (Kind.NOTICE_DRAFTED, Kind.NOTICE_ISSUED, Kind.NOTICE_DECLINED,
                                Kind.NOTICE_WITHDRAWN, Kind.DOCUMENT_ISSUED, Kind.POINTS_RECORDED)),
    'fact': (later('台账与决策表'), (Kind.FACT_CHANGED, Kind.DECISION_MADE, Kind.ACTION_DONE)),
    'flow': (later('流程流转'), (Kind.NODE_ENTERED, Kind.NODE_PASSED, Kind.NODE_CANCELLED, Kind.MESSAGE_SENT,
                             Kind.MESSAGE_CAUGHT, Kind.MESSAGE_UNHEARD)),
    'beside': (later('抄送、催办、沟通、附件'), (Kind.COPY_SENT, Kind.COPY_READ, Kind.TASK_URGED, Kind.COMMENT_WRITTEN,
                                       Kind.COMMENT_WITHDRAWN, Kind.FILE_ATTACHED, Kind.FILE_WITHDRAWN)),
    'fault': (later('故障'), (Kind.INCIDENT_OPENED, Kind.INCIDENT_RESOLVED)),
    'seen': (later('查看与导出'), (Kind.PAGE_VIEWED, Kind.LEDGER_EXPORTED, Kind.DOSSIER_EXPORTED, Kind.EXPORT_CANCELLED)),
}
TENANT_GROUPS = {
    'session': (later('登录'), (Kind.SESSION_OPENED, Kind.SESSION_REFUSED, Kind.SESSION_CLOSED)),
    'rule': (later('流程、参数与日历'), (Kind.DEPLOYMENT_MADE, Kind.PARAMETER_CHANGED, Kind.CALENDAR_CHANGED)),
    'hand': (later('干预与迁移'), (Kind.MIGRATION_STARTED, Kind.MIGRATION_UNDONE, Kind.PROCESS_SUSPENDED,
                                Kind.PROCESS_RESUMED)),
    'draft': (later('画稿'), (Kind.DRAFT_BEGUN, Kind.DRAFT_SHARED, Kind.DRAFT_WITHHELD, Kind.DRAFT_DISCARDED,
                            Kind.DRAFT_RESTORED)),
    'breakdown': (later('批量立项'), (Kind.BREAKDOWN_REGISTERED, Kind.BREAKDOWN_CANCELLED, Kind.BREAKDOWN_EXPORTED)),
    'backtest': (later('回放'), (Kind.BACKTEST_STARTED, Kind.BACKTEST_CANCELLED, Kind.BACKTEST_EXPORTED)),
    'release': (later('提请与共享'), (Kind.RELEASE_PROPOSED, Kind.RELEASE_APPROVED, Kind.RELEASE_RETURNED,
                                  Kind.RELEASE_WITHDRAWN, Kind.RELEASE_RENEWED, Kind.RELEASE_HELD,
                                  Kind.SHARED_PUBLISHED, Kind.FOLLOWING_BEGUN, Kind.FOLLOWING_ENDED)),
    'clock': (later('时钟与账号'), (Kind.CLOCK_MOVED, Kind.ACCOUNT_ADDED, Kind.ACCOUNT_CLOSED, Kind.ACCOUNT_OPENED,
                                  Kind.ACCOUNT_UNLOCKED, Kind.PASSWORD_CHANGED, Kind.PASSWORD_RESET, Kind.TOKEN_MADE,
                                  Kind.TOKEN_REVOKED)),
    'directory': (later('机构与代办'), (Kind.TENANT_ADDED, Kind.UNIT_ADDED, Kind.UNIT_CHANGED, Kind.POST_ADDED,
                                  Kind.ROSTER_IMPORTED, Kind.SUBSTITUTE_SET, Kind.SUBSTITUTE_ENDED)),
    'reach': (later('接收提醒'), (Kind.CONTACT_CHANGED, Kind.OUTBOX_RETRIED, Kind.OUTBOX_DISCARDED, Kind.CHANNEL_TRIED)),
    'seen': (GROUPS['seen'][0], (*GROUPS['seen'][1], Kind.WALL_OPENED)), 'fault': GROUPS['fault']}
TOLD = (Kind.TASK_COMPLETED, Kind.LAMP_CHANGED, Kind.NOTICE_ISSUED, Kind.NOTICE_DRAFTED, Kind.NOTICE_DECLINED,
        Kind.NOTICE_WITHDRAWN, Kind.POINTS_RECORDED, Kind.MATTER_WITHDRAWN, Kind.INSTANCE_CANCELLED,
        Kind.MILESTONE_REACHED, Kind.MILESTONE_REOPENED,
        Kind.INCIDENT_OPENED, Kind.MATTER_MIGRATED, Kind.MATTER_RESTORED, Kind.MATTER_CANCELLED, Kind.MATTER_SUSPENDED,
        Kind.MATTER_RESUMED, Kind.MATTER_HANDED_OVER, Kind.TASK_REDIRECTED, Kind.NODE_MOVED, Kind.VARIABLE_CHANGED)
"""What a reader of the matter's page wants to know first; the rest stands in the trace."""
MOST_AT_ONCE = 20_000                    # events of the common chain that are recomputed whenever it is opened
MOST_VERIFIED = 200_000                  # events that a page recomputes; more are for the command line

_MOST_MARKED = 3                         # instances that one tab names


@bp.get('/trace')
@auth.requires('auditor', 'owner', 'head')
def index() -> str:
    """The government's own chain: sign-ins, versions, parameters, calendar; what was verified last."""
    chain = f'tenant:{current_user.tenant.id}'
    chosen, conditions = _asked(chain, TENANT_GROUPS)
    shown = pager.page_of(_count(conditions))
    found = db.session.scalars(select(Event).where(*conditions).order_by(Event.seq.desc())
                               .limit(shown.size).offset(shown.offset)).all()
    verdict = seal.verify(db.session, chain) if current_user.tenant.head_seq <= MOST_AT_ONCE else None
    return render_template('history/index.html', page=shown, lines=trail.lines(found, definition.words(None)),
                           groups=TENANT_GROUPS, chosen=chosen, last=last_verified(),
                           verdict=verdict, versions=_numbers())


@bp.post('/trace')
@auth.requires('auditor', 'owner', 'head')
def verify() -> AnyResponse:
    """Recompute every chain of the government, and put down what was found."""
    tenant_id = current_user.tenant.id
    number = db.session.scalar(select(func.count()).select_from(Event).where(Event.tenant == tenant_id))
    if number > MOST_VERIFIED:
        raise Refused('一共有{number}条记录，网页上算太慢，请运维员用命令 duban verify 校验。', number=number)
    verdict = seal.verify(db.session, tenant=tenant_id)
    said = f'校验全部轨迹：有改动，{verdict.fault}'
    if verdict.whole:
        said = f'校验全部轨迹：{verdict.chains}条链{verdict.events}条记录都完整'
    with writing(db.engine) as session:
        history.record(session, tenant_id, current_user.actor(), Kind.PAGE_VIEWED, said,
                       {'verified': verdict.whole, 'chains': verdict.chains, 'events': verdict.events})
    return redirect(url_for('history.index'), 303)


@bp.get('/matter/<uuid:matter_id>/trace')
@auth.requires(*auth.READERS)
def show(matter_id: UUID) -> str:
    """Everything about one matter: the way on the diagrams it ran on, every event, and the seal."""
    matter = ledger.found(matter_id)
    if current_user.post == 'auditor' and not request.args:
        _note_viewing(matter)
    bundle = definition.of(matter.deployment_id)
    drawn, words = diagram.pictures(matter, bundle) + diagram.former(matter), definition.words(bundle)
    chosen, conditions = _asked(str(matter_id), GROUPS)
    shown = pager.page_of(_count(conditions))
    found = db.session.scalars(select(Event).where(*conditions).order_by(Event.seq)
                               .limit(shown.size).offset(shown.offset)).all()
    return render_template(
        'history/show.html', matter=matter, verdict=seal.verify(db.session, str(matter_id)),
        pictures=drawn, marks=_marks(drawn, words), picture=_picture_asked(drawn), params=definition.params(bundle), page=shown,
        names=words.names, lines=trail.lines(found, words), groups=GROUPS, chosen=chosen,
        actors=_actors(str(matter_id)), versions=_numbers())


@bp.post('/matter/<uuid:matter_id>/trace')
@auth.requires(*auth.READERS)
def download(matter_id: UUID) -> Response:
    """The whole chain as JSON lines, with every column that its hashes cover; the export is the last."""
    matter = ledger.found(matter_id)
    with writing(db.engine) as session:
        history.record_matter(session, matter_id, current_user.actor(), Kind.LEDGER_EXPORTED, '下载全部记录')
    db.session.rollback()                              # the export must be among what is read next
    found = history.events(db.session, str(matter_id))
    body = b''.join(orjson.dumps(_exported(event)) + b'\n' for event in found)
    answer = Response(body, mimetype='application/x-ndjson')
    answer.headers.set('Content-Disposition', 'attachment', filename=f'{matter.code or matter_id}.jsonl')
    return answer


def last_verified() -> Event | None:
    """When all chains of the government were last recomputed on a page."""
    return db.session.scalar(
        select(Event).where(Event.chain == f'tenant:{current_user.tenant.id}', Event.kind == Kind.PAGE_VIEWED,
                            Event.data.contains('"verified"')).order_by(Event.seq.desc()).limit(1))


def _note_viewing(matter: Matter) -> None:
    """An auditor's look is on the trail, once for as long as nothing else has happened."""
    actor = current_user.actor()
    newest = history.events(db.session, str(matter.id), newest_first=True, limit=1)
    if not newest or (newest[0].kind, newest[0].actor) != (Kind.PAGE_VIEWED, actor.said):
        with writing(db.engine) as session:
            history.record_matter(session, matter.id, actor, Kind.PAGE_VIEWED, '查看并校验轨迹')
        db.session.rollback()                          # read what was just written
        db.session.refresh(matter)


def _asked(chain: str, groups: Mapping[str, tuple]) -> tuple[dict[str, str], list[ColumnElement[bool]]]:
    """What the address asks for among the events of a chain."""
    kind, who = request.args.get('kind', ''), request.args.get('who', '')[:160]
    conditions: list[ColumnElement[bool]] = [Event.chain == chain]
    if kind in groups:
        conditions.append(Event.kind.in_([str(one) for one in groups[kind][1]]))
    if who:
        conditions.append(Event.actor == who)
    return {'kind': kind, 'who': who}, conditions


def _count(conditions: Sequence[ColumnElement[bool]]) -> int:
    return db.session.scalar(select(func.count()).select_from(Event).where(*conditions))


def _actors(chain: str) -> Sequence[str]:
    query = select(Event.actor).where(Event.chain == chain).distinct().order_by(Event.actor)
    return db.session.scalars(query).all()


def _numbers() -> dict[int, int]:
    """Which version each deployment of the government is."""
    rows = select(Deployment.id, Deployment.number).where(Deployment.tenant == current_user.tenant.id)
    return dict(db.session.execute(rows).all())


def _exported(event: Event) -> dict[str, Any]:
    row = {column.name: getattr(event, column.name) for column in Event.__table__.columns}
    return row | {'data': orjson.loads(event.data), 'prev': event.prev.hex(), 'hash': event.hash.hex()}


def _marks(drawn: Sequence[Picture], words: Words) -> list[str]:
    """What each picture's tab says beside its process: nothing where no other bears the name, else the elements or
    keys of its instances, else which of them it is."""
    marks, met = [], Counter()
    names = Counter((one.process.name, one.deployment_id) for one in drawn)
    for one in drawn:
        met[one.process.name] += 1
        own = [words.value(key, value) for each in one.own
               for key, value in (each if isinstance(each, Mapping) else {'': each}).items()]
        alone = names[one.process.name, one.deployment_id] == 1
        marks.append('' if alone else _('、').join(own[:_MOST_MARKED]) or _('第%(n)s个', n=met[one.process.name]))
    return marks


def _picture_asked(drawn: Sequence[Picture]) -> Picture | None:
    """The picture that the address names, else that of the lifecycle, which began first."""
    wanted = request.args.get('picture', '')
    return next((one for one in drawn if one.key == wanted), drawn[0] if drawn else None)
