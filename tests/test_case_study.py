"""Case studies: every municipality is told, every figure is bound, and changed data are noticed."""

import io
import json
import re
from datetime import date
from types import MappingProxyType

import docx
import pandas as pd
import pytest

from pumpurs_analysis import case_studies, interviews, measures, municipalities, protect, schema
from pumpurs_analysis import text as words
from pumpurs_analysis.case_studies import documents, layout, notebook, word_document
from pumpurs_analysis.case_studies.claims import HIDDEN, Figure, Sentence
from pumpurs_analysis.cli import main
from pumpurs_analysis.dataset import Dataset
from pumpurs_analysis.interviews.tidy import Interviews

PLACE = "Tukuma novads"


def with_table(data, **tables):
    frames = {name: getattr(data, name) for name in data.tables} | tables
    return Dataset(MappingProxyType(frames), data.evidence, data.is_made_up)


@pytest.fixture(scope="module")
def owners(example_records):
    return case_studies.story(example_records, PLACE, audience="owner")


@pytest.fixture(scope="module")
def public(example_records):
    return case_studies.story(example_records, PLACE)


def test_every_municipality_is_told_from_published_figures_alone():
    names = set(municipalities.municipalities(date(2021, 7, 1))["name"])
    names |= set(municipalities.municipalities(date(2025, 7, 1))["name"])
    assert len(names) == 43

    for name in names:
        told = case_studies.story(None, name)
        assert told.title("lv").endswith(name)
        for language in words.LANGUAGES:
            said = [sentence.text(language) for sentence in told.sentences]
            assert not [each for each in said if "{" in each]
            assert told.marks(language)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("Tukma novads", "Tukuma novads"),
        ("Aglonas novads", "Krāslavas novads, Preiļu novads"),
    ],
)
def test_an_unknown_municipality_names_the_nearest(asked, said):
    with pytest.raises(case_studies.NotFound) as unknown:
        case_studies.story(None, asked)

    assert said in unknown.value.sentence("lv")
    assert said in unknown.value.sentence("en")


def test_a_former_municipality_is_told_as_the_one_it_belongs_to():
    assert case_studies.story(None, "Kandavas novads").evidence.municipality == PLACE


def test_a_school_elsewhere_is_not_told():
    with pytest.raises(case_studies.NotFound, match="Liepājas"):
        case_studies.story(None, PLACE, school="Liepājas 6. vidusskola")


def test_figures_of_the_owner_equal_a_count_by_hand(owners, example_records):
    here = schema.conform("schools", example_records.schools)
    here = set(here.loc[here["municipality_today"] == PLACE, "school_id"])
    plans = example_records.plans
    plans = plans[plans["school_id"].isin(here) & (plans["status"] != "inactive")]

    claims = owners.section("participation").items[0].claims

    assert claims["plans"].value == len(plans)
    assert claims["learners"].value == plans["learner_id"].nunique()


def test_money_of_the_owner_equals_the_payments(owners, example_records):
    schools = example_records.schools.set_index("school_id")["municipality_today"]
    paid = example_records.payments
    paid = paid[paid["school_id"].astype(str).map(schools) == PLACE]
    by_kind = paid.groupby(paid["support_kind"].astype(str))["amount_cents"].sum()

    told = {
        sentence.words["kind"][1]: sentence.claims["paid"].value
        for sentence in owners.section("costs").items
        if isinstance(sentence, Sentence) and "kind" in sentence.words
    }

    assert told
    for kind, cents in told.items():
        assert cents == by_kind.get(kind, 0)


def test_public_figures_are_those_of_the_release(public):
    shown = public.evidence.release.get("risk_mix", by=("municipality_today",))
    rows = shown.where(municipality_today=PLACE).frame
    for sentence in public.section("risks").items[:-1]:
        risk = sentence.words["risk"][1]
        row = rows[(rows["basis"] == "plan") & (rows["risk_category"] == risk)].iloc[0]
        wanted = HIDDEN if pd.isna(row["with_risk_count"]) else row["with_risk_count"]
        assert sentence.claims["plan_count"].value == wanted


def test_no_small_count_stands_in_a_public_sentence(public):
    of_people = {"learner", "plan", "specialist", "mention"}
    known_to_all = {"published_figures", "enrolment", "schools"}

    small = [
        claim
        for sentence in public.sentences
        for claim in sentence.claims.values()
        if claim.figure.unit in of_people and claim.figure.measure not in known_to_all
        if not isinstance(claim.value, str) and 0 < claim.value < 5
    ]

    assert small == []
    assert words.say("made_up", "lv") in public.marks("lv")


def test_nothing_is_stale_while_the_data_are_the_same(owners, example_records):
    assert case_studies.stale(owners, example_records).empty


def test_one_payment_makes_exactly_its_sentences_stale(owners, example_records):
    payments = example_records.payments.copy()
    schools = example_records.schools.set_index("school_id")["municipality_today"]
    is_here = (payments["school_id"].astype(str).map(schools) == PLACE).to_numpy()
    is_first = is_here & (payments["support_kind"] == "transport").to_numpy()
    row = payments.index[is_first & (payments["amount_cents"] > 500).to_numpy()][0]
    payments.loc[row, "amount_cents"] = payments.loc[row, "amount_cents"] - 100

    found = case_studies.stale(owners, with_table(example_records, payments=payments))

    # What was paid in all and for transport, each with its share of the caps; nothing else.
    stale = {
        (owners.sentences[row["sentence"]].key, row["figure"]) for row in found.to_dict("records")
    }
    wanted = {("case_study.costs.whole", "paid"), ("case_study.costs.whole", "share"),
              ("case_study.costs.kind", "paid"), ("case_study.costs.kind", "share")}  # fmt: skip
    assert stale == wanted
    of_kind = [owners.sentences[n].words["kind"][1] for n in set(found["sentence"])
               if "kind" in owners.sentences[n].words]  # fmt: skip
    assert of_kind == ["transport"]
    paid = found[found["figure"] == "paid"]
    assert (paid["old_value"].astype(float) - paid["new_value"].astype(float)).tolist() == [
        100,
        100,
    ]


def test_a_payment_elsewhere_makes_nothing_here_stale(owners, example_records):
    payments = example_records.payments.copy()
    schools = example_records.schools.set_index("school_id")["municipality_today"]
    elsewhere = (payments["school_id"].astype(str).map(schools) == "Liepāja").to_numpy()
    row = payments.index[elsewhere & (payments["amount_cents"] > 500).to_numpy()][0]
    payments.loc[row, "amount_cents"] = payments.loc[row, "amount_cents"] - 100

    assert case_studies.stale(owners, with_table(example_records, payments=payments)).empty


def test_a_published_figure_that_changes_is_noticed_in_a_document(figures):
    told = case_studies.story(figures, PLACE)
    page = documents.page_of(told, [layout.head_html(told, "lv").html], "lv")
    changed = figures.published_figures
    changed.loc[changed["figure_id"] == "OBS0003", "value"] = 285.0

    found = case_studies.stale(page, with_table(figures, published_figures=changed))

    assert found[["old", "new"]].to_numpy().tolist() == [["284", "285"]]


def written(told, folder):
    parts = [layout.section_html(told, each, "lv").html for each in told.sections]
    page = folder / "a.html"
    page.write_text(documents.page_of(told, parts, "lv"), "utf-8")
    page.with_suffix(".docx").write_bytes(word_document.docx_of(told, "lv"))
    return page


def test_a_stale_document_is_marked_as_a_draft_once(figures, tmp_path, monkeypatch):
    monkeypatch.setattr("pumpurs_analysis.case_studies.pictures.chromium", lambda: "")
    page = written(case_studies.story(figures, PLACE), tmp_path)
    changed = figures.published_figures
    changed.loc[changed["figure_id"] == "OBS0003", "value"] = 285.0
    data = with_table(figures, published_figures=changed)

    documents.check(page, data)
    documents.check(page, data)

    text = page.read_text("utf-8")
    assert text.count("Melnraksts") == 1
    stale = re.findall(r'<p class="stale" data-sentence="(\d+)">(.*?)<', text)
    assert [said.strip() for _, said in stale] == [
        "Tukuma novads, 2022./2023.: izglītojamie ar atbalstu (konsultācijas) – 284."
    ]
    lines = [p.text for p in docx.Document(page.with_suffix(".docx")).paragraphs]
    assert sum("Melnraksts" in line for line in lines) == 1
    assert any("Bija 284, tagad 285." in line for line in lines)
    assert documents.check(page, figures).empty


def test_a_document_without_chromium_has_its_tables_and_says_so(figures, monkeypatch):
    monkeypatch.setattr("pumpurs_analysis.case_studies.pictures.chromium", lambda: "")
    told = case_studies.story(figures, PLACE)

    document = docx.Document(io.BytesIO(word_document.docx_of(told, "en")))

    lines = [paragraph.text for paragraph in document.paragraphs]
    assert words.say("case_study.charts_left_out", "en") in lines
    for sentence in told.sentences:
        assert any(line.startswith(sentence.text("en")) for line in lines)
    assert len(document.tables) == 1
    assert not document.inline_shapes


def test_the_notebook_shows_every_sentence_of_the_story(monkeypatch):
    asked = notebook.Asked("Liepāja", language="en")
    for name, value in asked.environment().items():
        monkeypatch.setenv(name, value)
    code = ["".join(cell["source"]) for cell in json.loads(notebook.TEMPLATE.read_text("utf-8"))
            ["cells"] if cell["cell_type"] == "code"]  # fmt: skip

    space: dict[str, object] = {}
    shown = []
    for cell in code:  # as the kernel runs them, without waiting for one
        *before, last = cell.splitlines()
        exec("\n".join(before), space)  # noqa: S102  (our own notebook)
        value = eval(last, space)  # noqa: S307  (the same)
        shown.append(getattr(value, "html", ""))

    page = "".join(shown)
    sentences = asked.story().sentences
    assert [int(n) for n in re.findall(r'data-sentence="(\d+)"', page)] == list(
        range(len(sentences))
    )


def test_what_is_asked_survives_the_environment(tmp_path):
    asked = notebook.Asked(PLACE, "Tukuma 2. vidusskola", tmp_path, (tmp_path,), "en", "owner")

    assert notebook.Asked.of_environment(asked.environment()) == asked


def test_published_and_recorded_agree_by_the_right_reading(figures, records):
    plans = """
        plan_id | learner_id | learner_basis | school_id          | semester    | status
        1       | L1         | personal_code | irlavas-pamatskola | 2022/2023-1 | approved
        2       | L2         | personal_code | irlavas-pamatskola | 2022/2023-1 | approved
        3       | L1         | personal_code | irlavas-pamatskola | 2022/2023-2 | approved
    """
    schools = figures.schools
    data = records(plans=plans, schools=schools)
    stated = figures.published_figures
    is_here = stated["figure_id"].isin(["OBS0001", "OBS0002", "OBS0003"])
    stated = stated[is_here].assign(
        measure=["learners", "learners", "plans"], value=[2.0, 3.0, 9.0], dimension=None
    )
    evidence = case_studies.Evidence(
        PLACE, records=data, audience="owner",
        figures=with_table(figures, published_figures=stated),
    )  # fmt: skip

    frame = case_studies.published_readings(evidence)

    # Two learners, three plans in the year: 2 learners agree, "3 learners" are plans, 9 is neither.
    assert frame[["relation", "reading"]].to_numpy().tolist() == [
        ["agrees", "as_stated"], ["otherwise", "other_unit"], ["differs", "as_stated"],
    ]  # fmt: skip


def test_joint_display_shows_both_counts_and_where_words_are(example_records):
    codebook = pd.DataFrame(
        {
            "code": ["Nauda", "Stundas"],
            "theme": ["Nauda", "Stundas"],
            "risk_category": ["economic", "learning"],
            "support_kind": ["catering", None],
        }
    )
    sessions = pd.DataFrame(
        {
            "session_id": ["I-1", "I-2"],
            "stakeholder_group": ["learners", "school_management"],
            "participant_count": [6, 2],
        }
    )
    segments = pd.DataFrame(
        {
            "session_id": ["I-1", "I-1", "I-2"],
            "start": [0, 10, 5],
            "end": [9, 20, 9],
            "code": ["Nauda", "Nauda", "Stundas"],
            "coder_id": "C-1",
            "quotation": ["Pietika.", "Nepietika.", "Grūti."],
            "has_consent": True,
        }
    )
    spoken = Interviews(
        schema.conform("case_sessions", sessions),
        schema.conform("coded_segments", segments),
        schema.conform("codebook", codebook),
        pd.DataFrame(),
    )
    mix = protect(measures.risk_mix(example_records, by=()))

    frame = case_studies.joint_display(spoken, mix).set_index("theme")

    money = frame.loc["Nauda"]
    assert money[["participant_count", "session_count", "mention_count"]].tolist() == [6, 1, 2]
    assert money["places"] == "I-1:0-9;I-1:10-20"
    assert frame.loc["Stundas", "places"] == ""  # two people: not quoted
    rows = mix.frame[mix.frame["basis"] == "learner"].set_index("risk_category")
    assert money["risk_learner_count"] == rows.loc["economic", "with_risk_count"]
    # People speak of money first, the records of learning: shown side by side.
    assert frame["disagree"].all()
    quoted = interviews.quotations(spoken)
    assert set(quoted["session_id"] + ":" + quoted["start"].astype(str)) == {"I-1:0", "I-1:10"}


def test_what_the_release_does_not_hold_is_not_known_and_no_zero(public):
    figure = Figure("eligibility_findings", "learner_count", unit="learner")

    assert figure.value(public.evidence) == "unknown"


def test_tukums_is_told_as_its_document_states():
    told = case_studies.story(None, PLACE)

    said = [sentence.text("lv") for sentence in told.section("stated").items[:3]]
    assert [re.search(r"– (\d+)", each).group(1) for each in said] == ["14", "106", "284"]
    assert all(sentence.source[0] == "Tukuma novada pašvaldība"
               for sentence in told.section("stated").items[:3])  # fmt: skip
    people = told.evidence.stated.frame
    people = people[people["measure"] == "case_study_participants"]["value"]
    assert (len(people), people.sum()) == (8, 35)


def test_the_command_names_the_nearest_municipality(tmp_path, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(["case-study", "Tukma", "--out", str(tmp_path), "--language", "en"])

    assert stopped.value.code == 2
    assert "There is no municipality “Tukma”" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
