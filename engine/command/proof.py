"""Proving: tell the stories of a bundle, say which lines do not hold, and what of the drawings nobody reached."""
import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from sqlalchemy import Engine

from engine import coverage, deployment, proof
from engine.command import where
from engine.command.answer import DONE, REFUSED, Answer
from engine.command.simulate import ground_of
from engine.command.tree import Tree
from engine.coverage import Coverage, Marks, Share
from engine.db import writing
from engine.deployment import Bundle
from engine.errors import NotFound
from engine.proof import FAILED, Outcome
from engine.simulation import Ground

_KINDS = {'nodes': '节点', 'flows': '顺序流', 'rows': '决策表行'}


def test(engine: Engine, args: argparse.Namespace) -> Answer:
    """Tell every story of the version in use, or of a draft in its place; how each came out is kept."""
    own = ground_of(engine, args.tenant)
    paths = [*args.paths, *(one for one in args.story if one.endswith('.story') and Path(one).is_file())]
    files = {**own.files, **(where.files(paths) if paths else {})}
    told = list(proof.prove(files, proof.grounds(files, own), _named(files, args.story)))
    if not own.demo:
        _keep(engine, own, files, told)
    failed = [one for one in told if not one.holds]
    lines = [*(line for one in told for line in _said(one)), _sum(told, failed)]
    data = {'stories': [one.as_data() for one in told], 'told': len(told), 'failed': len(failed)}
    if args.coverage:
        bundle = deployment.read(files)
        found = coverage.measured(bundle, _marks(told))
        lines, data = [*lines, *_covered(bundle, found)], {**data, 'coverage': found.as_data()}
    return Answer(data, lines, REFUSED if failed else DONE)


def _named(files: Iterable[str], wanted: Iterable[str]) -> set[str]:
    """The stories that were named, by their files or without the ending.

    :raises NotFound: there is no such story.
    """
    known = {PurePosixPath(name).stem: name for name in files if name.endswith('.story')}
    stems = [PurePosixPath(one).name.removesuffix('.story') for one in wanted]
    missing = [stem for stem in stems if stem not in known]
    if missing:
        raise NotFound('没有叫“{missing}”的故事；有：{known}', missing='、'.join(missing),
                       known='、'.join(sorted(known)) or '一个也没有')
    return {known[stem] for stem in stems}


def _keep(engine: Engine, own: Ground, files: dict[str, bytes], told: Iterable[Outcome]) -> None:
    key = deployment.digest(files)
    with writing(engine) as session:
        for one in told:
            coverage.keep(session, own.tenant_id, key, one.file, one.marks, one.fault)


def _marks(told: Iterable[Outcome]) -> Marks:
    marks = Marks()
    for one in told:
        marks |= one.marks
    return marks


def _said(one: Outcome) -> Iterator[str]:
    yield f'{"✓" if one.holds else "✗"} {one.file} {one.title}'
    for line in one.lines:
        if line.state == FAILED:
            yield f'    第{line.number}行 {line.text}'
            yield f'        {line.why}'


def _sum(told: list[Outcome], failed: list[Outcome]) -> str:
    if not told:
        return '没有故事。故事写在 .story 文件里，怎么写见 workflows/README.md。'
    return f'{len(told)}个故事，{len(failed)}个不成立。' if failed else f'{len(told)}个故事，都成立。'


def _covered(bundle: Bundle, found: Coverage) -> Iterator[str]:
    parts = '，'.join(f'{word}{_share(found.total(kind))}' for kind, word in _KINDS.items())
    yield f'覆盖率{found.whole.percent}%：{parts}'
    for name, process in bundle.processes.items():
        yield f'{process.name or name}（{name}）：节点{_share(found.nodes[name])}，顺序流{_share(found.flows[name])}'
        yield from _missing([_called(process.elements[one].name, one) for one in found.nodes[name].missing]
                            + [_called(process.flows[one].name, one) for one in found.flows[name].missing])
    for name, share in found.rows.items():
        yield f'{bundle.tables[name].name or name}（{name}）：行{_share(share)}'
        yield from _missing(f'第{one}行' for one in share.missing)


def _missing(several: Iterable[str]) -> Iterator[str]:
    said = '、'.join(several)
    if said:
        yield f'    没有走到：{said}'


def _share(share: Share) -> str:
    return f'{share.reached}/{share.total}'


def _called(name: str, ident: str) -> str:
    return f'{name}（{ident}）' if name else ident


def verbs(tree: Tree) -> None:
    """What can be said here on the command line."""
    made = tree.verb('test', test, '把故事讲一遍，说哪一行不成立，哪里没有走到')
    made.add_argument('paths', nargs='*', metavar='文件或目录', help='草稿，替换在用的同名文件；不写就讲在用的')
    made.add_argument('--story', action='append', default=[], metavar='故事', help='只讲这个故事，编号或者文件；可以写几次')
    made.add_argument('--coverage', action='store_true', help='说节点、顺序流和决策表行走到了多少')
