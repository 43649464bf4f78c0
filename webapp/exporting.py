"""`python3 -m webapp.exporting 12`: carries out an export, in a program of its own, as the account that asked for it."""
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from flask import Flask, current_app
from flask_login import login_user

from engine import export
from engine.db import writing
from engine.errors import Refused, said
from engine.export import Export
from engine.upload import KINDS
from webapp import auth, create_app, dossier, workbook
from webapp.db import db
from webapp.filter import Filter

_log = logging.getLogger('duban.export')
MIMETYPES = {'ledger': KINDS['xlsx'].mimetype, 'dossier': dossier.MIMETYPE}


class Gone(Refused):
    """The account that asked may do nothing here any more."""


def folder() -> Path:
    """Where the files lie; nobody else may read them."""
    found = Path(current_app.config['VAR_DIR']) / 'export'
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    return found


def carry_out(app: Flask, export_id: int) -> None:
    """Make the file of an export, unless another program does."""
    with app.app_context():
        with writing(db.engine) as session:
            mine = export.claim(session, export_id)
        held = db.session.get(Export, export_id)
    if mine:
        with app.test_request_context(query_string=held.asked if held.kind == 'ledger' else ''):
            _end(export_id, _made(held))


def _made(held: Export) -> str:
    """Make it; what could not be done, as a sentence."""
    try:
        _sign_in(held)
        write(held.kind, held.asked, export.place(folder(), held.id), _teller(held.id))
    except Refused as refusal:
        return refusal.said
    except Exception:
        _log.exception('export %s', held.id)
        return said('导出没有做成，请告诉运维人员，导出号{id}。', id=held.id)
    return ''


def _sign_in(held: Export) -> None:
    who = auth.person(held.account_id)
    if who is None or who.tenant.id != held.tenant:
        raise Gone(said('导出的账号已经停用。'))
    login_user(who)


def write(kind: str, asked: str, file: Path, told: Callable[[int, int], bool]) -> bool:
    """Write what is asked into a file, as the person that is signed in and within this request's address."""
    return workbook.write(file, Filter.asked(), told) if kind == 'ledger' else dossier.write(file, UUID(asked), told)


def _teller(export_id: int) -> Callable[[int, int], bool]:
    def told(done: int, total: int) -> bool:
        with writing(db.engine) as session:
            return export.beat(session, export_id, done, total)
    return told


def _end(export_id: int, fault: str) -> None:
    with writing(db.engine) as session:
        kept = export.end(session, export_id, fault)
    if fault or not kept:
        export.place(folder(), export_id).unlink(missing_ok=True)


def main() -> int:
    """Carry out the export whose number is given."""
    logging.basicConfig(level=logging.WARNING)
    os.nice(10)                                            # clerks come first
    carry_out(create_app(), int(sys.argv[1]))
    return 0


if __name__ == '__main__':
    sys.exit(main())
