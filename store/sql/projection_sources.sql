-- out: source of a run's points, by image: the host of the image's address, else its first folder, else null
SELECT CASE
        WHEN nullif(regexp_extract(image.source_url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@]*@)?([^/:?#]+)', 1), '') IS NOT NULL
            THEN lower(regexp_extract(image.source_url, '^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/@]*@)?([^/:?#]+)', 1))
        WHEN contains(image.path, '/') THEN split_part(image.path, '/', 1)
    END AS source
FROM projection_point LEFT JOIN image ON image.id = projection_point.image_id
WHERE projection_point.run_id = $run_id
ORDER BY projection_point.image_id
