"""What SQL looks at before a name is withheld: every text that prints it, whatever stands between its letters."""

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.names import HiddenName
from warehouse.withheld import may_print

ADA = HiddenName("Ada O'Byron-Lovelace")
JOSE = HiddenName("José Müller")

PRINTED = st.sampled_from(
    [
        "Ada O'Byron-Lovelace",
        "LOVELACE, Ada O Byron",
        "O\u2019Byron\u2010Lovelace, Ada",
        "Jose Muller",
        "JOSÉ MÜLLER",
        "Mu\u0308ller, Jose\u0301",
        "M\u00adüller José",
        "Grace Hopper",
        "",
    ]
)
AROUND = st.text("aO'- .,;\n\u00e9\u0301\u00ad{}\\$", max_size=8)


@pytest.fixture(scope="module")
def con():
    with duckdb.connect() as con:
        con.execute("SET autoload_known_extensions = false")
        yield con


@settings(max_examples=60, deadline=None)
@given(before=AROUND, printed=PRINTED, after=AROUND)
def test_every_text_with_a_name_is_looked_at(con, before, printed, after):
    text = before + printed + after
    looked_at = con.execute(f"SELECT {may_print('$text', [ADA, JOSE])}", {"text": text}).fetchall()[0][0]
    assert looked_at or not any(name.is_in(text) or name.is_name(text) for name in (ADA, JOSE))


def test_letters_apart_are_looked_at_and_other_names_are_not(con):
    sql = f"SELECT text FROM (SELECT unnest($texts) AS text) WHERE {may_print('text', [ADA])}"
    texts = ["by L-o.v E'lace", "Grace Hopper", "love, ace", None]
    assert con.execute(sql, {"texts": texts}).fetchall() == [("by L-o.v E'lace",)]
