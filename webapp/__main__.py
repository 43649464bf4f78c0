"""`python3 -m webapp`: the web behind waitress, a production server. Settings come from the environment."""
import logging
import socket
import sys
from functools import partial
from pathlib import Path

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from sqlalchemy.exc import DatabaseError
from waitress import serve

from engine import schema, worker
from engine.errors import Refused
from webapp import config, create_app, crew
from webapp.db import db

# Up to here a request that is too large gets the application's own page in Chinese; above, the server hangs up.
LARGEST = 64 << 20
CONNECTIONS = 1_000         # browsers keep several open each; a hundred, as waitress would have it, are soon taken


def main() -> int:
    """Serve until stopped. A setting or a database that cannot be used is said in one sentence, and nothing starts."""
    logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(name)s %(message)s')
    try:
        app = create_app()
        _look(app)
        _compile(app)
    except (config.Unusable, Refused) as fault:
        print(fault, file=sys.stderr)
        return 2
    except DatabaseError as fault:                     # the file is none, it does not answer
        print(f'数据库用不了：{str(fault.orig).splitlines()[0]}。检查 DATABASE_URL，再看数据库开着没有', file=sys.stderr)
        return 2
    except OSError as fault:
        print(f'不能往 VAR_DIR 里写 {fault.filename}：{fault.strerror}。检查这个目录，或者换一个 VAR_DIR', file=sys.stderr)
        return 2
    host, port = app.config['HOST'], app.config['PORT']
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ':' in host else socket.AF_INET)
    except OSError as fault:
        print(f'不能在 {host} 的端口 {port} 上应答：{fault.strerror}。换一个 PORT，或者检查 HOST', file=sys.stderr)
        return 2
    print(f'督办已启动：http://{"127.0.0.1" if host == "0.0.0.0" else host}:{port}', flush=True)
    crew.keep(app.config['PROCESSES'], partial(_answer, app, listening))
    return 0


def _compile(app: Flask) -> None:
    """Every page ready before the first is asked for; compiled once, for all processes and the next start."""
    folder = Path(app.config['VAR_DIR']) / 'pages'
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = FileSystemBytecodeCache(str(folder))
    for name in app.jinja_env.list_templates(extensions=['html']):
        app.jinja_env.get_template(name)


def _answer(app: Flask, listening: socket.socket) -> None:
    serve(app, sockets=[listening], threads=app.config['THREADS'], ident=None, connection_limit=CONNECTIONS,
          max_request_body_size=max(LARGEST, 2 * app.config['MAX_CONTENT_LENGTH']),
          clear_untrusted_proxy_headers=not app.config['PROXIES'])


def _look(app: Flask) -> None:
    """See that the database can be worked with, and read what every step needs.

    :raises Refused: it lacks tables or columns. :raises OperationalError: it does not answer.
    """
    with app.app_context():
        try:
            schema.check(db.engine)
            worker.warm(db.engine)
        finally:
            db.engine.dispose()                        # the threads that answer open their own


if __name__ == '__main__':
    sys.exit(main())
