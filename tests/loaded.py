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
