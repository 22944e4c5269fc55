-- out: path, kind of every issue of run $run_id
SELECT image.path, label_issue.kind
FROM label_issue JOIN image ON image.id = label_issue.image_id
WHERE label_issue.run_id = $run_id
ORDER BY image.path, label_issue.kind
