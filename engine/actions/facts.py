"""登记: write facts of the matter, or scalars of the instance, by their names."""
from typing import Any

from marshmallow import INCLUDE, Schema, fields

from engine.actions import Act, Action, action, register
from engine.actions.reminder import TELL, send


class Anything(Schema):
    """Any names: the process owner decides."""

    class Meta:
        unknown = INCLUDE


def write(_act: Act, **values: Any) -> dict:
    """What it was given is what is written."""
    return values


register(Action('facts.set', '登记', '把给出的每一项写进台账（或这条流程自己的数据）。', Anything(), write))


@action('due.change', '更改办结时限', '换成新的办结时限，旧时限、依据和批准人留在轨迹里，全部计时跟着重排。',
        due=fields.Date(required=True, metadata={'label': '新的办结时限'}),
        basis=fields.String(required=True, metadata={'label': '依据'}),
        approver=fields.String(load_default='', metadata={'label': '批准人'}), **TELL)
def change_due(act: Act, due: Any, basis: str, approver: str, to: str, text: str) -> dict:
    """The one way to change a deadline, whoever decided it (P02-03). Basis and approver stay in the trail with it."""
    send(act, to, text)
    return {'due_at': due.isoformat(), 'long_term': False, 'review_at': None}
