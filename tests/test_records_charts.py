import re
from itertools import pairwise

import plotly.graph_objects as go
import pytest

from pumpurs_analysis import charts, measures, protect, tables
from pumpurs_analysis.charts import lines, theme
from pumpurs_analysis.text import LANGUAGES, money

SCHOOLS = """
    school_id | name        | kind             | municipality_today
    A         | A vidusskola | secondary_school | Tukuma novads
    B         | B tehnikums | technical_school | Talsu novads
"""


@pytest.fixture(scope="module")
def delivered(records):
    """Two schools, two semesters, twelve learners each."""
    head = "plan_id | learner_id | learner_basis | school_id | semester | status | programme_kind"
    plans, risks, supports, consultations, payments = [head], [], [], [], []
    for school in "AB":
        for half in "12":
            for i in range(12):
                plan, learner = f"{school}{half}{i}", f"{school}{i + (half == '2') * 3}"
                kind = "general" if school == "A" else "vocational"
                plans.append(
                    f"{plan}|{learner}|personal_code|{school}|2021/2022-{half}|approved|{kind}"
                )
                risks += [f"{plan}|learning"] + [f"{plan}|economic"] * (i % 2)
                supports.append(f"S{plan}|{plan}|consultation|teacher|10|9000")
                if i % 3:
                    month = "2021-10" if half == "1" else "2022-03"
                    consultations.append(
                        f"{plan}|{learner}|{school}|{month}-04|2|T{school}|teacher"
                    )
                if i % 2:
                    supports.append(f"T{plan}|{plan}|transport|||12000")
                    payments.append(f"{plan}|{learner}|{school}|transport|{month}-01|2500")
    return records(
        schools=SCHOOLS,
        plans="\n".join(plans),
        risks="\n".join(["plan_id | risk_category", *risks]),
        supports="\n".join(
            [
                "support_id|plan_id|support_kind|specialist_kind|planned_hours|planned_cents",
                *supports,
            ]
        ),
        consultations="\n".join(
            [
                "plan_id|learner_id|school_id|date|hours|specialist_id|specialist_kind",
                *consultations,
            ]
        ),
        payments="\n".join(
            ["plan_id|learner_id|school_id|support_kind|month|amount_cents", *payments]
        ),
    )


ASKED = [
    ("participation", {"by": "semester"}),
    ("participation", {"by": ("semester", "school")}),
    ("participation", {"by": "school"}),
    ("risk_mix", {"by": ()}),
    ("risk_mix", {"by": "school"}),
    ("risk_overlap", {}),
    ("risk_overlap", {"view": "pair", "basis": "learner"}),
    ("risk_overlap", {"by": "school"}),
    ("risk_transitions", {}),
    ("support_uptake", {"by": "school"}),
    ("planned_and_delivered", {}),
    ("hours_and_load", {}),
    ("school_funnel", {"of": "transport"}),
    ("school_funnel", {"of": "economic", "only": {"semester": "2021/2022-1"}}),
    ("support_gaps", {}),
    ("peer_group", {}),
]


def named(case):
    return f"{case[0]}-{'-'.join(map(str, case[1].values()))}"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", ASKED, ids=named)
def test_every_chart_says_what_it_shows_with_n_and_source(delivered, case, language):
    name, choices = case
    shown = protect(getattr(measures, name)(delivered, **choices), audience="owner")

    figure = getattr(charts, name)(shown, language=language)

    words = figure.layout.meta
    assert words["name"] == name
    assert all(words[part] for part in ("title", "subtitle", "footnote", "summary"))
    assert "n = " in words["footnote"]
    assert re.search(r"Avot[si]|Sources?:", words["footnote"])
    foreign = {"lv": r"\b(the|of|and|learners|plans)\b", "en": r"\b(un|vai|izglītojam\w+|plāni)\b"}
    told = " ".join(words[part] for part in ("title", "subtitle", "footnote", "summary"))
    assert not re.search(foreign[language], told)


@pytest.mark.parametrize("case", ASKED, ids=named)
def test_every_number_of_a_chart_stands_in_its_table(delivered, case):
    name, choices = case
    shown = protect(getattr(measures, name)(delivered, **choices), audience="owner")

    table = tables.table(shown, language="lv")

    assert len(table.rows) == len(shown.frame)
    assert not [cell.text for row in table.rows for cell in row if re.match(r"<NA>|nan", cell.text)]


@pytest.mark.parametrize("case", ASKED[:-1], ids=named)
def test_what_protection_hides_is_drawn_as_hidden_and_not_as_zero(delivered, case):
    name, choices = case
    shown = protect(getattr(measures, name)(delivered, **choices), threshold=8)

    figure = getattr(charts, name)(shown, language="lv")

    assert figure.layout.meta["title"]
    assert "<NA>" not in str(figure.to_json())


def test_a_hidden_share_says_that_it_is_hidden(delivered):
    mix = protect(measures.risk_mix(delivered, by="school"), threshold=13)
    assert mix.hidden_count

    labels = [note.text for note in charts.risk_mix(mix, language="lv").layout.annotations]

    assert "slēpts" in labels


def test_a_combination_that_is_hidden_is_named_and_may_be_the_largest(release):
    shown = release.get("risk_overlap")
    hidden = shown.frame["with_risk_count"].isna()
    assert hidden.any()

    said = charts.risk_overlap(shown, language="lv").layout.meta["footnote"]

    assert "Slēptas, tāpēc nav zīmētas (var būt arī lielākās): " in said
    told = said.partition("lielākās): ")[2].partition(". ")[0]
    assert len(told.split("; ")) == int(hidden.sum())


def test_what_was_paid_beside_caps_is_told_to_the_cent(example_records):
    result = measures.cost_against_cap(example_records, by="support_kind")
    shown = protect(result, audience="owner")
    has_cap = ["transport", "special_transport", "lodging", "catering", "personal_items"]
    paid = example_records.payments
    rest = paid.loc[~paid["support_kind"].isin(has_cap), "amount_cents"].sum()
    assert rest > 0

    said = charts.cost_against_cap(shown, language="lv").layout.meta["footnote"]

    assert f"Ar griestiem nav salīdzināti {money(int(rest), 'lv')}" in said


def test_a_worklist_has_a_table_for_its_owner(delivered):
    shown = tables.worklist(measures.support_gap_rows(delivered), language="en")

    assert [column.key for column in shown.columns][:2] == ["school", "semester"]
    assert "Consultations, Learning materials" in str(shown.rows[0])


def test_dots_of_the_funnel_are_the_schools(delivered):
    funnel = protect(measures.school_funnel(delivered, of="transport"), audience="owner")

    dots = [trace for trace in charts.school_funnel(funnel).data if trace.mode == "markers"]

    assert sum(len(trace.x) for trace in dots) == len(funnel.frame) == 2


def test_bars_of_an_upset_add_up_to_all_plans(delivered):
    overlap = protect(measures.risk_overlap(delivered), audience="owner")
    drawn = charts.risk_overlap(overlap, language="en")

    numbers = [
        int(re.sub(r"\D", "", note.text))
        for note in drawn.layout.annotations
        if re.fullmatch(r"<b>[\d,]+</b>", note.text)
    ]
    assert sum(numbers) == 48


def with_transport(counts, records):
    """Draw schools with so many of so many learners who have transport planned."""
    plans, supports = ["plan_id | learner_id | school_id | semester | status"], []
    for school, (yes, count) in counts.items():
        for i in range(count):
            plan = f"{school}-{i}"
            plans.append(f"{plan}|{plan}|{school}|2021/2022-1|approved")
            if i < yes:
                supports.append(f"{plan}|transport")
    data = records(
        plans="\n".join(plans), supports="\n".join(["plan_id | support_kind", *supports])
    )
    funnel = protect(measures.school_funnel(data, of="transport", adjust="none"), audience="owner")
    return charts.school_funnel(funnel, language="en")


def test_names_in_a_crowd_stand_apart_and_inside_and_the_rest_is_said(records):
    crowd = {f"Very long name of the evening secondary school {i:02}": (60, 60) for i in range(9)}
    figure = with_transport(crowd | {f"S{i:02}": (20, 60) for i in range(20)}, records)

    names = [note for note in figure.layout.annotations if note.text.startswith("Very")]

    assert len(names) == 1
    assert all(len(line) <= 20 for line in names[0].text.split("<br>"))
    assert names[0].yshift < 0, "it would stand out at the top"
    assert all(name in figure.layout.meta["summary"] for name in crowd)


def test_where_nearly_all_have_it_the_empty_lower_part_is_left_out(records):
    figure = with_transport({"S0": (28, 30)} | {f"S{i}": (40, 40) for i in range(1, 9)}, records)

    below, above = figure.layout.yaxis.range
    assert 50 < below < 93
    assert 100 < above < 104
    words = [
        note
        for note in figure.layout.annotations
        if note.xref == "paper" and note.xanchor == "right"
    ]
    assert words[0].text == "all 99.4\u00a0%"
    a_pixel = (above - below) / 330
    middles = sorted(
        note.y + a_pixel * (7.5 if note.yanchor == "bottom" else -7.5) for note in words
    )
    assert all(b - a >= 15 * a_pixel for a, b in pairwise(middles)), "written over each other"


def test_schools_outside_the_limits_are_named(records):
    figure = with_transport(
        {f"S{school:02}": (55 if school == 7 else 15, 60) for school in range(20)}, records
    )

    assert "S07" in [note.text for note in figure.layout.annotations]
    assert "S07 92" in figure.layout.meta["summary"]
    assert "Outside the 95\u00a0% limits: 1" in figure.layout.meta["footnote"]


def test_the_map_has_a_tile_for_each_municipality_and_marks_hidden_ones(delivered):
    whole = protect(measures.participation(delivered, by="municipality_today"), audience="owner")
    figure = charts.participation(whole, language="lv")
    hidden = charts.participation(
        protect(measures.participation(delivered, by="municipality_today"), threshold=16)
    )

    assert len(figure.layout.shapes) == 43
    assert {*figure.data[0].text} == {"Talsu novads: 15", "Tukuma novads: 15"}
    assert "41 pašvaldības datu nav" in figure.layout.meta["footnote"]
    dotted = [shape for shape in hidden.layout.shapes if shape.line.width == 1]
    assert len(dotted) == 2
    assert "slēpts" in hidden.layout.meta["summary"]


def test_uptake_has_one_row_for_each_kind_and_a_dot_for_each_step(delivered):
    uptake = protect(measures.support_uptake(delivered, by=()), audience="owner")

    figure = charts.support_uptake(uptake, language="en")

    words = [note for note in figure.layout.annotations if note.name in {"row", "end"}]
    told = [re.sub(r"</?b>", "", note.text).replace("\u00a0", " ") for note in words]
    assert told[:2] == ["Consultations", "◆ 100 %  ● 67 %"]
    assert told[told.index("Transport") + 1] == "◆ 80 %  ■ 80 %"
    assert words[0].y == words[1].y
    drawn = sorted(trace.x[0] for trace in figure.data)
    shares = uptake.frame["supported_share"].dropna().astype(float)
    assert drawn == pytest.approx(sorted(shares * 100))


def test_risks_by_school_are_dots_with_the_plans_in_brackets(delivered):
    mix = protect(measures.risk_mix(delivered, by="school"), audience="owner")

    figure = charts.risk_mix(mix, language="en")

    labels = [note.text for note in figure.layout.annotations]
    assert labels.count("A vidusskola (24)") == 4
    dots = [trace for trace in figure.data if trace.name != "picks"]
    assert all(trace.error_x.array is not None for trace in dots)
    economic = [trace.x[0] for trace in figure.data if trace.marker.color == "#009E73"]
    assert economic == [50, 50]


@pytest.mark.parametrize(("last", "is_open"), [("2022-03-04", True), ("2022-05-31", False)])
def test_the_last_point_is_hollow_until_its_semester_is_over(records, last, is_open):
    data = records(
        plans="""
        plan_id | learner_id | school_id | semester    | status
        P1      | L1         | A         | 2021/2022-1 | approved
        P2      | L1         | A         | 2021/2022-2 | approved
        """,
        consultations=f"plan_id|learner_id|school_id|date|hours\nP2|L1|A|{last}|1",
    )
    shown = protect(measures.participation(data, by="semester"), audience="owner")

    figure = charts.participation(shown, language="en")

    symbols = ("circle", "circle-open" if is_open else "circle")
    assert figure.data[0].marker.symbol == symbols
    assert ("may still grow" in figure.layout.meta["footnote"]) == is_open


def test_lines_that_would_cover_each_other_are_one(delivered):
    by_semester = protect(measures.participation(delivered, by="semester"), audience="owner")
    by_year = protect(measures.participation(delivered, by="school_year"), audience="owner")

    names = [
        [line.name for line in charts.participation(shown, language="en").data]
        for shown in (by_semester, by_year)
    ]

    assert names == [["learners"], ["plans", "learners"]]
    told = charts.participation(by_semester, language="en").layout.meta["subtitle"]
    assert told.endswith("one plan each in a semester")


def test_months_stand_where_the_calendar_has_them(delivered):
    shown = protect(measures.cost_against_cap(delivered, by="month"), audience="owner")

    figure = charts.cost_against_cap(shown, language="lv")

    assert [sorted(bar.x) for bar in figure.data] == [[0, 5], [0, 5]]
    assert figure.layout.xaxis.ticktext == ("2022",)
    assert figure.layout.xaxis.tickvals == (3,)


def test_what_is_tried_and_hidden_is_not_called_unknown(delivered):
    trial = protect(measures.what_if(delivered, rule="transport_cap_eur", value=20), threshold=30)
    assert trial.hidden_count

    labels = " ".join(note.text for note in charts.what_if(trial, language="en").layout.annotations)

    assert "hidden" in labels
    assert "not known" not in labels


def test_what_is_over_the_caps_together_is_drawn_as_a_warning(records):
    paid = "plan_id|learner_id|school_id|support_kind|month|amount_cents\n"
    over = records(
        schools=SCHOOLS,
        payments=f"{paid}P1|L1|A|transport|2021-10-01|4000\nP2|L2|B|transport|2021-10-01|3000",
    )
    shown = protect(measures.cost_against_cap(over, by="school"), audience="owner")

    bars = [bar for bar in charts.cost_against_cap(shown).data if bar.name is None]

    colours = {bar.x[0]: bar.marker.color for bar in bars}
    assert colours == {40: theme.WARNING, 30: theme.ACCENT}  # exactly the cap is not over it


def test_few_bars_over_time_say_how_much_of_the_caps_was_paid(delivered):
    shown = protect(measures.cost_against_cap(delivered, by="semester"), audience="owner")

    pale, dark = charts.cost_against_cap(shown, language="lv").data

    assert pale.text == ("83\u00a0%", "83\u00a0%")
    assert set(dark.text) == {""}


def test_names_stand_in_the_order_in_which_the_lines_end_and_old_values_say_of_when():
    times = ["2019/2020", "2020/2021", "2021/2022"]
    low = lines.Line("zemākā", dict(zip(times, (9, 9, 1), strict=True)), "#000000")
    high = lines.Line("augstākā", dict(zip(times, (1, 1, 8), strict=True)), "#000000")
    early = lines.Line("senāk", {"2019/2020": 5.0}, "#000000")
    figure = go.Figure()

    lines.draw(figure, [low, high, early], times, language="lv")

    names = [note for note in figure.layout.annotations if note.name == "line"]
    assert [(note.text, round(note.y, 9)) for note in names] == [
        ("■ augstākā <b>8</b>", 8), ("◆ senāk <b>5 (2019/20)</b>", 5), ("● zemākā <b>1</b>", 1),
    ]  # fmt: skip
    assert {note.x for note in names} == {2}, "beside the last time"
