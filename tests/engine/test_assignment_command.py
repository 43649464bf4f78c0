"""认领、转办、委派、退回、撤回 on the command line."""
import pytest

from tests.engine.test_command_line import AGREED, Shell, begin, duban, office  # noqa: F401  (fixtures)


@pytest.fixture
def sign(office: Shell) -> str:  # noqa: F811
    """The 签收 of a matter, which waits for 发改局's liaison."""
    begin(office)
    office('complete', 'DB-2020-001/approve', '--as', 'gov/principal', '--data', AGREED)
    return 'DB-2020-001/sign'


def test_claimed_by_an_account_and_put_back_by_the_supervision(office: Shell, sign: str) -> None:  # noqa: F811
    assert '写明以谁的身份' in office.refused('task', 'claim', sign)
    assert '没有“nobody”这个账号' in office.refused('task', 'claim', sign, '--account', 'nobody')
    assert '认领要用账号' in office.refused('task', 'claim', sign, '--as', 'fgj/liaison')
    assert '“签收”已认领' in office('task', 'claim', sign, '--account', 'zx-fgj-liaison')
    assert '已认领，由认领的人办' in office.refused('complete', sign, '--as', 'fgj/liaison')
    assert '“签收”已放回' in office('task', 'release', sign, '--as', 'office/officer')
    office('complete', sign, '--as', 'fgj/liaison')
    assert {'task.claimed', 'task.released'} <= {event['kind'] for event in office.json('trace', 'DB-2020-001')}


def test_handed_on_as_far_as_the_diagram_allows(office: Shell, sign: str) -> None:  # noqa: F811
    words = (sign, '--to', 'fgj/chief', '--reason', '请把关', '--as', 'fgj/liaison')
    assert '流程图上没有允许' in office.refused('task', 'transfer', *words)
    assert office.json('task', 'delegate', *words)['said'] == '已委派给发改局·单位负责人'
    assert [one['post'] for one in office.json('tasks')] == ['fgj/chief']
    assert '请交回' in office.refused('complete', sign, '--as', 'fgj/chief')


def test_recalled_until_the_next_has_begun_and_returned_nowhere_else(office: Shell, sign: str) -> None:  # noqa: F811
    assert '还没有办过“sign”' in office.refused('task', 'recall', sign, '--as', 'fgj/liaison', '--reason', '漏了')
    office('complete', sign, '--as', 'fgj/liaison')
    assert '“签收”这一步不能撤回：流程图上没有允许' in office.refused('task', 'recall', sign, '--as', 'fgj/liaison', '--reason', '漏了')
    back = ('task', 'return', 'DB-2020-001/plan', '--to', 'sign', '--as', 'fgj/liaison', '--reason', '重来')
    assert '流程图上没有允许' in office.refused(*back)
