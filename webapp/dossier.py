"""卷宗: all that is known of one matter as a PDF: facts, documents word for word, every record, and the seal."""
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import render_template
from flask_login import current_user

from engine import deployment, document, history, seal
from engine.document import Document
from webapp import definition, ledger, matter as room, trail
from webapp.db import db
from webapp.paper import Paper

MIMETYPE = 'application/pdf'
_MOST = 3000                                    # records that are printed; the whole chain is the download of the trace


def write(file: Path, matter_id: UUID, told: Callable[[int, int], bool]) -> bool:
    """Write the dossier; `told` hears how far it is, and says whether to go on.

    :raises NotFound: this post does not see the matter. :raises Refused: this machine cannot make PDF.
    """
    from engine.document import paper                      # what prints takes seconds to load
    matter = ledger.found(matter_id)
    papers = document.issued(db.session, matter_id)[::-1]
    if not told(0, len(papers) + 2):
        return False
    page = render_template('export/dossier.html', **_told(matter, papers))
    if not told(len(papers) + 1, len(papers) + 2):
        return False
    file.write_bytes(paper.pdf(page, 'dossier.css'))
    return True


def _told(matter: Any, papers: list[Document]) -> dict[str, Any]:
    bundle = definition.of(matter.deployment_id)
    words, chain = definition.words(bundle), str(matter.id)
    events = history.events(db.session, chain, limit=_MOST)
    return {'matter': matter, 'words': words, 'names': words.names, 'units': room.co_units(matter),
            'papers': [(one, _blocks(one)) for one in papers], 'lines': trail.lines(events, words),
            'verdict': seal.verify(db.session, chain), 'now': current_user.now, 'most': _MOST}


def _blocks(one: Document) -> list:
    files = deployment.bundle(db.session, one.deployment_id).files
    return Paper(files[one.template + document.SUFFIX], one.content).blocks()
