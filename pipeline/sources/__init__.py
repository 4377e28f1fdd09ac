"""The sources: what is asked of arXiv and OpenAlex, what they answer, and the records in the answers.

`http` is the polite session, `arxiv`, `oai` and `openalex` ask through the clients of those names, `ledger` has what
OpenAlex was asked, `landing` keeps the answers, `parsing` reads them into `records`. Nothing here knows Dagster, DuckDB
or a data frame.
"""
