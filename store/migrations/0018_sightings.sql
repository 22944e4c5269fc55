-- A detector's opinion on labels, beside those of the label check.

ALTER TABLE label_opinion ADD COLUMN detections BOOLEAN;
ALTER TABLE label_opinion ADD COLUMN detected_label INTEGER;
