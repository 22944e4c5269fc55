-- name: next_report_id
-- out: id
SELECT nextval('report_ids')

-- name: list_reports
-- out: id, edition, title, who, written_at, begun_by, begun_at, n_blocks, n_hidden, changed_at (the last change of it or
-- of a block) of a dataset's reports, the one changed last first
SELECT report.id, report.edition, report.title, report.who, report.written_at, report.begun_by, report.begun_at,
    coalesce(held.n_blocks, 0) AS n_blocks, coalesce(held.n_hidden, 0) AS n_hidden,
    greatest(report.written_at, coalesce(held.changed_at, report.written_at)) AS changed_at
FROM current_report AS report
LEFT JOIN (
    SELECT report_id, count(*) AS n_blocks, count(*) FILTER (hidden) AS n_hidden, max(written_at) AS changed_at
    FROM current_block GROUP BY report_id
) AS held ON held.report_id = report.id
WHERE report.dataset_id = $dataset_id
ORDER BY changed_at DESC, report.id DESC

-- name: newest_report_edition
-- out: edition, forgotten, who, written_at of the newest edition of report $report_id of a dataset; no row without one
SELECT edition, forgotten, who, written_at FROM report
WHERE id = $report_id AND dataset_id = $dataset_id ORDER BY edition DESC LIMIT 1

-- name: insert_report
-- out: nothing
INSERT INTO report (id, dataset_id, edition, title, forgotten, who, written_at)
VALUES ($report_id, $dataset_id, $edition, $title, $forgotten, $who, $written_at)

-- name: report_pictures
-- out: image_id, path, sha256, width, height, format, has_thumb, rendering, missing of some images of a dataset, without those
-- that were taken down
SELECT id AS image_id, path, sha256, width, height, format, has_thumb, rendering, missing
FROM image
WHERE dataset_id = $dataset_id AND list_contains($image_ids, id) AND id NOT IN (SELECT image_id FROM taken_down_image)
ORDER BY id

-- name: insert_report_file
-- out: nothing; incoming: format, path, n_bytes, report_id of the one file that run $run_id wrote
INSERT OR IGNORE INTO report_file (run_id, dataset_id, report_id, format, path, n_bytes)
SELECT $run_id, $dataset_id, report_id, format, path, n_bytes FROM incoming

-- name: has_report_file
-- out: n: 1 where run $run_id has written its file
SELECT count(*) AS n FROM report_file WHERE run_id = $run_id

-- name: list_report_files
-- out: run_id, report_id, format, path, n_bytes, finished_at of what was written of a dataset's reports, newest first
SELECT file.run_id, file.report_id, file.format, file.path, file.n_bytes, run.finished_at
FROM report_file AS file JOIN run ON run.id = file.run_id
WHERE file.dataset_id = $dataset_id AND run.complete ORDER BY file.run_id DESC LIMIT $n_rows
