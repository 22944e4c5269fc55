-- Imports of before gave a dataset's classes new numbers when a class came or went. What is told of it afterwards stands here, a
-- row a dataset that was imported more than once; it is looked into when the file is next opened (store/class_repair.py).

CREATE TABLE class_repair (
    dataset_id INTEGER PRIMARY KEY,
    state VARCHAR NOT NULL CHECK (state IN ('due', 'fine', 'mended', 'unclear')),
    sentence VARCHAR NOT NULL DEFAULT '',
    details VARCHAR NOT NULL DEFAULT '{}',
    done_at TIMESTAMP
);

INSERT INTO class_repair (dataset_id, state)
SELECT dataset_id, 'due' FROM run WHERE kind = 'import' GROUP BY dataset_id HAVING count(*) > 1;

-- Classes that the source does not name any more. They keep their numbers; nobody else gets them.
CREATE TABLE gone_class (
    dataset_id INTEGER NOT NULL,
    index INTEGER NOT NULL,
    PRIMARY KEY (dataset_id, index)
);
