-- name: schema_columns
-- out: table_name, is_view, position, column_name, type, nullable of every column of the file, by table
SELECT columns.table_name, tables.table_name IS NULL AS is_view, columns.column_index AS position, columns.column_name,
    columns.data_type AS type, columns.is_nullable AS nullable
FROM duckdb_columns() AS columns
LEFT JOIN duckdb_tables() AS tables ON tables.table_oid = columns.table_oid AND tables.database_name = columns.database_name
WHERE columns.database_name = current_database() AND columns.schema_name = 'main' AND NOT columns.internal
ORDER BY columns.table_name, columns.column_index

-- name: count_rows
-- out: n rows of the table or view $table_name
SELECT count(*) AS n FROM query_table($table_name)
