-- out: n_images of the version
UPDATE version SET n_images = (SELECT count(*) FROM version_item WHERE version_id = $version_id),
    n_left_out = (SELECT count(*) FROM current_image WHERE dataset_id = $dataset_id AND NOT missing AND NOT removed)
        - (SELECT count(*) FROM version_item WHERE version_id = $version_id)
WHERE id = $version_id
RETURNING n_images
