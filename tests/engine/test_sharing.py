"""共享的流程: governments that follow get every new version, with their own files in it; all of them or none."""
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from engine import db, deployment, following, history, parameter, release, sharing
from engine.directory import Tenant
from engine.errors import Refused, Undeployable
from engine.history import Actor, Kind
from engine.sharing import Outcome
from tests.engine.diagrams import form, line, parameters, user
from tests.engine.test_release import govern

HAND, OWNER = Actor('命令行'), Actor('省政府办公厅·流程管理员', 'office', 'owner', 1)


def drawn(ident: str, **attributes: str) -> bytes:
    return line(user('a', **{'camunda_candidateGroups': 'office/officer', 'camunda_formRef': 'f'} | attributes),
                between=('a',), ident=ident)


COMMON = {'p.bpmn': drawn('p'), 'f.form': form('f', 'answer'), 'parameters.dmn': parameters(release_approval='false')}
ASKS_MORE = {'f.form': form('f', 'answer', 'more')}
OWN_FORM = {'f.form': form('f', 'own')}
Do = Callable[..., Any]


@pytest.fixture
def do(engine: Engine) -> Do:
    """A verb of the room in a step of its own, in two governments: 贵州 as shared, 长治 with a process of its own."""
    govern(engine, 'gz', COMMON)
    govern(engine, 'cz', COMMON | {'q.bpmn': drawn('q')})

    def step(verb: Any, *given: Any, tenant: str | None = None, **more: Any) -> Any:
        with db.writing(engine) as session:
            whose = (session.get(Tenant, tenant),) if tenant else ()
            made = verb(session, *whose, *given, **more)
            session.flush()
            session.expunge_all()
            return made
    step.engine = engine
    return step


def share(do: Do, given: dict[str, bytes], **more: Any) -> dict[str, Outcome]:
    """Publish for all; what it made of each government."""
    return {one.tenant.id: one for one in do(sharing.share, given, HAND, '省里统一', **more)[1]}


def in_use(do: Do, tenant: str) -> dict[str, bytes]:
    with db.reading(do.engine) as session:
        return deployment.files(session, deployment.current(session, tenant).id)


def number(do: Do, tenant: str) -> int:
    with db.reading(do.engine) as session:
        return deployment.current(session, tenant).number


def origins(do: Do, tenant: str) -> dict[str, str]:
    with db.reading(do.engine) as session:
        return following.origins(session, tenant)


def both_follow(do: Do) -> None:
    share(do, COMMON)
    for tenant in ('gz', 'cz'):
        do(sharing.follow, OWNER, tenant=tenant)


def test_who_follows_gets_every_new_shared_version_with_his_own_files_in_it(do: Do) -> None:
    both_follow(do)
    assert (number(do, 'gz'), number(do, 'cz')) == (1, 1)              # nothing changed by following
    assert origins(do, 'cz') == {'f.form': 'shared', 'p.bpmn': 'shared', 'parameters.dmn': 'shared', 'q.bpmn': 'own'}
    told = share(do, ASKS_MORE)
    assert {tenant: one.version.number for tenant, one in told.items()} == {'gz': 2, 'cz': 2}
    assert in_use(do, 'gz') == COMMON | ASKS_MORE and in_use(do, 'cz') == COMMON | ASKS_MORE | {'q.bpmn': drawn('q')}
    with db.reading(do.engine) as session:
        kinds = [Kind.FOLLOWING_BEGUN, Kind.SHARED_PUBLISHED, Kind.DEPLOYMENT_MADE]
        assert [event.summary for event in history.events(session, 'tenant:cz', kinds=kinds)] == [
            '发布第1版：初版', '共享的流程出了第1版：省里统一', '开始用共享的流程，第1版', '共享的流程出了第2版：省里统一', '发布第2版：共享的流程第2版：省里统一']
        assert history.verify(session).whole


def test_unchanged_files_make_no_shared_version(do: Do) -> None:
    both_follow(do)
    assert share(do, {'f.form': COMMON['f.form']}) == {} and number(do, 'gz') == 1


def test_a_governments_own_file_wins_and_the_conflict_is_told(do: Do) -> None:
    both_follow(do)
    do(release.propose, COMMON | OWN_FORM, OWNER, '本级另有要求', tenant='gz')
    assert origins(do, 'gz')['f.form'] == 'overriding'
    told = share(do, ASKS_MORE | {'p.bpmn': drawn('p', name='统一的名字')})
    assert told['gz'].collisions == ['f.form'] and told['cz'].collisions == []
    assert in_use(do, 'gz')['f.form'] == OWN_FORM['f.form'] and '统一的名字' in in_use(do, 'gz')['p.bpmn'].decode()
    with db.reading(do.engine) as session:
        assert 'f.form两边都改了，仍用本级的' in deployment.current(session, 'gz').note


def test_what_a_government_left_out_does_not_come_back(do: Do) -> None:
    share(do, COMMON | {'q.bpmn': drawn('q')})
    do(sharing.follow, OWNER, tenant='cz')
    do(release.propose, COMMON, OWNER, '本级不用', tenant='cz')
    share(do, ASKS_MORE)
    assert set(in_use(do, 'cz')) == set(COMMON)


def test_all_get_it_or_none(do: Do) -> None:
    """长治 has a process of its own that asks for a form which the shared version drops."""
    both_follow(do)
    do(release.propose, COMMON | {'q.bpmn': drawn('q')}, OWNER, '本级的', tenant='gz')
    with pytest.raises(Refused, match='和长治市自己的文件放在一起有1处必须修改.*f'):
        share(do, {'p.bpmn': drawn('p', camunda_formRef=None), 'parameters.dmn': COMMON['parameters.dmn']}, only=True)
    assert (number(do, 'gz'), number(do, 'cz')) == (2, 1)
    with db.reading(do.engine) as session:
        assert following.shared(session).number == 1


def test_what_the_gate_refuses_is_not_shared(do: Do) -> None:
    with pytest.raises(Undeployable):
        share(do, {'p.bpmn': drawn('p')})
    with pytest.raises(Refused, match='还没有共享的流程'):
        do(sharing.follow, OWNER, tenant='gz')


def test_where_two_are_wanted_the_shared_version_is_proposed(do: Do) -> None:
    both_follow(do)
    with db.writing(do.engine) as session:
        bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
        parameter.change(session, 'gz', 'release_approval', True, OWNER, bundle)
    told = share(do, ASKS_MORE)
    assert told['gz'].version is None and told['gz'].proposal.said == '等批准' and told['cz'].version.number == 2
    told = share(do, ASKS_MORE | {'p.bpmn': drawn('p', name='统一的名字')})
    with db.reading(do.engine) as session:
        assert [one.said for one in release.proposals(session, 'gz')] == ['等批准', '已撤回']    # the older one makes way
    do(release.approve, 2, OWNER, tenant='gz')
    assert in_use(do, 'gz')['f.form'] == ASKS_MORE['f.form'] and '统一的名字' in in_use(do, 'gz')['p.bpmn'].decode()
    assert set(origins(do, 'gz').values()) == {'shared'}


def test_who_goes_his_own_way_keeps_what_he_has(do: Do) -> None:
    both_follow(do)
    do(sharing.unfollow, OWNER, tenant='gz')
    assert set(share(do, ASKS_MORE)) == {'cz'} and in_use(do, 'gz') == COMMON and origins(do, 'gz') == {}
    with pytest.raises(Refused, match='没有在用'):
        do(sharing.unfollow, OWNER, tenant='gz')
    do(sharing.follow, OWNER, tenant='gz')
    with pytest.raises(Refused, match='已经在用'):
        do(sharing.follow, OWNER, tenant='gz')
