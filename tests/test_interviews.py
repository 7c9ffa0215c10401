"""A made-up set of interviews, the same in every format, with answers worked out by hand."""

import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import pandas as pd
import pytest

from pumpurs_analysis import errors, interviews, pseudonyms
from pumpurs_analysis.interviews import agreement, read_interviews
from pumpurs_analysis.interviews.found import Found
from pumpurs_analysis.interviews.tidy import without_names

# Four made-up sessions. Name, group, form, date, participants, consent, text.
SESSIONS = [
    ("Saruna A", "Izglītojamie", "fokusgrupa", "2023-05-08", 4, "jā",
     "Konsultācijas palīdzēja. Pusdienas arī. Autobuss nāk reti."),
    ("Saruna B", "Skolas vadība", "intervija", "2023-05-10", 2, "jā",
     "Naudas pusdienām pietika. Vecāki maksāt nevar."),
    ("Saruna C", "Izglītojamie", "fokusgrupa", "2023-05-11", 3, "nē",
     "Matemātika bija grūta. Autobuss dārgs."),
    ("Saruna D", "Vecāki", "intervija", "2023-05-12", 3, "jā",
     "Bez konsultācijām viņš būtu pametis skolu."),
]  # fmt: skip
# Code, the code above it.
CODES = [
    ("Mācības", ""), ("Grūtības", "Mācības"), ("Konsultācijas", "Mācības"),
    ("Ekonomiskie riski", ""), ("Ēdināšana", "Ekonomiskie riski"), ("Ceļš", "Ekonomiskie riski"),
]  # fmt: skip
# Session, code, coder, start, end.
SEGMENTS = [
    ("Saruna A", "Konsultācijas", "Kodētāja viena", 0, 24),
    ("Saruna A", "Konsultācijas", "Kodētāja divi", 0, 24),
    ("Saruna A", "Ēdināšana", "Kodētāja viena", 25, 39),
    ("Saruna A", "Grūtības", "Kodētāja divi", 25, 39),
    ("Saruna A", "Ceļš", "Kodētāja viena", 40, 58),
    ("Saruna A", "Ceļš", "Kodētāja divi", 40, 58),
    ("Saruna B", "Ēdināšana", "Kodētāja viena", 0, 25),
    ("Saruna B", "Grūtības", "Kodētāja viena", 10, 46),
    ("Saruna C", "Grūtības", "Kodētāja viena", 0, 22),
    ("Saruna C", "Ceļš", "Kodētāja viena", 23, 38),
    ("Saruna D", "Konsultācijas", "Kodētāja viena", 0, 43),
]
ATTRIBUTES = ("Dalībnieku grupa", "Forma", "Datums", "Dalībnieki", "Piekrišana")
TEXT_OF = {session[0]: session[6] for session in SESSIONS}


def quoted(value):
    return '"' + str(value).replace('"', '""') + '"'


def write_tables(folder: Path) -> list[Path]:
    rows = {
        "sesijas": [
            ("Sesija", *ATTRIBUTES),
            *(session[:6] for session in SESSIONS),
        ],
        "kodi": [("Kods", "Tēma"), *CODES],
        "fragmenti": [
            ("Sesija", "Kods", "Kodētājs", "Sākums", "Beigas", "Citāts", "Piekrišana"),
            *(
                (session, code, coder, start, end, TEXT_OF[session][start:end], consent)
                for session, code, coder, start, end in SEGMENTS
                for consent in [each[5] for each in SESSIONS if each[0] == session]
            ),
        ],
    }
    for name, lines in rows.items():
        text = "\n".join(";".join(map(quoted, line)) for line in lines)
        (folder / f"{name}.csv").write_text(text, "utf-8")
    return [folder / f"{name}.csv" for name in rows]


def guid(text):
    return str(uuid5(NAMESPACE_URL, text)).upper()


def code_element(name):
    below = "".join(code_element(code) for code, parent in CODES if parent == name)
    return f'<Code guid="{guid(name)}" name="{name}" isCodable="true">{below}</Code>'


def codebook_xml():
    return "".join(code_element(code) for code, parent in CODES if not parent)


def source_element(session):
    name, *values, text = session
    passages = "".join(
        f'<PlainTextSelection guid="{guid(f"{name}{start}{code}{coder}")}" startPosition="{start}" '
        f'endPosition="{end}" creatingUser="{guid(coder)}"><Coding guid="{guid(f"c{place}")}" '
        f'creatingUser="{guid(coder)}"><CodeRef targetGUID="{guid(code)}"/></Coding>'
        f"</PlainTextSelection>"
        for place, (where, code, coder, start, end) in enumerate(SEGMENTS)
        if where == name
    )
    said = "".join(
        f'<VariableValue><VariableRef targetGUID="{guid(attribute)}"/>'
        f"<TextValue>{value}</TextValue></VariableValue>"
        for attribute, value in list(zip(ATTRIBUTES, values, strict=True))[1:]
    )
    inside = f"<PlainTextContent>{text}</PlainTextContent>" if name < "Saruna C" else ""
    path = "" if inside else f' plainTextPath="internal://{guid(name)}.txt"'
    return (
        f'<TextSource guid="{guid(name)}" name="{name}"{path}>{inside}{passages}{said}</TextSource>'
    )


def case_element(session):
    name, group = session[:2]
    return (
        f'<Case guid="{guid(f"lieta {name}")}" name="lieta"><VariableValue><VariableRef '
        f'targetGUID="{guid(ATTRIBUTES[0])}"/><TextValue>{group}</TextValue></VariableValue>'
        f'<SourceRef targetGUID="{guid(name)}"/></Case>'
    )


def project_xml(before=""):
    coders = sorted({segment[2] for segment in SEGMENTS})
    users = "".join(f'<User guid="{guid(coder)}" name="{coder}"/>' for coder in coders)
    variables = "".join(
        f'<Variable guid="{guid(name)}" name="{name}" typeOfVariable="Text"/>'
        for name in ATTRIBUTES
    )
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{before}<Project name="Izdomāts" origin="test" '
        f'xmlns="urn:QDA-XML:project:1.0"><Users>{users}</Users><CodeBook><Codes>{codebook_xml()}'
        f"</Codes></CodeBook><Variables>{variables}</Variables>"
        f"<Cases>{''.join(map(case_element, SESSIONS))}</Cases><Sources>"
        f"{''.join(map(source_element, SESSIONS))}"
        f'<AudioSource guid="{guid("audio")}" name="ieraksts"/></Sources></Project>'
    )


def write_qdpx(folder: Path, before="") -> Path:
    file = folder / "izdomats.qdpx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", project_xml(before))
        for name, *_, text in SESSIONS[2:]:
            archive.writestr(f"Sources/{guid(name)}.txt", text)
    return file


# Tables as QualCoder 3 creates them; those this test needs.
QUALCODER = """
CREATE TABLE source (id integer primary key, name text, fulltext text, mediapath text, memo text,
    owner text, date text, av_text_id integer, risid integer, unique(name));
CREATE TABLE code_cat (catid integer primary key, name text, owner text, date text, memo text,
    supercatid integer, unique(name));
CREATE TABLE code_name (cid integer primary key, name text, memo text, catid integer, owner text,
    date text, color text, unique(name));
CREATE TABLE code_text (ctid integer primary key, cid integer, fid integer, seltext text,
    pos0 integer, pos1 integer, owner text, date text, memo text, avid integer, important integer,
    unique(cid, fid, pos0, pos1, owner));
CREATE TABLE cases (caseid integer primary key, name text, memo text, owner text, date text);
CREATE TABLE case_text (id integer primary key, caseid integer, fid integer, pos0 integer,
    pos1 integer, owner text, date text, memo text);
CREATE TABLE attribute (attrid integer primary key, name text, attr_type text, value text,
    id integer, date text, owner text, unique(name, attr_type, id));
"""


def write_qualcoder(folder: Path) -> Path:
    project = folder / "izdomats.qda"
    project.mkdir()
    ids = {session[0]: place for place, session in enumerate(SESSIONS, 1)}
    cats = {name: place for place, (name, parent) in enumerate(CODES, 1) if not parent}
    codes = {name: place for place, (name, parent) in enumerate(CODES, 1) if parent}
    with closing(sqlite3.connect(project / "data.qda")) as database, database:
        add = database.execute
        database.executescript(QUALCODER)
        for name, place in cats.items():
            add("INSERT INTO code_cat (catid, name) VALUES (?, ?)", (place, name))
        for name, parent in CODES:
            if parent:
                row = (codes[name], name, cats[parent])
                add("INSERT INTO code_name (cid, name, catid) VALUES (?, ?, ?)", row)
        for name, *values, text in SESSIONS:
            add("INSERT INTO source (id, name, fulltext) VALUES (?, ?, ?)", (ids[name], name, text))
            add("INSERT INTO cases (caseid, name) VALUES (?, ?)", (ids[name], f"lieta {name}"))
            row = (ids[name], ids[name])
            add("INSERT INTO case_text (caseid, fid) VALUES (?, ?)", row)
            for attribute, value in zip(ATTRIBUTES, values, strict=True):
                kind = "case" if attribute == "Dalībnieku grupa" else "file"
                row = (attribute, kind, str(value), ids[name])
                add("INSERT INTO attribute (name, attr_type, value, id) VALUES (?, ?, ?, ?)", row)
        add("INSERT INTO source (name, mediapath) VALUES ('ieraksts', '/audio/a.mp3')")
        for session, code, coder, start, end in SEGMENTS:
            row = (codes[code], ids[session], TEXT_OF[session][start:end], start, end, coder)
            columns = "cid, fid, seltext, pos0, pos1, owner"
            add(f"INSERT INTO code_text ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)  # noqa: S608  (our own words)
    return project


@pytest.fixture(scope="module")
def made_up(tmp_path_factory):
    return read_interviews(write_tables(tmp_path_factory.mktemp("tables")))


def named(session):
    return pseudonyms.pseudonym("session", session, pseudonyms.key_for(None))


def plain(frame):
    rows = frame.drop(columns=["coder_id"], errors="ignore")
    return rows.sort_values(list(rows.columns), ignore_index=True)


@pytest.mark.parametrize("write", [write_qdpx, write_qualcoder])
def test_projects_give_the_same_tables_as_csv(made_up, tmp_path, write):
    read = read_interviews(write(tmp_path))

    for table in ("case_sessions", "coded_segments", "codebook"):
        pd.testing.assert_frame_equal(plain(getattr(read, table)), plain(getattr(made_up, table)))
    assert read.problems["code"].tolist() == ["interview_media_left"]
    assert read.coded_segments["coder_id"].nunique() == 2


def test_nobody_is_named_in_the_tables(made_up):
    everything = "".join(
        getattr(made_up, table).to_csv() for table in ("case_sessions", "coded_segments")
    )

    assert "Saruna" not in everything
    assert "Kodētāja" not in everything
    assert made_up.coded_segments["coder_id"].str.fullmatch(r"C-[0-9a-f]{12}").all()


def test_codes_link_to_risks_and_support_by_name_or_above(made_up):
    links = made_up.codebook.set_index("code")

    assert links.loc["Ēdināšana", ["theme", "risk_category", "support_kind"]].tolist() == [
        "Ekonomiskie riski", "economic", "catering",
    ]  # fmt: skip
    assert links.loc["Ceļš", "risk_category"] == "economic"
    assert links.loc["Konsultācijas", "theme"] == "Mācības"


def test_people_sessions_and_mentions_stay_apart(made_up):
    frame = interviews.theme_by_group(made_up).set_index(["theme", "stakeholder_group"])

    # Learners: two focus groups of 4 and 3, Mācības in both: passages A 0-24, A 25-39, C 0-22.
    learners = frame.loc[("Mācības", "learners")]
    assert learners.tolist() == [7, 2, 3, 7, 2]
    # Economic: A 25-39, A 40-58, C 23-38.
    assert frame.loc[("Ekonomiskie riski", "learners")].tolist() == [7, 2, 3, 7, 2]
    # The parent speaks of learning only: a zero, no gap.
    parents = frame.loc[("Ekonomiskie riski", "parents_or_guardians")]
    assert parents.tolist() == [0, 0, 0, 3, 1]


def test_what_two_coders_marked_is_one_mention(made_up):
    frame = interviews.theme_by_group(made_up, level="code")

    consultations = frame[(frame["code"] == "Konsultācijas")].set_index("stakeholder_group")
    assert consultations.loc["learners", "mention_count"] == 1


def test_overlapping_passages_occur_together(made_up):
    frame = interviews.co_occurrence(made_up, level="code")

    # A 25-39 bears Ēdināšana and Grūtības; in B 0-25 and 10-46 overlap. Others only touch.
    assert frame.to_numpy().tolist() == [["Grūtības", "Ēdināšana", 2, 2, 6]]


def test_saturation_counts_new_codes_in_order_of_time(made_up):
    frame = interviews.saturation(made_up)

    assert frame["new_code_count"].tolist() == [4, 0, 0, 0]
    assert frame["known_code_count"].tolist() == [0, 2, 2, 1]
    assert frame["code_count"].tolist() == [4, 4, 4, 4]


def test_quotations_need_consent_and_three_participants(made_up):
    frame = interviews.quotations(made_up)

    # B has two people, C no consent; A and D remain, every passage once per theme.
    assert set(frame["session_id"]) == {named("Saruna A"), named("Saruna D")}
    assert len(frame) == 5
    row = frame[frame["start"] == 40].iloc[0]
    assert (row["quotation"], row["end"]) == ("Autobuss nāk reti.", 58)


def test_agreement_equals_the_hand_value(made_up):
    frame = interviews.coder_agreement(made_up)

    # Session A alone was coded by both: passages 0-24, 25-39, 40-58.
    by_code = frame.set_index("code")
    assert by_code.loc["Konsultācijas", ["unit_count", "all_count", "none_count"]].tolist() == [
        3,
        1,
        2,
    ]
    assert by_code.loc["Konsultācijas", "kappa"] == pytest.approx(1)
    # Ēdināšana: first (0,1,0), second (0,0,0): observed 2/3, expected 2/3, kappa 0.
    assert by_code.loc["Ēdināšana", "kappa"] == pytest.approx(0)
    # All twelve: 2 both, 1 + 1 apart, 8 neither. Observed 10/12; each marks 3 of 12:
    # expected (3*3 + 9*9) / 144 = 0.625; kappa (0.8333 - 0.625) / 0.375 = 0.5556.
    assert frame.loc[0, ["unit_count", "all_count", "some_count"]].tolist() == [12, 2, 2]
    assert frame.loc[0, "kappa"] == pytest.approx(0.2083333 / 0.375)
    # Alpha: 24 marks, 6 ones; D_o = 4/24; D_e = 2*6*18/(24*23); alpha = 1 - D_o/D_e.
    assert frame.loc[0, "alpha"] == pytest.approx(1 - (4 / 24) / (2 * 6 * 18 / (24 * 23)))


def test_alike_marks_have_no_kappa():
    answer = agreement._agreement("x", pd.DataFrame([[1, 1], [1, 1]]).to_numpy())

    assert answer["agreement_share"] == 1
    assert pd.isna(answer["kappa"])
    assert pd.isna(answer["alpha"])


def test_one_coder_cannot_agree(made_up):
    with pytest.raises(ValueError, match="two coders"):
        interviews.coder_agreement(made_up, coders=[made_up.coded_segments["coder_id"][0]])


def test_a_codebook_alone_reads_but_is_no_interview(tmp_path):
    file = tmp_path / "kodi.qdc"
    file.write_text(
        f'<CodeBook xmlns="urn:QDA-XML:codebook:1.0" origin="test"><Codes>{codebook_xml()}</Codes>'
        "</CodeBook>", "utf-8",
    )  # fmt: skip
    found = Found()

    interviews.refi.read_codebook(interviews.reading.Source(file.name, file), found)

    assert [(row.get("code"), row.get("parent")) for row in found.codes] == CODES
    with pytest.raises(errors.InputError, match="No interview or focus group"):
        read_interviews(file)


@pytest.mark.parametrize(
    "before",
    ['<!DOCTYPE p [<!ENTITY a "aaaa">]>', '<!DOCTYPE p SYSTEM "file:///etc/hostname">'],
)
def test_a_project_that_declares_entities_is_refused(tmp_path, before):
    with pytest.raises(errors.InputError, match="DOCTYPE"):
        read_interviews(write_qdpx(tmp_path, before))


def test_utf_16_cannot_hide_a_declaration(tmp_path):
    file = tmp_path / "a.qdc"
    file.write_bytes('<!DOCTYPE p [<!ENTITY a "b">]><CodeBook/>'.encode("utf-16"))

    with pytest.raises(errors.InputError, match="DOCTYPE"):
        read_interviews(file)


def test_a_zip_bomb_is_refused(tmp_path):
    file = tmp_path / "a.qdpx"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b" " * (1 << 28))

    with pytest.raises(errors.InputError, match="out of all proportion"):
        read_interviews(file)


def test_a_database_of_another_program_is_refused(tmp_path):
    file = tmp_path / "data.qda"
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE people (name text)")

    with pytest.raises(errors.InputError, match="damaged"):
        read_interviews(file)


def test_bad_rows_are_set_aside_with_their_place(tmp_path):
    files = write_tables(tmp_path)
    with files[0].open("a", encoding="utf-8") as out:
        out.write('\n"Saruna A";"Vecāki";;;;\n"Saruna E";"Jānis Kalniņš";;"pavasarī";"daži";')
    with files[2].open("a", encoding="utf-8") as out:
        out.write('\n"Saruna Z";"Ceļš";"K";"1";"5";"x";\n"Saruna A";"Ceļš";"K";"beigās";;"x";')

    read = read_interviews(files)

    assert read.problems[["code", "row"]].to_numpy().tolist() == [
        ["interview_session_twice", 6],
        ["interview_group_unread", 7],
        ["interview_date_unread", 7],
        ["interview_participants_unread", 7],
        ["interview_session_unknown", 13],
        ["interview_position_unread", 14],
    ]
    assert "Kalniņš" not in read.problems.to_csv()
    assert len(read.coded_segments) == len(SEGMENTS)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Skolotāja Ilze palīdzēja Jurim.", "Skolotāja ⟪name⟫ palīdzēja ⟪name⟫."),
        ("Ilze palīdz.", "⟪name⟫ palīdz."),
        ("Konsultācijas bija labas. Autobuss nāk reti.",) * 2,
        ("zvanīt ⟪phone⟫",) * 2,
    ],
)
def test_names_in_passages_are_replaced(text, kept):
    assert without_names(text) == kept
