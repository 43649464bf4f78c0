"""文书: which one a step makes is drawn; it is numbered and kept as it says when it is issued."""
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from marshmallow import INCLUDE, Schema, fields

from engine import document as paper
from engine import errors, number
from engine.actions import Act, Action, figure, register
from engine.document import Document, Known
from engine.errors import Broken
from engine.history import Kind

TEMPLATE = {'document': fields.String(load_default='', metadata={'label': '文书的Word模板（编号，不写就不出文书）',
                                                                 'names': 'document'})}
"""The optional input of an action that also puts what it does on paper."""

def numbered(act: Act, kind: str) -> str:
    """The next number of a kind of document, in the tenant's own form (parameter `notice_number`).

    :raises Broken: the kind or the number is longer than lists have room for.
    """
    if len(kind) > number.LONGEST_KIND:
        raise Broken(errors.said('文种“{kind}”最多{most}个字', kind=kind, most=number.LONGEST_KIND), values={'label': kind},
                     advice='在图上或参数页把它写短')
    year, count = act.number(kind)
    code = number.written(act.functions['param']('notice_number'), year, count, kind)
    if len(code) > paper.LONGEST_NUMBER:
        raise Broken(errors.said('文号“{code}”最多{most}个字', code=code, most=paper.LONGEST_NUMBER),
                     advice='在参数页把文书编号的写法 notice_number 写短')
    return code


def put_on_paper(act: Act, template: str, kind: str, code: str, title: str, given: Mapping[str, Any],
                 notice_id: UUID | None = None) -> None:
    """Issue a document; none where no template is drawn. `given` are names of the template and their values.

    :raises Broken: the version has no such template.
    """
    if not template:
        return
    if template + paper.SUFFIX not in act.files:
        raise Broken(errors.said('没有叫“{template}”的文书模板', template=template), values={'document': template},
                     advice='把这个Word模板放进这一版，或者改图上写的模板编号')
    content = paper.compose(act, {'文种': kind, '文号': code, '标题': title, **given}, _before(act))
    row = paper.row(act.tenant, act.instance_id, act.deployment_id, act.files, template, content, act.now,
                       matter_id=act.matter_id, notice_id=notice_id)
    act.insert(Document.__table__, row)
    act.record(Kind.DOCUMENT_ISSUED, f'出文书{code}', {'document': row['id'].hex, 'template': template, 'hash': row['hash']})


def _before(act: Act) -> list[dict[str, Any]]:
    if act.matter_id is None:
        return []
    return paper.earlier(act.read(paper.BEFORE.where(Document.matter_id == act.matter_id)))


def addressed(known: Known, codes: str) -> str:
    """The names of units whose codes are given, separated by commas."""
    return '、'.join(map(known.unit_name, known.functions['split'](codes) or []))


class _Paper(Schema):
    """What every document has; whatever else is drawn goes to the template under its own name."""

    class Meta:
        unknown = INCLUDE

    document = fields.String(required=True, metadata={'label': '文书的Word模板（编号）', 'names': 'document'})
    label = fields.String(required=True, metadata={'label': '文种，也是编号的系列'})
    title = fields.String(required=True, metadata={'label': '标题'})
    unit = fields.String(load_default='', metadata={'label': '主送单位（逗号隔开）'})
    copies = fields.String(load_default='', metadata={'label': '抄送单位（逗号隔开）'})
    body = fields.String(load_default='', metadata={'label': '正文'})
    limit = fields.Date(load_default=None, allow_none=True, metadata={'label': '限期'})
    approver = fields.String(load_default='', metadata={'label': '签发人（单位/岗位，不写就是刚办这一步的岗位）'})
    since = fields.Date(load_default=None, allow_none=True, metadata={'label': '各单位办理情况从哪天统计'})
    until = fields.Date(load_default=None, allow_none=True, metadata={'label': '统计到哪天'})


def make(act: Act, document: str, label: str, title: str, unit: str, copies: str, body: str, limit: date | None,
         approver: str, since: date | None, until: date | None, **further: Any) -> dict[str, str]:
    """A document of its own: numbered by year and kind without gaps, never reused, unchangeable once it is issued. Where
    it says how units stand, `reported_units` are their codes, separated by commas."""
    told = said(act, unit, copies, body, limit, approver, since, until)
    put_on_paper(act, document, label, numbered(act, label), title, told | further)
    return {'reported_units': ','.join(row['代码'] for row in told['单位情况'])} if '单位情况' in told else {}


def said(known: Any, unit: str, copies: str, body: str, limit: date | None, approver: str, since: date | None,
         until: date | None) -> dict[str, Any]:
    """What a document says by the names of templates; with a span of days, how the units stood at its end. `known` as for
    `compose` and `figure.units`."""
    found = {'主送': addressed(known, unit), '抄送': addressed(known, copies), '正文': body, '限期': limit,
             '签发人': known.functions['post_name'](approver or known.decider())}
    if not since or not until:
        return found
    zone = datetime.fromisoformat(known.functions['now']()).tzinfo
    return {**found, **figure.units(known, since, until, zone),
            '发文机关': known.unit_name(known.functions['param']('supervision_unit'))}


def drafted(known: Any, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """`said` of inputs as a drawing gives them, before anything is issued."""
    read = {name: date.fromisoformat(str(value)[:10]) if name in ('since', 'until') and value else value
            for name, value in inputs.items()}
    return said(known, **{name: '' if read[name] is None and name in ('unit', 'copies', 'body', 'approver') else read[name]
                          for name in read})


register(Action('document.make', '出文书', '把一份Word模板填好、编号、存档；事项的事实模板里都能用，另写的参数模板里按名字用。',
                _Paper(), make, ('reported_units',)))
