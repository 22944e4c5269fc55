-- out: path of each crop that run $run_id has cut already (null: none), image_id of each image that it could not read
SELECT path, NULL::BIGINT AS image_id FROM crop WHERE run_id = $run_id
UNION ALL
SELECT NULL, image_id FROM run_failure WHERE run_id = $run_id
