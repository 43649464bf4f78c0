"""Lines of a breakdown as pages show them: read, judged and marked; asked once for all; what came of each."""
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from flask_login import current_user

from engine import breakdown
from engine.breakdown import Breakdown, Ground, Line
from engine.form import Drawn, summary
from webapp import errors, form, pager
from webapp.db import db

MARKS = {'bad': later('要改'), 'look': later('要核对'), 'good': later('可以立'), 'left': later('去掉了')}
LAMPS = {'bad': 'red', 'look': 'yellow', 'good': 'green', 'left': 'grey'}
CAME = {breakdown.DONE: later('已立项'), breakdown.FAILED: later('没有立项'), breakdown.WAITING: later('等着立项')}


def ground(held: Breakdown) -> Ground:
    """What its lines are read against now."""
    return Ground.of(db.session, current_user.tenant.id, current_user.actor(), held.base)


def sums(count: Counter) -> tuple[int, int]:
    """How many lines have had their turn, and how many wait."""
    return count[breakdown.DONE] + count[breakdown.FAILED], count[breakdown.WAITING]


def page(held: Breakdown, refusal: str = '') -> str:
    """The preview, how far it is, or what came of it; above it what was just refused."""
    every = breakdown.lines(db.session, held)
    if held.state != breakdown.OPEN:
        return _draw_outcome(held, every)
    counts = Counter(one.mark for one in every)
    only = request.args.get('only') if request.args.get('only') in MARKS else None
    rows = [one for one in every if only in (None, one.mark)]
    place = pager.page_of(len(rows))
    on, alike = ground(held), _alike(every)
    return render_template(
        'breakdown/show.html', held=held, counts=counts, only=only, page=place, total=len(every), marks=MARKS,
        lamps=LAMPS, columns=breakdown.COLUMNS,
        rows=[_row(held, on, one, alike) for one in rows[place.offset:place.offset + place.size]],
        sheets=breakdown.unpacked(held.sheets), names=form.names(), asked=_asked_of_all(held, on),
        lacking=_lacking(alike, on), shown=_tabs(held, counts, only), used=_used(held),
        refusal=refusal)


def _tabs(held: Breakdown, counts: Counter, only: str | None) -> list[tuple[str, str, bool]]:
    return [(url_for('breakdown.show', breakdown_id=held.id, only=mark), f'{word}{counts[mark]}', mark == only)
            for mark, word in MARKS.items() if counts[mark]]


def _used(held: Breakdown) -> list[tuple[str, str]]:
    """The columns of the file that are read, and what each is taken for."""
    pairs = enumerate(zip(held.labels, held.columns, strict=False), 1)
    return [(label or _('第%(n)s列', n=place), errors.words(breakdown.COLUMNS[kind])) for place, (label, kind) in pairs if kind != 'skip']


def _row(held: Breakdown, on: Ground, one: Line, alike: Mapping[str, int]) -> dict[str, Any]:
    """A line with its whole answer, and every sentence about it; what most lines lack is not said line by line."""
    answer, _refused = on.judged(one.answer, {} if one.edited else held.common)
    wrong = [text for key, found in one.wrong.items() for text in found if key == 'due_at' or key not in alike]
    if (alike.keys() - {'due_at'}) & one.wrong.keys():
        wrong.append(_('每件都一样的，上面还没有填全'))
    shown = dict.fromkeys(('title', 'lead_unit', 'co_units', 'due_at', 'long_term')) | answer
    return {'line': one, 'answer': shown, 'wrong': wrong, 'look': [text for _field, text in one.notes]}


def _alike(every: Sequence[Line]) -> dict[str, int]:
    """What half of the lines or more lack and could be said once, and how many lack it; the most wanted first."""
    wanted = [one for one in every if not one.left_out]
    counts = Counter(key for one in wanted for key in one.wrong if key not in breakdown.OWN)
    return {key: count for key, count in counts.most_common() if count * 2 >= len(wanted)}


def _lacking(alike: Mapping[str, int], on: Ground) -> list[tuple[str, int]]:
    """What is alike and is missing: label and number of lines."""
    labels = {one.key: one.label for top in _drawn(on, {}) for one in top.walk() if one.key}
    return [(labels[key], count) for key, count in alike.items() if key in labels]


def _drawn(on: Ground, answer: dict[str, Any] | None) -> list[Drawn]:
    return on.form.fields_for(answer, on.scope, on.functions)


def _asked_of_all(held: Breakdown, on: Ground) -> list[Drawn]:
    """The fields of the form that may be said once for all lines, none of them hidden or compulsory."""
    return list(_shared(_drawn(on, dict(held.common))))


def _shared(drawn: Iterable[Drawn]) -> Iterable[Drawn]:
    for one in drawn:
        if one.key and one.key not in breakdown.OWN:
            one.visible, one.disabled, one.condition, one.optional, one.required = True, False, '', False, False
            yield one
        elif not one.key:
            yield from _shared(one.children)


def of_line(held: Breakdown, one: Line, answer: Mapping[str, Any], wrong: Mapping[str, list[str]]) -> str:
    """One line in the form of 立项, beside what the file says."""
    on = ground(held)
    drawn = on.form.fields_for(answer, on.scope, on.functions, wrong)
    return render_template('breakdown/line.html', held=held, one=one, drawn=drawn, refused=summary(drawn, wrong),
                           look=[text for _field, text in one.notes])


def _draw_outcome(held: Breakdown, every: Sequence[Line]) -> str:
    count = Counter(one.state for one in every)
    done, waiting = sums(count)
    if waiting:
        return render_template('breakdown/progress.html', held=held, done=done, total=done + waiting)
    place = pager.page_of(len(every))
    return render_template('breakdown/result.html', held=held, count=count, total=len(every), page=place, came=CAME,
                           rows=every[place.offset:place.offset + place.size], names=form.names(),
                           reason=breakdown.reason)
