"""Abstracts in other languages: those that records carry, and those that a machine wrote when one is configured."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

import duckdb
import polars as pl

from pipeline.steps import count
from pipeline.translations import SourceError, TextRefusedError, Translator
from warehouse import Warehouse, query
from warehouse.tables import append, column_list

logger = logging.getLogger(__name__)

TABLES = ("staging.work_texts",)
"""The tables this step fills."""

TEXTS_A_RUN: Final = 1_000
"""Abstracts translated in one run and language at most, the newest first: a second each, and a run should end. The next
run goes on with the others."""

TEXTS_AT_ONCE: Final = 20
"""Translations written in one transaction: what a kill costs at most."""

REFUSALS_IN_A_ROW: Final = 3
"""Texts refused one after the other from which it is the language that is refused."""


@dataclass
class Translated:
    """What a run of a translator brought.

    Attributes:
        translated: Abstracts translated.
        refused: Abstracts that the service did not take.
        stopped_by: Why it ended before the end, a sentence for each language that it ended for.
        is_down: The service can do nothing for now, whatever the language.
    """

    translated: int = 0
    refused: int = 0
    stopped_by: list[str] = field(default_factory=list)
    is_down: bool = False


def build_texts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Replace what records carry; translations stay, but those of works that are gone.

    Returns:
        Texts that records carry, and their languages.
    """
    name = TABLES[0]
    con.execute(f"DELETE FROM {name} WHERE NOT is_machine OR work_id NOT IN (SELECT work_id FROM staging.works)")
    con.execute(f"INSERT INTO {name} SELECT {column_list(name)} FROM ({query('staging/work_texts')}) ORDER BY ALL")
    return {
        "texts_of_records": count(con, f"SELECT count(*) FROM {name} WHERE NOT is_machine"),
        "languages": count(con, f"SELECT count(DISTINCT language) FROM {name}"),
    }


def translate_abstracts(
    warehouse: Warehouse, translator: Translator, languages: Sequence[str], *, texts: int = TEXTS_A_RUN
) -> Translated:
    """Translate abstracts that are not there in a language yet, newest works first.

    What was translated is kept whatever happens later: the next run goes on with the others. A service that fails ends
    the run for now and is no error, so that nothing downstream waits for it.

    Args:
        warehouse: Opened for a moment before and after each batch, not while the service works.
        translator: Who translates.
        languages: Languages wanted, ISO 639-1 codes.
        texts: Abstracts a language at most.
    """
    found = Translated()
    for language in languages:
        with warehouse.write() as con:
            wanted = con.execute(
                query("staging/untranslated"), {"target": language, "source": translator.name, "texts": texts}
            ).fetchall()
        rows = _translations(wanted, translator, language, found)
        while batch := list(islice(rows, TEXTS_AT_ONCE)):
            _keep(warehouse, pl.DataFrame(batch))
            found.translated += len(batch)
        if found.is_down:
            break
    return found


def _translations(
    wanted: Sequence[tuple[str, str, str, str]], translator: Translator, language: str, found: Translated
) -> Iterator[dict[str, object]]:
    """Rows of translations into one language, until all are there or the service fails, which is noted."""
    refused_in_a_row = 0
    for work_id, abstract, digest, source in wanted:
        try:
            text = translator.translate(abstract, source=source, target=language)
        except TextRefusedError as error:
            logger.warning("The abstract of %s stays as it is: %s", work_id, error)
            found.refused += 1
            refused_in_a_row += 1
            if refused_in_a_row == REFUSALS_IN_A_ROW:
                found.stopped_by.append(str(error))
                return
            continue
        except SourceError as error:
            found.stopped_by.append(str(error))
            found.is_down = True
            return
        refused_in_a_row = 0
        yield {
            "work_id": work_id,
            "language": language,
            "kind": "abstract",
            "text": text,
            "source": translator.name,
            "is_machine": True,
            "translated_from": source,
            "original_digest": digest,
        }


def _keep(warehouse: Warehouse, rows: pl.DataFrame) -> None:
    """Write translations in the place of older ones of the same abstracts."""
    with warehouse.write() as con:
        con.register("translated", rows.to_arrow())
        con.execute(
            f"DELETE FROM {TABLES[0]} AS old USING translated AS new WHERE old.is_machine"
            " AND old.work_id = new.work_id AND old.language = new.language AND old.kind = new.kind"
            " AND old.source = new.source"
        )
        con.unregister("translated")
        append(con, TABLES[0], rows)
