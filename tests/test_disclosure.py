import pandas as pd
import pytest

from pumpurs_analysis.disclosure import NotReleasable, Published, protect
from pumpurs_analysis.measures.result import NotAdditive, Result


def result(*counts, evidence="records", **more):
    frame = pd.DataFrame({"school": list("abcdefgh"[: len(counts)]), "learner_count": counts})
    frame = frame.assign(learner_share=frame["learner_count"] / 100)
    made = {"name": "participation", "unit": "learner", "one_row_per": "school"} | more
    return Result(
        frame=frame,
        evidence=evidence,
        counts=("learner_count",),
        derived=("learner_share",),
        **made,
    )


@pytest.mark.parametrize(("count", "is_hidden"), [(0, False), (1, True), (4, True), (5, False)])
def test_counts_from_one_to_four_are_hidden(count, is_hidden):
    shown = protect(result(count, 50)).frame

    assert bool(shown.loc[0, "is_hidden"]) is is_hidden
    assert bool(pd.isna(shown.loc[0, "learner_count"])) is is_hidden


def test_what_is_computed_from_a_hidden_count_hides_with_it():
    shown = protect(result(3, 50))

    assert pd.isna(shown.frame.loc[0, "learner_share"])
    assert shown.hidden_count == 2


def test_the_threshold_can_be_raised_but_never_switched_off():
    assert protect(result(9, 50), threshold=10).hidden_count == 2
    with pytest.raises(ValueError, match="2 or more"):
        protect(result(9), threshold=1)


def test_published_figures_pass_as_they_are():
    assert protect(result(1, 2, evidence="published")).hidden_count == 0


def test_one_name_with_two_numbers_for_one_thing_is_refused():
    with pytest.raises(NotReleasable, match="one name must count one thing"):
        protect(result(3), result(9))


def test_several_published_ones_come_back_in_order():
    shown = protect(result(1, evidence="published"), result(2, evidence="published"))

    assert [each.frame.loc[0, "learner_count"] for each in shown] == [1, 2]


def test_nobody_but_protect_makes_published():
    with pytest.raises(TypeError, match="protect"):
        Published(result(50), hidden_count=0, threshold=5, door=object())


def test_changing_what_was_shown_changes_nothing_behind_it():
    shown = protect(result(50))

    copy = shown.frame
    copy.loc[0, "learner_count"] = 1

    assert shown.frame.loc[0, "learner_count"] == 50


def test_learners_are_never_added_over_semesters():
    by_semester = result(
        145, 141, value="learner_count", additive_over=frozenset({"school"}),
        instead={"school": 'participation(by="school_year")'},
    )  # fmt: skip

    with pytest.raises(NotAdditive, match='Use participation\\(by="school_year"\\)'):
        by_semester.total()


def test_what_may_be_added_is_added():
    whole = result(145, 141, value="learner_count", additive_over=frozenset({"school"}))

    assert whole.total() == 286
    assert whole.total(school="a") == 145
