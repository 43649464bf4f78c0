"""版本: every version and what it changed, and the way to the next one, from a draft or back to an old one."""
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import comparison, deployment, directory, draft, following, publication, release, sharing
from engine.comparison.overlay import overlay
from engine.db import writing
from engine.deployment import Deployment
from engine.directory import Tenant
from engine.errors import Conflict, Refused
from engine.finding import REFUSE, WARN
from webapp import auth, errors, number, pager, standing
from webapp.comparison import against, numbered, picture
from webapp.db import db
from webapp.proposal import reached, told

bp = Blueprint('release', __name__)

Answer = str | Redirect | tuple[str, int]


@dataclass(frozen=True)
class Row:
    """One version in the list: how many files and things it changed, and how many matters run on it."""

    made: Deployment
    files: int
    counts: Mapping[str, int]
    running: int


@dataclass(frozen=True)
class Wanted:
    """What somebody is about to propose: `key` and `value` name it in the address, `on` is the id of the version in use
    on which it was thought out."""

    key: str
    value: int
    name: str
    files: dict[str, bytes]
    collisions: list[str]
    on: int | None


@bp.get('/release')
@auth.signed_in
def index() -> str:
    """What is proposed and every version, newest first, each with what it changed and how many matters run on it."""
    tenant = current_user.tenant
    versions = deployment.versions(db.session, tenant.id)
    page = pager.page_of(len(versions))
    shown, counted = versions[page.offset:page.offset + page.size + 1], standing.matters('open')
    before = [*shown[1:], None] if page.number == page.count else shown[1:]
    return render_template('release/index.html', page=page, newest=versions[0] if versions else None,
                           rows=[_row(*pair, counted) for pair in zip(shown, before, strict=False)],
                           proposals=release.proposals(db.session, tenant.id),
                           asks=release.asks_approval(db.session, tenant), common=following.shared(db.session),
                           shared=following.find(db.session, tenant.id),
                           origins=_origins())


def _row(made: Deployment, before: Deployment | None, counted: Mapping[int, int]) -> Row:
    found = [] if before is None else comparison.compare(*deployment.differing(db.session, before.id, made.id))
    return Row(made, len(found), comparison.total(found), counted.get(made.id, 0))


def _origins() -> dict[str, list[str]]:
    """The files of the version in use by whose they are."""
    found: dict[str, list[str]] = {}
    for name, origin in following.origins(db.session, current_user.tenant.id).items():
        found.setdefault(following.WORDS[origin], []).append(name)
    return found


@bp.post('/release/shared')
@auth.requires('owner')
def follow() -> Redirect:
    """Use what governments share from now on, or no longer."""
    with writing(db.engine) as session:
        tenant = session.get(Tenant, current_user.tenant.id)
        if request.form.get('follow') == 'on':
            kept = _('、').join(sharing.follow(session, tenant, current_user.actor()).collisions)
            flash(_('本级用上了共享的流程。') + (_('本级的%(names)s和共享的不一样，仍用本级的。', names=kept) if kept else ''), 'ok')
        else:
            sharing.unfollow(session, tenant, current_user.actor())
            flash(_('本级不再用共享的流程，现有的文件都归本级。'), 'ok')
    return redirect(url_for('release.index'), 303)


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
            if made.base_id != wanted.on:
                raise Conflict('就在这时别人发布了新版，请再看一遍改了什么，再提请。')
            known, state = made.number, made.state
    except Conflict:
        raise
    except Refused as refusal:
        return _new(wanted, errors.sentence(refusal)), 422
    return told(known, state)


@bp.get('/release/new/<process>.xml')
@auth.requires('owner')
def new_picture(process: str) -> Response:
    """A diagram of what is about to be proposed."""
    return picture(_wanted().files, process)


def _wanted() -> Wanted:
    """The files that the address names, with what a draft changed laid over the version in use."""
    current = deployment.current(db.session, current_user.tenant.id)
    on, in_use = (current.id, deployment.files(db.session, current.id)) if current else (None, {})
    if draft_id := number.whole(request.args.get('draft')):
        held = draft.find(db.session, current_user.tenant.id, current_user.id, draft_id)
        laid = overlay(draft.base_files(db.session, held), draft.files(db.session, held), in_use)
        return Wanted('draft', draft_id, held.name, laid.files, laid.collisions, on)
    old = numbered(number.whole(request.args.get('version')) or 0)
    return Wanted('version', old.number, f'恢复成第{old.number}版', deployment.files(db.session, old.id), [], on)


def _day() -> date | None:
    """The day in the form. :raises Refused: it is none."""
    text = request.form.get('on', '').strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused('生效日要写成 2026-03-02；您写的是{text}', text=text[:20]) from None


def _new(wanted: Wanted, refusal: str = '') -> str:
    tenant, current = current_user.tenant, deployment.current(db.session, current_user.tenant.id)
    judged = publication.judge(wanted.files, directory.everywhere(db.session))
    findings = [one for one in judged if one.severity in (REFUSE, WARN)]
    refused = any(one.severity == REFUSE for one in findings)
    return render_template(
        'release/new.html', wanted=wanted, current=current, findings=findings, refusal=refusal,
        stopped=bool(wanted.collisions) or refused, reached=None if refused else reached(wanted.files),
        asks=release.asks_approval(db.session, tenant), running=sum(standing.matters('open').values()),
        seen=deployment.digest(wanted.files), note=request.form.get('note', ''), day=request.form.get('on', ''),
        view=against(current, wanted.files, lambda stem: url_for('release.new_picture', process=stem, **{
            wanted.key: wanted.value})))
