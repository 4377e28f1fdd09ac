"""Which papers are related: a pure library, frames in, lists with their reasons out.

What belongs here: terms, what they tell, similarity, ranking. What does not: reading and writing tables, Dagster.

`count` says what terms and references tell, once; `kept_terms` tells by it what to keep of each text, `corpus` turns
that into vectors; `related` makes lists of related papers, `reached` tells whose lists a new paper enters. The same
works and statistics give the same lists, whatever the order of rows, the batches and the threads.
"""

from pipeline.related.lists import MOST_RELATED, Batch, reached, related
from pipeline.related.statistics import Statistics, count
from pipeline.related.vectors import Corpus, corpus, kept_terms

__all__ = ["MOST_RELATED", "Batch", "Corpus", "Statistics", "corpus", "count", "kept_terms", "reached", "related"]
