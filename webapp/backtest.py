"""回放: what a draft would have done on the matters of the past; begun here, carried out beside the worker."""
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import deployment, directory, draft
from engine.backtest import order, result, sheet, table
from engine.backtest.answer import KINDS
from engine.backtest.difference import ASPECTS
from engine.backtest.table import UNFINISHED, Backtest
from engine.db import writing
from engine.errors import NotFound, Refused
from webapp import auth, errors, number, pager
from webapp.db import db

bp = Blueprint('backtest', __name__)

READERS = ('owner', 'head')
SIZES = (50, 200, 1000)
FORMATS = ('matters', 'units', 'json')

Answer = str | Redirect | tuple[str, int]


class Line(NamedTuple):
    """One line of a course: the kind of event, its words, and the co-unit that it is about."""

    kind: str
    said: str
    unit: str


class Moment(NamedTuple):
    """A moment of two courses side by side: what both have, what only one of them has."""

    at: datetime
    both: list[Line]
    old: list[Line]
    new: list[Line]


@bp.get('/backtest')
@auth.requires(*READERS)
def index() -> str:
    """What was replayed so far."""
    found = table.listed(db.session, current_user.tenant.id)
    return render_template('backtest/index.html', backtests=found, unfinished=UNFINISHED,
                           counts=table.counts(db.session, found))


@bp.get('/backtest/new')
@auth.requires('owner')
def new() -> str:
    """Choose what is replayed on which matters."""
    return _new()


@bp.post('/backtest/new')
@auth.requires('owner')
def begin() -> Answer:
    """Put a backtest down; the worker begins it within a second or two."""
    try:
        name, files = _chosen(request.form.get('what', ''))
        how = {'since': _day('since'), 'until': _day('until'), 'size': _number('size', order.SAMPLE),
               'seed': _number('seed', 1), 'renamed': _renamed(request.form.get('renamed', ''))}
        with writing(db.engine) as session:
            made = order.begin(session, current_user.tenant.id, files, name, current_user.actor(), **how).id
    except Refused as refusal:
        return _new(errors.sentence(refusal)), 422
    return redirect(url_for('backtest.show', backtest_id=made), 303)


@bp.get('/backtest/<int:backtest_id>')
@auth.requires(*READERS)
def show(backtest_id: int) -> str:
    """How far it is; when it has ended, what came of it."""
    held = _found(backtest_id)
    if held.state in UNFINISHED:
        return render_template('backtest/progress.html', backtest=held, done=table.count(db.session, held.id))
    found = result.whole(db.session, held.id)
    every = request.args.get('all') == '1'
    rows = found['each'] if every else [one for one in found['each'] if one['changed']]
    page = pager.page_of(len(rows))
    return render_template(
        'backtest/show.html', backtest=held, found=found, every=every, page=page, aspects=ASPECTS, names=_names(),
        rows=rows[page.offset:page.offset + page.size], grouped=_grouped(found['notes']))


@bp.post('/backtest/<int:backtest_id>')
@auth.requires('owner')
def change(backtest_id: int) -> Redirect:
    """What the pressed button says: stop, or replay the rest as well."""
    act = order.cancel if request.form.get('act') == 'cancel' else order.extend
    with writing(db.engine) as session:
        act(session, current_user.tenant.id, backtest_id, current_user.actor())
    if act is order.cancel:
        flash(_('停下了，算好的都留着。'), 'ok')
    return redirect(url_for('backtest.show', backtest_id=backtest_id), 303)


@bp.get('/backtest/<int:backtest_id>/progress')
@auth.requires(*READERS)
def progress(backtest_id: int) -> Response:
    """How far it is, for the script of the page."""
    held = _found(backtest_id)
    return jsonify(done=table.count(db.session, held.id), total=len(held.chosen), ended=held.state not in UNFINISHED)


@bp.get('/backtest/<int:backtest_id>/matter/<uuid:matter_id>')
@auth.requires(*READERS)
def matter(backtest_id: int, matter_id: UUID) -> str:
    """One matter: what happened and what would have happened, moment by moment."""
    held = _found(backtest_id)
    one = result.matter(db.session, held.id, matter_id)
    return render_template('backtest/matter.html', backtest=held, one=one, moments=_side_by_side(one), kinds=KINDS,
                           aspects=ASPECTS, names=_names())


@bp.post('/backtest/<int:backtest_id>/export')
@auth.requires(*READERS)
def export(backtest_id: int) -> Response:
    """The result as a file; that it was taken is put on the trail."""
    held, kind = _found(backtest_id), request.form.get('format', '')
    if kind not in FORMATS:
        raise NotFound('没有这种格式。')
    found = result.whole(db.session, held.id)
    with writing(db.engine) as session:
        order.exported(session, current_user.tenant.id, backtest_id, current_user.actor(), kind)
    if kind == 'json':
        return _file(orjson.dumps(found, option=orjson.OPT_INDENT_2), 'application/json', f'{backtest_id}.json')
    text = (sheet.of_matters(found['each'], _names()) if kind == 'matters'
            else sheet.of_units(found['units'], _names()))
    return _file(text.encode(), 'text/csv; charset=utf-8', f'{backtest_id}-{kind}.csv')


def _file(content: bytes, mimetype: str, name: str) -> Response:
    answer = Response(content, mimetype=mimetype)
    answer.headers.set('Content-Disposition', 'attachment', filename=f'backtest-{name}')
    return answer


def _found(backtest_id: int) -> Backtest:
    return table.find(db.session, current_user.tenant.id, backtest_id)


def _names() -> Mapping[str, str]:
    return directory.unit_names(db.session, current_user.tenant.id)


def _new(refusal: str = '') -> str:
    tenant_id = current_user.tenant.id
    asked = request.form.get('what') or f'draft {request.args.get("draft", "")}'.strip()
    return render_template(
        'backtest/new.html', drafts=[one for one in draft.drafts(db.session, tenant_id, current_user.id)
                                     if one.discarded_at is None],
        versions=deployment.versions(db.session, tenant_id), asked=asked, refusal=refusal, sizes=SIZES)


def _chosen(what: str) -> tuple[str, Mapping[str, bytes]]:
    """The name and the files of a draft or a version: "draft 3", "version 2"."""
    kind, _blank, asked = what.partition(' ')
    tenant_id, draft_id = current_user.tenant.id, number.whole(asked)
    if kind == 'draft' and draft_id is not None:
        held = draft.find(db.session, tenant_id, current_user.id, draft_id)
        return f'稿：{held.name}', draft.files(db.session, held)
    made = deployment.numbered(db.session, tenant_id, asked) if kind == 'version' else None
    if made is None:
        raise Refused(_('选一份稿或者一个版本。'))
    return f'第{made.number}版', deployment.files(db.session, made.id)


def _day(name: str) -> date | None:
    said = request.form.get(name, '').strip()
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Refused(_('日期要写成 2020-05-07。')) from None


def _number(name: str, default: int) -> int:
    said = request.form.get(name, '').strip()
    if said and not (said.isdecimal() and len(said) < 7):
        raise Refused(_('件数和种子要写整数。'))
    return int(said) if said else default


def _renamed(text: str) -> dict[str, str]:
    """One task per line: old=new."""
    found = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        old, sign, now = (part.strip() for part in line.partition('='))
        if not (old and sign and now):
            raise Refused(_('改了编号的任务一行写一个：旧编号=新编号。'))
        found[old] = now
    return found


def _grouped(notes: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The notes under their headings."""
    return [(head, [note for note in notes if note['kind'] == kind]) for kind, head in KINDS.items()
            if any(note['kind'] == kind for note in notes)]


def _side_by_side(one: Mapping[str, Any]) -> list[Moment]:
    """The lines of both courses, moment by moment."""
    found: dict[datetime, Moment] = {}
    for side in ('old', 'new'):
        for at, *line in one[side]['lines']:
            moment = datetime.fromisoformat(at)
            getattr(found.setdefault(moment, Moment(moment, [], [], [])), side).append(Line(*line))
    for moment in found.values():
        for line in list(moment.old):
            if line in moment.new:
                moment.both.append(line)
                moment.old.remove(line)
                moment.new.remove(line)
    return [found[at] for at in sorted(found)]
