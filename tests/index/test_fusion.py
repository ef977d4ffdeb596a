"""One ranking out of two, worked out by hand."""

import numpy as np
import pytest

from index.fusion import FloatVector, fuse, min_max


def vector(*values: float) -> FloatVector:
    return np.array(values, dtype=np.float32)


@pytest.mark.parametrize(
    ("scores", "depth", "expected"),
    [
        (vector(1, 3, 2), 3, [0.0, 1.0, 0.5]),
        (vector(1, 3, 2), 100, [0.0, 1.0, 0.5]),
        (vector(-1, 0, 1), 3, [0.0, 0.5, 1.0]),
        (vector(0, 8, 4, 2), 3, [0.0, 1.0, 1 / 3, 0.0]),
        (vector(5, 5, 5), 3, [1.0, 1.0, 1.0]),
        (vector(5, 1, 5, 5, -1), 3, [1.0, 0.0, 1.0, 1.0, 0.0]),
        (vector(0, 0), 2, [0.0, 0.0]),
        (vector(-2, -2), 2, [0.0, 0.0]),
        (vector(7), 5, [1.0]),
        (vector(), 5, []),
    ],
    ids=[
        *("all", "deeper-than-long", "negative", "below-the-depth", "equal", "equal-above-others"),
        "all-zero",
        *("equal-negative", "one", "none"),
    ],
)
def test_best_scores_are_scaled_to_zero_and_one(
    scores: FloatVector, depth: int, expected: list[float]
) -> None:
    np.testing.assert_allclose(min_max(scores, depth=depth), expected, atol=1e-6)


def test_two_lists_are_weighed_after_scaling() -> None:
    dense, lexical = vector(0.2, 0.6, 0.4), vector(0, 2, 8)
    fused = fuse(dense, lexical, dense_weight=0.25)
    # dense scales to 0, 1, .5 and BM25 to 0, .25, 1
    np.testing.assert_allclose(fused, [0.0, 0.25 + 0.75 * 0.25, 0.125 + 0.75], atol=1e-6)


@pytest.mark.parametrize(
    ("weight", "order"), [(1.0, [1, 2, 0]), (0.0, [2, 1, 0])], ids=["dense-alone", "bm25-alone"]
)
def test_weight_at_its_ends_takes_one_list(weight: float, order: list[int]) -> None:
    fused = fuse(vector(0.2, 0.6, 0.4), vector(0, 2, 8), dense_weight=weight)
    assert np.argsort(-fused).tolist() == order


def test_query_without_lexical_hits_keeps_the_dense_order() -> None:
    fused = fuse(vector(0.2, 0.6, 0.4), vector(0, 0, 0), dense_weight=0.5)
    np.testing.assert_allclose(fused, [0.0, 0.5, 0.25], atol=1e-6)


def test_scores_below_the_depth_count_nothing() -> None:
    fused = fuse(vector(0.9, 0.5, 0.1), vector(0, 1, 2), dense_weight=0.5, depth=2)
    np.testing.assert_allclose(fused, [0.5, 0.0, 0.5], atol=1e-6)


def test_given_scores_are_not_changed() -> None:
    dense, lexical = vector(0.2, 0.6), vector(3, 1)
    fuse(dense, lexical, dense_weight=0.5)
    assert dense.tolist() == vector(0.2, 0.6).tolist()
    assert lexical.tolist() == [3.0, 1.0]


@pytest.mark.parametrize("weight", [-0.1, 1.1])
def test_weight_outside_zero_and_one_is_refused(weight: float) -> None:
    with pytest.raises(ValueError, match=rf"dense_weight must lie in \[0, 1\], got {weight}"):
        fuse(vector(1), vector(1), dense_weight=weight)
