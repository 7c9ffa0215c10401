"""Pseudonyms of learners and specialists: who is the same person, never who the person is.

The key that makes them lives in the user's configuration folder, outside the workspace and readable
by its owner alone: whoever is given a workspace cannot test a guessed personal code against it. The
same key seals what recipes say of delivered files.
"""

import json
import re
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache, lru_cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import OSA

from pumpurs_analysis import catalogue, municipalities, schools, storage
from pumpurs_analysis.text import fold

MANIFEST = "manifest.json"
MADE_UP_KEY = sha256(b"The made-up example of the PuMPuRS workbench hides nobody.").digest()
"""The key of made-up data: everybody gets the same pseudonyms, and nobody is behind them."""
_KEY_BYTES = 32


def key_for(workspace: Path | None) -> bytes:
    """Give the key of a workspace, made on first use; one key per workspace.

    The key is kept by the workspace's id, which stands in its manifest, so that a workspace can be
    moved or renamed. Without a workspace nothing is kept: the key lives as long as this process.

    Example:
        >>> len(key_for(None)), key_for(None) == key_for(None)
        (32, True)
    """
    if workspace is None:
        return _passing_key()
    # whoever only reads waits for no load that holds the folder, and needs no right to write there
    file = _key_file(read_manifest(workspace).get("workspace_id") or workspace_id(workspace))
    if not file.exists():
        with storage.locked(file.parent):
            if not file.exists():
                with storage.replacing(file, private=True) as out:
                    out.write(secrets.token_bytes(_KEY_BYTES))
    return file.read_bytes()


def forget_key(workspace: Path) -> None:
    """Remove the key of a workspace: its pseudonyms can never be made again.

    Raises:
        OSError: The key is still there because it could not be removed.
    """
    known = read_manifest(workspace).get("workspace_id")
    if known:
        _key_file(known).unlink(missing_ok=True)


def workspace_id(workspace: Path) -> str:
    """Give the id of a workspace, made on first use and kept in its manifest."""
    workspace.mkdir(mode=0o700, parents=True, exist_ok=True)
    with storage.locked(workspace):
        manifest = read_manifest(workspace)
        if not manifest.get("workspace_id"):
            manifest["workspace_id"] = secrets.token_hex(8)
            write_manifest(workspace, manifest)
    return str(manifest["workspace_id"])


def read_manifest(workspace: Path) -> dict[str, Any]:
    """Read what a workspace says of itself; empty where there is none.

    Raises:
        ValueError: The file is there, but it is damaged.
    """
    try:
        manifest = json.loads((workspace / MANIFEST).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    if not isinstance(manifest, dict):
        raise ValueError("A manifest is a mapping")  # noqa: TRY004  (damaged content, no wrong call)
    return manifest


def write_manifest(workspace: Path, manifest: dict[str, Any]) -> None:
    """Put a manifest in place of the former one, whole or not at all."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    with storage.replacing(workspace / MANIFEST, private=True) as out:
        out.write(text.encode())


@cache
def _passing_key() -> bytes:
    return secrets.token_bytes(_KEY_BYTES)


def _key_file(known: str) -> Path:
    if not known.isalnum():  # it becomes a file name, and a manifest can be edited
        raise ValueError("A workspace's id is letters and digits")
    return storage.own_folder("keys") / f"{known}.key"


# What is personal by its form. Spaces of every kind and all dashes count alike.
_DASH = r"\s{0,2}[-‐‑‒–—―−]\s{0,2}"
_TOKEN = re.compile("(⟪(?:code:[0-9a-f]{16}|phone|email|account)⟫)")
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
_ACCOUNT = re.compile(r"(?i)(?<![^\W_])[a-z]{2}\d\d(?:\s?[a-z0-9]){11,30}(?![^\W_])")
_PHONES = [
    re.compile(r"\(?(?<![\w+-])(?:\+|00)[1-9](?:[\s().-]{0,2}\d){9,13}(?!\d)"),
    re.compile(r"(?<!\d)\(?371\)?[\s.-]{0,2}[26]\d(?:[\s.-]?\d){6}(?!\d)"),
    re.compile(  # eight digits beside a word that says so
        r"(?i)\b(t[āa]l(?:r|ru[nņ]\w*)?|tel(?:ef\w*)?|mob(?:[iī]l\w*)?|phone|t)\b[\s.:]*"
        r"(?:nr[.:\s]*)?[2-9]\d(?:[\s.-]?\d){6}(?!\d)"
    ),
    re.compile(  # grouped as no amount, date or year is
        r"(?<![\w.,/-])(?!20[12]\d)(?:[26]\d{3}\s\d{4}|[26]\d(?:-\d{3}){2}|[26]\d(?:-\d\d){3})(?![\w/-])"
    ),
]
_PLAIN_CODE = re.compile(r"(\d{6})-(\d{5})")
_CODES = [
    re.compile(rf"(?<!\d)(\d\d[\s.]?\d\d[\s.]?\d\d){_DASH}(\d{{5}})(?!\d)"),
    re.compile(r"(?<![^\W_])(?<!\d[.,])(\d{6})\s?(\d{5})(?![^\W_]|[.,]\d)"),
    re.compile(rf"(?<![\w/-])(?<!\d[.,])(\d{{5}})(?:{_DASH})?(\d{{5}})(?![\w/-]|[.,]\d)"),
]
LIKE = (
    r"@|\d\d\W?\d\d\W?\d\d\W{0,5}\d{5}|(?:^|\D)\d{5}\W{0,5}\d{5}(?:\D|$)|\+|371|(?:^|[^\w-])00(?:\W{0,2}\d){10}"
    r"|(?i:[a-z]{2}\d\d\W?[a-z0-9]{4}|t[āa]l|tel|mob|phone|\bt\b)|[26]\d{3}\W\d{4}|[26]\d-\d\d"
)
"""RE2 pattern of texts worth a closer look; scrub changes no text that it does not find."""
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_CENTURIES = (1800, 1900, 2000)
_CODE_LENGTH = 11
_WEIGHTS = (1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def scrub(text: str, key: bytes, *, is_code: bool = False) -> str:
    """Put tokens in place of personal codes, phones, e-mails and bank accounts.

    One person's code gives one token, whatever its spelling: old or new, with hyphen, dash, space
    or nothing, with its leading zero lost. Ten digits are taken for a code with a lost zero where
    they begin with a possible date of birth, yet not where they begin like a year of the programme
    and their check digit is wrong.

    Args:
        text: Any cell.
        key: Of the workspace; see ``key_for``.
        is_code: The column is known to hold codes: any ten or eleven digits are one.

    Example:
        >>> key, code = MADE_UP_KEY, "-".join(["010203", "29999"])
        >>> scrub(f"PK {code}", key) == "PK " + scrub(code.replace("-", "")[1:], key)
        True
        >>> scrub(f"zvanīt +371 2{0:07}, plāns 20190123, 1 234,50", key)
        'zvanīt ⟪phone⟫, plāns 20190123, 1 234,50'
    """
    plain = _PLAIN_CODE.fullmatch(text)
    if plain and _may_be_code(plain[1] + plain[2]):
        return _token(plain[1] + plain[2], key)
    digits = re.sub(r"[\W_]", "", text)
    if is_code and digits.isdecimal() and len(digits) in {_CODE_LENGTH - 1, _CODE_LENGTH}:
        return _token(digits, key)
    parts = _TOKEN.split(text)
    return "".join(part if _TOKEN.fullmatch(part) else _scrubbed(part, key) for part in parts)


def _scrubbed(text: str, key: bytes) -> str:
    text = _EMAIL.sub("⟪email⟫", text)
    text = _ACCOUNT.sub(lambda found: "⟪account⟫" if _is_account(found[0]) else found[0], text)
    for phone in _PHONES:
        text = phone.sub(lambda found: f"{_word(found)}⟪phone⟫", text)
    for code in _CODES:
        text = code.sub(lambda found: _token_of(found, key), text)
    return text


def _word(found: "re.Match[str]") -> str:
    """The word before a phone stays: tālr. ⟪phone⟫."""
    return f"{found[1]}. " if found.re.groups else ""


def _is_account(text: str) -> bool:
    """Whether a text is a bank account of Latvia, or of another country by its check digits."""
    letters = re.sub(r"\s", "", text).upper()
    number = "".join(str(int(letter, 36)) for letter in letters[4:] + letters[:4])
    return (letters.startswith("LV") and len(letters) == len("LV00BANK0000000000000")) or (
        letters[:2].isalpha() and int(number) % 97 == 1
    )


def _token_of(found: "re.Match[str]", key: bytes) -> str:
    digits = re.sub(r"\D", "", found[0])
    is_whole = len(digits) == _CODE_LENGTH
    if not (_may_be_code(digits) if is_whole else _may_have_lost_zero(digits)):
        return found[0]
    return _token(digits, key)


def _token(digits: str, key: bytes) -> str:
    return f"⟪code:{_hash('code', digits.zfill(_CODE_LENGTH), key)}⟫"


def _may_be_code(digits: str) -> bool:
    """Whether eleven digits begin with a date of birth, or as codes do since July 2017."""
    if digits.startswith("32"):
        return True
    day, month, century = int(digits[:2]), int(digits[2:4]), int(digits[6])
    return 1 <= month <= len(_DAYS) and 1 <= day <= _DAYS[month - 1] and century < len(_CENTURIES)


def _may_have_lost_zero(digits: str) -> bool:
    whole = f"0{digits}"
    if not _may_be_code(whole):
        return False
    born = _CENTURIES[int(whole[6])] + int(whole[4:6])
    is_like_year = re.match(r"20[12]\d", digits) is not None
    check = (1101 - sum(w * int(d) for w, d in zip(_WEIGHTS, whole, strict=False))) % 11 % 10
    return _BORN_FIRST <= born <= _BORN_LAST and (not is_like_year or check == int(whole[-1]))


_BORN_FIRST, _BORN_LAST = 1930, 2029


def pseudonym(kind: str, text: str, key: bytes) -> str:
    """Give the pseudonym of a person or an interview: same code, same pseudonym.

    Case, and whether a space, dash or stroke parts a code, do not matter.

    Args:
        kind: ``"learner"``, ``"specialist"``, ``"session"`` (of an interview) or ``"coder"``.
        text: A token of ``scrub``, or a local code with what makes it unique (its school).
        key: Of the workspace.

    Example:
        >>> pseudonym("learner", "a-12", MADE_UP_KEY) == pseudonym("learner", "A 12", MADE_UP_KEY)
        True
        >>> len(pseudonym("specialist", "a-12", MADE_UP_KEY))
        14
    """
    letter = {"learner": "L", "specialist": "S", "session": "I", "coder": "C"}[kind]
    bare = re.sub(r"[\W_]+", "-", fold(text)).strip("-")
    return f"{letter}-{_hash(kind, bare, key)[:12]}"


def seal(text: str, key: bytes) -> str:
    """Give what stands for a content or a file's name in public.

    A plain hash would confirm it to whoever holds the file or guesses what is in it.

    Example:
        >>> seal("a", MADE_UP_KEY) == seal("a", key_for(None)), len(seal("a", MADE_UP_KEY))
        (False, 16)
    """
    return _hash("seal", text, key)


def _hash(kind: str, text: str, key: bytes) -> str:
    """Give sixteen hexadecimal digits that only the key's owner can make of a text."""
    return blake2b(text.encode(), key=key, digest_size=8, person=kind.encode()).hexdigest()


_WORD = re.compile(r"(?<![\w'])[^\W\d_]+(?:['’][^\W\d_]+)*(?![\w])")
_ENDINGS = (
    *("iem", "ajam", "ajai", "ajas", "ais", "as", "es", "am", "em", "ai", "ei", "os", "us", "is"),
    *("im", "um", "s", "a", "e", "i", "u", "o"),
)
_NAME_ENDINGS = {
    "is": ("is", "a", "im", "i"),
    "us": ("us", "um", "u"),
    "s": ("s", "a", "am", "u"),
    "a": ("a", "as", "ai", "u"),
    "e": ("e", "es", "ei", "i"),
}
_ONE_LETTER, _TWO_LETTERS = 7, 10  # length from which one or two wrong letters are forgiven
_SHORTEST, _ACRONYM, _STEM = 3, 5, 3  # letters: of a name; of it where IAP, PIKC pass; of a stem
_NO_VOCABULARY = {"first_names", "given_names", "when_capital", "honourees"}


def could_name_a_person(text: str) -> bool:
    """Whether a text may hold a person's name, so that no message may quote it.

    It may where a capitalised word is neither a word of the catalogue and the registers nor one
    letter from it, and where a common given name stands in any case. In the name of a school,
    words of the register's names are no doubt.

    Example:
        >>> [could_name_a_person(text) for text in ("Transprots", "Jānis B.", "ilze ozola")]
        [False, True, True]
        >>> could_name_a_person("Kandavas K. Mīlenbaha vidusskola")
        False
    """
    words = _WORD.findall(_TOKEN.sub(" ", text))
    is_school = any(_is_school_word(fold(word)) for word in words)
    return any(_may_be_name(word, is_school=is_school) for word in words)


def _may_be_name(word: str, *, is_school: bool) -> bool:
    bare = fold(word)
    if is_school and (bare in _register_words() or _is_near(bare, _register_words(), ending=2)):
        return False
    if bare in _given_names()[word[:1].isupper()]:
        return bare not in _vocabulary() or not word[:1].isupper()
    is_shaped = word[0].isupper() and len(word) >= (_SHORTEST if not word.isupper() else _ACRONYM)
    return is_shaped and not _is_plain(bare)


# Participles and nouns of actions, folded: "ieturets", "izbrauksana", "ietaupijums", "dimensija".
_OF_ACTION = re.compile(
    r"(ie|iz|uz|pa|pie|par|ap|at|no|ne|sa|aiz)\w{3,}[aei]t(s|a|i|as|ais|ie)"
    r"|\w{3,}j(us)?ies|\w{4,}(sana|jum|[ai]cij|ensij)(s|i|a|as|u|ai|iem)?"
)


def _is_plain(bare: str) -> bool:
    """Whether a folded word is of the catalogue, in any case or misspelt, or names a place."""
    return (
        bare in _vocabulary()
        or _OF_ACTION.fullmatch(bare) is not None
        or _stem(bare) in _stems()
        or bare in _places()
        or not _places().isdisjoint(municipalities.genitives(bare))
        or _is_near(bare, _plain_words(), ending=0)
    )


_LETTERS = re.compile(r"[^\W\d_]+")
_MONTHS = {"marta", "maija", "julija"}  # in the genitive they are given names, too
_FILE_ENDING = re.compile(r"(\.\w{2,4})?$")


def shown_name(name: str, taken: set[str]) -> str:
    """Give the name of a file or a sheet as it may be shown: nothing in it names a person.

    Of a word that may be a person's name its first letter stays, so that whoever owns the file
    finds it. Words of the register of schools ("Kronvalda") and given names that are words, too
    ("Maija izmaksas") are no doubt unless something strange stands beside them.

    Args:
        name: Of a file with its ending, or of a sheet.
        taken: What others beside it are called; the name given is added.

    Example:
        >>> taken = set()
        >>> [shown_name(name, taken) for name in ("Anna Kalniņa", "marta_krumina", "Plāni")]
        ['A… K…', 'm…_k…', 'Plāni']
        >>> shown_name("Kalniņa IAP.xlsx", taken), shown_name("Krūmiņa IAP.xlsx", taken)
        ('K… IAP.xlsx', 'K… IAP (2).xlsx')
    """
    bare = re.sub("⟪[^⟫]*⟫", "…", scrub(name, MADE_UP_KEY))
    hidden = _names_in(_LETTERS.findall(bare))
    alone = shown = _LETTERS.sub(lambda at: f"{at[0][0]}…" if at[0] in hidden else at[0], bare)
    number = 1
    while shown in taken:
        number += 1
        shown = _FILE_ENDING.sub(rf" ({number})\1", alone, count=1)
    taken.add(shown)
    return shown


def _names_in(words: list[str]) -> set[str]:
    """The words that may name a person, of a name that is made of few words."""
    is_school = any(_is_school_word(fold(word)) for word in words)
    given = {word for word in words if fold(word) in _given_names()[True]}
    if is_school:
        given -= {word for word in words if fold(word) in _register_words()}
    known = _register_words() if is_school or not given else frozenset()
    certain = {
        word
        for word in given
        if fold(word) in _given_names()[word[0].isupper()]
        and fold(word) not in _vocabulary() | _MONTHS
    }
    is_plain = _vocabulary().__contains__ if certain else _is_plain
    strange = {
        word
        for word in {*words} - given
        if (len(word) >= _SHORTEST and (word[0].isupper() or given))
        and not (word.isupper() and len(word) < _ACRONYM and not given)
        and not (fold(word) in known or is_plain(fold(word)))
        and (given or municipalities.genitives(word).isdisjoint(_school_towns()))
    }
    return strange | given if strange or certain else set()


def _stem(word: str) -> str:
    ending = next(
        (each for each in _ENDINGS if word.endswith(each) and len(word) > len(each) + _STEM), ""
    )
    return word.removesuffix(ending)


@lru_cache(maxsize=65536)
def _is_near(word: str, known: frozenset[str], *, ending: int) -> bool:
    """Whether one letter (two in a long word) is all that parts a word from a known one."""
    least = _ONE_LETTER - ending  # where the ending must agree, shorter words may differ
    allowed = (len(word) >= least) + (len(word) >= _TWO_LETTERS)
    if not allowed:
        return False
    found = process.extractOne(
        word, _by_first(known)[word[0]], scorer=OSA.distance, score_cutoff=allowed
    )
    return found is not None and (not ending or found[0][-ending:] == word[-ending:])


@cache
def _by_first(known: frozenset[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for word in sorted(known):
        found[word[0]].append(word)
    return found


@cache
def _given_names() -> dict[bool, frozenset[str]]:
    """Folded forms in all cases: those that count when small, and when capitalised."""
    listed = catalogue.entries("given_names")
    forms = {name: set(_name_forms(fold(name))) for name in listed["given_names"]}
    small = set().union(*(forms[name] for name in forms if name not in set(listed["when_capital"])))
    return {True: frozenset(set().union(*forms.values())), False: frozenset(small)}


def _name_forms(name: str) -> Iterator[str]:
    ending = next((each for each in _NAME_ENDINGS if name.endswith(each)), "")
    for other in _NAME_ENDINGS.get(ending, ("",)):
        yield name.removesuffix(ending) + other


@cache
def _vocabulary() -> frozenset[str]:
    """Every word of the catalogue that is no name: codes, headings, texts, school words."""
    names = ("codes", "headings", "spellings", "forms", "texts", "founding_terms", "problems")
    texts = [text for name in names for text in _strings(catalogue.entries(name))]
    texts += catalogue.entries("given_names")["no_names"]
    return frozenset(fold(word) for text in texts for word in _WORD.findall(text))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            if key not in _NO_VOCABULARY:
                yield from _strings(key)
                yield from _strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner)


@cache
def _stems() -> frozenset[str]:
    return frozenset(map(_stem, _plain_words()))


@cache
def _plain_words() -> frozenset[str]:
    return _vocabulary() - _places()


@cache
def _places() -> frozenset[str]:
    """Municipalities, towns and parishes, as they stand in names of schools and alone."""
    on = (date(2020, 1, 1), date(2025, 7, 1))
    units = (unit for day in on for unit in municipalities.municipalities(day)["name"])
    words = {fold(word) for unit in units for word in _WORD.findall(unit)}
    return frozenset(words | set(municipalities.unit_words()) | municipalities.place_words())


@cache
def _school_towns() -> frozenset[str]:
    """First words of names of schools: a sheet named "Zante" is one's."""
    return frozenset(fold(name.split()[0]) for name in schools.register()["name"])


@cache
def _register_words() -> frozenset[str]:
    names = schools.register()["name"]
    words = {fold(word) for name in names for word in _WORD.findall(name)}
    first = catalogue.entries("codes")["school_words"]["first_names"]
    return frozenset(words | set(map(fold, first)) | _places())


@cache
def _is_school_word(word: str) -> bool:
    """Whether a word says that a school is named: vidusskolas, ģimn., tehnikums."""
    nouns = catalogue.entries("codes")["school_words"]["nouns"]
    return any(
        (word.startswith(fold(noun)[:-1]) and len(word) <= len(noun) + 2)
        or word in map(fold, entry["written"])
        for noun, entry in nouns.items()
    )
