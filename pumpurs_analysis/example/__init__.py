"""A made-up delivery of several municipalities, as orderly or as dirty as one may wish.

Comes in: a folder, a number of plans, a seed. Goes out: files that say of themselves that they are
made up, the true tables behind them, and which defect stands where. Nobody in them exists: learners
are numbers, and their personal codes are made when the files are written.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Unpack

import pandas as pd

from pumpurs_analysis.example import dirt as dirtying
from pumpurs_analysis.example import files, forms, layouts
from pumpurs_analysis.example.cells import MUNICIPALITIES
from pumpurs_analysis.example.lines import STYLES
from pumpurs_analysis.example.truth import Choices, tables_for
from pumpurs_analysis.export import template
from pumpurs_analysis.schools import register
from pumpurs_analysis.text import say

__all__ = ["FORMATS", "MUNICIPALITIES", "Choices", "planted", "tables", "write"]

FORMATS = ("xlsx", "csv", "parquet", "ods", "xls")
_LARGE = 20_000  # plans; from here on CSV unless something else is asked for
_ENGLISH_STYLE = 4
_CSV_STYLES = {2: files.Dialect("cp1257", ";"), _ENGLISH_STYLE: files.Dialect("utf-8-sig", ",")}
_RESAVED = {"ods": 1, "xls": 5}  # which style LibreOffice saves in which format, if asked to
_PREFIX = say("example.file_mark", "lv")
_EMPTY, _HALF = f"{_PREFIX}_tukša.csv", f"{_PREFIX}_aprauta.csv"
Book = tuple[Path, list[layouts.Sheet], int | None]


def tables(**choices: Unpack[Choices]) -> dict[str, pd.DataFrame]:
    """Give the true tables behind a made-up delivery, tidy and without any dirt.

    Args:
        **choices: ``plans`` (1 500), ``seed`` (1), ``municipalities``, ``lines``; see ``Choices``.

    Returns:
        plans, supports, risks, payments, consultations, specialists, ngo_projects and enrolment as
        the catalogue declares them. Learners and specialists are numbers; where a delivery comes
        from (``input_id``, ``row``) is not known yet.

    Raises:
        ValueError: A municipality has no school in the register.

    Example:
        >>> plans = tables(plans=60)["plans"]
        >>> int((plans["status"] != "inactive").sum())
        60
    """
    return {name: frame.copy(deep=False) for name, frame in _tables(choices).items()}


def write(
    folder: Path, *, dirt: bool = True, formats: Sequence[str] = (), **choices: Unpack[Choices]
) -> list[Path]:
    """Write a made-up delivery into a folder.

    With dirt, every school has its own file in a layout of its own, with planted defects; without,
    every municipality has the template filled in, and nothing is to be mended. Both hold the same.

    Args:
        folder: Where to; made if it is not there.
        dirt: Whether it is to be like real deliveries.
        formats: Of ``FORMATS``. With dirt, xlsx and csv unless chosen; ods and xls are written by
            LibreOffice where it is installed. Without, xlsx, and csv from 20 000 plans on.
        **choices: ``plans``, ``seed``, ``municipalities``, ``lines``; see ``Choices``.

    Returns:
        The files written.

    Raises:
        ValueError: There is no such format, or a municipality has no school in the register.

    Example:
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     made = write(Path(folder), plans=40, dirt=False, municipalities=["Tukuma novads"])
        ...     [path.name for path in made]
        ['IZDOMATI_DATI_Tukuma_novads.xlsx']
    """
    unknown = set(formats) - set(FORMATS)
    if unknown:
        raise ValueError(f"No format {', '.join(sorted(unknown))}; there are {', '.join(FORMATS)}")
    folder.mkdir(parents=True, exist_ok=True)
    if dirt:
        return _write_dirty(folder, tuple(formats) or ("xlsx", "csv"), choices)
    usual = ("xlsx",) if choices.get("plans", 1500) < _LARGE else ("csv",)
    return [path for kind in formats or usual for path in _write_clean(folder, kind, choices)]


def planted(*, formats: Sequence[str] = (), **choices: Unpack[Choices]) -> pd.DataFrame:
    """Say which defect stands where in the dirty delivery of the same choices.

    One row per: planted defect; each stands in a row of its own that no true table has.

    Columns:
        file: File name.
        sheet: Sheet of the workbook; empty for CSV.
        row: Row as a spreadsheet program counts it; missing where the whole file is meant.
        column: Field that shows it.
        code: Of ``catalogue/problems``, or ``over_cap``: a finding for the measures, no problem.

    Example:
        >>> found = planted(plans=300)
        >>> bool(found["code"].is_unique), len(found) > 30
        (True, True)
    """
    chosen = tuple(formats) or ("xlsx", "csv")
    rows: list[tuple[Any, ...]] = []
    for path, sheets, style in _books(Path(), choices):
        for sheet in sheets:
            is_text = _is_text(style, chosen)
            name = files.csv_name(path, sheet.name) if is_text else path
            for row, code in sheet.planted:
                defect, _, column = code.partition(":")
                rows.append(
                    (
                        _as_saved(name, style, chosen).name,
                        "" if is_text else sheet.name,
                        row,
                        column,
                        defect,
                    )
                )
    rows += [(_EMPTY, "", None, "", "file_empty"), (_HALF, "", 3, "", "file_cut_off")]
    frame = pd.DataFrame(rows, columns=["file", "sheet", "row", "column", "code"])
    return frame.astype({"row": "Int64"})


def _tables(choices: Choices) -> Mapping[str, pd.DataFrame]:
    places = choices.get("municipalities")
    return tables_for(
        choices.get("plans", 1500),
        choices.get("seed", 1),
        municipalities=None if places is None else tuple(places),
        lines=choices.get("lines"),
    )


# --- orderly -------------------------------------------------------------------------------------


def _write_clean(folder: Path, kind: str, choices: Choices) -> list[Path]:
    whole = forms.delivered(_tables(choices))
    made: list[Path] = []
    for place, here in _by_place(whole).items():
        path = folder / f"{_PREFIX}_{_file_words(place)}.xlsx"
        if kind in {"csv", "parquet"}:
            made += _clean_tables(path, here, kind)
            continue
        style = forms.SHEET
        rows = {name: forms.spelled(frame, style) for name, frame in here.items() if len(frame)}
        template.write(path, rows=rows, banner=layouts.MARK)
        made.append(path if kind == "xlsx" else files.resaved(path, kind))
    return made


def _clean_tables(path: Path, here: Mapping[str, pd.DataFrame], kind: str) -> Iterator[Path]:
    for name, frame in here.items():
        if frame.empty:
            continue
        written = forms.spelled(frame, forms.TEXT)
        sheet = template.sheet_name(name, "lv").replace(" ", "_")
        target = path.with_name(f"{path.stem}_{sheet}.{kind}")
        writer = files.large_text if kind == "csv" else files.parquet
        yield writer(target, written, forms.headings(written.columns, forms.TEXT, name))


def _places(school_ids: "pd.Series[Any]") -> list[str]:
    today = register().set_index("school_id")["municipality_today"]
    return list(dict.fromkeys(today[school] for school in dict.fromkeys(school_ids.astype(object))))


def _by_place(whole: Mapping[str, pd.DataFrame]) -> dict[str, dict[str, pd.DataFrame]]:
    """Split forms by municipality of today; NGO projects name theirs as it was then."""
    today = register().set_index("school_id")["municipality_today"].to_dict()
    former = register().set_index("municipality_former")["municipality_today"].to_dict()
    owners = former | {name: name for name in today.values()} | today
    parts: dict[str, dict[str, pd.DataFrame]] = {}
    for form, frame in whole.items():
        ids = frame["school_id"].astype("category")
        names = pd.Categorical([owners[one] for one in ids.cat.categories])
        place = pd.Series(names.take(ids.cat.codes.to_numpy()), frame.index)
        for name, part in frame.groupby(place, observed=True, sort=False):
            parts.setdefault(str(name), {})[form] = part
    return {place: parts[place] for place in _places(whole["plans"]["school_id"])}


def _file_words(name: str) -> str:
    return name.replace(" ", "_").replace(".", "").replace("–", "-")


# --- dirty ---------------------------------------------------------------------------------------


def _books(folder: Path, choices: Choices) -> Iterator[Book]:
    """Lay out every school's and municipality's file, with the planted rows in it."""
    whole = forms.delivered(_tables(choices))
    ids = list(dict.fromkeys(whole["plans"]["school_id"].astype(object)))
    styles = {school: number % STYLES for number, school in enumerate(ids)}
    names = register().set_index("school_id")[["name", "municipality_today"]]
    of_school = [name for name in forms.FORMS if name not in {"ngo_projects", "enrolment"}]
    parts = _split({name: whole[name] for name in of_school}, lambda frame: frame["school_id"])
    dirtying.plant(parts, styles)
    totals = {1: "total_differs", 3: "formula_not_calculated"}  # in the first school of the style
    for school in ids:
        name, place = names.loc[school]
        wrong = totals.get(styles[school], "") if "payments" in parts[school] else ""
        sheets = layouts.sheets(styles[school], parts[school], name=name, place=place, totals=wrong)
        if any(code.startswith(wrong) for sheet in sheets for _, code in sheet.planted if wrong):
            del totals[styles[school]]
        yield folder / f"{_PREFIX}_{_file_words(name)}.xlsx", sheets, styles[school]
    today = names["municipality_today"].to_dict()
    own = {name: whole[name] for name in ("plans", "ngo_projects", "enrolment")}
    places = {
        place: {name: _dirty_frame(here[name]) for name in ("ngo_projects", "enrolment")}
        for place, here in _by_place(own).items()
    }
    dirtying.plant(places, dict.fromkeys(today.values()), dirtying.OF_MUNICIPALITY)
    for place, here in places.items():
        sheets = [
            layouts.of_municipality(form, frame) for form, frame in here.items() if len(frame)
        ]
        yield folder / f"{_PREFIX}_{_file_words(place)}_pašvaldība.xlsx", sheets, None


def _split(whole: Mapping[str, pd.DataFrame], by: Any) -> dict[str, dict[str, pd.DataFrame]]:  # noqa: ANN401  (a function of a frame)
    parts: dict[str, dict[str, pd.DataFrame]] = {}
    for name, frame in whole.items():
        for key, part in frame.groupby(by(frame).astype(object), sort=False):
            parts.setdefault(str(key), {})[name] = _dirty_frame(part)
    return parts


def _dirty_frame(part: pd.DataFrame) -> pd.DataFrame:
    """Make room for anything a person might write, with a column of notes."""
    frame = part.reset_index(drop=True).astype(object)
    frame = frame.where(frame.notna(), None)
    frame["notes"] = ["precizēts" if place % 11 == 3 else None for place in range(len(frame))]  # noqa: PLR2004  (now and then)
    frame[dirtying.CODE] = None
    return frame


def _write_dirty(folder: Path, formats: tuple[str, ...], choices: Choices) -> list[Path]:
    made: list[Path] = []
    for path, sheets, style in _books(folder, choices):
        if _is_text(style, formats):
            made += files.text_tables(path, sheets, _CSV_STYLES.get(style or 0, files.Dialect()))
            continue
        files.workbook(path, sheets)
        saved = _as_saved(path, style, formats)
        made.append(files.resaved(path, saved.suffix[1:]) if saved != path else path)
    return [*made, *_broken_files(folder)]


def _is_text(style: int | None, formats: Iterable[str]) -> bool:
    return "csv" in formats and (style in _CSV_STYLES or "xlsx" not in formats)


def _as_saved(path: Path, style: int | None, formats: Iterable[str]) -> Path:
    kinds = [kind for kind in formats if _RESAVED.get(kind) == style]
    return path.with_suffix(f".{kinds[0]}") if kinds and path.suffix == ".xlsx" else path


def _broken_files(folder: Path) -> list[Path]:
    """An empty file, and one that breaks off in the middle of a cell."""
    empty, half = folder / _EMPTY, folder / _HALF
    empty.write_bytes(b"")
    text = f'{layouts.MARK}\r\nIAP kods;Atbalsta veids;Mēnesis;Summa, EUR\r\nIAP-000001;"Transp'
    half.write_bytes(text.encode("utf-8-sig"))
    return [empty, half]
