-- out: nothing
DETACH vitrine_snapshot
