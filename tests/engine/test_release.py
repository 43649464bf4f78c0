"""提请发布: a second person, a later day, a version that changed meanwhile, and back again; on both databases."""
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from engine import db, deployment, directory, history, incident, instance, job, parameter, publication, release, worker
from engine.directory import Tenant
from engine.errors import Conflict, Forbidden, NotFound, Refused, Undeployable
from engine.history import Actor, Kind
from engine.instance import Instance
from engine.release import Proposal
from engine.usertask import UserTask
from tests.engine.diagrams import form, line, parameters, user
from tests.workflows.story import moment

TENANT, BEGIN = 'gz', moment('2020-05-07 09:00')
ANN, BEN = (Actor('省政府办公厅·流程管理员', 'office', 'owner', account) for account in (1, 2))
FILES = {'p.bpmn': line(user('a', camunda_candidateGroups='office/officer'), between=('a',)),
         'f.form': form('f', 'answer'), 'parameters.dmn': parameters(release_approval='false')}
NEW = FILES | {'f.form': form('f', 'answer', 'more')}
OTHER = FILES | {'p.bpmn': line(user('b', camunda_candidateGroups='office/officer'), between=('b',))}
BROKEN = FILES | {'p.bpmn': line(user('a', camunda_candidateGroups=None), between=('a',))}


def govern(engine: Engine, tenant: str, files: dict[str, bytes]) -> None:
    """A government of nothing but a clock and its first version."""
    with db.writing(engine) as session:
        made = Tenant(id=tenant, name={'gz': '贵州省', 'cz': '长治市'}[tenant], level='省', demo=True, virtual_at=BEGIN,
                      covered_until=date(2020, 12, 31))
        session.add(made)
        session.flush()
        publication.publish(session, made, files, ANN, '初版')


class House:
    """The government with one small process, and what happens in it."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        govern(engine, TENANT, FILES)

    def do(self, verb: Any, *given: Any, **more: Any) -> Any:
        """A verb of the room, in a step of its own."""
        with db.writing(self.engine) as session:
            made = verb(session, session.get(Tenant, TENANT), *given, **more)
            session.flush()
            session.expunge_all()
            return made

    def ask_for_two(self) -> None:
        """The government wants a second person."""
        with db.writing(self.engine) as session:
            bundle = deployment.bundle(session, deployment.current(session, TENANT).id)
            parameter.change(session, TENANT, 'release_approval', True, ANN, bundle)

    def until(self, day: str) -> None:
        """The clock goes on and the worker does what is due."""
        worker.advance(self.engine, TENANT, moment(day), ANN)

    @property
    def version(self) -> int:
        """The number of the version in use."""
        with db.reading(self.engine) as session:
            return deployment.current(session, TENANT).number

    @property
    def files(self) -> dict[str, bytes]:
        """The files in use."""
        with db.reading(self.engine) as session:
            return deployment.files(session, deployment.current(session, TENANT).id)

    def proposal(self, number: int = 1) -> Proposal:
        """A proposal as it stands."""
        with db.reading(self.engine) as session:
            return release.find(session, TENANT, number)

    def told(self, *kinds: Kind) -> list[tuple[str, str]]:
        """Who did what, by the trail, which is whole."""
        with db.reading(self.engine) as session:
            assert history.verify(session, tenant=TENANT).whole
            return [(event.actor, event.summary) for event in history.events(session, f'tenant:{TENANT}', kinds=kinds)]


@pytest.fixture
def house(engine: Engine) -> House:
    """The government, first version in use."""
    return House(engine)


def test_where_nobody_has_to_approve_it_is_in_use_at_once(house: House) -> None:
    made = house.do(release.propose, NEW, ANN, '多问一项')
    assert (made.number, made.said, house.version, house.files) == (1, '已生效', 2, NEW)
    assert house.told(Kind.RELEASE_PROPOSED, Kind.DEPLOYMENT_MADE)[1:] == [
        (ANN.name, '提请发布：多问一项'), (ANN.name, '发布第2版：多问一项')]


def test_a_second_process_owner_approves(house: House) -> None:
    house.ask_for_two()
    assert house.do(release.propose, NEW, ANN, '多问一项').said == '等批准' and house.version == 1
    with pytest.raises(Forbidden, match='不能自己批准'):
        house.do(release.approve, 1, ANN)
    with pytest.raises(Forbidden, match='由流程管理员办'):
        house.do(release.approve, 1, Actor('省政府办公厅·督查员', 'office', 'officer', 3))
    assert house.do(release.approve, 1, BEN, '同意').said == '已生效' and house.files == NEW
    assert house.told(Kind.RELEASE_APPROVED) == [(BEN.name, '批准第1号提请')]
    with pytest.raises(Conflict, match='已生效'):
        house.do(release.approve, 1, BEN)


def test_from_the_command_line_two_posts_are_two_people(house: House) -> None:
    house.ask_for_two()
    clerk, other = Actor('省政府办公厅·流程管理员', 'office', 'owner'), Actor('省司法厅·流程管理员', 'sft', 'owner')
    house.do(release.propose, NEW, clerk, '多问一项')
    with pytest.raises(Forbidden):
        house.do(release.approve, 1, BEN)                          # as far as the trail can tell, the same
    assert house.do(release.approve, 1, other).said == '已生效'


def test_it_is_returned_with_a_word_or_taken_back(house: House) -> None:
    house.ask_for_two()
    house.do(release.propose, NEW, ANN, '多问一项')
    with pytest.raises(Refused, match='为什么退回'):
        house.do(release.return_, 1, BEN, ' ')
    with pytest.raises(Forbidden, match='只有提请的人能撤回'):
        house.do(release.withdraw, 1, BEN)
    assert house.do(release.return_, 1, BEN, '先问各单位').said == '已退回'
    house.do(release.propose, NEW, ANN, '问过了')
    assert house.do(release.withdraw, 2, ANN).said == '已撤回'
    assert house.version == 1 and house.told(Kind.RELEASE_RETURNED, Kind.RELEASE_WITHDRAWN) == [
        (BEN.name, '退回第1号提请：先问各单位'), (ANN.name, '撤回第2号提请')]


def test_what_cannot_be_proposed_is_said(house: House) -> None:
    for given, note, day, said in (
            (NEW, ' ', None, '为什么改'), (FILES, '改', None, '第1版一模一样'), (NEW, '长' * 501, None, '500'),
            (NEW, '改', date(2020, 5, 7), '今天（2020-05-07）以后'), (NEW, '改', date(2021, 6, 1), '一年')):
        with pytest.raises(Refused, match=said):
            house.do(release.propose, given, ANN, note, day)
    with pytest.raises(Undeployable):
        house.do(release.propose, BROKEN, ANN, '改')
    with pytest.raises(NotFound):
        house.do(release.withdraw, 1, ANN)
    assert house.told(Kind.RELEASE_PROPOSED) == []


def test_it_takes_effect_at_the_start_of_its_day(house: House) -> None:
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    house.until('2020-05-10 23:59')
    assert (house.version, house.proposal().said) == (1, '等生效')
    house.until('2020-05-11 09:00')
    assert (house.version, house.files, house.proposal().said) == (2, NEW, '已生效')
    assert house.told(Kind.DEPLOYMENT_MADE)[1:] == [('定时任务', '发布第2版：五月十一日起')]
    with db.reading(house.engine) as session:
        assert deployment.current(session, TENANT).deployed_at == moment('2020-05-11 00:00')


def test_what_was_taken_back_before_its_day_never_comes(house: House) -> None:
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    house.do(release.withdraw, 1, ANN)
    house.until('2020-05-12 09:00')
    assert house.version == 1
    with db.reading(house.engine) as session:
        assert not session.scalars(select(job.Job)).all()


def test_approved_after_its_day_it_takes_effect_at_once(house: House) -> None:
    house.ask_for_two()
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    house.until('2020-05-12 09:00')
    assert house.version == 1
    assert house.do(release.approve, 1, BEN).said == '已生效' and house.version == 2


def test_a_worker_that_dies_loses_nothing_and_two_do_it_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    with db.writing(house.engine) as session:
        session.get(Tenant, TENANT).virtual_at += timedelta(days=5)
        key = session.scalars(select(job.Job.id)).one()
    with monkeypatch.context() as patch:
        patch.setattr(publication, 'publish', lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            worker.tick(house.engine)
    assert (house.version, house.proposal().said) == (1, '等生效')
    worker.tick(house.engine)
    worker._carry(house.engine, key)                               # a second worker that had seen the same row
    assert (house.version, house.proposal().said) == (2, '已生效')
    with db.reading(house.engine) as session:
        assert not incident.open_incidents(session)


def test_when_the_version_in_use_changed_it_has_to_be_looked_at_again(house: House) -> None:
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    house.do(release.propose, OTHER, BEN, '换一步')
    house.until('2020-05-11 09:00')
    assert house.files == OTHER and house.proposal().said == '要再看一遍'
    assert house.told(Kind.RELEASE_HELD) == [('定时任务', '第1号提请没有生效：提请以后，在用的版本变了。')]
    assert house.do(release.renew, 1, ANN).said == '已生效'
    assert house.files == OTHER | {'f.form': NEW['f.form']}
    assert house.told(Kind.RELEASE_RENEWED) == [(ANN.name, '第1号提请按第2版更新')]


def test_nobody_approves_what_was_thought_out_on_another_version(house: House) -> None:
    house.ask_for_two()
    house.do(release.propose, NEW, ANN, '多问一项')
    house.do(release.propose, OTHER, ANN, '换一步')
    house.do(release.approve, 2, BEN)
    with pytest.raises(Conflict, match='要先按现在的版本更新'):
        house.do(release.approve, 1, BEN)
    assert house.do(release.renew, 1, ANN).said == '等批准'
    house.do(release.approve, 1, BEN)
    assert house.files == OTHER | {'f.form': NEW['f.form']}


def test_two_who_changed_the_same_file_do_not_write_over_each_other(house: House) -> None:
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    house.do(release.propose, FILES | {'f.form': form('f', 'answer', 'else')}, BEN, '问别的')
    with pytest.raises(Refused, match='f.form在提请以后被别人也改了'):
        house.do(release.renew, 1, ANN)
    assert house.proposal().said == '等生效' and house.version == 2


def test_what_the_gate_refuses_on_the_day_is_held(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    findings = [one for one in publication.judge(BROKEN) if one.severity == 'refuse']
    with monkeypatch.context() as patch:
        patch.setattr(deployment.gate, 'check', lambda *_: findings)
        house.until('2020-05-11 09:00')
    assert house.version == 1 and house.proposal().said == '要再看一遍' and '没有写明由谁办理' in house.proposal().trouble


def test_an_old_version_comes_back_as_a_new_one(house: House) -> None:
    house.do(release.propose, NEW, ANN, '多问一项')
    with db.reading(house.engine) as session:
        first = deployment.numbered(session, TENANT, '1')
    house.do(release.restore, first, ANN, '改回去')
    assert (house.version, house.files) == (3, FILES)
    with pytest.raises(Refused, match='第3版一模一样'):
        house.do(release.restore, first, ANN, '再改回去')


def test_where_two_are_wanted_nobody_publishes_alone(house: House) -> None:
    house.ask_for_two()
    with pytest.raises(Forbidden, match='要另一个流程管理员批准'):
        house.do(release.publish, NEW, ANN, '')
    assert house.version == 1


def test_the_same_sent_twice_is_one_proposal(house: House) -> None:
    house.ask_for_two()
    one, two = (house.do(release.propose, NEW, ANN, '多问一项') for _ in range(2))
    assert one.number == two.number == 1 and len(house.told(Kind.RELEASE_PROPOSED)) == 1
    assert house.do(release.propose, NEW, BEN, '我也要').number == 2


def test_a_version_runs_though_its_files_are_gone_from_the_disk(house: House, tmp_path: Path,
                                                                monkeypatch: pytest.MonkeyPatch) -> None:
    """What was published is read from the database, by a process that has never seen it."""
    for name, content in FILES.items():
        (tmp_path / name).write_bytes(content)
    with db.writing(house.engine) as session:
        directory.add_unit(session, TENANT, 'office', '省政府办公厅', '部门')
        directory.add_post(session, TENANT, 'office', 'officer', '督查员')
        instance.start(session, TENANT, 'p', ANN, {}).flush(session)
    house.do(release.propose, NEW, ANN, '多问一项')
    for name in FILES:
        (tmp_path / name).unlink()
    monkeypatch.chdir(tmp_path)
    deployment._bundles.clear()
    with db.reading(house.engine) as session:
        task = session.scalars(select(UserTask)).one()
        assert set(instance.view(session, task.id).form.fields) == {'answer'}
    with db.writing(house.engine) as session:
        instance.complete(session, task.id, Actor('督查员', 'office', 'officer'), {'answer': '好'}).flush(session)
        assert session.scalars(select(Instance.status)).one() == 'done'


def test_parts_that_contradict_each_other_are_named(house: House) -> None:
    """A task without its form, a table twice, a message that the withdrawal names and nobody hears."""
    with pytest.raises(Undeployable) as caught:
        house.do(release.propose, {name: one for name, one in FILES.items() if name != 'f.form'}, ANN, '漏了一张')
    assert 'f' in caught.value.findings[0].zh and caught.value.findings[0].file == 'p.bpmn'
    with pytest.raises(Undeployable) as caught:
        house.do(release.propose, FILES | {'q.bpmn': FILES['p.bpmn']}, ANN, '画了两次')
    assert {finding.file for finding in caught.value.findings} == {'q.bpmn'}


def test_what_fails_for_another_reason_is_an_incident_and_tried_again(house: House,
                                                                      monkeypatch: pytest.MonkeyPatch) -> None:
    house.do(release.propose, NEW, ANN, '五月十一日起', date(2020, 5, 11))
    with monkeypatch.context() as patch:
        patch.setattr(publication, 'publish', lambda *_: 1 / 0)
        house.until('2020-05-11 09:00')
    assert (house.version, house.proposal().said) == (1, '等生效')
    with db.reading(house.engine) as session:
        known, = incident.open_incidents(session)
    assert '重新执行' in incident.retry(house.engine, known.id, ANN)
    assert (house.version, house.proposal().said) == (2, '已生效')
    with db.reading(house.engine) as session:
        assert not incident.open_incidents(session)
