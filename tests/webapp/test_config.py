"""Settings: one table, read from the environment, each fault in a sentence; the README shows the table."""
import os
from pathlib import Path

import pytest

from webapp import config


def read(tmp_path: Path, **environ: str) -> dict:
    """The settings in this environment."""
    return config.read({'VAR_DIR': str(tmp_path), **environ})


def test_nothing_set_is_enough(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert set(settings) == {setting.name for setting in config.SETTINGS}
    assert settings['DATABASE_URL'] == f'sqlite:///{config.ROOT}/var/duban.sqlite3'
    assert settings['PORT'] == 8000


def test_the_secret_is_made_once_and_kept_for_its_owner(tmp_path: Path) -> None:
    first = read(tmp_path)['SECRET_KEY']
    assert len(first) >= 32 and read(tmp_path)['SECRET_KEY'] == first
    assert os.stat(tmp_path / 'secret_key').st_mode & 0o077 == 0
    assert read(tmp_path, SECRET_KEY='s' * 32)['SECRET_KEY'] == 's' * 32


@pytest.mark.parametrize(('name', 'text', 'advice'), [
    ('PORT', '99999', '要写1到65535之间的整数'), ('THREADS', 'many', '要写1到128之间的整数'),
    ('COOKIE_SECURE', 'perhaps', '要写 yes 或 no'), ('SECRET_KEY', 'short', '至少32个字符'),
    ('DATABASE_URL', 'nonsense', '要写成 sqlite:///文件 或 postgresql://'),
    ('DATABASE_URL', 'postgresql://x@:port/y', '要写成 sqlite:///文件 或 postgresql://'),
    ('DATABASE_URL', 'sqlite://', '要写明 SQLite 文件'),
    ('DATABASE_URL', 'mysql://a/b', '只支持 SQLite 和 PostgreSQL')])
def test_what_cannot_be_used_is_said_in_a_sentence(tmp_path: Path, name: str, text: str, advice: str) -> None:
    with pytest.raises(config.Unusable) as refused:
        read(tmp_path, **{name: text})
    assert name in str(refused.value) and advice in str(refused.value) and (text in str(refused.value)) != (name == 'SECRET_KEY')


def test_all_faults_are_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(config.Unusable) as refused:
        read(tmp_path, PORT='x', THREADS='y')
    assert len(str(refused.value).splitlines()) == 2


def test_the_readme_shows_the_table() -> None:
    text = (config.ROOT / 'README.md').read_text()
    for setting in config.SETTINGS:
        default = f'`{setting.default}`' if setting.default else ''
        assert f'| `{setting.name}` | {default} | {setting.meaning} |' in text
