-- out: nothing
INSERT INTO augmentation_preview
SELECT $run_id, n, image_id, partner_id, technique, own_share, picture FROM incoming
