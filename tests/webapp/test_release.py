"""版本与提请: what a version changed, a draft that becomes one, a second person, a later day, and back again."""
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask

from engine import db, deployment, directory, draft, history, parameter, publication, worker
from engine.directory import Account, Tenant
from engine.history import Actor, Kind
from tests.engine.race import meanwhile
from tests.webapp.browser import Browser, Page
from tests.webapp.conftest import HASH
from tests.webapp.matters import engine_of, handled
from tests.webapp.test_rest import Modeler, basic
from webapp import release

Browse = Callable[[str], Browser]
ANN = Actor('省政府办公厅·流程管理员', 'office', 'owner')


@pytest.fixture
def owner(browse: Browse) -> Browser:
    """The process owner's browser."""
    return browse('gz-office-owner')


@pytest.fixture
def second(app: Flask, browse: Browse) -> Browser:
    """Another process owner, where the government wants two."""
    with db.writing(engine_of(app)) as session:
        session.add(Account(tenant='gz', unit='office', post='owner', login='gz-second', password_hash=HASH))
        bundle = deployment.bundle(session, deployment.current(session, 'gz').id)
        parameter.change(session, 'gz', 'release_approval', True, ANN, bundle)
    return browse('gz-second')


def edited(app: Flask, *edits: tuple[str, str, str]) -> dict[str, bytes]:
    """Files of the version in use with some words changed."""
    with db.reading(engine_of(app)) as session:
        files = deployment.files(session, deployment.current(session, 'gz').id)
    found = {}
    for name, old, new in edits:
        text = found.get(name, files[name]).decode()
        assert old in text
        found[name] = text.replace(old, new).encode()
    return found


RENAMED = ('matter.bpmn', 'name="立项审批"', 'name="立项会签"')
PARAMETER = ('parameters.dmn', '"到期前几个工作日亮黄灯', '"到期前几个工作日就亮黄灯')


def drafted(app: Flask, *edits: tuple[str, str, str], login: str = 'gz-office-owner') -> int:
    """A draft with these changes, which others may see."""
    given = edited(app, *edits)
    with db.writing(engine_of(app)) as session:
        account = session.query(Account).where(Account.login == login).one()
        actor = Actor(ANN.name, 'office', 'owner', account.id)
        made = draft.begin(session, 'gz', actor, '改一改', deployment.current(session, 'gz'), given)
        draft.share(session, made, actor, True)
        return made.id


def published(app: Flask, *edits: tuple[str, str, str]) -> None:
    """A new version with these changes."""
    given = edited(app, *edits)
    with db.writing(engine_of(app)) as session:
        publication.publish(session, session.get(Tenant, 'gz'), publication.completed(session, 'gz', given), ANN, '改名')


def version(app: Flask) -> int:
    """The number of the version in use."""
    with db.reading(engine_of(app)) as session:
        return deployment.current(session, 'gz').number


def told(app: Flask, *kinds: Kind) -> list[str]:
    """What the trail says of these kinds."""
    with db.reading(engine_of(app)) as session:
        return [event.summary for event in history.events(session, 'tenant:gz', kinds=kinds)]


def rows(page: Page) -> list[str]:
    return page.texts('//main//table[not(ancestor::details)]/tbody/tr')


def test_the_list_says_what_each_version_changed_and_what_runs_on_it(app: Flask, owner: Browser) -> None:
    handled(app)
    published(app, RENAMED, PARAMETER)
    first, second = rows(owner.get('/release'))
    assert first.startswith('第2版 在用') and '改名 2个文件改动 2 0' in first and '恢复成这一版' not in first
    assert second.startswith('第1版') and '第一版 1' in second and '恢复成这一版' in second
    assert '和上一版比' in first
    assert '/release' in owner.get('/process/matter').all('//section[@aria-labelledby="v"]//a/@href')


def test_a_comparison_tells_every_change_in_words_and_on_two_drawings(app: Flask, browse: Browse) -> None:
    published(app, RENAMED, PARAMETER)
    page = browse('gz-office-officer').get('/release/2/against/1')
    assert page.h1 == '第2版与第1版的不同' and '2个文件不同：改动 2' in page.text
    renamed = next(row for row in rows(page) if row.startswith('用户任务“立项会签”（approve）原来是用户任务“立项审批”（approve）'))
    assert renamed.endswith('改动 名称：由 立项审批 改为 立项会签')
    old, new = page.all('//div[@data-marks]')
    assert old.get('data-marks') == new.get('data-marks') == '{"approve": "changed"}'
    drawings = [browse('gz-office-officer').client.get(each.get('data-xml')).data for each in (old, new)]
    assert b'\xe7\xab\x8b\xe9\xa1\xb9\xe4\xbc\x9a\xe7\xad\xbe' not in drawings[0] and '立项会签'.encode() in drawings[1]
    assert browse('gz-office-officer').get('/release/1/against/2').h1 == page.h1      # the older one is always the base
    browse('gz-office-officer').get('/release/3/against/1', status=404)
    browse('cz-office-officer').get('/release/2/against/1', status=404)


def test_equal_versions_do_not_differ(app: Flask, owner: Browser) -> None:
    published(app, RENAMED)
    owner.get('/release?').one('//h1')
    owner.get('/release/new?version=1')
    owner.submit({'note': '改回去'}, press='发布')
    page = owner.get('/release/3/against/1')
    assert '两版一模一样' in page.text


def test_a_draft_becomes_a_version(app: Flask, owner: Browser) -> None:
    handled(app)
    page = owner.get(f'/release/new?draft={drafted(app, RENAMED)}')
    assert page.h1 == '发布“改一改”吗？' and '1件不变' in page.text and '1个文件不同：改动 1' in page.text
    page = owner.submit({'note': '黔府办函〔2020〕9号'}, press='发布')
    assert page.path == '/release/proposal/1' and '已生效' in page.text and '成了第2版' in page.text
    assert '这一稿改的，第2版里都有了' in owner.get('/draft/1').text
    assert told(app, Kind.RELEASE_PROPOSED, Kind.DEPLOYMENT_MADE)[-2:] == [
        '提请发布：黔府办函〔2020〕9号', '发布第2版：黔府办函〔2020〕9号']


def test_what_a_draft_does_not_touch_stays_as_it_is_in_use(app: Flask, owner: Browser) -> None:
    old = drafted(app, RENAMED)
    published(app, PARAMETER)
    page = owner.get(f'/release/new?draft={old}')
    assert '1个文件不同' in page.text and 'parameters.dmn' not in page.text
    owner.submit({'note': '改名'}, press='发布')
    assert '就亮黄灯' in owner.get('/process/table/parameters').text


def test_two_who_changed_the_same_file_are_told_so(app: Flask, owner: Browser) -> None:
    old = drafted(app, RENAMED)
    published(app, ('matter.bpmn', 'name="立项审批"', 'name="立项批准"'))
    page = owner.get(f'/release/new?draft={old}')
    assert 'matter.bpmn在这一稿起好以后，在用的版本里也改了' in page.text and not page.all('//main//form')


def test_nobody_publishes_what_was_changed_after_he_looked(app: Flask, owner: Browser) -> None:
    number = drafted(app, RENAMED)
    owner.get(f'/release/new?draft={number}')
    with db.writing(engine_of(app)) as session:
        account = session.query(Account).where(Account.login == 'gz-office-owner').one()
        held = draft.find(session, 'gz', account.id, number, lock=True)
        draft.add(session, held, Actor(ANN.name, 'office', 'owner', account.id), edited(app, PARAMETER), held.version)
    page = owner.submit({'note': '改名'}, press='发布', status=409)
    assert '又改了' in page.text and version(app) == 1


def test_a_version_that_comes_at_that_instant_is_not_undone(app: Flask, owner: Browser,
                                                            monkeypatch: pytest.MonkeyPatch) -> None:
    owner.get(f'/release/new?draft={drafted(app, RENAMED)}')
    look = release._wanted

    def meanwhile() -> Any:
        found = look()
        published(app, PARAMETER)
        return found
    monkeypatch.setattr(release, '_wanted', meanwhile)
    assert '别人发布了新版' in owner.submit({'note': '改名'}, press='发布', status=409).text
    assert version(app) == 2


def test_a_second_person_approves_and_the_proposer_does_not(app: Flask, owner: Browser, second: Browser) -> None:
    owner.get(f'/release/new?draft={drafted(app, RENAMED)}')
    page = owner.submit({'note': '改名'}, press='提请发布')
    assert '等批准' in page.text and '由另一个流程管理员批准' in page.text and version(app) == 1
    assert page.texts('//main//button') == ['撤回']
    assert '不能自己批准' in owner.post('/release/proposal/1', {'act': 'approve'}, status=403).text
    page = second.get('/release')
    assert '第1号提请：改名' in page.text
    page = second.get('/release/proposal/1')
    assert page.texts('//header//nav//a[@aria-current]') == ['流程']
    assert page.h1 == '同意第1号提请吗？' and page.texts('//main//button') == ['同意发布', '退回']
    assert '已生效' in second.submit({'opinion': '同意'}, press='同意发布').text and version(app) == 2
    assert second.post('/release/proposal/1', {'act': 'approve'}, status=409).status == 409


def test_it_is_returned_with_an_opinion_or_withdrawn(app: Flask, owner: Browser, second: Browser) -> None:
    owner.get(f'/release/new?draft={drafted(app, RENAMED)}')
    owner.submit({'note': '改名'}, press='提请发布')
    second.get('/release/proposal/1')
    assert '为什么退回' in second.submit({'opinion': ''}, press='退回', status=422).texts('//*[@role="alert"]')[0]
    assert '已退回' in second.submit({'opinion': '先问各单位'}, press='退回').text
    assert '先问各单位' in owner.get('/release/proposal/1').text
    owner.get(f'/release/new?draft={drafted(app, PARAMETER)}')
    owner.submit({'note': '改说明'}, press='提请发布')
    assert '已撤回' in owner.submit(press='撤回').text and version(app) == 1


def test_from_a_later_day_on(app: Flask, owner: Browser) -> None:
    owner.get(f'/release/new?draft={drafted(app, RENAMED)}')
    said = owner.submit({'note': '改名', 'on': '2020-09-27'}, press='发布', status=422).texts('//*[@role="alert"]//li')
    assert '生效日要在今天（2020-09-27）以后' in said[0]
    page = owner.submit({'note': '改名', 'on': '2020-10-09'}, press='发布')
    assert '等生效' in page.text and '2020年10月9日' in page.text and version(app) == 1
    worker.advance(engine_of(app), 'gz', ('workdays', 4), ANN)
    assert version(app) == 2 and '已生效' in owner.get('/release/proposal/1').text


def test_when_another_version_came_first_it_is_looked_at_again(app: Flask, owner: Browser, second: Browser) -> None:
    owner.get(f'/release/new?draft={drafted(app, RENAMED)}')
    owner.submit({'note': '改名'}, press='提请发布')
    published(app, PARAMETER)
    page = second.get('/release/proposal/1')
    assert '在用的版本变了，现在是第2版' in page.text and page.texts('//main//button') == ['按在用的版本更新', '退回']
    page = second.submit(press='按在用的版本更新')
    assert '等批准' in page.text and '1个文件不同' in page.text
    second.submit(press='同意发布')
    assert version(app) == 3 and '就亮黄灯' in owner.get('/process/table/parameters').text


def test_an_old_version_comes_back(app: Flask, owner: Browser) -> None:
    published(app, RENAMED)
    owner.get('/release')
    href, = [each.get('href') for each in owner.page.all('//main//a') if each.text_content().startswith('恢复成这一版')]
    page = owner.get(href)
    assert page.h1 == '发布“恢复成第1版”吗？'
    owner.submit({'note': '改回去'}, press='发布')
    assert version(app) == 3 and '两版一模一样' in owner.get('/release/3/against/1').text


def test_what_the_gate_refuses_cannot_be_published(app: Flask, owner: Browser) -> None:
    page = owner.get(f'/release/new?draft={drafted(app, ("matter.bpmn", "candidateGroups", "candidateUsers"))}')
    assert '必须修改' in page.text and not page.all('//main//form[@method="post"]')


def test_who_is_no_process_owner_only_looks(app: Flask, browse: Browse, owner: Browser, second: Browser) -> None:
    number = drafted(app, RENAMED)
    owner.get(f'/release/new?draft={number}')
    owner.submit({'note': '改名'}, press='提请发布')
    head = browse('gz-office-head')
    assert not head.get('/release/proposal/1').all('//main//form')
    assert not [each for each in head.get('/release').texts('//main//a') if '恢复' in each]
    head.get(f'/release/new?draft={number}', status=403)
    head.post('/release/proposal/1', {'act': 'approve'}, status=403)
    browse('cz-office-owner').get('/release/proposal/1', status=404)
    owner.get('/release/new', status=404)
    owner.get('/release/new?draft=999', status=404)


def test_the_modelers_button_does_not_go_round_the_second_person(app: Flask, second: Browser) -> None:
    modeler = Modeler(app.test_client(), basic('gz-office-owner'))
    answer = modeler.deploy(edited(app, RENAMED))
    assert answer.status_code == 403 and '要另一个流程管理员批准' in answer.json['message'] and version(app) == 1


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What two do at the same instant; both answers."""
    ready = threading.Barrier(2)

    def wait_and_act(act: Callable[[], Any]) -> Any:
        ready.wait()
        return act()
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(wait_and_act, acts))


def test_sent_twice_at_the_same_instant_it_is_one_version(app: Flask, owner: Browser) -> None:
    """The button pressed twice on the page; a modeler that sends the same files twice."""
    address = f'/release/new?draft={drafted(app, RENAMED)}'
    page = owner.get(address)
    sent = {name: page.one(f'//main//input[@name="{name}"]').get('value') for name in ('csrf_token', 'seen')}
    answers = at_once(*[lambda: owner.client.post(address, data={'note': '改名', **sent}).status_code] * 2)
    assert sorted(answers) == [303, 422] and version(app) == 2
    given = edited(app, PARAMETER)
    answers = at_once(*[lambda: Modeler(app.test_client(), basic('gz-office-owner')).deploy(given).json['id']] * 2)
    assert answers[0] == answers[1] and version(app) == 3


def test_of_two_who_send_different_files_at_the_same_instant_neither_is_lost(app: Flask) -> None:
    sent = edited(app, RENAMED), edited(app, PARAMETER)
    at_once(*[lambda files=files: Modeler(app.test_client(), basic('gz-office-owner')).deploy(files) for files in sent])
    with db.reading(engine_of(app)) as session:
        used = deployment.files(session, deployment.current(session, 'gz').id)
    assert all(used[name] == data for files in sent for name, data in files.items()) and version(app) == 3


def test_what_is_published_while_another_approves_is_not_undone(app: Flask, owner: Browser, second: Browser) -> None:
    owner.get(f'/release/new?draft={drafted(app, RENAMED)}')
    owner.submit({'note': '改名'})
    second.get('/release/proposal/1')
    with db.writing(engine_of(app)) as session, meanwhile(
            engine_of(app), lambda: second.post('/release/proposal/1', {'act': 'approve'}, status=409).text) as other:
        tenant = directory.alone(session, 'gz')
        publication.publish(session, tenant, publication.completed(session, 'gz', edited(app, PARAMETER)), ANN, '先发布')
    assert '在用的版本变了' in other() and version(app) == 2


def test_what_governments_share_is_taken_and_left_on_the_page(app: Flask, owner: Browser) -> None:
    from engine import sharing
    with db.writing(engine_of(app)) as session:
        files = deployment.files(session, deployment.current(session, 'gz').id)
        sharing.share(session, files | edited(app, PARAMETER), ANN, '省里统一')
    assert '本级没有用共享的流程' in owner.get('/release').text
    page = owner.submit(press='用共享的流程')
    assert 'parameters.dmn和共享的不一样，仍用本级的' in page.text
    assert page.texts('//section[@aria-labelledby="shared"]//dt') == ['共享', '本级，替换了共享的']
    assert '本级没有用共享的流程' in owner.submit(press='不再用共享的流程').text
