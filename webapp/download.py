"""A file to be kept, under a name that any server can put on the wire."""
from unicodedata import normalize
from urllib.parse import quote

from flask import Response


def given(content: bytes | str, mimetype: str, name: str) -> Response:
    """The file as an answer. Its name may be Chinese: headers carry ASCII alone, so it stands there twice."""
    answer = Response(content, mimetype=mimetype)
    name = name.replace('/', '-')
    plain = normalize('NFKD', name).encode('ascii', 'ignore').decode().strip()
    names = {'filename': plain} if plain == name else {
        'filename': f'file{plain}' if plain.startswith('.') else plain or 'file',
        'filename*': f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set('Content-Disposition', 'attachment', **names)
    return answer
