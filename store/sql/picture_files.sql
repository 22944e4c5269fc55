-- name: picture_sources
-- out: dataset_id, root, changed (the dataset's write that last touched what an image's file is), newest (id of any image)
SELECT dataset.id AS dataset_id, dataset.root,
    coalesce((SELECT max(change.value) FROM subject_change AS change WHERE change.dataset_id = dataset.id
        AND change.subject IN ('pictures', 'details', 'data')), 0) AS changed,
    coalesce((SELECT max(id) FROM image), 0) AS newest
FROM dataset ORDER BY dataset.id

-- name: picture_files
-- out: id, dataset_id, path, sha256 (32 bytes), format, has_thumb, width, height, rendering of the images $first to $last,
-- without those that were taken down, by id
SELECT id, dataset_id, path, unhex(sha256) AS sha256, format, has_thumb, width, height, rendering
FROM image WHERE id BETWEEN $first AND $last AND id NOT IN (SELECT image_id FROM taken_down_image) ORDER BY id
