"""A matter that goes a random way over the shipped diagrams: any valid answer, any verb, any move of the clock."""
import random
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, delete, select

from engine import clock, db, instance, worker
from engine.directory import Tenant
from engine.errors import Conflict, Invalid, Refused
from engine.history import SYSTEM, Actor
from engine.instance.row import INSTANCE, MATTER, TIMER
from tests.faults.act import Acts, opened, submitter
from tests.faults.case import BEGIN, TENANT, Case, set_clock, sound, usual

_TRIES = 12                 # to put an answer right that the form refuses
_TEXT = ('已按要求办理', '补充说明：材料齐全', '请在两天内补报')


class Walk:
    """One matter and the chance that moves it."""

    acting = 0.2            # of the steps are acts on a task besides submitting it

    def __init__(self, engine: Engine, seed: int) -> None:
        self.engine, self.chance = engine, random.Random(seed)
        with db.writing(engine) as session:                       # the walks before this one are over
            session.execute(delete(TIMER))
        set_clock(engine, BEGIN)
        self.case = Case.begin(engine, **self._beginning())
        self.acts = Acts(engine, self.case.id, self.chance)

    def _beginning(self) -> dict[str, Any]:
        chance = self.chance
        begun: dict[str, Any] = {
            'has_basis': chance.random() < 0.5, 'matter_class': chance.choice(['routine', 'important', 'urgent']),
            'leader_post': chance.choice(['gov/deputy', 'gov/principal']),
            'own_cycle': chance.choice(['', 'week', 'month', 'quarter', 'event'])}
        if chance.random() < 0.4:
            begun |= {'co_units': chance.choice([['gxt'], ['gxt', 'sft']]), 'co_due_at': '2020-05-22', 'co_duty': '提供名单'}
        if chance.random() < 0.2:
            begun |= {'long_term': True, 'due_at': None, 'review_at': '2020-12-31'}
        return begun

    def go(self, steps: int) -> None:
        """Up to so many steps; after each one everything holds that must hold."""
        for _ in range(steps):
            if self._status() not in ('draft', 'open') and not self.case.elements():
                break
            self._step()
            sound(self.engine, [self.case.id], whole=False)
        if self._status() in ('rejected', 'withdrawn') or self._status() == 'closed' and not self.case.elements():
            with db.reading(self.engine) as session:
                assert not session.scalars(select(INSTANCE.c.process).where(
                    INSTANCE.c.matter_id == self.case.id, INSTANCE.c.status == 'running')).all()

    def _step(self) -> None:
        kind = self.chance.random()
        if kind < self.acting:
            self.acts.go()
        elif kind < 0.62 and self.case.elements():
            self._answer()
        elif kind < 0.92:
            self._move_clock()
        else:
            self._interfere()

    def _status(self) -> str:
        with db.reading(self.engine) as session:
            return session.scalar(select(MATTER.c.status).where(MATTER.c.id == self.case.id))

    def _move_clock(self) -> None:
        kind = self.chance.random()
        try:
            if kind < 0.4:
                worker.advance(self.engine, TENANT, ('workdays', self.chance.randint(1, 8)), SYSTEM)
            elif kind < 0.8:
                worker.advance(self.engine, TENANT, 'next', SYSTEM)
            else:                                                  # an outage; who completes next finds what is due
                with db.writing(self.engine) as session:
                    session.get(Tenant, TENANT).virtual_at += timedelta(days=self.chance.randint(1, 40))
                if self.chance.random() < 0.5:
                    worker.drain(self.engine)
        except Refused as error:
            assert '没有等着的期限' in str(error), error

    def _interfere(self) -> None:
        with db.reading(self.engine) as session:
            now = clock.now(session.get(Tenant, TENANT)).astimezone(clock.zone())
        verb = self.chance.choice(['extension', 'due', 'co_waived', 'rearm', 'withdraw'])
        try:
            db.carry_out(self.engine, lambda session: self._verb(session, verb, now))
        except Refused:                                            # not at this moment; the sentences have tests of their own
            pass

    def _verb(self, session: Any, verb: str, now: Any) -> Any:
        key = self.case.id
        if verb == 'extension':
            return instance.start(session, TENANT, 'extension', Actor('省发展改革委·联络员', 'fgw', 'liaison'), matter_id=key)
        if verb == 'due':
            later = (now + timedelta(days=self.chance.randint(-5, 60))).date().isoformat()
            return instance.change_facts(session, key, SYSTEM, {'due_at': later}, '领导批示')
        if verb == 'withdraw' and self.chance.random() < 0.1:
            return instance.withdraw(session, key, Actor('省政府·主要领导', 'gov', 'principal'), '情况变化')
        if verb == 'co_waived':
            return instance.message(session, key, verb, SYSTEM)
        return instance.rearm(session, key)

    # -- answers ---------------------------------------------------------------------------------------------------------
    def _answer(self) -> None:
        """A valid answer to one of the open tasks: the usual one with other choices, put right as the form says."""
        with db.reading(self.engine) as session:
            task = self.chance.choice(opened(session, self.case.id))
            actor, held = submitter(session, task)
            seen = instance.view(session, task.id)
            answer = self.usual(session, task.element)
            fields = seen.form.fields if seen.form else {}
            choices = {name: [option.value for option in found.options] for name, found in fields.items() if found.options}
            day = seen.functions['today']()
        for name, values in choices.items():
            if values and self.chance.random() < 0.35:
                several = isinstance(answer.get(name), list) or fields[name].kind in ('checklist', 'taglist')
                answer[name] = [self.chance.choice(values)] if several else self.chance.choice(values)
        for _ in range(_TRIES):
            try:
                db.carry_out(self.engine, lambda session: instance.complete(session, task.id, actor, answer))
                return
            except Conflict:
                return                                             # its deadline passed while nobody worked
            except Invalid as refused:
                for name, sentences in refused.fields.items():
                    self._put_right(answer, fields, name.split('-')[0], sentences[0], day)
            except Refused as refused:
                assert str(refused) == held or task.owner, refused            # as the page says beforehand
                return

    def usual(self, session: Any, element: str) -> dict[str, Any]:
        """The usual answer of an element."""
        return usual(session, element)

    def _put_right(self, answer: dict[str, Any], fields: Any, name: str, sentence: str, day: str) -> None:
        field = fields.get(name)
        if field is None or '不用填' in sentence or '不能改' in sentence:
            answer.pop(name, None)
        elif field.kind in ('date', 'datetime'):
            later = clock.datetime.fromisoformat(day) + timedelta(days=self.chance.randint(0, 60))
            answer[name] = later.date().isoformat()
        elif field.kind == 'number':
            answer[name] = self.chance.choice([0, 50, 100])
        elif field.kind == 'checkbox':
            answer[name] = True
        elif field.options:
            answer[name] = self.chance.choice([option.value for option in field.options])
        elif field.rules.get('options') == 'units':
            answer[name] = self.chance.choice(['fgw', 'gxt', 'sft'])
        else:
            answer[name] = self.chance.choice(_TEXT)
