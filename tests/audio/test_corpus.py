"""Sentences and whole announcements of every kind are said as a person reads them, or are known not to be yet."""

from collections import Counter

from audio_assets.speech.normalise import normalise
from tests.audio import corpus

NOT_YET = {row["id"]: row["why"] for row in corpus.table(corpus.READINGS / f"{corpus.NOT_YET}.tsv")}

HELD_BACK_SAID = 87.0
"""Per cent of the sentences held back that are said right: measured, never aimed at."""

HELD_BACK_ASKED = 85.0
"""Per cent of the doubtful texts held back whose word is asked about."""

HELD_BACK_WHOLE, HELD_BACK_WORDS = 40.0, 99.0
"""Per cent of the announcements held back that are said right from the first word to the last, and of their words."""


def held_back() -> list[corpus.Row]:
    return corpus.table(corpus.READINGS / f"{corpus.HELD_BACK}.tsv")


def asked() -> list[corpus.Row]:
    return corpus.table(corpus.READINGS / f"{corpus.ASKED}.tsv")


def asked_held_back() -> list[corpus.Row]:
    return corpus.table(corpus.READINGS / f"{corpus.HELD_BACK}_{corpus.ASKED}.tsv")


def known(ids) -> set[str]:
    """The listed ids among the rows of one kind."""
    return set(NOT_YET) & set(ids)


def test_sentences_are_said_as_a_person_reads_them_and_the_rest_is_known():
    rows = corpus.sentences()
    assert set(corpus.wrong(rows)) == known(row["id"] for row in rows)


def test_what_no_neighbour_decides_is_asked_and_the_rest_is_known():
    rows = asked()
    assert set(corpus.not_asked(rows)) == known(row["id"] for row in rows)


def test_whole_announcements_are_said_as_a_person_reads_them_and_the_rest_is_known():
    rows = corpus.announcements(held_back=False)
    assert len(rows) >= 40
    assert set(corpus.wrong(rows)) == known(row["id"] for row in rows)


def test_the_whole_announcements_hold_no_silent_mistake():
    rows = corpus.announcements(held_back=False)
    wrong = corpus.wrong(rows)
    assert [row["id"] for row in rows if row["id"] in wrong and not normalise(row["written"]).unknown] == []


def test_the_corpus_holds_as_many_sentences_as_the_docs_say():
    assert len(corpus.sentences()) + len(held_back()) >= 3_240


def test_what_a_person_says_is_said_the_same_again():
    rows = [row | {"written": row["said"]} for row in corpus.sentences() + corpus.announcements(held_back=False)]
    assert corpus.wrong(rows) == {}


def test_the_sentences_held_back_score_no_less_than_was_measured():
    score = corpus.score(held_back(), len(corpus.wrong(held_back())))  # a figure alone: a failure shows no sentence
    assert score >= HELD_BACK_SAID


def test_the_doubts_held_back_score_no_less_than_was_measured():
    score = corpus.score(asked_held_back(), len(corpus.not_asked(asked_held_back())))
    assert score >= HELD_BACK_ASKED


def test_the_announcements_held_back_score_no_less_than_was_measured():
    rows = corpus.announcements(held_back=True)
    whole, words = corpus.score(rows, len(corpus.wrong(rows))), corpus.words_said(rows)
    del rows
    assert whole >= HELD_BACK_WHOLE
    assert words >= HELD_BACK_WORDS


def test_the_tenth_held_back_was_chosen_by_the_ids_alone():
    assert [row["id"] for row in held_back() + asked_held_back() if not corpus.is_held_back(row["id"])] == []
    ids = [row["id"] for row in corpus.sentences() + asked() if not row["id"].startswith(corpus.FRESH)]
    assert [name for name in ids if corpus.is_held_back(name)] == []


def test_the_announcements_held_back_are_those_whose_names_hash_lowest():
    ours = {held: {row["id"] for row in corpus.announcements(held_back=held)} for held in (False, True)}
    assert set(corpus.lowest(ours[False] | ours[True], 5)) == ours[True]


def test_each_row_has_an_id_of_its_own_and_a_text_of_its_own():
    rows = corpus.sentences() + held_back() + asked() + asked_held_back()
    assert max(Counter(row["id"] for row in rows).values()) == 1
    assert max(Counter(row["written"] for row in rows).values()) == 1
    assert all(row["category"] and row["source"] and (row.get("said") or row["asked"]) for row in rows)


def test_no_expected_reading_holds_a_figure():
    rows = (
        corpus.sentences() + held_back() + corpus.announcements(held_back=False) + corpus.announcements(held_back=True)
    )
    assert [row["id"] for row in rows if any(map(str.isdigit, row["said"]))] == []


def test_what_is_not_yet_said_right_is_told_once_with_its_reason():
    rows = corpus.table(corpus.READINGS / f"{corpus.NOT_YET}.tsv")
    assert len(rows) == len(NOT_YET)
    assert all(NOT_YET.values())
    assert set(NOT_YET) <= {row["id"] for row in corpus.sentences() + asked() + corpus.announcements(held_back=False)}
