"""消息: those about one matter together, each leading straight to what is to be done."""
from collections.abc import Callable

from flask import Flask
from sqlalchemy import select

from engine import db, directory
from engine.actions import reminder
from engine.actions.reminder import Message
from tests.webapp.browser import Browser
from tests.webapp.conftest import NOW
from tests.webapp.matters import engine_of, handled, register

Browse = Callable[[str], Browser]


def test_messages_about_one_matter_stand_together(app: Flask, browse: Browse) -> None:
    first, second = register(app), register(app, title='清理地方性法规并公布保留目录')
    with db.writing(engine_of(app)) as session:
        reminder.tell(session, 'gz', ['fgw/liaison'], '请尽快', NOW, first)
        reminder.tell(session, 'gz', ['fgw/liaison'], '系统今晚停一小时', NOW)
    page = browse('gz-fgw-liaison').get('/messages')
    titles = {title.split(' · ')[0]: title for title in page.texts('//main//section/h2')}
    assert titles['建立健全重点企业和项目库'].endswith('2条') and second and '清理地方性法规并公布保留目录' in titles
    assert '其他' in titles


def test_a_message_leads_to_the_open_task_and_is_read_then(app: Flask, browse: Browse) -> None:
    register(app)
    liaison = browse('gz-fgw-liaison')
    page = liaison.get('/messages')
    assert page.texts('//main//li/span[contains(@class, "badge")]') == ['未读']
    assert liaison.get(page.all('//main//li/a/@href')[0]).path.startswith('/tasks/')
    assert '未读' not in ''.join(liaison.get('/messages').texts('//main//li'))


def test_where_nothing_is_to_be_done_it_leads_to_the_matter(app: Flask, browse: Browse) -> None:
    matter_id = handled(app)
    chief = browse('gz-fgw-chief')
    page = chief.get('/messages')
    assert chief.get(page.all('//main//li/a/@href')[0]).path == f'/matter/{matter_id}'


def test_another_posts_message_is_not_found(app: Flask, browse: Browse) -> None:
    register(app)
    with db.reading(engine_of(app)) as session:
        key = session.scalars(select(Message.id).where(Message.unit == 'fgw', Message.post == 'liaison')).first()
    browse('gz-sft-liaison').get(f'/messages/{key}', status=404)
    browse('cz-fgw-liaison').get(f'/messages/{key}', status=404)


def test_who_acts_for_a_post_follows_the_letter_and_leaves_the_message_unread(app: Flask, browse: Browse) -> None:
    register(app)
    with db.writing(engine_of(app)) as session:
        directory.set_substitute(session, 'gz', ('fgw', 'liaison'), ('sft', 'liaison'), NOW.date(), NOW.date())
        key = session.scalars(select(Message.id).where(Message.unit == 'fgw', Message.post == 'liaison')).first()
    assert browse('gz-sft-liaison').get(f'/messages/{key}').path.startswith('/tasks/')
    assert '未读' in ''.join(browse('gz-fgw-liaison').get('/messages').texts('//main//li'))
