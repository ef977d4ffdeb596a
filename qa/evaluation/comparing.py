"""Several ways to do the same thing, measured on the same questions and compared in pairs.

Owns the tables of numbers. A variant is a name to it: of a system, a policy, a rewriting.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from qa.evaluation.bootstrap import Estimate, estimate_difference, estimate_ratio
from qa.evaluation.judging import Outcome
from qa.evaluation.measures import Measure

Pair = tuple[str, str]
"""Two variants: the first minus the second."""


@dataclass(frozen=True, slots=True)
class Row:
    """A measure and its estimate for each variant that has one."""

    name: str
    meaning: str
    lower_is_better: bool
    estimates: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Difference:
    """One variant minus another on one measure, in pairs."""

    name: str
    first: str
    second: str
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Comparison:
    """Variants side by side.

    Attributes:
        rows: one a measure; every row has every variant, in the same order.
        differences: of the compared pairs and measures.
        beside: for a variant the one pair whose difference belongs next to it in a table.
    """

    rows: tuple[Row, ...]
    differences: tuple[Difference, ...]
    beside: Mapping[str, Pair] = field(default_factory=dict)

    @property
    def variants(self) -> tuple[str, ...]:
        """Names of the variants."""
        return tuple(self.rows[0].estimates)

    def estimate(self, name: str, variant: str) -> Estimate:
        """Look a measure of a variant up.

        Raises:
            KeyError: there is no such measure or no such variant.
        """
        for row in self.rows:
            if row.name == name:
                return row.estimates[variant]
        raise KeyError(name)

    def difference(self, pair: Pair, name: str) -> Estimate | None:
        """Look a difference up; None where the two were not compared on that measure."""
        for difference in self.differences:
            if (difference.first, difference.second) == pair and difference.name == name:
                return difference.estimate
        return None

    def difference_beside(self, variant: str, name: str) -> Estimate | None:
        """Return the difference that belongs next to a variant, None where there is none."""
        pair = self.beside.get(variant)
        return self.difference(pair, name) if pair else None


def compare(
    variants: Mapping[str, Sequence[Measure]],
    outcomes: Sequence[Outcome],
    *,
    pairs: Sequence[Pair],
    beside: Mapping[str, Pair],
    compared: Collection[str] | None = None,
) -> Comparison:
    """Measure each variant and compare pairs of them (paired bootstrap).

    Args:
        variants: by name, the same measures in the same order for each.
        outcomes: of the same questions for all.
        pairs: which variants are compared.
        beside: see `Comparison`.
        compared: names of the measures on which they are; all of them where it is None.
    """
    ratios = {
        (variant, measure.name): [measure.ratio(outcome) for outcome in outcomes]
        for variant, measures in variants.items()
        for measure in measures
    }
    rows = tuple(
        Row(
            measure.name,
            measure.meaning,
            measure.lower_is_better,
            {variant: estimate_ratio(ratios[variant, measure.name]) for variant in variants},
        )
        for measure in next(iter(variants.values()))
    )
    differences = tuple(
        Difference(
            name, first, second, estimate_difference(ratios[first, name], ratios[second, name])
        )
        for first, second in pairs
        for name in (row.name for row in rows)
        if compared is None or name in compared
    )
    return Comparison(rows, differences, beside)
