import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis.amounts import read_amount

PUBLISHED = Path(__file__).parent / "spellings" / "amount_strings.csv"
# Labels that lean on the page: the reader holds what the text itself states.
NO_UNIT_STATED = {
    *("10", "12", "14", "23", "5", "6", "8", "90"),  # a cell of a table
    *("līdz 300", "līdz 44 000", "pieaudzis līdz 94", "141 - II semestrī", "145 - I semestrī"),
    *("1 vācu valodā", "5 latviešu valodā", "5 no tiem", "12 no Rožupes pamatskolas"),
    *("17 – no Jersikas pamatskolas", "7 no Jaunsilavas pamatskolas"),
    "saņem15 Vecpiebalgas vidusskolas",
}
ANOTHER_UNIT_STATED = {
    "1. semestrim 97 izglītojamiem": "persons",  # the page counts plans by learners
    "104 izglītojamajiem 2.semestrī": "persons",
    "97 izglītojamiem 1.semestrī": "persons",
    "jau 25 skolēniem": "persons",
    "deviņas biedrības": "organisations",  # each with one project
    "viena organizācija": "organisations",
}
PER_FROM_CONTEXT = {
    *("4600 eiro", "4600 eiro apmērā", "4600 eiro lielam finansējumam", "4600 euro", "EUR 4600"),
    *("4600 eiro lielu finansējumu", "4600,00 eiro", "4600.00 EUR", "4600EUR"),  # a project's grant
    *("14 konsultācijas", "trīs supervīziju sesijas", "vairāk nekā 17 konsultācijas"),
    *("vairāk nekā 24 konsultācijas", "vidēji 4-5 konsultācijas", "vidēji 56 konsultācijas"),
    "vidēji 55 skolēni",
}


def published() -> list[dict[str, str]]:
    with PUBLISHED.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def cases(table: str) -> list[tuple[str, ...]]:
    return [tuple(cell.strip() for cell in row.split("|")) for row in table.strip().splitlines()]


def test_the_published_list_is_whole() -> None:
    texts = {row["text_as_published"] for row in published()}

    assert len(texts) == 306
    assert texts >= NO_UNIT_STATED | set(ANOTHER_UNIT_STATED) | PER_FROM_CONTEXT


@pytest.mark.parametrize("row", published(), ids=lambda row: row["text_as_published"])
def test_a_published_spelling_reads_as_labelled(row: dict[str, str]) -> None:
    text = row["text_as_published"]
    unit = ANOTHER_UNIT_STATED.get(text, row["unit"])

    amount = read_amount(text)

    assert amount.value == (Decimal(row["value"]) if row["value"] else None)
    assert amount.unit == (None if text in NO_UNIT_STATED else unit)
    assert amount.per == (None if text in PER_FROM_CONTEXT else row["per"] or None)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    cases("""
    1.234,56 EUR                                | 1234.56    | EUR
    1,234.56 EUR                                | 1234.56    | EUR
    39.812.376 EUR                              | 39812376   | EUR
    39'812'376 €                                | 39812376   | EUR
    € 4 600,00                                  | 4600       | EUR
    4600€                                       | 4600       | EUR
    4600. EUR                                   | 4600       | EUR
    3.500 EUR                                   | 3500       | EUR
    -12,50 EUR                                  | -12.50     | EUR
    −12,50                                      | -12.50     |
    2,3 tūkst. eiro                             | 2300       | EUR
    0,5 milj. EUR                               | 500000     | EUR
    pusotrs miljons eiro                        | 1500000    | EUR
    četri tūkstoši seši simti eiro              | 4600       | EUR
    4600 eiro (četri tūkstoši seši simti eiro)  | 4600       | EUR
    39 812 376 EUR, t.sk. ESF 33 840 519 EUR    | 39812376   | EUR
    15,5 %                                      | 15.5       | %
    desmit procenti                             | 10         | %
    80 per cent of schools                      | 80         | %
    10 procentpunkti                            | 10         | percentage_points
    skolām (45 %)                               | 45         | %
    1.500 skolēni                               | 1500       | persons
    1,500 students                              | 1500       | persons
    15skolēni                                   | 15         | persons
    divdesmit viens skolēns                     | 21         | persons
    divi simti piecdesmit izglītojamie          | 250        | persons
    pusotrs simts skolēnu                       | 150        | persons
    trim skolēniem                              | 3          | persons
    četriem izglitojamajiem                     | 4          | persons
    abi skolotāji                               | 2          | persons
    neviens skolēns                             | 0          | persons
    2 sociālie pedagogi                         | 2          | persons
    8 klašu audzinātāji                         | 8          | persons
    20 skolu skolēni                            | 20         | persons
    Rīgas 54. vidusskolā 44 skolēni             | 44         | persons
    15 Vecpiebalgas vidusskolas skolēni         | 15         | persons
    vairāk nekā 2000 skolēnu saņēma konsultācijas | 2000     | persons
    vairāk nekā 2000 skolēnu Latvijas skolās    | 2000       | persons
    2017. gadā 45 skolēni                       | 45         | persons
    5., 6. un 7. klasē 20 skolēni               | 20         | persons
    3 skolēni no 7.a klases                     | 3          | persons
    24 jaunieši vecumā no 12 līdz 17 gadiem     | 24         | persons
    45 skolēni 3 skolās                         | 45         | persons
    4 mēnešu laikā 20 skolēni                   | 20         | persons
    40 jaunieši, no tiem 10 ar risku            | 40         | persons
    atbalstu saņēma 45 no 120 skolēniem         | 45         | persons
    kompensācijas -33 skolēniem                 | 33         | persons
    izglītojamo skaits – 45                     | 45         | persons
    Skolēni: 45                                 | 45         | persons
    86 learners in 12 schools                   | 86         | persons
    twenty-one teachers                         | 21         | persons
    12 (divpadsmit) skolas                      | 12         | institutions
    nevienā skolā                               | 0          | institutions
    četras Rīgas vidusskolas                    | 4          | institutions
    no 114 skolām 62                            | 62         | institutions
    62 out of 114 schools                       | 62         | institutions
    piecu pašvaldību skolās                     | 5          | municipalities
    12 novadi                                   | 12         | municipalities
    izstrādāti 117 individuālie atbalsta plāni (IAP) | 117   | plans
    05.10.2018. 12 plāni                        | 12         | plans
    117 IAP 1. semestrī                         | 117        | plans
    36 pašvaldībās 78 projekti                  | 78         | projects
    trīs jauniešu iniciatīvu projekti           | 3          | projects
    4 projekti (katrs 4600 EUR)                 | 4          | projects
    trīs supervīzijas                           | 3          | sessions
    vidēji 4,5 konsultācijas                    | 4.5        | sessions
    6 mēneši                                    | 6          | months
    599[1]                                      | 599        |
    kopā 286 (145 + 141)                        | 286        |
    4 Rīgas vidusskolas                         | 4          |
    one in 4                                    | 25         | %
    4 eiro un 50 centi                          | 4.50       | EUR
    pusmiljons eiro                             | 500000     | EUR
    39,8 mlj. EUR                               | 39800000   | EUR
    pussimts pusaudžu                           | 50         | persons
    divarpus tūkstoši skolēnu                   | 2500       | persons
    ap simtu skolēnu                            | 100        | persons
    simtu divdesmit viens skolēns               | 121        | persons
    45 projektā iesaistītie skolēni             | 45         | persons
    45 – skolēniem                              | 45         | persons
    100 skolēni, tostarp 40 meitenes            | 100        | persons
    10 NVO projekti                             | 10         | projects
    45 klases                                   | 45         | classes
    6 mēnešu projekts                           | 6          | months
    3 reizes nedēļā                             | 3          |
    2019./2020. m.g. – 45                       | 45         |
    1) 20 skolēni                               | 20         | persons
    """),
)
def test_figures_and_units_are_read(text: str, value: str, unit: str) -> None:
    amount = read_amount(text)

    assert (amount.value, amount.unit) == (Decimal(value), unit or None)
    assert amount.reason == ""


@pytest.mark.parametrize(
    ("text", "unit", "reason"),
    cases("""
    1,500 EUR                      | EUR      | thousands or decimals
    1.500                          |          | thousands or decimals
    30,-                           |          | nothing stands after
    30,- EUR                       | EUR      | nothing stands after
    - 12,50 EUR                    | EUR      | a dash or a minus
    3,5 skolēni                    | persons  | fraction
    no 30 līdz 50 eiro             | EUR      | range
    4–5                            |          | range
    trīs četri skolēni             | persons  | range
    10% - 15%                      | %        | range
    3 to 18 months                 | months   | range
    daži skolēni                   | persons  | vague
    desmitiem skolēnu              | persons  | vague
    vairāki desmiti pedagogu       | persons  | vague
    several hundred students       | persons  | vague
    puse skolēnu                   | persons  | vague
    12 skolas un 45 skolēni        |          | several
    30 EUR 5 skolēniem             |          | several
    12 34                          |          | several
    1.23.456                       |          | not written as one
    1/3 skolēnu                    | persons  | not written as one
    B2 līmenis                     |          | not written as one
    one in 7                       | %        | no round percent
    54. vidusskolas                |          | no number
    5.-12.klasei                   |          | no number
    pirmajā semestrī               |          | no number
    I semestrī                     |          | no number
    2019. gadā                     |          | no number
    2019./2020. mācību gadā        |          | no number
    12.07.2016. noteikumi Nr. 460  |          | no number
    8.3.4.0/16/I/001               |          | no number
    Covid-19                       |          | no number
    simtu skolēnu                  | persons  | vague
    39,8 M EUR                     | EUR      | not written as one
    5.klase - 3, 6.klase - 4       |          | several
    10-ais skolēns                 |          | no number
    16 gadus veci jaunieši         |          | no number
    tālr. 67012019                 |          | no number
    plkst. 12:30                   |          | no number
    katrs desmitais skolēns        |          | no number
    EUR                            |          | no number
                                   |          | no number
    """),
)
def test_what_is_not_stated_is_not_guessed(text: str, unit: str, reason: str) -> None:
    amount = read_amount(text)

    assert amount.value is None
    assert amount.unit == (unit or None)
    assert reason in amount.reason


@pytest.mark.parametrize(
    ("text", "per"),
    cases("""
    30 EUR mēnesī                              | month
    35 €/mēn.                                  | month
    35 EUR / mēnesī                            | month
    ik mēnesi 70 EUR                           | month
    €30 a month                                | month
    EUR 70 per month                           | month
    25 EUR vienā semestrī                      | semester
    1748 konsultācijas semestrī                | semester
    4600 EUR katram projektam                  | project
    Viena projekta īstenošanai 4600 eiro       | project
    500 eiro mācību gadā                       | school_year
    katru gadu 14 000 jauniešu                 | year
    15 EUR par stundu                          | hour
    4,27 EUR dienā                             | day
    30 EUR vienam skolēnam mēnesī              | month
    2 konsultācijas nedēļā vienam skolēnam     | learner/week
    vairāk nekā 20 skolēniem semestrī          |
    30 EUR 1. semestrī                         |
    30 EUR 2019. gadā                          |
    4600 eiro lielam finansējumam              |
    """),
)
def test_per_is_read_only_where_words_say_so(text: str, per: str) -> None:
    assert read_amount(text).per == (per or None)


@pytest.mark.parametrize(
    ("text", "qualifier"),
    cases("""
    50 skolēni                     | exact
    pieaudzis līdz 94              | exact
    vismaz 80%                     | at_least
    ne mazāk kā 13 jauniešus       | at_least
    no less than 665 schools       | at_least
    50 un vairāk skolēnu           | at_least
    100+ skolēni                   | at_least
    ≥45 skolēni                    | at_least
    vairāk kā 90 % respondentu     | more_than
    jau vairāk nekā 600 skolu      | more_than
    virs 30 000 plānu              | more_than
    mazāk nekā 10 skolēni          | less_than
    ap 140 jauniešus               | about
    ~50 skolēni                    | about
    approx. 50 learners            | about
    līdz 300                       | up_to
    ne vairāk kā 30 EUR            | up_to
    skolu skaits tuvojas 200       | approaching
    gandrīz 200 skolu              | approaching
    vidēji 55 skolēni              | average
    pāri par 500 skolēnu           | more_than
    ±30 skolēni                    | about
    nepilni 300                    | approaching
    Līdz 2022. gada decembrim atbalstītas 599 skolas | exact
    """),
)
def test_the_qualifier_beside_a_figure_is_read(text: str, qualifier: str) -> None:
    assert read_amount(text).qualifier == qualifier


ONES = ["viens", "divi", "trīs", "četri", "pieci", "seši", "septiņi", "astoņi", "deviņi"]
STEMS = ["vien", "div", "trīs", "četr", "piec", "seš", "septiņ", "astoņ", "deviņ"]


def in_words(number: int) -> str:
    """Write 1-999 in Latvian, by rules of its own."""
    hundreds, rest = divmod(number, 100)
    words = [] if not hundreds else ["simts"] if hundreds == 1 else [ONES[hundreds - 1], "simti"]
    if rest == 10:
        words.append("desmit")
    elif 10 < rest < 20:
        words.append(f"{STEMS[rest - 11]}padsmit")
    else:
        tens, ones = divmod(rest, 10)
        words += [f"{STEMS[tens - 1]}desmit"] if tens else []
        words += [ONES[ones - 1]] if ones else []
    return " ".join(words)


def test_every_number_in_words_up_to_999_reads_back() -> None:
    for number in range(1, 1000):
        assert read_amount(f"{in_words(number)} plāni").value == number


@given(st.integers(1, 1_000_000), st.sampled_from([" ", "\u00a0", "\u2009", "\u202f", "'", ""]))
def test_every_grouped_number_reads_back(number: int, mark: str) -> None:
    text = f"{number:,}".replace(",", mark)

    assert read_amount(text).value == number
    assert read_amount(f"{text} skolēni").value == number


@given(
    st.integers(0, 100_000_000), st.sampled_from(["{} EUR", "EUR {}", "{}\u00a0€", "€{}", "{}eiro"])
)
def test_every_sum_to_the_cent_reads_back(cents: int, template: str) -> None:
    euros = f"{cents // 100:,}".replace(",", "\u00a0")

    amount = read_amount(template.format(f"{euros},{cents % 100:02}"))

    assert (amount.value, amount.unit) == (Decimal(cents) / 100, "EUR")


@given(st.text() | st.text("0123456789.,-–% €EURskolēnisimtdivilīdzno()/", max_size=30))
def test_reading_an_amount_never_raises(text: str) -> None:
    amount = read_amount(text)

    assert amount.text == text
    assert amount.value is not None or amount.reason
