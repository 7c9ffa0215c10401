"""What each section of a case study says: sentences with bound figures, tables and charts."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from pumpurs_analysis import catalogue, municipalities
from pumpurs_analysis.case_studies.claims import UNKNOWN, Figure, Sentence, sentence
from pumpurs_analysis.case_studies.evidence import REFORM, TODAY, Evidence, units_of_reform
from pumpurs_analysis.case_studies.joint import Display
from pumpurs_analysis.case_studies.peers import municipality_peers
from pumpurs_analysis.case_studies.readings import published_readings
from pumpurs_analysis.disclosure import Published
from pumpurs_analysis.measures.received import learner_kinds
from pumpurs_analysis.measures.result import Source, cite
from pumpurs_analysis.schema import is_missing
from pumpurs_analysis.text import sort_key

_LAST_BEFORE = date(2021, 6, 30)
_Telling = Callable[[str], tuple[str, dict[str, Figure]]]
"""The key of a sentence about a code, with its figures."""
_RISKS = ("learning", "social_health", "economic", "family")
_TOLD = ("institutions", "specialists", "teachers", "learners", "learners_with_support", "plans",
         "plans_approved")  # fmt: skip
_SAME = ["entity", "measure", "dimension", "school_year", "semester", "value", "qualifier"]


@dataclass(frozen=True)
class Exhibit:
    """A measure shown as a table, and as its chart where there is one."""

    shown: Published
    is_drawn: bool = True


Item = Sentence | Exhibit | Display


def setting(evidence: Evidence) -> Iterator[Item]:
    """The municipality at the time and today, its schools, who is enrolled."""
    name = evidence.municipality
    before = municipalities.municipality_on(name, _LAST_BEFORE, named=REFORM)
    units = [before] if isinstance(before, str) else before
    if units != [name]:
        yield sentence(evidence, "setting.before", {}, names=("text", ", ".join(units)))
    today = municipalities.municipality_on(name, TODAY, named=REFORM)
    now = today if isinstance(today, str) else ", ".join(today)
    if now != name:
        yield sentence(evidence, "setting.today", {}, name=("text", now))
    region = municipalities.region_of(name)
    unit = units_of_reform().loc[name, "kind"]
    yield sentence(evidence, "setting.region", {}, region=("text", region),
                   kind=("text", str(unit)))  # fmt: skip
    if evidence.school:
        yield sentence(evidence, "setting.school", {}, school=("text", evidence.school))
    figure = Figure("schools", "count", unit="school")
    names = ("text", ", ".join(evidence.schools))
    if evidence.schools:
        yield sentence(evidence, "setting.schools", {"schools": figure}, names=names)
    else:
        yield sentence(evidence, "setting.no_schools", {})
    yield from _enrolled(evidence)


def _enrolled(evidence: Evidence) -> Iterator[Sentence]:
    rows = evidence.enrolment()
    if rows.empty:
        yield sentence(evidence, "setting.no_enrolment", {})
    for row in rows.to_dict("records"):
        where = {"unit": str(row["unit"]), "school_year": str(row["school_year"])}
        year = str(row["school_year"]).removesuffix("?")
        figure = Figure("enrolment", "value", where=where, unit="learner", period=year)
        is_sure = not str(row["school_year"]).endswith("?")
        yield sentence(
            evidence,
            "setting.enrolment" if is_sure else "setting.enrolment_about",
            {"learners": figure},
            source=(str(row["source"]).split("/")[2], str(row["source"])),
            unit=("text", str(row["unit"])),
            year=("school_year", year),
        )


def stated(evidence: Evidence) -> Iterator[Item]:
    """What public pages state of this place, each with its source."""
    shown = evidence.stated
    sources = {source.source_id: source for source in shown.result.sources}
    rows = shown.frame
    is_of_itself = (rows["measure"] == "institutions") & (rows["level"] == "school")  # those it was
    told = rows[rows["measure"].isin(_TOLD) & rows["value"].notna() & ~is_of_itself]
    publisher = told["source_id"].map({one: source.publisher for one, source in sources.items()})
    told = told[~told[_SAME].assign(publisher=publisher).duplicated()]  # one page repeats another
    for row in told.to_dict("records"):
        yield _stated(evidence, row, sources[str(row["source_id"])])
    if len(rows):
        yield Exhibit(shown)
    else:
        yield sentence(evidence, "stated.nothing", {})


def _stated(evidence: Evidence, row: "dict[object, object]", source: Source) -> Sentence:
    half, year = row["semester"], row["school_year"]
    figure = Figure(
        "published_figures",
        "value",
        where={"figure_id": str(row["figure_id"])},
        unit=str(catalogue.entries("codes")["published_measure"][row["measure"]]["counted"]),
        period="" if is_missing(row["period_as_published"]) else str(row["period_as_published"]),
    )
    words = {
        "entity": ("text", str(row["entity"])),
        "what": ("published_measure", str(row["measure"])),
        "period": ("quote", str(row["period_as_published"])),
    }
    if is_missing(row["period_as_published"]):
        words["period"] = ("say", "case_study.no_period")
    if not is_missing(year):
        code = f"{year}-{half}" if not is_missing(half) else str(year)
        words["period"] = ("school_year" if is_missing(half) else "semester", code)
    key = "stated.figure"
    if not is_missing(row["dimension"]):
        key = "stated.figure_of"
        words["of"] = ("published_dimension", str(row["dimension"]))
    if str(row["qualifier"]) not in {"exact", "nan"}:
        key += "_about"
        words["qualifier"] = ("qualifier", str(row["qualifier"]))
    return sentence(
        evidence, key, {"value": figure}, source=(source.publisher, source.address), **words
    )


def participation(evidence: Evidence) -> Iterator[Item]:
    """Learners and plans, by semester where it may be shown, else by school year."""
    whole = evidence.ask("participation")
    if whole is None:
        yield _not_shown(evidence)
        return
    figures = {
        "learners": Figure("participation", "learner_count", unit="learner"),
        "plans": Figure("participation", "plan_count", unit="plan"),
        "ratio": Figure("participation", "plans_per_learner", unit="ratio"),
    }
    yield sentence(evidence, "participation.whole", figures)
    for by in ("semester", "school_year"):
        shown = evidence.ask("participation", by)
        if shown is None:
            continue
        for code in sorted(shown.frame[by].dropna().astype(str)):
            yield _of_period(evidence, by, code)
        yield Exhibit(shown)
        break
    else:
        yield sentence(evidence, "participation.no_time", {})
    by_school = None if evidence.school else evidence.ask("participation", "school")
    if by_school is not None:
        yield Exhibit(by_school, is_drawn=False)


def _of_period(evidence: Evidence, by: str, code: str) -> Sentence:
    about = {"by": (by,), "where": {by: code}, "period": code}
    figures = {
        "learners": Figure("participation", "learner_count", unit="learner", **about),  # type: ignore[arg-type]  # told above
        "plans": Figure("participation", "plan_count", unit="plan", **about),  # type: ignore[arg-type]  # told above
    }
    return sentence(evidence, "participation.period", figures, period=(by, code))


def _not_shown(evidence: Evidence) -> Sentence:
    return sentence(evidence, "not_released", {})


def _each(
    evidence: Evidence, measure: str, codes: tuple[str, Iterable[str]], *, told: _Telling
) -> Iterator[Item]:
    """A sentence for each code that occurs, then the figures themselves."""
    dimension, known = codes
    shown = evidence.ask(measure)
    if shown is None:
        yield _not_shown(evidence)
        return
    there = set(shown.frame[dimension].astype(str))
    for code in (each for each in known if each in there):
        key, figures = told(code)
        place = "risk" if dimension == "risk_category" else "kind"
        yield sentence(evidence, key, figures, **{place: (dimension, code)})
    yield Exhibit(shown)


def risks(evidence: Evidence) -> Iterator[Item]:
    """The four groups of risks, each on its denominators."""

    def told(risk: str) -> tuple[str, dict[str, Figure]]:
        return "risks.share", {
            f"{basis}_{name}": Figure(
                "risk_mix", column, where={"basis": basis, "risk_category": risk}, unit=unit
            )
            for basis, unit in (("plan", "plan"), ("learner", "learner"))
            for name, column, unit in (
                ("count", "with_risk_count", unit),
                ("all", "denominator_count", unit),
                ("share", "share", "share"),
            )
        }

    return _each(evidence, "risk_mix", ("risk_category", _RISKS), told=told)


def support(evidence: Evidence) -> Iterator[Item]:
    """Which support learners were planned and received, by kind and by school."""

    def told(kind: str) -> tuple[str, dict[str, Figure]]:
        got = "delivered" if kind == "consultation" else "paid"
        return f"support.{got}", {
            name: Figure(
                "support_uptake",
                column,
                where={"support_kind": kind, "step": step, "basis": "learner"},
                unit="learner",
            )
            for name, column, step in (
                ("planned", "supported_count", "planned"),
                ("got", "supported_count", got),
                ("all", "denominator_count", "planned"),
            )
        }

    yield from _each(evidence, "support_uptake", ("support_kind", learner_kinds()), told=told)
    by_school = None if evidence.school else evidence.ask("support_uptake", "school")
    if by_school is not None:  # one step alone: a row for every school and kind is long enough
        yield Exhibit(by_school.where(step="planned", basis="learner"), is_drawn=False)


def costs(evidence: Evidence) -> Iterator[Item]:
    """What was paid, and where that stands against the caps."""
    whole, by_kind = (
        evidence.ask("cost_against_cap"),
        evidence.ask("cost_against_cap", "support_kind"),
    )
    if whole is None and by_kind is None:
        yield _not_shown(evidence)
        return
    if whole is not None:
        figures = {
            "paid": Figure("cost_against_cap", "paid_cents", unit="money"),
            "share": Figure("cost_against_cap", "use_share", unit="share"),
        }
        yield sentence(evidence, "costs.whole", figures)
    for kind in learner_kinds() if by_kind is not None else ():
        by, where = ("support_kind",), {"support_kind": kind}
        figures = {
            name: Figure("cost_against_cap", column, by, where, unit)
            for name, column, unit in (
                ("paid", "paid_cents", "money"),
                ("allowed", "allowed_cents", "money"),
                ("share", "use_share", "share"),
            )
        }
        said = sentence(evidence, "costs.kind", figures, kind=("support_kind", kind))
        if said.claims["paid"].value != UNKNOWN:
            yield said
    if by_kind is not None:
        yield Exhibit(by_kind)
    yield sentence(evidence, "costs.caps", {})


def gaps(evidence: Evidence) -> Iterator[Item]:
    """Risks that no support answers."""

    def told(risk: str) -> tuple[str, dict[str, Figure]]:
        return "gaps.row", {
            name: Figure(
                "support_gaps",
                column,
                where={"risk_category": risk, "outcome": outcome},
                unit="learner",
            )
            for name, column, outcome in (
                ("not_planned", "outcome_learner_count", "not_planned"),
                ("not_received", "outcome_learner_count", "not_received"),
                ("all", "risk_learner_count", "not_planned"),
            )
        }

    return _each(evidence, "support_gaps", ("risk_category", _RISKS), told=told)


def comparison(evidence: Evidence) -> Iterator[Item]:
    """This place beside the programme, and beside a group of peers with what makes them so."""
    yield from _programme(evidence)
    if evidence.has_records and evidence.scope:
        for risk in _RISKS:
            where = {"basis": "learner", "risk_category": risk}
            here = Figure("risk_mix", "share", where=where, unit="share")
            programme = Figure("risk_mix", "share", where=where, unit="share", everywhere=True)
            figures = {"here": here, "programme": programme}
            said = sentence(evidence, "comparison.risk", figures, risk=("risk_category", risk))
            if said.claims["programme"].value != UNKNOWN:
                yield said
    elif evidence.has_records:
        yield sentence(evidence, "comparison.alone", {})
    yield from _peers(evidence)


def _programme(evidence: Evidence) -> Iterator[Sentence]:
    """What pages state of the whole programme."""
    rows = evidence.national
    sources = {each.source_id: each for each in cite(evidence.figures, rows["source_id"])}
    for row in rows.to_dict("records"):
        year, source = str(row["school_year"]), sources[str(row["source_id"])]
        where = {"figure_id": str(row["figure_id"])}
        figure = Figure("published_figures", "value", where=where, unit="plan", period=year)
        said = (source.publisher, source.address)
        yield sentence(evidence, "comparison.programme", {"plans": figure}, source=said,
                       period=("school_year", year))  # fmt: skip


def _peers(evidence: Evidence) -> Iterator[Item]:
    others = [name for name in evidence.municipalities if name != evidence.municipality]
    names, reasons = municipality_peers(evidence.municipality, among=others)
    if not names:
        yield sentence(evidence, "comparison.no_peers", {})
        return
    yield sentence(evidence, "comparison.peers", {}, names=("text", ", ".join(names)),
                   reasons=("reasons", reasons))  # fmt: skip
    for name in (evidence.municipality, *names) if others else ():
        where = {"municipality_today": name}
        figures = {
            part: Figure("participation", f"{unit}_count", ("municipality_today",), where, unit,
                         everywhere=True)
            for part, unit in (("learners", "learner"), ("plans", "plan"))
        }  # fmt: skip
        yield sentence(evidence, "comparison.peer", figures, name=("text", name))
    peers = evidence.ask("peer_group", everywhere=True, school=evidence.school)
    if evidence.school and peers is not None:
        yield Exhibit(peers, is_drawn=False)


def readings(evidence: Evidence) -> Iterator[Item]:
    """Published figures held against the records, and by which reading both agree."""
    frame = published_readings(evidence)
    if frame.empty:
        yield sentence(evidence, "readings.nothing", {})
        return
    if evidence.is_made_up:
        yield sentence(evidence, "readings.made_up", {})
    for row in frame.to_dict("records"):
        figures = {"stated": row["stated"], "recorded": row["recorded"]}
        yield sentence(
            evidence,
            f"readings.{row['relation']}",
            figures,
            source=(str(row["publisher"]), str(row["address"])),
            entity=("text", str(row["entity"])),
            what=("published_measure", str(row["measure"])),
            period=row["period"],
            reading=("say", f"case_study.reading.{row['reading']}"),
        )


def unknown(evidence: Evidence) -> Iterator[Item]:
    """What cannot be said, and what would tell."""
    if not evidence.has_records:
        yield sentence(evidence, "unknown.records", {})
    if evidence.enrolment().empty:
        yield sentence(evidence, "unknown.coverage", {})
    yield sentence(evidence, "unknown.caps", {})
    yield sentence(evidence, "unknown.risks", {})
    if evidence.has_records and evidence.audience == "public":
        yield sentence(evidence, "unknown.hidden", {})
    states = set(evidence.stated.frame["measure"].astype(str))
    missing = [each for each in ("learners", "plans", "specialists") if each not in states]
    for measure in sorted(missing, key=sort_key):
        yield sentence(evidence, "unknown.not_stated", {}, what=("published_measure", measure))
