"""One line of the table, and the two ways in which one comes about."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from benchmarks.load import Outcome

COME_AGAIN = "503"
"""A client that is asked to come again does so; how often is told apart."""


@dataclass(frozen=True)
class Row:
    """What was measured, as it stands in the table. ``unexpected`` answers fail the benchmark."""

    what: str
    measured: str
    target: str
    latencies: str = "–"
    statements: str = "–"
    limit: str = "–"
    ratio: str = "–"
    unexpected: Mapping[str, int] = field(default_factory=dict)

    def as_markdown(self) -> str:
        cells = (self.what, self.measured, self.latencies, self.statements, self.limit, self.ratio, self.target)
        return f"| {' | '.join(cells)} |"


def rate_row(
    what: str, outcome: Outcome, limit_name: str, limit: float, target: str, *, status: int, statements: str = "–"
) -> Row:
    """Answers a second, beside what a limit gave a second; each answer is to have this status."""
    sent_away = outcome.statuses.get(COME_AGAIN, 0)
    return Row(
        what,
        f"{outcome.rate:.0f} a second" + (f", {sent_away} asked to come again" if sent_away else ""),
        target,
        latencies=f"{outcome.p50:.0f} / {outcome.p99:.0f}",
        statements=statements,
        limit=f"{limit_name}: {limit:.0f}",
        ratio=f"**{outcome.rate / limit:.3f}**",
        unexpected={other: n for other, n in outcome.statuses.items() if other not in (str(status), COME_AGAIN)},
    )
