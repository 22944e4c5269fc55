-- out: n
SELECT count(*) AS n FROM {vector_table} JOIN image ON image.id = image_id WHERE NOT image.missing
