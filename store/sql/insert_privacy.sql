-- out: nothing
INSERT INTO privacy VALUES (nextval('privacy_ids'), $dataset_id, $blurs_people, $least_score, $who, $decided_at)
