"""resolve and evaluate: Parquet in, Parquet and figures out, one sentence for what cannot be used."""

import polars as pl
import pytest

from .conftest import installed, refused

WORKS = pl.DataFrame(
    {
        "work_id": ["w1", "w2", "w3"],
        "title": ["Weaving patterns with engines", "Engines that weave patterns", "On the tides"],
        "authors": [["Ada Byron", "Wei Zhang"], ["Ada Byron", "Wei Zhang"], ["Mary Somerville"]],
    }
)
MENTIONS = pl.DataFrame(
    {
        "mention_id": ["w1#1", "w1#2", "w2#1", "w2#2", "w3#1"],
        "work_id": ["w1", "w1", "w2", "w2", "w3"],
        "position": [1, 2, 1, 2, 1],
        "name": ["Ada Byron", "Wei Zhang", "Ada Byron", "Wei Zhang", "Mary Somerville"],
    }
)
GOLD = pl.DataFrame({"mention_id": MENTIONS["mention_id"], "gold_author": ["ada", "wei", "ada", "wei", "mary"]})


@pytest.fixture
def tables(tmp_path):
    paths = {"mentions": MENTIONS, "works": WORKS, "gold": GOLD}
    for name, frame in paths.items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    (tmp_path / "text.parquet").write_text("mention_id,name\n")
    return tmp_path


@pytest.fixture
def resolved(shell, tables):
    inputs = (str(tables / "mentions.parquet"), str(tables / "works.parquet"))
    outputs = ("-o", str(tables / "clusters.parquet"), "--links", str(tables / "links.parquet"))
    said = shell("resolve", *inputs, *outputs)
    assert (said.code, said.err) == (0, "")
    return said


def test_resolve_writes_every_mention_once(resolved, tables):
    clusters = pl.read_parquet(tables / "clusters.parquet")
    assert clusters.columns == ["mention_id", "author_id", "probability"]
    assert clusters["mention_id"].to_list() == sorted(MENTIONS["mention_id"])
    assert clusters["probability"].is_between(0, 1).all()
    assert "5 mentions, " in resolved.out


def test_resolve_writes_the_evidence(resolved, tables):
    links = pl.read_parquet(tables / "links.parquet")
    assert {"mention_id_l", "mention_id_r", "match_weight", "decided_by"} <= set(links.columns)
    weights = [name for name in links.columns if name.endswith("_weight") and name != "match_weight"]
    total = links.select(pl.sum_horizontal(weights) - pl.col("match_weight"))
    assert total.to_series().abs().max() < 0.001


def test_resolve_gives_the_same_whatever_the_order_of_the_rows(resolved, shell, tables):
    MENTIONS.reverse().write_parquet(tables / "mentions.parquet")
    WORKS.reverse().write_parquet(tables / "works.parquet")
    shell(
        "resolve", str(tables / "mentions.parquet"), str(tables / "works.parquet"), "-o", str(tables / "again.parquet")
    )
    assert pl.read_parquet(tables / "again.parquet").equals(pl.read_parquet(tables / "clusters.parquet"))


def test_evaluate_measures_what_resolve_wrote(resolved, shell, tables):
    said = shell("evaluate", str(tables / "gold.parquet"), str(tables / "clusters.parquet"), "--mentions",
                 str(tables / "mentions.parquet"))  # fmt: skip
    assert said.code == 0
    (line,) = (line for line in said.out.splitlines() if line.startswith("│ all "))
    # Mentions, authors and clusters, six scores, then split authors and merged clusters.
    assert line.replace("│", " ").split() == ["all", "5", "3", "3", *["1.0000"] * 6, "0", "0"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("resolve", "none.parquet", "works.parquet", "-o", "x.parquet"), "none.parquet is not a file"),
        (("resolve", "text.parquet", "works.parquet", "-o", "x.parquet"), "text.parquet is no Parquet file"),
        (("resolve", "works.parquet", "works.parquet", "-o", "x.parquet"), "mentions has no column 'mention_id'"),
        (("resolve", "mentions.parquet", "gold.parquet", "-o", "x.parquet"), "works has no column 'work_id'"),
        (("resolve", "mentions.parquet", "works.parquet", "-o", "none/x.parquet"), "none/x.parquet cannot be written"),
        (("resolve", "mentions.parquet", "works.parquet", "-o", "x.parquet", "--engine", "abacus"), "engine abacus"),
        (("evaluate", "mentions.parquet", "gold.parquet"), "no column 'gold_author'"),
        (("evaluate", "gold.parquet", "mentions.parquet"), "no column 'author_id'"),
        (("evaluate", "gold.parquet", "none.parquet"), "none.parquet is not a file"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_cannot_be_used_is_named(shell, tables, monkeypatch, words, sentence):
    monkeypatch.chdir(tables)
    assert sentence in refused(shell(*words))
    assert not (tables / "x.parquet").exists()


@pytest.mark.parametrize(
    ("mentions", "sentence"),
    [
        (pl.concat([MENTIONS, MENTIONS.head(1)]), "'w1#1' is in mentions more than once"),
        (MENTIONS.with_columns(work_id=pl.lit("w9")), "w9"),
        (MENTIONS.with_columns(name=pl.lit(None, dtype=pl.String)), "column 'name' of mentions is null"),
        (MENTIONS.with_columns(position=pl.lit("first")), "column 'position' of mentions"),
    ],
    ids=["doubled", "orphan", "nameless", "mistyped"],
)
def test_a_bad_row_is_named(shell, tables, mentions, sentence):
    mentions.write_parquet(tables / "bad.parquet")
    answer = shell(
        "resolve", str(tables / "bad.parquet"), str(tables / "works.parquet"), "-o", str(tables / "x.parquet")
    )
    assert sentence in refused(answer)


def test_exit_codes_and_streams_of_the_real_process(tables):
    refusal = installed("resolve", str(tables / "none.parquet"), str(tables / "works.parquet"), "-o", "x")
    assert (refusal.returncode, refusal.stdout) == (1, "")
    assert refusal.stderr.startswith("error: ")
    assert "Traceback" not in refusal.stderr
    assert installed("resolve", "--no-such-option").returncode == 2
