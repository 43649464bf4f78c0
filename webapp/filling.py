"""填表: what waits in a trial is filled in by hand, on the form and by the rules of the product."""
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine import db as database
from engine import instance
from engine.errors import Invalid, NotFound
from engine.form import summary
from engine.instance import TaskView
from webapp import auth, form
from webapp import trial as trials
from webapp.draft import Answer
from webapp.trial import Tried

bp = Blueprint('filling', __name__)


@bp.get('/process/<process>/try/<int:trial_id>/task/<int:number>')
@auth.requires('owner')
def task(process: str, trial_id: int, number: int) -> str:
    """The form of something that waits, to be filled in by hand."""
    with trials.opened(process, trial_id) as tried, database.reading(tried.run.engine) as session:
        return _form(tried, number, _view(tried, session, number), None, {})


@bp.post('/process/<process>/try/<int:trial_id>/task/<int:number>')
@auth.requires('owner')
def fill(process: str, trial_id: int, number: int) -> Answer:
    """Answer it as its post would; what the form refuses is shown at its fields."""
    with trials.opened(process, trial_id) as tried:
        with database.reading(tried.run.engine) as session:
            view = _view(tried, session, number)
            answer = view.form.collect(request.form) if view.form else {}
            if 'draft' in request.form:                # one more row of a list, where there is no script
                return _form(tried, number, view, answer, {})
        try:
            _answer(tried, number, answer)
            trials.keep(tried, trials.seen())
        except Invalid as refusal:
            with database.reading(tried.run.engine) as session:
                return _form(tried, number, _view(tried, session, number), answer, refusal.fields), 422
    return redirect(url_for('simulation.run', process=process, trial_id=trial_id), 303)


def _view(tried: Tried, session: Any, number: int) -> TaskView:
    """What waits, by its number on the page; before the first act, the form with which the process begins."""
    if tried.run.acts:
        waiting = tried.run.tasks()
        if number >= len(waiting):
            raise NotFound(_('这一步已经不等着办了。'))
        return instance.view(session, waiting[number].id)
    first = tried.run.first_task(tried.row.process)
    if first is None or number:
        raise NotFound(_('这个流程不是从一张表单开始的，请点“下一步”。'))
    return tried.run.blank(first[1], tried.run.beginner(tried.row.process), session)


def _form(tried: Tried, number: int, view: TaskView, answer: dict | None, wrong: dict) -> str:
    drawn = view.form.fields_for(answer, view.scope, view.functions, wrong) if view.form else []
    page = view.form.page(view.scope, view.functions) if view.form else None
    return render_template('simulation/form.html', trial=tried.row, drawn=drawn, page=page, task=view.task,
                           title=form.title(view, page) or _('开始'),
                           number=number, refused=summary(drawn, wrong) if wrong else [], names=tried.run.names)


def _answer(tried: Tried, number: int, answer: dict) -> None:
    if tried.run.acts:
        tried.run.complete(tried.run.tasks()[number].id, answer)
    else:
        tried.run.start(tried.row.process, tried.run.beginner(tried.row.process), answer)
