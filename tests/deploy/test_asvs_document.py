"""docs/asvs.md speaks of every requirement of levels 1 and 2."""

import re

from shared.testing import ROOT

DOCUMENT = ROOT / "docs/asvs.md"
ROW = re.compile(r"\| (?P<number>\d+\.\d+\.\d+) \| [^|]+ \| (?P<kept>\w+) \| ?(?P<by>[^|]*)\|")
KEPT = {"yes", "partly", "no", "operator", "none"}
UP_TO = """
1.1.2 1.2.9 1.3.11 1.4.3 1.5.2 2.1.3 2.2.3 2.3.4 2.4.1 3.2.2 3.3.4 3.4.6 3.5.5 3.7.2 4.1.3 4.2.1 4.3.2 4.4.4
5.1.1 5.2.3 5.3.2 5.4.3
6.1.3 6.2.12 6.3.4 6.4.4 6.5.5 6.6.3 6.8.4 7.1.3 7.2.4 7.3.2 7.4.5 7.5.2 7.6.2 8.1.2 8.2.3 8.3.1 8.4.1 9.1.3 9.2.4
10.1.2 10.2.2 10.3.4 10.4.11 10.5.5 10.6.2 10.7.3 11.1.2 11.2.3 11.3.3 11.4.4 11.5.1 11.6.1 12.1.3 12.2.2 12.3.4
13.1.1 13.2.5 13.3.2 13.4.5 14.1.2 14.2.4 14.3.3 15.1.3 15.2.3 15.3.7 16.1.1 16.2.5 16.3.4 16.4.3 16.5.3
17.1.1 17.2.4 17.3.2
"""
"""The last requirement of each section in ASVS 5.0.0 that belongs to level 1 or 2; those before it do too."""


def requirements() -> list[str]:
    sections = [last.rpartition(".") for last in UP_TO.split()]
    return [f"{section}.{number}" for section, _dot, last in sections for number in range(1, int(last) + 1)]


def rows() -> list[re.Match[str]]:
    return list(ROW.finditer(DOCUMENT.read_text()))


def test_it_speaks_of_every_requirement_once() -> None:
    assert [row["number"] for row in rows()] == requirements()


def test_it_says_of_each_whether_it_is_kept() -> None:
    assert {row["kept"] for row in rows()} <= KEPT


def test_what_is_kept_is_kept_by_something_and_what_is_not_stands_at_the_beginning() -> None:
    missing = DOCUMENT.read_text().partition("## V1 ")[0]
    not_kept = {row["number"] for row in rows() if row["kept"] == "no"}
    assert {number for number in not_kept if number not in missing} == set()
    assert [row["number"] for row in rows() if row["kept"] == "partly" and not row["by"].strip()] == []
