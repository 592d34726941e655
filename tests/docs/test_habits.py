"""What a contributor relies on: targets with help, hooks that need no network, files that hosts look for."""

from __future__ import annotations

import re
import shutil
import subprocess
import xml.etree.ElementTree as ET

import pytest
import yaml

import fewrec

from .conftest import ROOT, load

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


def test_make_help_lists_every_target() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not on this machine")
    done = subprocess.run([make, "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    listed = dict(re.findall(r"^make (\S+) +(\S.*)$", done.stdout, re.MULTILINE))
    phony = re.search(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)
    assert phony is not None
    assert list(listed) == re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)
    assert set(listed) == set(phony[1].split())


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "docs/README.md", ".ci/run"])
def test_make_targets_in_documents_exist(name: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
    assert named
    assert named <= targets


def test_hooks_run_what_make_has_installed() -> None:
    config = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    hooks = config["repos"][0]["hooks"]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert all(hook["entry"].startswith(".venv/bin/") for hook in hooks)


def test_the_citation_is_of_this_version() -> None:
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == fewrec.__version__
    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(citation)


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CODE_OF_CONDUCT.md", "SECURITY.md"])
def test_links_of_the_community_files_lead_to_files(name: str) -> None:
    links = re.findall(r"\]\(([^)\s#]+)", (ROOT / name).read_text(encoding="utf-8"))
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", ["list.svg", "list-zh.svg"])
def test_the_picture_of_the_readme_loads_nothing(name: str) -> None:
    svg = (ROOT / "docs" / "images" / name).read_text(encoding="utf-8")
    ET.fromstring(svg)
    assert "url(http" not in svg
    assert "href" not in svg


@pytest.mark.outputs
def test_the_pictures_show_what_the_command_prints() -> None:
    make_pictures = load(ROOT / "docs" / "make_pictures.py")
    number = re.compile(r"\d+(?:\.\d+)?")
    for name, svg in make_pictures.pictures().items():
        kept = (ROOT / "docs" / "images" / name).read_text(encoding="utf-8")
        assert number.sub("#", svg) == number.sub("#", kept), "make docs-outputs"
