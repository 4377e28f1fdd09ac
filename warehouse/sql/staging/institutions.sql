-- One row is an institution that a loaded record or a mention names.
SELECT institution_id, ror, display_name, country_code, institution_type
FROM staging.openalex_institutions
