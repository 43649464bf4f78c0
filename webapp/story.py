"""故事: how matters go, in plain words beside the diagrams: all of them, one to write and tell, what they reach."""
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from engine import coverage, deployment, draft, publication, story
from engine.coverage import Coverage, Proof
from engine.db import writing
from engine.definition import Definition
from engine.errors import Refused, Undeployable
from engine.finding import Finding
from engine.proof import Outcome
from engine.story import FORMS, Story
from webapp import auth, completion, definition, errors, number, pager, telling
from webapp.db import db
from webapp.telling import Source

bp = Blueprint('story', __name__)

NEW = 'new.story'
_BLANK = '故事 \n依据 \n政府 gz 2020-05-07 09:00\n立项 office/officer 照例\n看 待办 sign fgw/liaison\n看 轨迹完整\n'


@dataclass(frozen=True)
class Row:
    """One story of the list: as read (None: it cannot be), how it came out (None: not told yet)."""

    name: str
    story: Story | None
    proof: Proof | None
    fault: str = ''

    @property
    def place(self) -> int:
        """What wants a look stands first."""
        return 0 if self.fault or self.proof and not self.proof.holds else 2 if self.proof else 1


@bp.get('/story')
@auth.requires('owner')
def index() -> str:
    """The stories of a draft or version, how each came out, and what they reach together."""
    asked = telling.asked()
    rows = [row for name in asked.names if (row := _row(asked, name))]
    rows.sort(key=lambda row: (row.place, row.name))
    shown = pager.page_of(len(rows))
    reached = _reached(asked) if asked.proofs else None
    return render_template(
        'story/index.html', asked=asked, rows=rows[shown.offset:shown.offset + shown.size], page=shown, reached=reached,
        failed=sum(row.place == 0 for row in rows), left=sum(row.place == 1 for row in rows),
        more='more' in request.args)


@bp.post('/story')
@auth.requires('owner')
def run() -> Response:
    """Tell the stories that were not told yet, as many as a reader waits for."""
    asked = telling.asked()
    try:
        more = telling.tell_more(asked)
    except Undeployable as refusal:
        flash(_('先把图改好，才能讲故事：%(why)s', why=errors.sentence(refusal)), 'warn')
        more = False
    except Refused as refusal:
        flash(errors.sentence(refusal), 'warn')
        more = False
    return redirect(url_for('story.index', **asked.address, **({'more': 1} if more else {})), 303)


@bp.get('/story/coverage')
@auth.requires('owner')
def covered() -> str:
    """What the told stories reach of each process and table; one process drawn, with what nobody reached."""
    asked = telling.asked()
    found, bundle = _reached(asked), asked.bundle
    chosen = bundle.processes.get(request.args.get('process', '')) or bundle.lifecycle
    return render_template('story/coverage.html', asked=asked, found=found, bundle=bundle, chosen=chosen,
                           words=definition.words(bundle), params=definition.params(bundle), left=telling.untold(asked),
                           named=lambda text: definition.named(text, definition.params(bundle)),
                           missing=_missing(chosen, found) if chosen else [], picture=_picture(asked, chosen))


@bp.get('/story/<name>')
@auth.requires('owner')
def show(name: str) -> str:
    """One story, to read and to write; `new.story` is one that is not there yet."""
    asked = telling.asked()
    if name not in asked.names and name != NEW:
        abort(404)
    text = asked.files[name].decode('utf-8', 'replace') if name in asked.files else _BLANK
    return _page(asked, name, text, None, _findings(asked, name, text))


@bp.post('/story/<name>')
@auth.requires('owner')
def write(name: str) -> Any:
    """Tell what was written, or save it into a draft."""
    asked = telling.asked()
    text = request.form.get('text', '').replace('\r\n', '\n')
    try:
        if request.form.get('act') == 'save':
            return _saved(asked, request.form.get('name', name), text)
        files = {**asked.files, name: text.encode()}
        outcome = telling.told(files, name)
    except Refused as refusal:
        return _page(asked, name, text, None, _findings(asked, name, text), errors.sentence(refusal)), 422
    if outcome and asked.files.get(name) == text.encode():
        telling.keep(asked, outcome)
    return _page(asked, name, text, outcome, _findings(asked, name, text),
                 '' if outcome else _('这里只有照例的答复，没有可以讲的。'))


def _row(asked: Source, name: str) -> Row | None:
    """A story's row; None for a file that tells nothing."""
    try:
        read = story.read(asked.files[name], name)
    except Refused as refusal:
        return Row(name, None, None, errors.sentence(refusal))
    return Row(name, read, asked.proofs.get(name)) if read.is_told or read.problems else None


def _reached(asked: Source) -> Coverage:
    return coverage.of(asked.bundle, asked.proofs.values())


def _findings(asked: Source, name: str, text: str) -> list[Finding]:
    """What the gate says about this story among its files."""
    return [one for one in publication.judge({**asked.files, name: text.encode()}) if one.file == name]


def _page(asked: Source, name: str, text: str, outcome: Outcome | None, findings: list[Finding],
          refusal: str = '') -> str:
    title = next((line[2:].strip() for line in text.splitlines() if line.startswith('故事')), '')
    revision = draft.file(db.session, asked.draft, name)[1] if asked.draft and name in asked.files else 0
    return render_template(
        'story/show.html', asked=asked, name=name, text=text, title=title, outcome=outcome, forms=FORMS,
        proof=asked.proofs.get(name), findings=findings, refusal=refusal, revision=revision,
        fresh=name not in asked.files, wanted=request.form.get('name', ''), words=_words(asked))


def _words(asked: Source) -> dict[str, Any]:
    """What can be written; where a file of a draft cannot be read, that of the version in use."""
    try:
        return completion.words(asked.bundle)
    except Refused:
        return completion.words(definition.current() or deployment.read({}))


def _saved(asked: Source, name: str, text: str) -> Response:
    """The story kept in the draft, or in a new draft of the version.

    :raises Refused: the name will not do, or somebody else saved it since.
    """
    if not name.endswith(story.SUFFIX):
        name += story.SUFFIX
    seen, who = number.whole(request.form.get('revision')) or 0, current_user.actor()
    with writing(db.engine) as session:
        if asked.draft:
            held = draft.find(session, current_user.tenant.id, current_user.id, asked.draft.id, lock=True)
            draft.save(session, held, who, name, text.encode(), seen)
        else:
            base = deployment.current(session, current_user.tenant.id)
            title = f'改故事：{name}'
            held = draft.begin(session, current_user.tenant.id, who, title, base, {name: text.encode()})
        ident = held.id
    flash(_('存进了画稿，不影响在用的一版；发布以后才算数。'), 'ok')
    return redirect(url_for('story.show', name=name, draft=ident), 303)


def _missing(process: Definition, found: Coverage) -> list[tuple[str, str, str]]:
    """What of a process nobody reached: what it is, its name, its id."""
    nodes = [process.elements[one] for one in found.nodes[process.id].missing]
    flows = [process.flows[one] for one in found.flows[process.id].missing]
    named = {name: one.name or name for name, one in process.elements.items()}
    return [*((_('节点'), one.name or one.id, one.id) for one in nodes),
            *((_('顺序流'), f'{named.get(one.source, one.source)} → {named.get(one.target, one.target)}'
               + (f'{_("（%(text)s）", text=one.name)}' if one.name else ''), one.id) for one in flows)]


def _picture(asked: Source, process: Definition | None) -> str:
    """Where the picture of a process comes from."""
    if process is None:
        return ''
    if asked.draft:
        return url_for('drawing.file', draft_id=asked.draft.id, name=f'{process.id}.bpmn')
    return url_for('definition.xml', deployment_id=asked.made.id, process=process.id)
