-- out: n, image_id, sha256, partner_id, partner_sha256, technique, own_share, picture of a preview run
SELECT preview.n, preview.image_id, image.sha256, preview.partner_id, partner.sha256 AS partner_sha256, preview.technique,
    preview.own_share, preview.picture
FROM augmentation_preview AS preview
JOIN image ON image.id = preview.image_id
LEFT JOIN image AS partner ON partner.id = preview.partner_id
WHERE preview.run_id = $run_id
ORDER BY preview.n
