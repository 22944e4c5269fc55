-- out: image_id, sha256, path, split, label, labels, distance, cosine of the kept members of a cluster; $direction 1: nearest first, -1: farthest
SELECT image.id AS image_id, image.sha256, image.path, image.split, image.label, image.labels, member.distance, member.cosine
FROM cluster_member AS member JOIN current_image AS image ON image.id = member.image_id
WHERE member.run_id = $run_id AND member.cluster = $cluster AND NOT image.missing AND NOT image.removed
ORDER BY member.distance * $direction, image.path
LIMIT $n_rows OFFSET $first
