"""版本与提请: every version and what it changed; proposals, from a draft or an old version until they take effect."""
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select
from werkzeug.wrappers import Response as Redirect

from engine import comparison, deployment, draft, following, publication, release
from engine.comparison.overlay import overlay
from engine.db import writing
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.errors import Conflict, Forbidden, NotFound, Refused
from engine.finding import REFUSE, WARN
from engine.ledger import Matter
from engine.release import Proposal
from webapp import auth, errors, pager
from webapp.comparison import View, numbered, picture, view
from webapp.db import db

bp = Blueprint('release', __name__)

Answer = str | Redirect | tuple[str, int]


@dataclass(frozen=True)
class Row:
    """One version in the list: its number of changed files and things against the one before it, and what runs on it."""

    made: Deployment
    files: int
    counts: Mapping[str, int]
    running: int


@dataclass(frozen=True)
class Wanted:
    """What somebody is about to propose: `key` and `value` name it in the address."""

    key: str
    value: int
    name: str
    files: dict[str, bytes]
    collisions: list[str]


@bp.get('/release')
@auth.signed_in
def index() -> str:
    """What is proposed and every version, newest first, each with what it changed and how many matters run on it."""
    tenant = current_user.tenant
    versions = deployment.versions(db.session, tenant.id)
    page = pager.page_of(len(versions))
    shown, running = versions[page.offset:page.offset + page.size + 1], _running()
    before = [*shown[1:], None] if page.number == page.count else shown[1:]
    return render_template('release/index.html', page=page, newest=versions[0] if versions else None,
                           rows=[_row(*pair, running) for pair in zip(shown, before, strict=False)],
                           proposals=release.proposals(db.session, tenant.id), asks=release.asks_approval(db.session, tenant),
                           shared=following.find(db.session, tenant.id), origins=_origins())


def _row(made: Deployment, before: Deployment | None, running: Mapping[int, int]) -> Row:
    found = [] if before is None else comparison.compare(*deployment.differing(db.session, before.id, made.id))
    return Row(made, len(found), comparison.total(found), running.get(made.id, 0))


def _running() -> dict[int, int]:
    """How many matters run on each version."""
    return dict(db.session.execute(select(Matter.deployment_id, func.count()).where(
        Matter.tenant == current_user.tenant.id, Matter.status == 'open').group_by(Matter.deployment_id)).all())


def _origins() -> dict[str, list[str]]:
    """The files of the version in use by whose they are."""
    found: dict[str, list[str]] = {}
    for name, origin in following.origins(db.session, current_user.tenant.id).items():
        found.setdefault(following.WORDS[origin], []).append(name)
    return found


@bp.get('/release/new')
@auth.requires('owner')
def new() -> str:
    """What the draft or old version in the address would change, before it is proposed."""
    return _new(_wanted())


@bp.post('/release/new')
@auth.requires('owner')
def propose() -> Answer:
    """Propose it, with the reason and the day."""
    wanted, note = _wanted(), request.form.get('note', '')
    if request.form.get('seen') != deployment.digest(wanted.files):
        raise Conflict('您看过以后，这一稿又改了，请再看一遍改了什么，再提请。')
    try:
        with writing(db.engine) as session:
            tenant = session.get(Tenant, current_user.tenant.id)
            made = release.propose(session, tenant, wanted.files, current_user.actor(), note, _day())
            number, state = made.number, made.state
    except Conflict:
        raise
    except Refused as refusal:
        return _new(wanted, errors.sentence(refusal)), 422
    return _on(number, state)


@bp.get('/release/new/<process>.xml')
@auth.requires('owner')
def new_picture(process: str) -> Response:
    """A diagram of what is about to be proposed."""
    return picture(_wanted().files, process)


@bp.get('/release/proposal/<int:number>')
@auth.signed_in
def show(number: int) -> str:
    """A proposal: who wants what and why, what it changes, how it stands, and what can be done."""
    return _show(number)


@bp.post('/release/proposal/<int:number>')
@auth.requires('owner')
def decide(number: int) -> Answer:
    """What the pressed button says: approve, return, withdraw, renew."""
    act = ACTS.get(request.form.get('act', ''))
    if act is None:
        abort(400)
    try:
        with writing(db.engine) as session:
            state = act(session, session.get(Tenant, current_user.tenant.id), number, current_user.actor()).state
    except (Conflict, Forbidden, NotFound):
        raise
    except Refused as refusal:
        return _show(number, errors.sentence(refusal)), 422
    return _on(number, state)


@bp.get('/release/proposal/<int:number>/<process>.xml')
@auth.signed_in
def proposed_picture(number: int, process: str) -> Response:
    """A diagram of a proposal."""
    return picture(release.files(db.session, release.find(db.session, current_user.tenant.id, number)), process)


ACTS: dict[str, Callable[..., Proposal]] = {
    'approve': lambda *step: release.approve(*step, request.form.get('opinion', '')),
    'return': lambda *step: release.return_(*step, request.form.get('opinion', '')),
    'withdraw': release.withdraw, 'renew': release.renew}


def _on(number: int, state: str) -> Redirect:
    """To the proposal, with a sentence that says how it stands."""
    flash({release.DONE: _('发布好了，新立的事项从现在起照它走；在办的仍按原来的版本走到底。'),
           release.APPROVED: _('到了生效日，一早自动生效；在那以前还可以撤回。'),
           release.OPEN: _('已提请。由另一个流程管理员批准，批准以前可以撤回。'),
           release.RETURNED: _('已退回，什么都没有改动。'), release.WITHDRAWN: _('已撤回，什么都没有改动。')}[state], 'ok')
    return redirect(url_for('release.show', number=number), 303)


def _wanted() -> Wanted:
    """The files that the address names, with what a draft changed laid over the version in use."""
    if draft_id := _number('draft'):
        held = draft.find(db.session, current_user.tenant.id, current_user.id, draft_id)
        laid = overlay(draft.base_files(db.session, held), draft.files(db.session, held), _in_use())
        return Wanted('draft', draft_id, held.name, laid.files, laid.collisions)
    old = numbered(_number('version'))
    return Wanted('version', old.number, _('恢复成第%(n)s版', n=old.number), deployment.files(db.session, old.id), [])


def _in_use() -> dict[str, bytes]:
    current = deployment.current(db.session, current_user.tenant.id)
    return deployment.files(db.session, current.id) if current else {}


def _number(name: str) -> int:
    text = request.args.get(name, '')
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _day() -> date | None:
    """The day in the form. :raises Refused: it is none."""
    text = request.form.get('on', '').strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused('生效日要写成 2026-03-02；您写的是{text}', text=text[:20]) from None


def _new(wanted: Wanted, refusal: str = '') -> str:
    tenant, current = current_user.tenant, deployment.current(db.session, current_user.tenant.id)
    findings = [one for one in publication.judge(wanted.files) if one.severity in (REFUSE, WARN)]
    return render_template(
        'release/new.html', wanted=wanted, current=current, findings=findings, refusal=refusal,
        stopped=bool(wanted.collisions) or any(one.severity == REFUSE for one in findings),
        asks=release.asks_approval(db.session, tenant), running=sum(_running().values()),
        seen=deployment.digest(wanted.files), note=request.form.get('note', ''), day=request.form.get('on', ''),
        view=_against(current, wanted.files, lambda stem: url_for('release.new_picture', process=stem, **{
            wanted.key: wanted.value})))


def _against(old: Deployment | None, files: Mapping[str, bytes], href: Callable[[str], str]) -> View:
    """What these files change against a version."""
    before = deployment.files(db.session, old.id) if old else {}
    return view(before, files, lambda side, stem: href(stem) if side == 'new' else url_for(
        'definition.xml', deployment_id=old.id, process=stem), {'old': old.number if old else None, 'new': None})


def _show(number: int, refusal: str = '') -> str:
    tenant, actor = current_user.tenant, current_user.actor()
    proposal = release.find(db.session, tenant.id, number)
    base = db.session.get(Deployment, proposal.base_id) if proposal.base_id else None
    old = deployment.current(db.session, tenant.id) if proposal.pending else base
    return render_template(
        'release/show.html', proposal=proposal, base=base, refusal=refusal, opinion=request.form.get('opinion', ''),
        made=db.session.get(Deployment, proposal.deployment_id) if proposal.deployment_id else None, old=old,
        moved=proposal.pending and release.moved_on(db.session, proposal), may=_may(proposal, actor),
        running=sum(_running().values()),
        view=_against(old, release.files(db.session, proposal), lambda stem: url_for(
            'release.proposed_picture', number=number, process=stem)))


def _may(proposal: Proposal, actor: Any) -> set[str]:
    """The acts that this person can do now."""
    if not proposal.pending or actor.post != release.OWNER:
        return set()
    moved, other = release.moved_on(db.session, proposal), release.may_decide(proposal, actor)
    return {act for act, possible in (('approve', other and not moved and proposal.state == release.OPEN),
                                      ('return', other), ('withdraw', not other), ('renew', moved)) if possible}
