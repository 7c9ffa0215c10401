"""What came of a delivery, in plain values."""

from pumpurs_analysis import loading


def rows(checked: loading.Checked, table: str, *names: str) -> list[list[object]]:
    frame = checked.dataset.tables[table][list(names)].astype(object)
    return sorted([str(value) for value in row] for row in frame.to_numpy())


def errors(checked: loading.Checked) -> list[tuple[str, object]]:
    found = checked.problems[checked.problems["severity"] == "error"]
    return list(zip(found["code"], found["row"], strict=True))


def counts(checked: loading.Checked) -> tuple[int, int]:
    named = ("accepted_count", "set_aside_count")
    return tuple(int(checked.inputs[name].sum()) for name in named)


def told(checked: loading.Checked, *names: str) -> list[tuple[str, ...]]:
    """Code and more of every problem, but of plans whose learner has no code."""
    wanted = checked.problems["code"] != "plan_without_learner"
    found = checked.problems[wanted][["code", *names]].astype(object)
    return [tuple(str(cell) for cell in row) for row in found.to_numpy()]


def sentences(checked: loading.Checked, language: str) -> list[str]:
    return [each.sentence(language) for each in loading.as_problems(checked.problems)]


def paid(checked: loading.Checked) -> list[tuple[str, str, int, bool]]:
    """Plan, month, cents, and whether given back; of every payment."""
    names = ("plan_id", "month", "amount_cents", "is_refund")
    return [
        (plan, month[:7], int(cents), back == "True")
        for plan, month, cents, back in rows(checked, "payments", *names)
    ]
