-- out: image_id of the images in groups of the newest search for duplicates (and, without one, of the same bytes), group by group, groups
-- whose labels differ first
WITH newest AS (
    SELECT max(id) AS run_id FROM run WHERE dataset_id = $dataset_id AND kind = 'duplicates' AND complete
),
member AS (
    SELECT image_id, group_number::VARCHAR AS place FROM duplicate_group WHERE run_id = (SELECT run_id FROM newest)
    UNION ALL
    SELECT id AS image_id, sha256 AS place FROM image
    WHERE dataset_id = $dataset_id AND (SELECT run_id FROM newest) IS NULL
    QUALIFY count(*) OVER (PARTITION BY sha256) > 1
),
judged AS (
    SELECT member.image_id, member.place,
        min(image.label) OVER (PARTITION BY member.place) IS DISTINCT FROM max(image.label) OVER (PARTITION BY member.place)
            AS differ,
        min(member.image_id) OVER (PARTITION BY member.place) AS first_image
    FROM member JOIN image ON image.id = member.image_id
    WHERE image.dataset_id = $dataset_id AND NOT image.missing
        AND ($class_index IS NULL OR member.place IN (
            SELECT beside.place FROM member AS beside JOIN image AS other ON other.id = beside.image_id
            WHERE other.label = $class_index
        ))
)
SELECT image_id FROM judged ORDER BY differ DESC, first_image, image_id
