"""抄送 as drawn: a step shows the matter to posts or whole units."""
from marshmallow import fields
from sqlalchemy import select

from engine import circulation
from engine.actions import Act, action
from engine.circulation import BLIND, Circulation, Copy
from engine.directory import Account, Held
from engine.errors import Broken, said
from engine.history import SYSTEM, Kind


@action('matter.copy', '抄送', '把这件事抄送给写明的岗位或整个单位；收到的可以看，谁什么时候看了有记录。',
        to=fields.String(required=True, metadata={'label': '抄送（单位/岗位，或者单位，逗号隔开）'}),
        note=fields.String(load_default='', metadata={'label': '附言'}))
def send(act: Act, to: str, note: str) -> None:
    """Each time it is passed, a sending of its own."""
    if act.matter_id is None:
        raise Broken('这里没有事项，抄送不了', advice='只在事项和它旁边的流程里画抄送')
    named = _posts(act, to)
    row, copies = circulation.rows(act.tenant, act.matter_id, named, note, act.now, sent_by=SYSTEM.said)
    act.insert(Circulation.__table__, row)
    for copy in copies:
        act.insert(Copy.__table__, copy)
    act.record(Kind.COPY_SENT, circulation.told(named, act.functions['post_name']), circulation.recorded(named, note))


def _posts(act: Act, to: str) -> list[Held]:
    known = [tuple(row) for row in act.read(select(Account.unit, Account.post).distinct().where(
        Account.tenant == act.tenant, Account.active, Account.post.not_in(BLIND)).order_by(Account.unit, Account.post))]
    found: dict[Held, None] = {}
    for address in act.functions['split'](to):
        meant = circulation.meant(address, known)
        if not meant:
            raise Broken(said('抄送不知道发给谁：{address}', address=address), values={'to': to},
                         advice='写成 单位/岗位，或者单位代码；要有账号')
        found.update(dict.fromkeys(meant))
    return list(found)
