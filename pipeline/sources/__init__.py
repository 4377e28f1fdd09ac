"""The sources: what is asked of arXiv and OpenAlex, the bytes they answer with, and the records in those bytes.

`http` is the polite session, `arxiv`, `oai` and `openalex` ask through the clients of those names, `landing` keeps
the answers, `parsing` reads them into `records`. Nothing here knows Dagster, DuckDB or a data frame.
"""
