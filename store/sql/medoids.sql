-- name: cluster_members
-- out: image_id, sha256, path, split, label, labels, distance, cosine of the kept members of a cluster; $direction
-- 1: nearest first, -1: farthest
SELECT image.id AS image_id, image.sha256, image.path, image.split, image.label, image.labels, member.distance, member.cosine
FROM cluster_member AS member JOIN kept_image AS image ON image.id = member.image_id
WHERE member.run_id = $run_id AND member.cluster = $cluster
ORDER BY member.distance * $direction, image.path
LIMIT $n_rows OFFSET $first

-- name: subset_choices
-- out: chooser, k, n_images, n_classes, loss, mean_distance, found_mean, sample_mean, n_sample, inertia, distortion,
-- farthest, silhouette, medoid_silhouette, n_silhouette, covered of run $run_id, the least loss first
SELECT chooser, len(pictures) AS k, n_images, n_classes, loss, loss / n_images AS mean_distance,
    found_loss / n_images AS found_mean, sample_loss / n_sample AS sample_mean, n_sample, inertia, distortion, farthest,
    silhouette, medoid_silhouette, n_silhouette, covered
FROM subset_choice WHERE run_id = $run_id ORDER BY loss, chooser

-- name: insert_cluster_members
-- out: nothing; adds the members in incoming (part, image_id, cluster, distance, cosine, reason)
INSERT INTO cluster_member (run_id, image_id, cluster, distance, cosine)
SELECT $run_id, image_id, cluster, distance, cosine FROM incoming WHERE part = 'member' AND reason IS NULL

-- name: insert_elbow_points
-- out: nothing; adds the points of the curve over k in incoming (part, cluster: the k, and the columns of
-- elbow_point)
INSERT INTO elbow_point (run_id, k, medoids, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered)
SELECT $run_id, cluster, medoids, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered
FROM incoming WHERE part = 'elbow'

-- name: insert_medoids
-- out: nothing; adds the medoids in incoming (part, cluster, image_id)
INSERT INTO medoid (run_id, cluster, image_id) SELECT $run_id, cluster, image_id FROM incoming WHERE part = 'medoid'

-- name: insert_subset_choices
-- out: nothing; adds what each way chose, and its worth, from incoming (part and the columns of subset_choice;
-- medoids: the pictures)
INSERT INTO subset_choice (run_id, chooser, pictures, n_images, n_classes, loss, found_loss, sample_loss, n_sample, inertia, distortion,
    farthest, silhouette, medoid_silhouette, n_silhouette, covered)
SELECT $run_id, chooser, medoids, n_images, cluster, loss, found_loss, sample_loss, n_sample, inertia, distortion, farthest,
    silhouette, medoid_silhouette, n_silhouette, covered
FROM incoming WHERE part = 'choice'

-- name: insert_typicality
-- out: nothing; adds how typical the pictures in incoming (part, image_id, cluster: the class, cosine) are
INSERT INTO typicality (run_id, image_id, class_index, mean_cosine)
SELECT $run_id, image_id, cluster, cosine FROM incoming WHERE part = 'typical'

-- name: count_cluster_members
-- out: n images that run $run_id has put into clusters
SELECT count(*) AS n FROM cluster_member WHERE run_id = $run_id

-- name: image_classes
-- out: image_id, class_index of the dataset's kept images, a row a label; images without a label are not there
WITH kept AS (
    SELECT image.id, image.label, image.labels
    FROM kept_image AS image
    WHERE image.dataset_id = $dataset_id
)
SELECT id AS image_id, label AS class_index FROM kept WHERE labels IS NULL AND label IS NOT NULL
UNION ALL
SELECT id, unnest(list_distinct(labels)) FROM kept WHERE labels IS NOT NULL
ORDER BY image_id, class_index

-- name: medoid_counts
-- out: run_id, n_images, k of the dataset's complete searches for representatives
WITH complete AS (SELECT id FROM run WHERE dataset_id = $dataset_id AND kind = 'medoids' AND complete),
found AS (SELECT run_id, count(*) AS k FROM medoid WHERE run_id IN (FROM complete) GROUP BY run_id),
counted AS (SELECT run_id, count(*) AS n_images FROM cluster_member WHERE run_id IN (FROM complete) GROUP BY run_id)
SELECT found.run_id, coalesce(counted.n_images, 0) AS n_images, found.k
FROM found LEFT JOIN counted ON counted.run_id = found.run_id

-- name: elbow_curve
-- out: k, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered, n_images,
-- promised (sample_loss scaled to all images) of run $run_id, by k
WITH size AS (SELECT max(n_images) AS n_images FROM subset_choice WHERE run_id = $run_id)
SELECT k, loss, sample_loss, n_sample, inertia, distortion, silhouette, medoid_silhouette, covered, size.n_images,
    sample_loss * size.n_images / n_sample AS promised
FROM elbow_point CROSS JOIN size WHERE run_id = $run_id ORDER BY k

-- name: coverage_curve
-- out: k, share of the images of run $run_id with a medoid at a cosine of $percent / 100 or more, by k
SELECT k, covered[$percent::INTEGER + 1] AS share FROM elbow_point WHERE run_id = $run_id ORDER BY k

-- name: elbow_medoids
-- out: medoids (image ids) that the newest complete run of this space and metric found for $k
SELECT elbow_point.medoids
FROM elbow_point JOIN run ON run.id = elbow_point.run_id
WHERE run.dataset_id = $dataset_id AND run.complete AND run.model = $space AND elbow_point.k = $k
    AND run.parameters ->> '$.metric' = $metric
ORDER BY run.id DESC LIMIT 1

-- name: cluster_sheet
-- out: cluster, image_id, sha256, path, label, labels (of the medoid), n_members (kept ones), mean_distance,
-- mean_cosine, majority (class), purity (its share of the labelled members), name, by size
WITH named AS (
    SELECT cluster, arg_max(name, named_at) AS name FROM cluster_name WHERE run_id = $run_id GROUP BY cluster
),
member AS (
    SELECT cluster_member.cluster, cluster_member.distance, cluster_member.cosine,
        coalesce(list_distinct(image.labels), CASE WHEN image.label IS NULL THEN [] ELSE [image.label] END) AS classes
    FROM cluster_member JOIN kept_image AS image ON image.id = cluster_member.image_id
    WHERE cluster_member.run_id = $run_id
),
counted AS (
    SELECT cluster, count(*) AS n_members, count(*) FILTER (len(classes) > 0) AS n_labelled,
        avg(distance) AS mean_distance, avg(cosine) AS mean_cosine
    FROM member GROUP BY cluster
),
common AS (
    SELECT cluster, class_index, count(*) AS n
    FROM (SELECT cluster, unnest(classes) AS class_index FROM member)
    GROUP BY cluster, class_index
    QUALIFY row_number() OVER (PARTITION BY cluster ORDER BY n DESC, class_index) = 1
)
SELECT medoid.cluster, image.id AS image_id, image.sha256, image.path, image.label, image.labels,
    coalesce(counted.n_members, 0) AS n_members, counted.mean_distance, counted.mean_cosine,
    common.class_index AS majority, common.n / counted.n_labelled AS purity, nullif(named.name, '') AS name
FROM medoid
JOIN current_image AS image ON image.id = medoid.image_id
LEFT JOIN counted ON counted.cluster = medoid.cluster
LEFT JOIN common ON common.cluster = medoid.cluster
LEFT JOIN named ON named.cluster = medoid.cluster
WHERE medoid.run_id = $run_id
ORDER BY n_members DESC, medoid.cluster

-- name: cluster_classes
-- out: cluster, class_index (null: no label), n, share (of the cluster's kept members) in run $run_id, the most
-- common first; an image counts once for each label
WITH member AS (
    SELECT cluster_member.cluster, image.label, image.labels
    FROM cluster_member JOIN kept_image AS image ON image.id = cluster_member.image_id
    WHERE cluster_member.run_id = $run_id
),
size AS (SELECT cluster, count(*) AS n_members FROM member GROUP BY cluster),
labelled AS (
    SELECT cluster, label AS class_index FROM member WHERE labels IS NULL
    UNION ALL
    SELECT cluster, unnest(list_distinct(labels)) FROM member WHERE labels IS NOT NULL
)
SELECT labelled.cluster, labelled.class_index, count(*) AS n, count(*) / any_value(size.n_members) AS share
FROM labelled JOIN size ON size.cluster = labelled.cluster
GROUP BY labelled.cluster, labelled.class_index ORDER BY labelled.cluster, n DESC, labelled.class_index

-- name: cluster_names
-- out: cluster, name (empty: none) that people last gave the clusters of run $run_id, by cluster
SELECT cluster, arg_max(name, named_at) AS name FROM cluster_name WHERE run_id = $run_id GROUP BY cluster ORDER BY cluster

-- name: insert_cluster_name
-- out: nothing; adds a name of a cluster, the newest of which counts
INSERT INTO cluster_name (run_id, cluster, name, who, named_at) VALUES ($run_id, $cluster, $name, $who, $named_at)

-- name: subset_pictures
-- out: chooser, place, image_id, sha256, path, label, labels of the pictures that each way of run $run_id chose; at
-- most $n_rows a way
WITH pick AS (
    SELECT chooser, unnest(pictures[:$n_rows]) AS image_id, generate_subscripts(pictures[:$n_rows], 1) AS place
    FROM subset_choice WHERE run_id = $run_id
)
SELECT pick.chooser, pick.place, image.id AS image_id, image.sha256, image.path, image.label, image.labels
FROM pick JOIN current_image AS image ON image.id = pick.image_id
ORDER BY pick.chooser, pick.place

-- name: typical_classes
-- out: class_index of the classes whose pictures run $run_id compared, by index
SELECT DISTINCT class_index FROM typicality WHERE run_id = $run_id ORDER BY class_index

-- name: typical_pictures
-- out: class_index, image_id, sha256, path, mean_cosine, n (pictures of the class), place of the $n_rows most
-- ($direction 1) or least (-1) typical kept ones
WITH ranked AS (
    SELECT typicality.class_index, typicality.image_id, typicality.mean_cosine,
        count(*) OVER (PARTITION BY typicality.class_index) AS n,
        row_number() OVER (
            PARTITION BY typicality.class_index ORDER BY typicality.mean_cosine * $direction DESC NULLS LAST, typicality.image_id
        ) AS place
    FROM typicality JOIN kept_image AS image ON image.id = typicality.image_id
    WHERE typicality.run_id = $run_id AND list_contains($classes::INTEGER[], typicality.class_index)
)
SELECT ranked.class_index, image.id AS image_id, image.sha256, image.path, ranked.mean_cosine, ranked.n, ranked.place
FROM ranked JOIN image ON image.id = ranked.image_id
WHERE ranked.place <= $n_rows
ORDER BY ranked.class_index, ranked.place

-- name: cluster_balance
-- out: n_images (kept images), n_without (those among them that are in no cluster of run $run_id), n_failed (left
-- out by the run)
SELECT count(*) AS n_images,
    count(*) FILTER (image.id NOT IN (SELECT image_id FROM cluster_member WHERE run_id = $run_id)) AS n_without,
    (SELECT count(*) FROM run_failure WHERE run_id = $run_id) AS n_failed
FROM kept_image AS image
WHERE image.dataset_id = $dataset_id
