"""Personal patterns at the door; codes and phones are put together when a test runs."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pumpurs_analysis.pseudonyms import could_name_a_person, pseudonym, scrub
from pumpurs_analysis.schools import register

KEY = b"a key of tests"
OLD = f"{10203:06}", f"{20123}"
NEW = f"{321234}", f"{56789}"
TOKEN = re.compile(r"⟪code:[0-9a-f]{16}⟫")
MOBILE = f"2{9123456}"


def old(between="-"):
    return between.join(OLD)


@pytest.mark.parametrize("code", [OLD, NEW], ids=["old", "new"])
@pytest.mark.parametrize(
    "between", ["-", "", " ", "–", "—", "‑", " - ", "\u00a0", "\u00a0–\u00a0", "−"]
)
def test_one_code_gives_one_token_whatever_its_spelling(code, between):
    assert scrub(between.join(code), KEY) == scrub("-".join(code), KEY)
    assert TOKEN.fullmatch(scrub(between.join(code), KEY))


def test_a_lost_leading_zero_is_put_back():
    assert scrub(old("")[1:], KEY) == scrub(old(), KEY)
    assert scrub(old()[1:], KEY) == scrub(old(), KEY)


def test_in_a_column_of_codes_any_ten_or_eleven_digits_are_a_code():
    nobody = f"{99999912345}"

    assert scrub(nobody, KEY) == nobody
    assert TOKEN.fullmatch(scrub(nobody, KEY, is_code=True))
    assert scrub("nav", KEY, is_code=True) == "nav"


def test_a_code_inside_a_sentence_leaves_the_sentence():
    text = f"Izglītojamais (PK{old()}), kavē; pk: {old('')}."

    assert TOKEN.sub("…", scrub(text, KEY)) == "Izglītojamais (PK…), kavē; pk: …."


def test_another_key_gives_another_token():
    assert scrub(old(), KEY) != scrub(old(), b"another")


def test_scrubbing_again_changes_nothing():
    once = scrub(f"{old()} {MOBILE} tālr. {MOBILE} a@b.lv", KEY)

    assert scrub(once, KEY) == once


@pytest.mark.parametrize(
    "text",
    [
        f"+371 {MOBILE}",
        f"+371{MOBILE}",
        f"371 {MOBILE}",
        f"(+371) {MOBILE}",
        f"00371{MOBILE}",
        f"+371 {MOBILE[:2]} {MOBILE[2:5]} {MOBILE[5:]}",
        f"{MOBILE[:4]} {MOBILE[4:]}",
        f"{MOBILE[:2]}-{MOBILE[2:5]}-{MOBILE[5:]}",
        f"+44 20 7946 {1234:04}",
        f"371{MOBILE}",
        f"+371-{MOBILE[:4]}-{MOBILE[4:]}",
    ],
)
def test_phones_are_dropped(text):
    assert scrub(text, KEY) == "⟪phone⟫"


@pytest.mark.parametrize("word", ["tālr.", "Tālrunis:", "tel.", "mob.", "t.", "Mob. tālr."])
def test_eight_digits_beside_a_word_are_a_phone(word):
    assert MOBILE not in scrub(f"{word} {MOBILE}", KEY)
    assert "⟪phone⟫" in scrub(f"{word} {MOBILE}", KEY)


def test_mail_and_accounts_are_dropped():
    account = f"LV80BANK{435195001:013}"

    assert scrub("raksti janis.b@skola.edu.lv!", KEY) == "raksti ⟪email⟫!"
    assert scrub(account, KEY) == "⟪account⟫"
    assert scrub(" ".join(re.findall(".{1,4}", account)), KEY) == "⟪account⟫"


@pytest.mark.parametrize(
    "text",
    [
        "20190123",
        "2019-000123",
        "IAP-2019-00012",
        "201901-00012",
        "2019012345",
        "P1",
        "30,00",
        "1 234 567,89",
        "29 123 456",
        "26104000",
        "2019-10-01",
        "01.10.2019",
        "01.10.2019. 12:30:00",
        "2019-10-01 12:30:00",
        "2018./2019. m. g. 1. semestris",
        "12345678901",
        "99999912345",
        "1234567890,12",
        "11.5",
        "10:00-12:00",
        "2016 2017",
        "1.-9. klase",
        "3 981 237 600",
        "-5",
        "8.3.4.0/16/I/001",
        "21 732",
        "32 012 345 678,00",
        "LV-1050",
    ],
)
def test_amounts_dates_and_ids_stay_as_they_are(text):
    assert scrub(text, KEY) == text


@given(st.integers(0, 10**9), st.integers(0, 99))
def test_no_amount_is_ever_taken_for_a_person(euros, cents):
    for text in (f"{euros},{cents:02}", f"{euros}.{cents:02}", f"{euros:,}".replace(",", " ")):
        assert scrub(text, KEY) == text


@given(st.dates())
def test_no_date_is_ever_taken_for_a_person(day):
    for text in (day.isoformat(), f"{day:%d.%m.%Y}.", f"{day:%Y%m%d}", f"{day:%d%m%Y}"):
        assert scrub(text, KEY) == text


@given(st.dates(min_value=date(1950, 1, 1)), st.integers(0, 9999))
def test_every_code_that_begins_with_a_birthday_is_found(born, rest):
    code = f"{born:%d%m%y}-{1 + (born.year >= 2000)}{rest:04}"

    assert TOKEN.fullmatch(scrub(code, KEY)), code
    assert scrub(code.replace("-", ""), KEY) == scrub(code, KEY)


@given(st.text(alphabet="0123456789-+. 371LVat@⟪⟫:\u00a0", max_size=40))
def test_scrub_never_fails(text):
    scrub(text, KEY)
    scrub(text, KEY, is_code=True)


def test_a_pseudonym_knows_case_and_spaces_not():
    assert pseudonym("learner", "Skola|A-12", KEY) == pseudonym("learner", "skola|a 12", KEY)
    assert pseudonym("learner", "A-12", KEY) != pseudonym("specialist", "A-12", KEY)
    assert pseudonym("learner", "1-12", KEY) != pseudonym("learner", "11-2", KEY)
    assert re.fullmatch(r"S-[0-9a-f]{12}", pseudonym("specialist", "A-12", KEY))


@pytest.mark.parametrize(
    "text",
    [
        "Jānis Bērziņš",
        "Bērziņš",
        "jānis bērziņš",
        "JĀNIS BĒRZIŅŠ",
        "J. Bērziņš",
        "Anna Kalniņa, Tukuma vidusskola",
        "Bērziņš (Tukuma vidusskola)",
        "skolēns Kārlis kavē",
        "Žanetei",
        "Maija Liepa",
        "Petrova",
        "Иванов Иван",
        "Artjoms",
        "anastasija k.",
        "Kalniņa",
    ],
)
def test_a_text_with_a_name_is_not_quoted(text):
    assert could_name_a_person(text)


@pytest.mark.parametrize(
    "text",
    [
        "Tukuma Raiņa Valsts ģimnāzija",
        "Kandavas K. Mīlenbaha vidusskola",
        "Tukma Raiņa Valsts ģimnāzija",
        "Transprots",
        "Ekonomiskie riski",
        "Ēdināšana",
        "KOPĀ",
        "Rīga",
        "Tukuma novads",
        "Jēkabpils 2.vidusskolu",
        "IAP-2019-0001",
        "30,-",
        "2018./2019. m. g. 1. semestris",
        "12. klase",
        "Apstiprināts",
        "Logopēds",
        "drīz",
        "",
        "septembris",
        "AB-12",
    ],
)
def test_words_of_the_catalogue_and_registers_are_quoted(text):
    assert not could_name_a_person(text)


def test_every_school_of_the_register_are_quoted():
    assert [name for name in register()["name"] if could_name_a_person(name)] == []
