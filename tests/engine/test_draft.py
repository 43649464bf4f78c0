"""Drafts: what one draws before anybody is affected; two people at one draft; what comes in from outside."""
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timezone

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from engine import db, deployment, draft, gate, history
from engine.deployment import Deployment
from engine.directory import Account, Post, Tenant, Unit
from engine.draft import Draft
from engine.errors import Conflict, Forbidden, NotFound, Refused
from engine.finding import WARN
from engine.history import Actor, Kind
from engine.xml import MOST_BYTES
from tests.engine.diagrams import FACTS, TOPICS, form, line, parameters, user

BUNDLE = {'f.form': form('f', 'answer'), 'p.bpmn': line(user('a'), between=('a',)),
          'parameters.dmn': parameters(days='3')}
NOW = datetime(2020, 5, 7, 6, 3, tzinfo=timezone.utc)                  # 14:03 in 贵州
ANNA, BEN = (Actor(f'省政府办公厅·流程管理员{name}', 'office', 'owner', number) for number, name in ((1, '甲'), (2, '乙')))
OTHER = Actor('长治市政府办公厅·流程管理员', 'office', 'owner', 3)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """贵州 with two process owners and a version of two files, 长治 with one owner and none."""
    with db.writing(engine) as session:
        for tenant, people in (('gz', (1, 2)), ('cz', (3,))):
            session.add(Tenant(id=tenant, name=tenant, level='省', demo=True, virtual_at=NOW,
                               covered_until=date(2020, 12, 31)))
            session.flush()
            session.add(Unit(tenant=tenant, code='office', name='办公厅', kind='部门'))
            session.flush()
            session.add(Post(tenant=tenant, unit='office', post='owner', name='流程管理员'))
            session.flush()
            session.add_all(Account(id=one, tenant=tenant, unit='office', post='owner', login=str(one),
                                    password_hash='!') for one in people)
        session.flush()
        deployment.deploy(session, 'gz', BUNDLE, '系统', '', NOW, TOPICS, FACTS)
        yield session


def base(session: Session) -> Deployment:
    return deployment.current(session, 'gz')


def begun(session: Session, **given: bytes) -> Draft:
    """A draft of 甲 on the version in use."""
    return draft.begin(session, 'gz', ANNA, '两级审批', base(session),
                       {name.replace('__', '.'): content for name, content in given.items()})


def test_a_draft_holds_only_what_differs(session: Session) -> None:
    [name, *_] = sorted(BUNDLE)
    held = begun(session)
    assert draft.files(session, held) == dict(sorted(BUNDLE.items())) and not draft.edited(session, held)
    assert draft.file(session, held, name) == (BUNDLE[name], 0)
    revision = draft.save(session, held, ANNA, name, b'<changed/>', 0)
    assert draft.file(session, held, name) == (b'<changed/>', revision) and set(draft.edited(session, held)) == {name}
    draft.save(session, held, ANNA, 'new.form', b'{}', 0)
    draft.remove(session, held, ANNA, name, held.version)
    assert set(draft.files(session, held)) == {*BUNDLE, 'new.form'} - {name}
    assert deployment.files(session, base(session).id) == dict(sorted(BUNDLE.items())), 'what is in use stays'


def test_what_nobody_can_read_is_kept(session: Session) -> None:
    held = begun(session, broken__bpmn=b'<bpmn:definitions')
    assert draft.files(session, held)['broken.bpmn'] == b'<bpmn:definitions'


def test_two_at_one_file_are_told_and_nothing_is_lost(session: Session) -> None:
    held = begun(session, step__bpmn=b'<one/>')
    draft.share(session, held, ANNA, True)
    _content, seen = draft.file(session, held, 'step.bpmn')
    draft.save(session, held, BEN, 'step.bpmn', b'<two/>', seen)
    with pytest.raises(Conflict, match='流程管理员乙刚刚改了这一稿的“step.bpmn”（14:03）'):
        draft.save(session, held, ANNA, 'step.bpmn', b'<three/>', seen)
    for act in (draft.remove, lambda *told: draft.rename_file(*told[:4], 'other.bpmn', told[4])):
        with pytest.raises(Conflict):
            act(session, held, ANNA, 'step.bpmn', seen)
    assert draft.file(session, held, 'step.bpmn')[0] == b'<two/>'
    assert draft.save(session, held, ANNA, 'step.bpmn', b'<two/>', seen) == held.version, 'the same again'
    mine = draft.copy(session, held, ANNA, '我的')
    draft.save(session, mine, ANNA, 'step.bpmn', b'<three/>', 0)
    assert draft.file(session, held, 'step.bpmn')[0] == b'<two/>' and not mine.shared


def test_a_file_removed_by_the_other_is_not_written_again(session: Session) -> None:
    held = begun(session, step__bpmn=b'<one/>')
    seen = held.version
    draft.remove(session, held, BEN, 'step.bpmn', seen)
    with pytest.raises(Conflict, match='刚刚删去了'):
        draft.save(session, held, ANNA, 'step.bpmn', b'<two/>', seen)


def test_a_file_is_renamed_but_never_over_another(session: Session) -> None:
    held = begun(session, one__form=b'{}', two__form=b'[]')
    draft.rename_file(session, held, ANNA, 'one.form', 'three.form', held.version)
    files = draft.files(session, held)
    assert files['three.form'] == b'{}' and 'one.form' not in files
    with pytest.raises(Refused, match='已经有“two.form”'):
        draft.rename_file(session, held, ANNA, 'three.form', 'two.form', held.version)
    with pytest.raises(NotFound):
        draft.remove(session, held, ANNA, 'one.form', held.version)


def test_only_the_owner_sees_it_until_it_is_shared(session: Session) -> None:
    held = begun(session)
    with pytest.raises(NotFound, match='没有分享给您'):
        draft.find(session, 'gz', BEN.account_id, held.id)
    draft.share(session, held, ANNA, True)
    assert draft.find(session, 'gz', BEN.account_id, held.id) is held and draft.drafts(session, 'gz', 2) == [held]
    with pytest.raises(NotFound):
        draft.find(session, 'cz', OTHER.account_id, held.id)
    for act in (lambda: draft.share(session, held, BEN, False), lambda: draft.rename(session, held, BEN, '我的'),
                lambda: draft.discard(session, held, BEN, NOW)):
        with pytest.raises(Forbidden, match='只有主人能这样做'):
            act()


def test_what_is_discarded_can_be_taken_back_and_all_of_it_is_on_the_trail(session: Session) -> None:
    held = begun(session, new__form=b'{}')
    draft.share(session, held, ANNA, True)
    draft.discard(session, held, ANNA, NOW)
    assert draft.drafts(session, 'gz', BEN.account_id) == [] and draft.drafts(session, 'gz', ANNA.account_id) == [held]
    draft.restore(session, held, ANNA)
    draft.share(session, held, ANNA, False)
    assert draft.files(session, held)['new.form'] == b'{}'
    kinds = [one.kind for one in history.events(session, 'tenant:gz')]
    assert kinds == [Kind.DRAFT_BEGUN, Kind.DRAFT_SHARED, Kind.DRAFT_DISCARDED, Kind.DRAFT_RESTORED,
                     Kind.DRAFT_WITHHELD]


@pytest.mark.parametrize(('name', 'sentence'), [
    ('../../etc/passwd.bpmn', '不带文件夹'), ('a/b.dmn', '不带文件夹'), ('.bpmn', '只收'), ('run.exe', '只收'),
    ('x' * 90 + '.form', '最多80个字'), ('a\nb.form', '文件名')])
def test_a_name_that_no_bundle_can_have_is_refused(session: Session, name: str, sentence: str) -> None:
    held = begun(session)
    with pytest.raises(Refused, match=sentence):
        draft.save(session, held, ANNA, name, b'', 0)
    with pytest.raises(Refused, match=sentence):
        draft.add(session, held, ANNA, {'good.form': b'{}', name: b''}, 0)
    assert draft.files(session, held).keys() == BUNDLE.keys()


def test_sizes_are_bounded(session: Session) -> None:
    held = begun(session)
    with pytest.raises(Refused, match='太大'):
        draft.save(session, held, ANNA, 'new.bpmn', b' ' * (MOST_BYTES + 1), 0)
    with pytest.raises(Refused, match='最多200个文件'):
        draft.add(session, held, ANNA, {f'f{number}.form': b'{}' for number in range(201)}, 0)
    with pytest.raises(Refused, match='字节，现在共'):
        draft.add(session, held, ANNA, {f'f{number}.form': b' ' * MOST_BYTES for number in range(11)}, 0)
    for name in ('', ' ', 'x' * 81):
        with pytest.raises(Refused, match='起个名字'):
            draft.begin(session, 'gz', ANNA, name, None, {})


@pytest.mark.parametrize('kind', ['bpmn', 'dmn', 'form'])
def test_a_blank_file_can_be_deployed_as_it_is(kind: str) -> None:
    name = f'look_back.{kind}'
    refused = [one.zh for one in gate.check({name: draft.blank(name)}, TOPICS, FACTS) if one.severity != WARN]
    assert not refused


@pytest.mark.parametrize('name', ['回头看.bpmn', '9.form', 'a"b.dmn', 'x.story', 'x', ''])
def test_a_blank_file_needs_an_id_for_a_name(name: str) -> None:
    with pytest.raises(Refused, match='新文件的名字'):
        draft.blank(name)


def zipped(**files: bytes) -> bytes:
    """An archive; `__` in a name stands for a dot, `___` for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, 'w', zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name.replace('___', '/').replace('__', '.')), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def test_an_archive_gives_the_files_that_were_put_in() -> None:
    files = {'a.bpmn': b'<a/>', 'b.form': b'{}'}
    assert draft.unpack(draft.pack(files), 'x.zip') == files
    assert draft.pack(files) == draft.pack(dict(reversed(files.items()))), 'in whatever order they come'


@pytest.mark.parametrize(('content', 'sentence'), [
    (b'', '不是完好的zip'), (b'PK\x03\x04broken', '不是完好的zip'), (zipped(), '没有文件'),
    (zipped(a__bpmn=b'x' * 500)[:-40], '不是完好的zip'),
    (zipped(__________etc___passwd=b'x'), '带着文件夹'), (zipped(sub___a__bpmn=b'x'), '带着文件夹'),
    (zipped(**{f'f{number}__form': b'' for number in range(201)}), '最多200个'),
    (zipped(bomb__bpmn=bytes(1_900_000)), '太大了'), (zipped(big__bpmn=bytes(MOST_BYTES + 1)), '太大了'),
], ids=str.split('nothing no_archive empty torn outside folder many bomb big'))
def test_a_trap_in_an_archive_ends_in_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        draft.unpack(content, 'x.zip')


def test_an_archive_that_lies_about_sizes_or_holds_a_file_twice_is_refused() -> None:
    whole = zipped(a__bpmn=b'x' * 3_000)
    at = whole.index(b'PK\x01\x02')
    lying = whole[:at + 24] + (10).to_bytes(4, 'little') + whole[at + 28:]
    with pytest.raises(Refused, match='不是完好的zip|比它说的大'):
        draft.unpack(lying, 'x.zip')
    made = io.BytesIO()
    with zipfile.ZipFile(made, 'w') as archive, pytest.warns(UserWarning):
        archive.writestr('a.form', b'1')
        archive.writestr('a.form', b'2')
    with pytest.raises(Refused, match='两个“a.form”'):
        draft.unpack(made.getvalue(), 'x.zip')
