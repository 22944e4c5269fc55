-- out: nothing
COPY FROM DATABASE "{name}" TO vitrine_snapshot
