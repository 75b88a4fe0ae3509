from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from companion.archive.fact_guards import LONGEST, MOST_SENTENCES, Fact, borne_out
from companion.archive.live_text import has_link, has_mention

WOOL = "Wool keeps the damp in, and damp kills more colonies than frost"
HEAT = "how do bees heat the hive in winter?"
FACTS = (
    Fact(f"The clip liked best is “{WOOL}”, said by Tomas Ek in “The Winter Cluster”: 5 votes for it.", (WOOL,)),
    Fact(f"3 members asked: “{HEAT}”", (HEAT,)),
    Fact("New episode: “An Egg Fed Better” of the podcast “Hive Minds”.", ("An Egg Fed Better", "Hive Minds")),
    Fact("Members made 2 clips."),
)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (
            "The clip liked best was Tomas Ek on wool, with 5 votes [1].",
            "The clip liked best was Tomas Ek on wool, with 5 votes.",
        ),
        (
            'Tomas Ek was liked best for "wool keeps the damp in" [1], and three members asked about heat [2].',
            'Tomas Ek was liked best for "Wool keeps the damp in", and three members asked about heat.',
        ),
        (
            "**Members** asked how bees heat the hive in winter. [2]",
            "Members asked how bees heat the hive in winter.",
        ),
        (
            "A new episode of Hive Minds is out: “An Egg Fed Better” [3].",
            "A new episode of Hive Minds is out: “An Egg Fed Better”.",
        ),
    ],
)
def test_what_the_facts_bear_out_is_shown_without_its_citations(written: str, shown: str) -> None:
    kept = borne_out(written, FACTS)

    assert kept.prose == shown
    assert kept.interventions == ()


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("The clip liked best was Tomas Ek on wool.", "uncited"),
        ("The clip liked best was Tomas Ek on wool [7].", "citation"),
        ("The clip liked best was Tomas Ek on wool [0].", "citation"),
        ("The clip liked best was Mara Lindqvist on wool [1].", "name"),
        ("Tomas Ek asked how bees heat the hive in winter [2].", "name"),
        ("The clip liked best, on wool, got 50 votes [1].", "number"),
        ("The clip liked best, on wool, got three votes [1].", "number"),
        ("Two members asked how bees heat the hive [2].", "number"),
        ("A clip by Tomas Ek was liked for “wool keeps bees warm” [1].", "quotation"),
        ("Everyone liked the clip by Tomas Ek on wool [1].", "overstated"),
        ("The clip by Tomas Ek on wool was liked twice as much [1].", "overstated"),
        ("Nobody asked how bees heat the hive in winter [2].", "overstated"),
        ("Wool doesn't keep the damp in, said Tomas Ek [1].", "overstated"),
        ("The community felt inspired and grateful for wonderful conversations about wool [1].", "unsupported"),
        ("Read about wool at https://wool.example [1].", "link"),
        ("Read about [wool](https://wool.example) and damp [1].", "link"),
        ("Hello @everyone, the clip on wool was liked best [1].", "mention"),
        ("# The clip liked best, on wool [1].", "heading"),
        ("- The clip liked best, on wool [1].", "list"),
        ("> The clip liked best, on wool [1].", "quotation"),
        ("The clip liked best, on wool and damp [1", "uncited"),
        ("The clip liked best, on wool and damp [1]", "unfinished"),
    ],
)
def test_what_they_do_not_is_cut_and_it_is_said_why(written: str, kind: str) -> None:
    kept = borne_out(written, FACTS)

    assert kept.prose == ""
    assert [one.kind for one in kept.interventions] == [kind]


def test_what_points_back_at_what_was_cut_is_cut_with_it_and_the_rest_stays() -> None:
    kept = borne_out(
        "Mara Lindqvist won with a clip [1]. It got 5 votes [1]. Members made 2 clips [4].",
        FACTS,
    )

    assert kept.prose == "Members made 2 clips."
    assert [one.kind for one in kept.interventions] == ["name", "points back"]


def test_no_more_than_a_few_sentences_are_shown() -> None:
    kept = borne_out("Members made 2 clips [4]. " * 5, FACTS)

    assert kept.prose == " ".join(["Members made 2 clips."] * MOST_SENTENCES)
    assert {one.kind for one in kept.interventions} == {"too long"}


FRAGMENTS = st.sampled_from(
    [
        "The clip liked best", "Tomas Ek", "Mara", "5 votes", "six votes", "on wool", f"“{WOOL}”", "“wool is warm”",
        "[1]", "[2]", "[9]", "@everyone", "<@123>", "https://x.example", "x.example/y", "\n- ", "\n\n", "# ", ".", "!",
        "**", "`", "||", "asked how bees heat the hive", "three members", "nobody", "2 clips", "'", "“", "<", ">",
    ]
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow])  # on a machine with much else to do
@given(st.lists(FRAGMENTS, max_size=12).map(" ".join))
def test_whatever_is_written_what_is_shown_is_short_plain_and_invents_no_number_and_no_quotation(written: str) -> None:
    shown = borne_out(written, FACTS).prose

    assert len(shown) <= LONGEST + MOST_SENTENCES
    assert not has_link(shown)
    assert not has_mention(shown)
    assert not re.search(r"\[\d|Mara|six|nobody|[`*|<>]", shown)
    assert {int(number) for number in re.findall(r"\d+", shown)} <= {2, 5}
    assert "wool is warm" not in shown
    assert shown.count("“") == shown.count("”")


@given(st.text(max_size=300))
def test_any_text_at_all_is_dealt_with(written: str) -> None:
    kept = borne_out(written, FACTS)

    assert kept.prose == "" or "[" in written
