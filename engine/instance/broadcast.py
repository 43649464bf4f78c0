"""Messages and signals of a step on their way: within the matter at once, to everything else by jobs after the commit."""
from typing import Any
from uuid import UUID

from engine import deployment, job, spiff, statement
from engine.errors import Broken, said
from engine.history import SYSTEM, Kind
from engine.instance import subscription
from engine.instance.live import Live
from engine.instance.news import News

_MOST = 200                 # of one step; processes that call each other in a circle are stopped here


class Post:
    """What is thrown in one step, and who hears it."""

    def __init__(self, step: Any) -> None:
        self.step, self.waiting, self._carried = step, [], 0

    def give(self, news: News) -> None:
        """Something was thrown; it is carried when its thrower stands still."""
        self.waiting.append(news)

    def carry(self) -> None:
        """Carry everything that waits.

        :raises Broken: instances keep calling each other.
        """
        while self.waiting:
            self._carried += 1
            if self._carried > _MOST:
                raise Broken(said('一步里传了{most}条消息还没有停', most=_MOST), advice='检查流程之间是否互相触发')
            news = self.waiting.pop(0)
            if news.key is not None:
                self._keyed(news)
            elif news.kind == 'signal':
                self._signal(news)
            elif not self._near(news) | self._begin(news):
                self.step.tell(Kind.MESSAGE_UNHEARD, news.name, news.told())

    def _near(self, news: News) -> bool:
        """Let the matter's instances hear it; whether one did."""
        step, heard = self.step, False
        for key, row in list(step.siblings().items()):
            if key not in step.lives and f',{news.awaited},' in row['hears']:
                step.wake(key)
        for live in list(step.lives.values()):
            if live.alive and (news.kind == 'message' or live is not news.sender):
                heard |= hear(live, news)
        return heard

    def _begin(self, news: News) -> bool:
        """Begin the processes whose start event hears it, beside the matter or alone."""
        step, heard = self.step, False
        for version, process, element in starters(step, news):
            if step.facts is None or not step.running(process):
                step.start(process, news.values, message=news.name, begin=element, version=version)
                heard = True
        return heard

    def _signal(self, news: News) -> None:
        """Everything in the tenant that waits hears it: what is not of this matter by a job of its own."""
        self._near(news)
        self._begin(news)
        step = self.step
        own = step.facts.row['id'] if step.facts is not None else None
        asked = {'tenant': step.tenant_id, 'name': news.awaited}
        for row in statement.read(step.connection, subscription.WAITING, asked):
            if row['id'] not in step.lives and (own is None or row['matter_id'] != own):
                self._leave('signal', news, row['id'])

    def _keyed(self, news: News) -> None:
        """One instance is meant: it hears at once in the same matter, else by a job."""
        near = [key for key, row in self.step.siblings().items() if row['business_key'] == news.key
                and f',{news.awaited},' in row['hears'] and key not in self.step.lives]
        for key in near:
            self.step.wake(key)
        near = [live for live in self.step.lives.values() if live.alive and live.row['business_key'] == news.key
                and news.awaited in live.run.hears()]
        if len(near) == 1:
            hear(near[0], news)
            return
        self._leave('message', news, news.sender.row['id'])

    def _leave(self, kind: str, news: News, instance_id: UUID) -> None:
        step = self.step
        step.plan.insert(job.JOB, job.carrying(step.tenant_id, kind, news.carried, instance_id, step.recorded_at))


def hear(live: Live, news: News) -> bool:
    """Deliver to everything in one instance that waits for it; whether anything did."""
    if news.awaited not in live.run.hears():
        return False
    for node in live.run.catch(news.name, news.kind, news.values):
        live.event(Kind.MESSAGE_CAUGHT, SYSTEM, news.said, news.told(), node)
    return True


def starters(step: Any, news: News) -> list[tuple[int, str, str]]:
    """The processes that begin when this is heard: version, process and start event.

    Beside a matter on the matter's version, and never another matter; alone on the newest version.
    """
    version = step.deployment_id
    if step.facts is None:
        version = deployment.current(step.session, step.tenant_id).id
    bundle = deployment.bundle(step.session, version)
    return [(version, process, element) for process, element in spiff.library(bundle).starters.get(news.awaited, ())
            if step.facts is None or not bundle.processes[process].stages]
