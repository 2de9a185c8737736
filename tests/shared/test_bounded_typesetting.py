"""Somebody else's template: it makes a document like ours, and can neither open, nor reach, nor exhaust anything."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shared.bounded_typesetting import TemplateFaultError, bounded
from shared.errors import InvalidError
from shared.testing import ROOT
from shared.typesetting import typeset

HEAD = '#set document(title: "A")\n#set text(font: "FiraGO", lang: "en")\n#let words = json(bytes(sys.inputs.words))\n'
MADE_AT = datetime(2027, 3, 1, tzinfo=UTC)

OPENING = """
import json, os, socket, subprocess, sys
from shared import bounded_typesetting as bounded
bounded._give_up(5, 2**30)
refused = []
for attempt in (
    lambda: open(sys.argv[1]), lambda: open("new", "w"), lambda: os.listdir("."), lambda: socket.socket(),
    lambda: subprocess.run(["true"]),
):
    try:
        attempt()
    except OSError:
        refused.append(True)
print(json.dumps(refused))
"""


def made(body: str, **words: str) -> bytes:
    return typeset((HEAD + body).encode(), words, {}, MADE_AT, bounded())


def fault(body: str, **limits: float) -> TemplateFaultError:
    with pytest.raises(TemplateFaultError) as caught:
        bounded(**limits)((HEAD + body).encode(), {"words": "{}"}, 0)  # type: ignore[arg-type]
    return caught.value


def test_a_template_makes_the_same_bytes_as_in_our_own_process() -> None:
    template = (HEAD + "#words.name").encode()
    words = {"name": "Olena"}
    assert made("#words.name", **words) == typeset(template, words, {}, MADE_AT)


def test_a_fault_is_told_with_its_line() -> None:
    assert fault("\n#foo").first == ("unknown variable: foo", "5")


def test_letters_that_no_font_has_are_refused_and_decoration_is_left_out() -> None:
    assert made("#words.name", name="Olena 🎉").startswith(b"%PDF")
    with pytest.raises(InvalidError) as caught:
        made("#words.name", name="王")
    assert list(caught.value.errors) == ["name"]


def test_a_template_reads_no_file(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("42")
    for path in (str(secret), "/etc/hostname", "../secret.txt", "shared/typesetting.py"):
        assert fault(f"#read({json.dumps(path)})").first[0]


def test_a_template_fetches_no_package() -> None:
    assert "package not found" in fault('#import "@preview/cetz:0.3.0"').first[0]


def test_a_document_that_does_not_meet_the_standards_is_refused() -> None:
    assert fault("#figure(circle())").diagnostic


def test_much_memory_ends_it() -> None:
    assert fault("#range(100000000).map(str)").first == ("", "")


def test_much_time_ends_it() -> None:
    loops = "#for a in range(20000) { for b in range(20000) { let c = a * b } }"
    assert fault(loops, seconds=2).first == ("", "")


def test_a_document_larger_than_is_kept_is_refused() -> None:
    page = "#pagebreak()\n#lorem(600)\n"
    assert fault(page * 700).first == ("", "")


def test_nothing_can_be_opened_once_it_gave_up_the_right(tmp_path: Path) -> None:
    readable = tmp_path / "readable"
    readable.touch()
    command = [sys.executable, "-c", OPENING, str(readable)]
    run = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=True)
    assert json.loads(run.stdout) == [True] * 5
    assert not (tmp_path / "new").exists()
