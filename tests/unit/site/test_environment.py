"""What the environment may say, and what is refused with words that help."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from babashi.site import environment
from babashi.site.environment import SettingsError

SRC = Path(__file__).resolve().parents[3] / "src"


def settings_in(tmp_path: Path, code: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Import the settings as a production process would, outside any test run."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "BABASHI"))}
    kept.pop("DATABASE_URL", None)
    return subprocess.run(
        [sys.executable, "-c", f"from babashi.site import settings as s\n{code}"],
        env={**kept, "PYTHONPATH": str(SRC), "BABASHI_DATA": str(tmp_path), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_switch_and_number_refuse_what_they_do_not_understand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X_SWITCH", "是")
    assert environment.switch("X_SWITCH", default=False) is True
    monkeypatch.setenv("X_SWITCH", "maybe")
    with pytest.raises(SettingsError, match="X_SWITCH"):
        environment.switch("X_SWITCH", default=False)
    monkeypatch.setenv("X_NUMBER", "65")
    with pytest.raises(SettingsError, match="1 到 64"):
        environment.number("X_NUMBER", default=4, low=1, high=64)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://a/b", "postgresql://"),
        ("postgresql://u:p@host:5432/", "缺少数据库名"),
        ("postgresql://u:p@host:port/x", "DATABASE_URL"),
    ],
)
def test_a_wrong_database_address_is_explained(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        environment.database_from_url(url)


def test_a_database_address_is_read_with_escapes_and_options() -> None:
    found = environment.database_from_url("postgresql://ba%40n:p%2Fw@db.example:6432/巴南?sslmode=require")
    assert found["USER"] == "ba@n"
    assert found["PASSWORD"] == "p/w"
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "6432", "巴南")
    assert found["OPTIONS"] == {"sslmode": "require"}


def test_a_key_is_made_once_private_and_stays(tmp_path: Path) -> None:
    first = environment.key("secret", "X_NO_SUCH_KEY", tmp_path / "data")
    path = tmp_path / "data" / "secret.key"
    assert len(first) == 64
    assert environment.key("secret", "X_NO_SUCH_KEY", tmp_path / "data") == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret.key"]


def test_a_weak_key_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X_KEY", "a" * 64)
    with pytest.raises(SettingsError, match="太简单"):
        environment.key("secret", "X_KEY", tmp_path)


def test_production_is_the_default_and_strict(tmp_path: Path) -> None:
    done = settings_in(
        tmp_path,
        "print(s.BABASHI_DEMO, s.BABASHI_TODAY, s.HTTPS, s.SESSION_COOKIE_SECURE, s.DEBUG, s.ALLOWED_HOSTS)",
        BABASHI_TODAY="2022-09-01",
    )
    assert done.stdout.strip() == "False None True True False ['127.0.0.1', 'localhost', '[::1]']", (
        done.stderr
    )


def test_the_demo_day_must_be_a_day(tmp_path: Path) -> None:
    done = settings_in(tmp_path, BABASHI_DEMO="1", BABASHI_TODAY="九月一日")
    assert done.returncode != 0
    assert "BABASHI_TODAY" in done.stderr


def test_production_refuses_the_folder_of_a_demo(tmp_path: Path) -> None:
    (tmp_path / environment.DEMO_MARK).touch()
    code = (
        "import django; from django.conf import settings; import os\n"
        "os.environ['DJANGO_SETTINGS_MODULE']='babashi.site.settings'; django.setup()\n"
        "from django.core import checks; print([e.id for e in checks.run_checks()])"
    )
    assert "babashi.E001" in settings_in(tmp_path, code).stdout
    assert "babashi.E001" not in settings_in(tmp_path, code, BABASHI_DEMO="1").stdout


def test_a_mail_address_is_read_with_its_sender_and_its_kind_of_security() -> None:
    found = environment.mail_from_url("smtps://xx%40gov.example:p%2Fw@mail.gov.example?from=xx@gov.example")
    assert found["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (found["EMAIL_HOST"], found["EMAIL_PORT"]) == ("mail.gov.example", 465)
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("xx@gov.example", "p/w")
    assert (found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (True, False)
    assert found["DEFAULT_FROM_EMAIL"] == "xx@gov.example"
    plain = environment.mail_from_url("smtp://mail.gov.example:2525?from=a@b.example&starttls=0")
    assert (plain["EMAIL_PORT"], plain["EMAIL_USE_SSL"], plain["EMAIL_USE_TLS"]) == (2525, False, False)
    assert environment.mail_from_url("smtp://mail.gov.example?from=a@b.example")["EMAIL_USE_TLS"] is True


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://mail/?from=a@b.example", "smtp://"),
        ("smtp://?from=a@b.example", "主机"),
        ("smtp://mail.example", "from="),
        ("smtp://mail.example:x?from=a@b.example", "BABASHI_SMTP"),
        ("smtp://mail.example?from=a@b.example&tls=1", "tls"),
    ],
)
def test_a_wrong_mail_address_is_explained(url: str, words: str) -> None:
    with pytest.raises(SettingsError, match=words):
        environment.mail_from_url(url)


def test_without_a_mail_server_nothing_is_sent_by_mail_in_production(tmp_path: Path) -> None:
    show = "print(s.BABASHI_CHANNELS, s.BABASHI_CODE_CHANNELS['email'], s.EMAIL_BACKEND.split('.')[-2])"
    assert settings_in(tmp_path, show).stdout.split() == ["()", "filebased"]
    answer = settings_in(tmp_path, show, BABASHI_SMTP="smtps://u:p@mail.example?from=a@b.example")
    assert answer.stdout.split() == ["('email',)", "email", "smtp"]
    assert settings_in(tmp_path, show, BABASHI_DEMO="1").stdout.split() == ["('file',)", "file", "filebased"]
