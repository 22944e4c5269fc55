-- name: insert_comment
-- out: nothing
INSERT INTO comment (id, edition, dataset_id, thread, kind, image_id, x, y, page, query, claim_id, block_id, version_id,
    title, text, forgotten, bundle_run, who, written_at, taken_in_by, taken_in_at)
VALUES ($id, $edition, $dataset_id, $thread, $kind, $image_id, $x, $y, $page, $query, $claim_id, $block_id, $version_id,
    $title, $text, $forgotten, $bundle_run, $who, $written_at, $taken_in_by, $taken_in_at)

-- name: list_comments
-- out: id, edition, thread, kind, image_id, sha256, path, x, y, page, query, claim_id, block_id, version_id, title, text,
-- forgotten, bundle_run, who, begun_at, written_at, came_at (when it was written or taken in, as it is worded now) of a
-- dataset's comments, the oldest first; of one thread where $thread is not ''
SELECT comment.id, comment.edition, comment.thread, comment.kind, comment.image_id, image.sha256, image.path, comment.x,
    comment.y, comment.page, comment.query, comment.claim_id, comment.block_id, comment.version_id, comment.title,
    comment.text, comment.forgotten, comment.bundle_run, comment.who, comment.begun_at, comment.written_at,
    coalesce(comment.taken_in_at, comment.written_at) AS came_at
FROM current_comment AS comment
LEFT JOIN image ON image.id = comment.image_id AND image.dataset_id = comment.dataset_id
WHERE comment.dataset_id = $dataset_id AND ($thread = '' OR comment.thread = $thread)
ORDER BY comment.begun_at, comment.id

-- name: comments_of_bundles
-- out: id, edition, who, written_at, text, forgotten of a dataset's comments as they are now, of those with some ids
SELECT id, edition, who, written_at, text, forgotten
FROM current_comment WHERE dataset_id = $dataset_id AND list_contains($ids, id)

-- name: comment_history
-- out: edition, text, forgotten, who, written_at of every wording of comment $id, newest first
SELECT edition, text, forgotten, who, written_at
FROM comment WHERE dataset_id = $dataset_id AND id = $id ORDER BY edition DESC LIMIT $n_rows

-- name: newest_comment_edition
-- out: edition, forgotten, who, written_at of the newest edition of comment $id; no row without one
SELECT edition, forgotten, who, written_at FROM comment
WHERE dataset_id = $dataset_id AND id = $id ORDER BY edition DESC LIMIT 1

-- name: count_comments
-- out: n: comments of a dataset, every one that was ever written
SELECT count(*) AS n FROM comment WHERE dataset_id = $dataset_id AND edition = 1

-- name: comment_has_place
-- out: n: 1 where what a comment is to be pinned to is there: a picture, claim or version of the dataset, a block of its reports
SELECT CASE $kind
    WHEN 'picture' THEN (SELECT count(*) FROM image WHERE id = $number AND dataset_id = $dataset_id)
    WHEN 'claim' THEN (SELECT count(*) FROM current_claim WHERE id = $number AND dataset_id = $dataset_id)
    WHEN 'version' THEN (SELECT count(*) FROM version WHERE id = $number AND dataset_id = $dataset_id)
    WHEN 'block' THEN (
        SELECT count(*) FROM current_block AS block JOIN current_report AS report ON report.id = block.report_id
        WHERE block.id = $number AND report.dataset_id = $dataset_id
    )
    ELSE 1 END AS n

-- name: list_threads
-- out: thread, resolved, edition, who, changed_at (of its state; null: it was never resolved) of a dataset's threads in which
-- something stands
SELECT thread, resolved, edition, who, changed_at
FROM current_thread WHERE dataset_id = $dataset_id ORDER BY thread

-- name: insert_thread_state
-- out: nothing
INSERT INTO thread_state (dataset_id, thread, edition, resolved, who, changed_at)
VALUES ($dataset_id, $thread, $edition, $resolved, $who, $changed_at)

-- name: newest_thread_state
-- out: edition, resolved, who, changed_at of a thread; no row where it was never resolved
SELECT edition, resolved, who, changed_at FROM thread_state
WHERE dataset_id = $dataset_id AND thread = $thread ORDER BY edition DESC LIMIT 1

-- name: thread_counts
-- out: kind, image_id, page, claim_id, block_id, version_id, n_open, n_all: threads by what they are pinned to
SELECT kind, image_id, page, claim_id, block_id, version_id, count(*) FILTER (NOT resolved) AS n_open, count(*) AS n_all
FROM current_thread WHERE dataset_id = $dataset_id
GROUP BY ALL ORDER BY ALL

-- name: last_look
-- out: looked_at: when a person looked at the inbox last; null where they never did
SELECT max(looked_at) AS looked_at FROM comment_look WHERE dataset_id = $dataset_id AND who = $who

-- name: insert_look
-- out: nothing
INSERT INTO comment_look (dataset_id, who, looked_at) VALUES ($dataset_id, $who, $looked_at)

