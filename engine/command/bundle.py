"""Diagrams, tables and forms: look at them, make them the version that new matters run on."""
import argparse
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import actions, clock, deployment, gate, history
from engine.command import where
from engine.command.answer import DONE, REFUSED, Answer
from engine.db import writing
from engine.directory import Tenant
from engine.history import Actor, Kind
from engine.ledger import FACTS


def check(engine: Engine, args: argparse.Namespace) -> Answer:
    """Look at diagrams, tables and forms as deploying would; print every finding."""
    findings = gate.check(where.files(args.paths), _topics(), FACTS)
    refused = [finding for finding in findings if finding.severity == 'refuse']
    summary = (f'有{len(refused)}处必须修改' if refused else '可以发布') + f'，共{len(findings)}条'
    return Answer([as_data(finding) for finding in findings], [*said(findings), summary],
                  REFUSED if refused else DONE)


def _topics() -> dict[str, Mapping]:
    """The actions that a diagram may call, with their inputs, as the gate wants them."""
    return {topic: action.parameters() for topic, action in actions.known().items()}


def said(findings: Iterable[Any]) -> list[str]:
    """Findings as lines, the gravest word first."""
    word = {'refuse': '■ 必须修改', 'warn': '▲ 提醒', 'repair': '● 已修好'}
    return [f'{word[finding.severity]} {finding.file}{f" 第{finding.line}行" if finding.line else ""} '
            f'{finding.element or ""} {finding.zh}（{finding.code}）' for finding in findings]


def as_data(finding: Any) -> dict[str, Any]:
    """A finding for --json."""
    return {name: getattr(finding, name)
            for name in ('code', 'severity', 'file', 'element', 'name', 'line', 'zh', 'en')}


def deploy(engine: Engine, args: argparse.Namespace) -> Answer:
    """Make diagrams, tables and forms the version that new matters run on."""
    files = where.files(args.paths)
    with writing(engine) as session:
        tenant = where.tenant(session, args.tenant)
        made = publish(session, tenant, files, where.hand(session, tenant, args), args.note)
        return Answer({'deployment': made.id, 'version': made.number, 'files': sorted(files)},
                      f'在用的是第{made.number}版，新事项照它走；已经在办的事项仍按原来的版本走到底。')


def publish(session: Session, tenant: Tenant, files: Mapping[str, bytes], actor: Actor,
            note: str) -> deployment.Deployment:
    """A new version and its event; nothing where nothing changed."""
    before = deployment.current(session, tenant.id)
    made = deployment.deploy(session, tenant.id, files, actor.said, note, clock.now(tenant), _topics(), FACTS)
    if before is None or made.id != before.id:
        history.record(session, tenant.id, actor, Kind.DEPLOYMENT_MADE, f'发布第{made.number}版：{note or "没有写说明"}',
                       {'deployment': made.id, 'number': made.number, 'hash': made.hash, 'files': sorted(files)})
    return made
