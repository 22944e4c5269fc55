-- out: image_id, sha256, path, width, height, place, role, class_index, label, probability, map, peak, stride, centre_share, border_share, box_share, box_area of the maps of label $label, in order
SELECT map.image_id, image.sha256, image.path, image.width, image.height, map.place, map.role, map.class_index, map.label,
    map.probability, map.map, map.peak, map.stride, map.centre_share, map.border_share, map.box_share, map.box_area
FROM saliency_map AS map JOIN image ON image.id = map.image_id
WHERE map.run_id = $run_id AND map.label = $label AND image.dataset_id = $dataset_id AND NOT image.missing
ORDER BY map.role, map.probability DESC, map.image_id
