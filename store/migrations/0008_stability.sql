-- How steady a point of a map is: the share of its neighbours that a second map, of another seed and start, gave it too.

ALTER TABLE projection_point ADD COLUMN stability FLOAT;
