-- One row is an arXiv paper: its records by every door merged, newest version first, then the record fetched last;
-- a field the leading record lacks is filled from the next. Of one version the byline with most affiliations stands; a
-- paper is withdrawn when any door says so of the newest version. Where there are several doors, origins has the record
-- that each field came from. Temporary table chosen_papers (arxiv_id).
WITH ranked AS (
    SELECT
        *,
        {'source': source, 'fetched_at': fetched_at} AS origin,
        row_number() OVER (
            PARTITION BY arxiv_id
            ORDER BY
                version DESC NULLS LAST,
                CASE WHEN version IS NULL THEN last_updated_at END DESC NULLS LAST,
                fetched_at DESC,
                source
        ) AS place,
        count(*) OVER (PARTITION BY arxiv_id) AS doors,
        version = max(version) OVER (PARTITION BY arxiv_id) AS is_newest,
        len([name FOR name IN byline IF name.affiliation IS NOT NULL]) AS affiliations
    FROM staging.arxiv_records
    SEMI JOIN chosen_papers USING (arxiv_id)
)

SELECT
    arxiv_id, source, version, title, abstract, byline, categories, primary_category, comments, journal_ref, doi,
    license, submitter, report_no, first_submitted_at, last_updated_at, code_urls, dataset_urls, is_withdrawn, fetched_at
FROM ranked
WHERE doors = 1
UNION ALL BY NAME
SELECT
    arxiv_id,
    first(source ORDER BY place) AS source,
    max(version) AS version,
    first(title ORDER BY place) AS title,
    first(abstract ORDER BY place) FILTER (WHERE abstract IS NOT NULL) AS abstract,
    first(byline ORDER BY version DESC NULLS LAST, affiliations DESC, place) AS byline,
    first(categories ORDER BY place) AS categories,
    first(primary_category ORDER BY place) FILTER (WHERE primary_category IS NOT NULL) AS primary_category,
    first(comments ORDER BY place) FILTER (WHERE comments IS NOT NULL) AS comments,
    first(journal_ref ORDER BY place) FILTER (WHERE journal_ref IS NOT NULL) AS journal_ref,
    first(doi ORDER BY place) FILTER (WHERE doi IS NOT NULL) AS doi,
    first(license ORDER BY place) FILTER (WHERE license IS NOT NULL) AS license,
    first(submitter ORDER BY place) FILTER (WHERE submitter IS NOT NULL) AS submitter,
    first(report_no ORDER BY place) FILTER (WHERE report_no IS NOT NULL) AS report_no,
    min(first_submitted_at) AS first_submitted_at,
    max(last_updated_at) AS last_updated_at,
    first(code_urls ORDER BY len(code_urls) = 0, place) AS code_urls,
    first(dataset_urls ORDER BY len(dataset_urls) = 0, place) AS dataset_urls,
    coalesce(bool_or(is_withdrawn) FILTER (WHERE is_newest), first(is_withdrawn ORDER BY place)) AS is_withdrawn,
    MAP {
        'abstract': first(origin ORDER BY place) FILTER (WHERE abstract IS NOT NULL),
        'byline': first(origin ORDER BY version DESC NULLS LAST, affiliations DESC, place),
        'primary_category': first(origin ORDER BY place) FILTER (WHERE primary_category IS NOT NULL),
        'comments': first(origin ORDER BY place) FILTER (WHERE comments IS NOT NULL),
        'journal_ref': first(origin ORDER BY place) FILTER (WHERE journal_ref IS NOT NULL),
        'doi': first(origin ORDER BY place) FILTER (WHERE doi IS NOT NULL),
        'license': first(origin ORDER BY place) FILTER (WHERE license IS NOT NULL),
        'submitter': first(origin ORDER BY place) FILTER (WHERE submitter IS NOT NULL),
        'report_no': first(origin ORDER BY place) FILTER (WHERE report_no IS NOT NULL),
        'first_submitted_at': first(origin ORDER BY first_submitted_at, place),
        'last_updated_at': first(origin ORDER BY last_updated_at DESC NULLS LAST, place),
        'code_urls': first(origin ORDER BY len(code_urls) = 0, place),
        'dataset_urls': first(origin ORDER BY len(dataset_urls) = 0, place),
        'is_withdrawn': first(origin ORDER BY coalesce(is_newest AND is_withdrawn, false) DESC, place)
    } AS origins,
    first(fetched_at ORDER BY place) AS fetched_at
FROM ranked
WHERE doors > 1
GROUP BY arxiv_id
