"""Settings: documented one and all, resolved in order, wrong ones named with their source."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import tomllib

from fewrec.errors import SettingError
from fewrec.settings import ServeSettings, resolve

ROOT = Path(__file__).resolve().parents[2]


def test_every_setting_is_in_the_guide_with_its_default() -> None:
    guide = (ROOT / "docs" / "guide" / "operations.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|\n]+) \|$", guide, re.MULTILINE))
    assert rows == {name: field.description for name, field in ServeSettings.model_fields.items()}
    defaults = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", guide, re.MULTILINE))
    for name, field in ServeSettings.model_fields.items():
        shown = (
            {None: "unset", (): "none", False: "false", True: "true"}.get(field.default)
            if field.default in (None, (), False, True)
            else None
        )
        if isinstance(field.default, (int, float)) and not isinstance(field.default, bool):
            assert float(defaults[name]) == float(field.default), name
        else:
            assert defaults[name] == (shown or field.default), name


def test_argument_then_environment_then_file_then_default(tmp_path: Path) -> None:
    file = tmp_path / "serve.toml"
    file.write_text('port = 1\nworkers = 2\nmask = true\ncors_origins = ["https://a"]\n')
    environment = {
        "FEWREC_SERVE_PORT": "3",
        "FEWREC_SERVE_WORKERS": "4",
        "FEWREC_SERVE_TRUSTED_PROXIES": "10.0.0.1, 10.0.0.2",
        "FEWREC_OTHER": "x",
    }
    found = resolve({"port": 5, "host": None}, config=file, environment=environment)
    settings = found.settings
    assert (settings.port, settings.workers, settings.mask, settings.host) == (5, 4, True, "127.0.0.1")
    assert (settings.cors_origins, settings.trusted_proxies) == (("https://a",), ("10.0.0.1", "10.0.0.2"))
    origin = {name: found.origin[name] for name in ("port", "workers", "mask", "host")}
    assert origin == {
        "port": "argument",
        "workers": "environment FEWREC_SERVE_WORKERS",
        "mask": f"file {file}",
        "host": "default",
    }
    by_variable = resolve(environment={"FEWREC_SERVE_CONFIG": str(file)})
    assert by_variable.settings.port == 1
    emptied = resolve(config=file, environment={"FEWREC_SERVE_PORT": "", "FEWREC_SERVE_CORS_ORIGINS": ""})
    assert (emptied.settings.port, emptied.settings.cors_origins, emptied.settings.workers) == (8000, (), 2)
    assert emptied.origin["port"] == "environment FEWREC_SERVE_PORT"


def test_constructing_settings_reads_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEWREC_SERVE_PORT", "1234")
    assert (ServeSettings().port, resolve().settings.port) == (8000, 1234)


@pytest.mark.parametrize(
    ("text", "environment", "message"),
    [
        ("prot = 1", {}, r"no setting 'prot' \(file"),
        ("port = 99999", {}, "setting port is 99999"),
        ("port = ", {}, "not TOML"),
        ("", {"FEWREC_SERVE_PORT": "many"}, "FEWREC_SERVE_PORT"),
        ("", {"FEWREC_SERVE_NOTHING": "1"}, "no setting 'nothing'"),
    ],
)
def test_wrong_settings_are_named_with_their_source(
    tmp_path: Path, text: str, environment: dict[str, str], message: str
) -> None:
    file = tmp_path / "serve.toml"
    file.write_text(text)
    with pytest.raises(SettingError, match=message):
        resolve(config=file, environment=environment)
    with pytest.raises(SettingError, match="cannot be read"):
        resolve(config=tmp_path / "absent.toml", environment={})


def test_what_is_deployed_uses_settings_that_exist() -> None:
    resolve(config=ROOT / "deploy" / "serve.toml", environment={})
    assert tomllib.loads((ROOT / "deploy" / "serve.toml").read_text())["host"] == "127.0.0.1"
    for name in ("Containerfile", "fewrec.service"):
        text = (ROOT / "deploy" / name).read_text()
        variables = {
            each: "1"
            for each in re.findall(r"FEWREC_SERVE_[A-Z_]+", text)
            if each not in {"FEWREC_SERVE_CONFIG", "FEWREC_SERVE_HOST"}
        }
        resolve(environment=variables)
        assert "fewrec" in text
