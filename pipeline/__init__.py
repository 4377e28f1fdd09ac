"""Who wrote what: arXiv and OpenAlex records in, a DuckDB warehouse of works, people and trust out.

The data flows one way, raw -> staging -> resolved -> marts; a layer is an asset file, a Dagster group and a DuckDB
schema at once.

    sources      ask arXiv and OpenAlex, land the answers as received, parse them into records
    snapshots    bulk files into the same landing
    normalise    records into frames; bylines lined up, records matched, links found        (pure)
    resolve      mentions into people: blocks, comparisons, match weights, clusters, ids    (pure, travels alone)
    metrics      collaborators, trust and its reasons, BibTeX                               (pure)
    translations    abstracts by a machine, where a service is configured
    names, taxonomy, text    what a printed name, an arXiv category, a dirty string is      (pure leaves)
    schemas      table contracts, declared once
    steps        what each asset does, without Dagster: read, call one pure function, write
    assets, resources, schedules, definitions    the Dagster shell over the steps
    replica      a local server of both APIs: demonstration, tests, fault drills
    cli          the `pipeline` command

`warehouse`, beside this package, holds the connection, the SQL and the publication.
"""
