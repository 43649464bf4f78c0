"""通报: how the units stood in a period, by what they are ranked, and who is told."""
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from engine import actions, db, deployment, instance
from engine.ledger import FACTS
from engine.usertask import UserTask
from tests.webapp.browser import Browser
from tests.webapp.matters import POSTS, advance, engine_of
from tests.webapp.test_board import utc
from tests.webapp.test_ledger import rows
from tests.workflows.story import bundle_files

Browse = Callable[[str], Browser]
QUARTER = {'bulletin_go': 'review', 'bulletin_title': '关于2020年第三季度督办情况的通报', 'bulletin_period': '2020年第三季度',
           'bulletin_since': '2020-07-01', 'bulletin_until': '2020-09-30', 'bulletin_text': '总的情况良好，还有事项超期。'}


def begun(app: Flask) -> None:
    """A bulletin that the officer begins."""
    advance(app, 2020, 10, 20)
    db.carry_out(engine_of(app), lambda session: instance.start(session, 'gz', 'bulletin', POSTS['officer']))


def answered(app: Flask, post: str, **given: Any) -> None:
    """The post answers whatever the bulletin asks it."""
    with db.reading(engine_of(app)) as session:
        task = session.scalars(select(UserTask.id).where(UserTask.process == 'bulletin', UserTask.state == 'open',
                                                         UserTask.post == post)).one()
    db.carry_out(engine_of(app), lambda session: instance.complete(session, task, POSTS[post], given))


@pytest.fixture
def matters(app: Flask) -> None:
    """Given out in August: closed late after the quarter, due after it, closed after it but asked for in time, and
    withdrawn after it."""
    told = {'issued_at': utc(2020, 8, 3)}
    ended = told | {'closed_at': utc(2020, 10, 9)}
    rows(app, {'lead_unit': 'sft', 'status': 'closed', 'due_at': date(2020, 9, 30), 'late': True, **ended},
         {'lead_unit': '甲局', 'lamp': 'red', 'due_at': date(2020, 10, 8), **told},
         {'lead_unit': '乙局', 'status': 'closed', 'due_at': date(2020, 9, 28), **ended},
         {'lead_unit': '丙局', 'status': 'withdrawn', 'due_at': date(2020, 9, 25), **ended})


def issued(app: Flask, browse: Browse, number: int = 1, **changed: str) -> Callable[[str], list[str]]:
    """What stands in the bulletin when it is signed on 10-20, as a unit reads it: the texts at a path."""
    begun(app)
    answered(app, 'officer', **QUARTER | changed)
    answered(app, 'head', bulletin_ready=True)
    answered(app, 'principal', bulletin_agreed=True)
    liaison = browse('gz-sft-liaison')
    return liaison.get(liaison.get('/document').one(f'//tbody/tr[contains(., "通报字第{number}号")]/th/a/@href')).texts


def publish(app: Flask, name: str, *edits: tuple[str, str]) -> None:
    """A version in which the last occurrence of each text in a file is another one."""
    files = bundle_files()
    text = files[name].decode()
    for old, new in edits:
        text = new.join(text.rsplit(old, 1))
    topics = {topic: action.parameters() for topic, action in actions.known().items()}
    with db.writing(engine_of(app)) as session:
        deployment.deploy(session, 'gz', files | {name: text.encode()}, '流程管理员', '', utc(2020, 10, 20), topics, FACTS)


def by_unit(cells: list[str]) -> list[list[str]]:
    """The rows of the table of the units."""
    return [cells[place:place + 8] for place in range(0, len(cells), 8)]


def test_figures_are_those_of_the_last_day_of_the_period(app: Flask, matters: None, browse: Browse) -> None:
    """The quarter ended on 09-30, the bulletin is signed on 10-20: what happened between changes nothing."""
    assert by_unit(issued(app, browse)('//article//td')) == [
        ['1', '省司法厅', '1', '0', '0', '1', '1', '0%'], ['1', '丙局', '1', '0', '0', '1', '1', '0%'],
        ['—', '乙局', '1', '0', '0', '1', '0', '—'], ['—', '甲局', '1', '0', '0', '1', '0', '—']]


def test_what_is_due_on_a_day_that_is_not_over_is_not_overdue(app: Flask, browse: Browse) -> None:
    rows(app, {'lead_unit': 'sft', 'issued_at': utc(2020, 8, 3), 'due_at': date(2020, 10, 20)},
         {'lead_unit': 'sft', 'issued_at': utc(2020, 8, 3), 'due_at': date(2020, 10, 19)})
    assert by_unit(issued(app, browse, bulletin_until='2020-12-31')('//article//td')) == [
        ['1', '省司法厅', '2', '0', '0', '2', '1', '0%']]


def test_a_table_says_who_ranks_before_whom_and_the_bulletin_says_why(app: Flask, browse: Browse) -> None:
    """Today's formula; then another one, without a line of Python."""
    told = {'issued_at': utc(2020, 8, 3), 'due_at': date(2020, 9, 20), 'status': 'closed', 'closed_at': utc(2020, 9, 9)}
    rows(app, *({'lead_unit': '甲局', 'late': number < 1, **told} for number in range(3)), {'lead_unit': '乙局', **told},
         {'lead_unit': 'sft', **told | {'status': 'open', 'closed_at': None, 'due_at': date(2020, 12, 31)}})
    texts = issued(app, browse)
    assert [(row[0], row[1], row[-1]) for row in by_unit(texts('//article//td'))] == [
        ('1', '乙局', '100%'), ('2', '甲局', '67%'), ('—', '省司法厅', '—')]
    assert '（2020年第三季度，数据截至2020年9月30日）' in texts('//article//p')
    assert ('按期办结率为按期办结件数除以应办结件数（按期办结、超期办结、超期未办之和）。没有应办结事项的单位不排名。'
            in texts('//article//p'))
    publish(app, 'ranking.dmn',
            ('<text>decimal(in_time * 100 / (in_time + late + overdue), 0)', '<text>in_time - late'),
            ('string(decimal(in_time * 100 / (in_time + late + overdue), 0)) + "%"', 'string(in_time - late) + "分"'))
    cells = by_unit(issued(app, browse, number=2)('//article//td'))
    assert [(row[0], row[1], row[-1]) for row in cells] == [('1', '乙局', '1分'), ('1', '甲局', '1分'), ('—', '省司法厅', '—')]


def test_government_and_heads_of_units_are_told(app: Flask, matters: None, browse: Browse) -> None:
    """P06-02: whoever stands in it hears of it, and nobody else."""
    issued(app, browse)
    for login, told in {'gz-gov-deputy': True, 'gz-sft-chief': True, 'gz-fgw-chief': False}.items():
        assert ('通报已经印发' in browse(login).get('/messages').text) is told, login
