"""`python3 -m webapp`: the web behind waitress, a production server. Settings come from the environment."""
import logging
import sys

from waitress import serve

from engine import schema, worker
from webapp import config, create_app
from webapp.db import db

# Up to here a request that is too large gets the application's own page in Chinese; above, the server hangs up.
LARGEST = 64 << 20


def main() -> int:
    """Serve until stopped. A setting that cannot be used is said in one sentence, and nothing starts."""
    logging.basicConfig(level=logging.INFO, format='%(asctime)s %(levelname)s %(name)s %(message)s')
    try:
        app = create_app()
    except config.Unusable as fault:
        print(fault, file=sys.stderr)
        return 2
    with app.app_context():
        if schema.complete(db.engine):
            worker.warm(db.engine)
    host, port = app.config['HOST'], app.config['PORT']
    print(f'督办已启动：http://{"127.0.0.1" if host == "0.0.0.0" else host}:{port}', flush=True)
    serve(app, host=host, port=port, threads=app.config['THREADS'], ident=None,
          max_request_body_size=max(LARGEST, 2 * app.config['MAX_CONTENT_LENGTH']),
          clear_untrusted_proxy_headers=not app.config['PROXIES'])
    return 0


if __name__ == '__main__':
    sys.exit(main())
