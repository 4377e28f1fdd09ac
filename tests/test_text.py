"""Text hygiene: what is repaired, what must be left alone, and that once is enough."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text import clean, tex_to_unicode, without_markup

# Letters that the rules look at, so that hypothesis meets them often.
RULED = st.text(
    alphabet="aeiIzZ{}\\'`^\"~=.&;#$ampltx0183\x7f\x0b\u200b\u0301\u0131ßÃ©éÅ²\ufb01\u00a0 _%()uvHc",
    max_size=40,
)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        (r"Erd{\H o}s and Erd\H{o}s", "Erdős and Erdős"),
        (r"{\L}ukasz Ma\'{c}kowiak", "Łukasz Maćkowiak"),
        (r"Mart\'{\i}nez, Mart\'\inez", "Martínez, Martínez"),
        ("Mar\\'\u0131a", "María"),
        (r"\AA ngstr\"om", "Ångström"),
        (r"Stra\ss e", "Straße"),
        (r"Radi\' c", "Radić"),
        (r"Nguy\~{\^e}n", "Nguyễn"),
        (r"Dvo\v{r}\'{a}k, \c{S}ahin, \v Cerenkov", "Dvořák, Şahin, Čerenkov"),
        (r"Constan{\c}ca", "Constança"),
        (r"{\it in vivo} and \textbf{\emph{in vitro}}", "in vivo and in vitro"),
        (r"5\% of R\&D", "5% of R&D"),
        ("``On'' {BERT}", "“On” BERT"),
        (r"H~II in Fig.~3 of~$x$", "H II in Fig. 3 of $x$"),
        (r"see \url{https://a.b/~c}", "see https://a.b/~c"),
    ],
)
def test_tex_text_becomes_unicode(printed: str, expected: str) -> None:
    assert clean(printed) == expected
    assert tex_to_unicode(printed) == expected


@pytest.mark.parametrize(
    "printed",
    [
        r"$\alpha^{\'e}$ decay of $K_{c}$ and $\textit{x}$",
        r"\(\"o\) in math",
        r"a price of \$5",
        "f_{NL} and K^{c} without dollars",
        r"\mathcal{M} without dollars",
        "galaxies at z~2 with ~10 GeV",
        "x < y & z > 0",
        "AT&T and R&D; see p&q",
        "sets {1, 2} and {}",
        "Größe, Œuvre, Łódź, İstanbul, Ångström",
        "A IRMÃ DE JOÃO, CORAÇÃO",
        "an area of 10 Å² and a volume of 3 Å³",
        "β-decay, 漢字, Дубна, العربية",
        "می‌خواهم",  # a zero width non-joiner, which Persian needs
    ],
)
def test_left_alone(printed: str) -> None:
    assert clean(printed) == printed


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("AT&amp;amp;T &lt;b&gt; &#233; &#x00e9; &eacute;", "AT&T <b> é é é"),
        ("Bj&ouml;rn &unknown; &amp", "Björn &unknown; &amp"),
        ("BjÃ¶rn, MagalhÃ£es", "Björn, Magalhães"),
        ("voilÃ\u00a0 enfin", "voilà enfin"),
        ("Alzheimerâ€™s disease", "Alzheimer\u2019s disease"),
        ("M\x7fuhlbauer, M\x7füller, \x7f O. Sahin", "Mühlbauer, Müller, O. Sahin"),
        ("soft\u00adhyphen, zero\u200bwidth, \ufeffmark, \u202eturn", "softhyphen, zerowidth, mark, turn"),
        ("e\u0301tude \ufb01n", "étude fin"),
        ("  two\n  lines\tand\u00a0more ", "two lines and more"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("nul \x00 bell \x07", "nul bell"),
        ("", ""),
    ],
)
def test_encoding_is_repaired(printed: str, expected: str) -> None:
    assert clean(printed) == expected


@given(st.one_of(st.text(), RULED))
def test_clean_once_is_enough(text: str) -> None:
    once = clean(text)
    assert clean(once) == once


@given(st.one_of(st.text(), RULED))
def test_clean_is_one_line_that_a_file_can_hold(text: str) -> None:
    cleaned = clean(text)
    assert cleaned == " ".join(cleaned.split())
    assert cleaned.encode().decode() == cleaned


@given(st.one_of(st.text(), RULED))
def test_tex_to_unicode_is_total_and_settles(text: str) -> None:
    once = tex_to_unicode(text)
    assert tex_to_unicode(once) == once


@pytest.mark.parametrize("piece", ["&amp;", "\\textit{", "{\\it ", "$", "\\(", "{", "\\'", "``", "Ã©"])
def test_nesting_without_end_is_no_trap(piece: str) -> None:
    hostile = piece * 20_000
    assert clean(clean(hostile)) == clean(hostile)


def test_real_titles_are_changed_only_where_they_show_it(shared_data) -> None:
    corpus = shared_data / "data/arxiv/corpus.parquet"
    titles = pl.read_parquet(corpus, columns=["title"], n_rows=100_000)["title"]
    suspicious = titles.str.contains(r"[\\{~&]|``|  |\n|[^\x20-\x7e]")
    assert [title for title in titles.filter(~suspicious) if clean(title) != title] == []
    assert [title for title in map(clean, titles.filter(suspicious)) if clean(title) != title] == []


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("<i>Planck</i>2018 results", "Planck 2018 results"),
        ("models using<b>lme4</b>", "models using lme4"),
        ("the mosquito,<i>Anopheles</i>, and", "the mosquito, Anopheles, and"),
        ("H<sub>2</sub>O<SUP>+</SUP>", "H2O+"),
        ("<scp>d</scp>-lysine (<i>K</i>)", "d-lysine (K)"),
        ("<jats:p>One.</jats:p><jats:p>Two</jats:p>", "One. Two"),
        ("a<sup xmlns:mml=\"http://a.b\" class='c'>1</sup>", "a1"),
        ("runs of<br> automata<br/>here", "runs of automata here"),
        ("<i>a", "<i>a"),
        ("a <p> of <p> and <A^2>, F*<x,y>, 1 < b > c", "a <p> of <p> and <A^2>, F*<x,y>, 1 < b > c"),
        ("no tag", "no tag"),
    ],
)
def test_markup_goes_and_what_only_looks_like_it_stays(printed: str, expected: str) -> None:
    assert without_markup(printed) == expected
