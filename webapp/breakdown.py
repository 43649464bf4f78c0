"""批量立项: hand in a table or a text, see how it is understood, mend it, have it registered, see what came of it."""
from datetime import date
from typing import Any, TypeVar

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Redirect

from engine import breakdown, instance, sheet, upload
from engine.breakdown import Breakdown
from engine.db import writing
from engine.errors import Conflict, Invalid, Refused
from engine.plan import Plan
from engine.sheet import Sheet
from webapp import attachment, auth, download, duty, errors, form, number
from webapp.db import db

bp = Blueprint('breakdown', __name__)
T = TypeVar('T', bound=Plan | breakdown.Opening)

_XLSX = upload.KINDS['xlsx'].mimetype


@bp.get('/breakdown')
@auth.requires(*auth.SUPERVISION)
def index() -> str:
    """The way in, and the officer's own breakdowns so far."""
    return _door()


@bp.post('/breakdown')
@auth.requires(*auth.SUPERVISION)
def begin() -> Any:
    """Take in a file or a pasted text; who says that it is secret, or does not say, is turned away first."""
    view = _intake()
    given = {name: value for name in view.form.fields if (value := request.form.get(name)) is not None}
    try:
        view.form.check(given, view.scope, view.functions)
    except Invalid as refusal:
        return _door(given, refusal.fields), 422
    try:
        name, sheets = _handed_in()
        made = _written(breakdown.begin(db.session, current_user.tenant.id, current_user.actor(), sheets, name,
                                        _day('base')))
    except Refused as refusal:
        return _door(given, {'text': [errors.sentence(refusal)]}), 422
    return redirect(url_for('breakdown.show', breakdown_id=made.id), 303)


@bp.get('/breakdown/<int:breakdown_id>')
@auth.requires(*auth.SUPERVISION)
def show(breakdown_id: int) -> str:
    """The lines as they would be registered; how far it is; what came of it."""
    return duty.page(_found(breakdown_id))


@bp.post('/breakdown/<int:breakdown_id>/columns')
@auth.requires(*auth.SUPERVISION)
def columns(breakdown_id: int) -> Redirect:
    """Another sheet, or columns taken for something else."""
    given = {place: kind for name, kind in request.form.items()
             if name[:1] == 'c' and (place := number.whole(name[1:])) is not None}
    held, chosen = _found(breakdown_id), number.whole(request.form.get('sheet')) or 0
    _written(breakdown.read_as(db.session, held, current_user.actor(), chosen, given if chosen == held.sheet else None))
    flash(_('已经照新的选择重新认了一遍。'), 'ok')
    return _back(breakdown_id)


@bp.post('/breakdown/<int:breakdown_id>/common')
@auth.requires(*auth.SUPERVISION)
def common(breakdown_id: int) -> Redirect:
    """What is true of all lines that do not say otherwise."""
    held = _found(breakdown_id)
    ground = duty.ground(held)
    given = {key: value for key, value in ground.form.collect(request.form).items()
             if key in ground.form.fields and key not in breakdown.OWN and value not in ('', [])}
    _written(breakdown.say_for_all(db.session, held, current_user.actor(), given))
    flash(_('已经填到每一件里；单独改过的不动。'), 'ok')
    return _back(breakdown_id)


@bp.post('/breakdown/<int:breakdown_id>/lines')
@auth.requires(*auth.SUPERVISION)
def lines(breakdown_id: int) -> Any:
    """Leave the ticked lines out, or take them in again."""
    places = [place for text in request.form.getlist('place') if (place := number.whole(text)) is not None]
    out = request.form.get('act') != 'in'
    if not places:
        return duty.page(_found(breakdown_id), _('先勾选要去掉或者放回的行。')), 422
    _written(breakdown.leave_out(_found(breakdown_id), places, out))
    flash(_('去掉了%(n)s件。', n=len(places)) if out else _('放回了%(n)s件。', n=len(places)), 'ok')
    return _back(breakdown_id)


@bp.get('/breakdown/<int:breakdown_id>/line/<int:place>')
@auth.requires(*auth.SUPERVISION)
def line(breakdown_id: int, place: int) -> str:
    """One line in the form of 立项."""
    held = _found(breakdown_id)
    one = breakdown.line(db.session, held, place)
    answer, wrong = duty.ground(held).judged(one.answer, {} if one.edited else held.common)
    return duty.of_line(held, one, answer, wrong)


@bp.post('/breakdown/<int:breakdown_id>/line/<int:place>')
@auth.requires(*auth.SUPERVISION)
def mend(breakdown_id: int, place: int) -> Any:
    """Keep the line as it was put right; it comes back as long as the form refuses something."""
    held = _found(breakdown_id)
    ground = duty.ground(held)
    given = {key: value for key, value in ground.form.collect(request.form).items() if key in ground.form.fields}
    answer, wrong = ground.judged(given, {})
    if wrong:
        return duty.of_line(held, breakdown.line(db.session, held, place), answer, wrong), 422
    _written(breakdown.mend(db.session, held, place, current_user.actor(), given))
    flash(_('第%(n)s件改好了。', n=place), 'ok')
    return _back(breakdown_id)


@bp.post('/breakdown/<int:breakdown_id>/register')
@auth.requires(*auth.SUPERVISION)
def register(breakdown_id: int) -> Any:
    """Have everything registered that is good, or all or none."""
    held = _found(breakdown_id)
    try:
        made = _written(breakdown.register(db.session, held, current_user.actor(), request.form.get('act') == 'whole'))
    except Conflict:
        raise
    except Refused as refusal:
        _written(breakdown.say_for_all(db.session, held, current_user.actor(), held.common))    # what is wrong by now
        db.session.rollback()
        return duty.page(_found(breakdown_id), errors.sentence(refusal)), 422
    flash(_('开始立项，共%(n)s件。可以离开这一页，后台接着办。', n=made.count), 'ok')
    return _back(breakdown_id)


@bp.post('/breakdown/<int:breakdown_id>/cancel')
@auth.requires(*auth.SUPERVISION)
def cancel(breakdown_id: int) -> Redirect:
    """Stop; what is registered stays."""
    with writing(db.engine) as session:
        left = breakdown.cancel(session, _locked(session, breakdown_id), current_user.actor())
    flash(_('停下了，还有%(n)s件没有立；立好的都在台账里。', n=left), 'ok')
    return _back(breakdown_id)


@bp.post('/breakdown/<int:breakdown_id>/discard')
@auth.requires(*auth.SUPERVISION)
def discard(breakdown_id: int) -> Redirect:
    """Forget it; nothing of it was registered."""
    with writing(db.engine) as session:
        breakdown.discard(session, _locked(session, breakdown_id))
    flash(_('丢掉了，什么也没有立。'), 'ok')
    return redirect(url_for('breakdown.index'), 303)


@bp.get('/breakdown/<int:breakdown_id>/progress')
@auth.requires(*auth.SUPERVISION)
def progress(breakdown_id: int) -> Response:
    """How far it is, for the script of the page."""
    count = breakdown.progress(db.session, _found(breakdown_id))
    done, waiting = duty.sums(count)
    return jsonify(done=done, total=done + waiting, ended=not waiting)


@bp.post('/breakdown/<int:breakdown_id>/result')
@auth.requires(*auth.SUPERVISION)
def result(breakdown_id: int) -> Response:
    """What came of every line, as a workbook; that it was taken is put on the trail."""
    held = _found(breakdown_id)
    content = breakdown.workbook(db.session, held, form.names().units)
    with writing(db.engine) as session:
        locked = _locked(session, breakdown_id)
        breakdown.exported(session, locked, current_user.actor(), sum(breakdown.progress(session, locked).values()))
    return download.given(content, _XLSX, f'{_("批量立项结果")}-{breakdown_id}.xlsx')


# -- what is asked ----------------------------------------------------------------------------------------------------


def _handed_in() -> tuple[str, list[Sheet]]:
    """The name and the content of the file, or else of what was pasted."""
    attachment.refuse_dropped()
    part, text = request.files.get('file'), request.form.get('text', '')
    if part is not None and part.filename:
        held = upload.check(part.filename, part.read(), upload.SHEETS)
        return held.name, sheet.read(held)
    return '', sheet.pasted(text)


def _day(name: str) -> date | None:
    said = request.form.get(name, '').strip()
    try:
        return date.fromisoformat(said) if said else None
    except ValueError:
        raise Refused(_('成文日期要写成 2020-05-07。')) from None


def _written(thought: T) -> T:
    """Write what was thought out while others could write. :raises Conflict: the breakdown has changed meanwhile."""
    with writing(db.engine) as session:
        thought.flush(session)
    return thought


def _found(breakdown_id: int) -> Breakdown:
    return breakdown.find(db.session, current_user.tenant.id, current_user.id, breakdown_id)


def _locked(session: Any, breakdown_id: int) -> Breakdown:
    return breakdown.locked(session, current_user.tenant.id, current_user.id, breakdown_id)


def _intake() -> instance.TaskView:
    return instance.blank_view(db.session, current_user.tenant.id, 'intake', current_user.actor(), {})


def _back(breakdown_id: int) -> Redirect:
    kept = {name: value for name in ('only', 'page') if (value := request.args.get(name))}
    return redirect(url_for('breakdown.show', breakdown_id=breakdown_id, **kept), 303)


def _door(given: dict[str, Any] | None = None, wrong: dict[str, list[str]] | None = None) -> str:
    view, wrong = _intake(), wrong or {}
    drawn = view.form.fields_for(given, view.scope, view.functions, wrong)
    return render_template(
        'breakdown/index.html', drawn=drawn, refused=[(key, text) for key, found in wrong.items() for text in found],
        held=breakdown.listed(db.session, current_user.tenant.id, current_user.id), text=request.form.get('text', ''),
        accept=upload.accept(upload.SHEETS), base=request.form.get('base', ''),
        most=attachment.most_bytes() / 1_000_000)
