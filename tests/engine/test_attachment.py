"""附件: files beside a matter are harmless, stored once, and given out as they came or not at all."""
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, update

from engine import attachment, db, history, instance
from engine.attachment import Attachment, Content
from engine.errors import Forbidden, NotFound, Refused
from tests.engine.office import docx
from tests.engine.race import meanwhile
from tests.webapp.matters import POSTS, REGISTER

OFFICER, LIAISON = POSTS['officer'], POSTS['liaison']
LIST = '项目库清单\n'.encode()


def attach(engine: Engine, matter_id: UUID, *files: tuple[str, bytes], most: int = 1_000_000) -> list[UUID]:
    with db.writing(engine) as session:
        return [row.id for row in attachment.attach(session, matter_id, LIAISON, attachment.taken(files, most))]


def test_several_files_come_back_as_they_were_sent(engine: Engine, matter: UUID) -> None:
    paper = docx(['办理情况'])
    first, second = attach(engine, matter, ('清单.txt', LIST), ('情况.docx', paper))
    with db.reading(engine) as session:
        row, file = attachment.opened(session, second)
        assert (row.name, file.kind, file.content) == ('情况.docx', 'docx', paper)
        told = [one for one in history.events(session, str(matter)) if one.kind == 'file.attached']
        assert [one.summary for one in told] == ['附上清单.txt', '附上情况.docx']
        assert history.fingerprint(LIST) in told[0].data and history.verify(session).whole
        assert [row.id for row in attachment.of(session, matter)] in ([first, second], [second, first])


def test_the_same_bytes_are_kept_once(engine: Engine, matter: UUID) -> None:
    attach(engine, matter, ('甲.txt', LIST))
    attach(engine, matter, ('乙.txt', LIST))
    with pytest.raises(Refused, match='“乙.txt”已经附过了'):
        attach(engine, matter, ('丙.txt', LIST), ('乙.txt', LIST))
    with db.reading(engine) as session:
        assert session.scalar(select(func.count()).select_from(Content)) == 1
        assert session.scalar(select(func.count()).select_from(Attachment)) == 2


def test_a_double_click_attaches_a_file_once(engine: Engine, matter: UUID) -> None:
    with db.writing(engine) as session, meanwhile(engine, lambda: attach(engine, matter, ('甲.txt', LIST))) as second:
        attachment.attach(session, matter, LIAISON, attachment.taken([('甲.txt', LIST)], 1000))
    with pytest.raises(Refused, match='“甲.txt”已经附过了'):
        second()


def test_two_matters_get_the_same_new_file_at_once(engine: Engine, matter: UUID) -> None:
    other = db.carry_out(engine, lambda session: instance.start(
        session, 'gz', 'matter', POSTS['officer'], answers={'register': REGISTER})).matter_id
    with db.writing(engine) as session, meanwhile(engine, lambda: attach(engine, other, ('乙.txt', LIST))) as second:
        attachment.attach(session, matter, LIAISON, attachment.taken([('甲.txt', LIST)], 1000))
    with db.reading(engine) as session:
        assert attachment.opened(session, second()[0])[1].content == LIST
        assert session.scalar(select(func.count()).select_from(Content)) == 1


def test_a_file_is_taken_back_by_who_attached_it(engine: Engine, matter: UUID) -> None:
    key, = attach(engine, matter, ('清单.txt', LIST))
    with db.writing(engine) as session, pytest.raises(Forbidden, match='只能由上传的岗位撤下'):
        attachment.withdraw(session, key, OFFICER)
    for _twice in range(2):
        with db.writing(engine) as session:
            attachment.withdraw(session, key, LIAISON)
    with db.reading(engine) as session, pytest.raises(NotFound, match='可能已经撤下'):
        attachment.opened(session, key)
    with db.reading(engine) as session:
        kinds = [one.kind for one in history.events(session, str(matter)) if one.kind.startswith('file')]
        assert kinds == ['file.attached', 'file.withdrawn']
    attach(engine, matter, ('清单.txt', LIST))         # and can be attached again


def test_altered_bytes_are_not_given_out(engine: Engine, matter: UUID) -> None:
    key, = attach(engine, matter, ('清单.txt', LIST))
    with db.writing(engine) as session:
        session.execute(update(Content).values(content='别的清单'.encode()))
    with db.reading(engine) as session, pytest.raises(Refused, match='和轨迹上记的不一样'):
        attachment.opened(session, key)


def test_too_many_files_are_refused(engine: Engine, matter: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attachment, 'MOST', 2)
    with pytest.raises(Refused, match='最多附2个文件，已经有0个'):
        attach(engine, matter, *((f'{n}.txt', b'%d' % n) for n in range(3)))
    with pytest.raises(Refused, match='还没有选文件'):
        attach(engine, matter)


def test_another_file_in_its_place_is_not_given_out(engine: Engine, matter: UUID) -> None:
    key, = attach(engine, matter, ('清单.txt', LIST))
    with db.writing(engine) as session:
        session.add(Content(fingerprint=history.fingerprint(b'x'), content=b'x'))
        session.flush()
        session.execute(update(Attachment).values(fingerprint=history.fingerprint(b'x')))
    with db.reading(engine) as session, pytest.raises(Refused, match='和轨迹上记的不一样'):
        attachment.opened(session, key)
