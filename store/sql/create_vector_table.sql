-- out: nothing
CREATE TABLE {vector_table} (image_id BIGINT NOT NULL, vector FLOAT[{dim}] NOT NULL, run_id INTEGER NOT NULL)
