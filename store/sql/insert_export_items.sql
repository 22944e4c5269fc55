-- out: nothing
INSERT INTO export_item
SELECT $run_id, path, image_id, partner_id, technique, own_share, label, split FROM incoming
