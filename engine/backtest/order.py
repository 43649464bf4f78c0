"""What a person does with a backtest: begins one, replays more, stops it, takes it along; each is on the trail."""
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from engine import clock, deployment, directory, history, publication
from engine.backtest import sample
from engine.backtest.table import CANCELLED, FAILED, UNFINISHED, WAITING, Backtest, find, pack_files
from engine.errors import Conflict, Refused, Undeployable
from engine.finding import REFUSE
from engine.history import Actor, Kind

SAMPLE = 50
"""How many matters are replayed first where nobody says."""


def begin(session: Session, tenant_id: str, files: Mapping[str, bytes], name: str, actor: Actor, *,
          since: date | None = None, until: date | None = None, size: int = SAMPLE, seed: int = 1,
          renamed: Mapping[str, str] | None = None) -> Backtest:
    """Put a backtest of these files down to be carried out, in the caller's writing session.

    `since` and `until` are the days on which its matters were received; `renamed` says the new id of a task by its old.

    :raises Undeployable: the gate refuses the files. :raises Refused: there is nothing to replay, or `size` or a day is
        none.
    """
    if size < 1:
        raise Refused('至少要回放1件事项。')
    _period(since, until)
    refused = [finding for finding in publication.judge(files) if finding.severity == REFUSE]
    if refused:
        raise Undeployable(refused)
    tenant = directory.tenant(session, tenant_id)
    found = sample.candidates(session, tenant, since, until)
    if not found:
        raise Refused('这段时间里没有交办过的事项，没有可以回放的历史。')
    chosen = sample.drawn(found, size, seed)
    made = Backtest(
        tenant=tenant_id, name=name[:200], hash=deployment.digest(files), files=pack_files(files),
        renamed={new: old for old, new in (renamed or {}).items()}, found=[[str(key), unit] for key, unit in found],
        chosen=[str(key) for key in chosen], seed=seed, until=clock.now(tenant), state=WAITING,
        made_at=clock.now(tenant), made_by=actor.said)
    session.add(made)
    session.flush()
    _tell(session, made, actor, Kind.BACKTEST_STARTED, f'开始回放：{made.name}，{len(chosen)}件', {'chosen': len(chosen)})
    return made


def _period(since: date | None, until: date | None) -> None:
    if any(day.year not in clock.YEARS for day in (since, until) if day):
        raise Refused('日期要在{first}年到{last}年之间。', first=clock.YEARS[0], last=clock.YEARS[-1])
    if since and until and until < since:
        raise Refused('结束的日期要在开始的日期以后。')


def extend(session: Session, tenant_id: str, backtest_id: int, actor: Actor) -> Backtest:
    """Replay all the other matters of the period, too.

    :raises Conflict: it is under way. :raises Refused: all have been replayed.
    """
    backtest = _locked(session, tenant_id, backtest_id)
    if backtest.state in UNFINISHED:
        raise Conflict('这次回放还在算，算完再加。')
    if len(backtest.chosen) == len(backtest.found) and backtest.state not in (CANCELLED, FAILED):
        raise Refused('这段时间的事项都回放过了。')
    backtest.chosen, backtest.state = [key for key, _ in backtest.found], WAITING
    backtest.beat_at, backtest.fault = None, ''
    _tell(session, backtest, actor, Kind.BACKTEST_STARTED, f'接着回放其余的：{backtest.name}，共{len(backtest.chosen)}件',
          {'chosen': len(backtest.chosen)})
    return backtest


def cancel(session: Session, tenant_id: str, backtest_id: int, actor: Actor) -> Backtest:
    """Stop it; what has been replayed is kept. :raises Conflict: it has ended already."""
    backtest = _locked(session, tenant_id, backtest_id)
    if backtest.state not in UNFINISHED:
        raise Conflict('这次回放已经结束了。')
    backtest.state = CANCELLED
    _tell(session, backtest, actor, Kind.BACKTEST_CANCELLED, f'停止回放：{backtest.name}', {})
    return backtest


def exported(session: Session, tenant_id: str, backtest_id: int, actor: Actor, kind: str) -> None:
    """Put on the trail that its result was taken out of the house."""
    backtest = find(session, tenant_id, backtest_id)
    _tell(session, backtest, actor, Kind.BACKTEST_EXPORTED, f'导出回放结果：{backtest.name}（{kind}）', {'format': kind})


def _locked(session: Session, tenant_id: str, backtest_id: int) -> Backtest:
    find(session, tenant_id, backtest_id)
    return session.get(Backtest, backtest_id, with_for_update=True, populate_existing=True)


def _tell(session: Session, backtest: Backtest, actor: Actor, kind: Kind, summary: str,
          data: Mapping[str, Any]) -> None:
    history.record(session, backtest.tenant, actor, kind, summary,
                   {'backtest': backtest.id, 'hash': backtest.hash, **data})
