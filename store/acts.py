"""What can be done, by whom: every deed that writes, the least role that may do it, and its words in the audit log."""

from dataclasses import dataclass

NOBODY, VIEWER, REVIEWER, CURATOR, OWNER = "nobody", "viewer", "reviewer", "curator", "owner"
ROLES = (NOBODY, VIEWER, REVIEWER, CURATOR, OWNER)  # each may do what those before it may
WORDS_OF_ROLES = {
    OWNER: "everything, with who may see and change",
    CURATOR: "jobs and decisions, claims and reports",
    REVIEWER: "look, comment, score, answer spot checks",
    VIEWER: "look",
}


@dataclass(frozen=True)
class Act:
    """A deed. least: the least role that may do it; words: what the log says that somebody did."""

    name: str
    least: str
    words: str


_BY_REVIEWERS = {
    "comment": "commented",
    "answer_comment": "answered a comment",
    "edit_comment": "reworded a comment",
    "delete_comment": "deleted a comment",
    "resolve_thread": "resolved or reopened a thread",
    "note_look": "looked through the inbox",
    "score": "filled in the rubric",
    "answer_check": "answered in a spot check",
    "undo_check": "took an answer of a spot check back",
    "submit_check": "handed in a spot check",
}
_BY_CURATORS = {
    "decide": "decided on pictures",
    "undo": "took decisions back",
    "redo": "did decisions again",
    "merge_decisions": "took in a file of decisions",
    "name_classes": "renamed classes",
    "merge_classes": "merged classes",
    "name_cluster": "named a representative",
    "name_detected": "named what a detector finds",
    "select": "saved a selection",
    "delete_selection": "deleted a selection",
    "save_prompts": "saved prompts",
    "save_reference": "kept a published result",
    "delete_reference": "deleted a published result",
    "freeze": "froze a version",
    "keep_claim": "kept a claim",
    "edit_claim": "reworded a claim",
    "forget_claim": "took a claim out",
    "check_claims": "checked claims",
    "begin_report": "began a report",
    "rename_report": "renamed a report",
    "forget_report": "took a report out",
    "change_report": "changed a report",
    "write_project": "wrote the project sheet",
    "note_timeline": "noted something on the timeline",
    "take_in_review": "took in a review",
    "start_job": "started a job",
    "cancel_job": "cancelled a job",
    "resume_job": "resumed a job",
    "land_job": "brought a job's results back",
    "analyse": "began an analysis",
    "cancel_analysis": "cancelled an analysis",
    "keep_recipe": "kept a recipe",
    "add_dataset": "added a dataset",
    "take_down": "took pictures down",
    "withdraw_takedown": "withdrew a takedown",
}
_BY_OWNERS = {
    "change": "changed something",
    "delete_taken_down": "deleted the files of pictures that were taken down",
    "switch_blur": "turned the blurring of people on or off",
    "write_rubric": "changed the rubric",
    "reopen_sheet": "reopened a sheet of the rubric",
    "set_gates": "set limits of quality gates",
    "start_check": "started a spot check",
    "close_check": "closed a spot check",
    "grant": "gave somebody a role",
    "withdraw": "took a role away",
    "share": "made a share link",
    "revoke": "revoked a share link",
    "make_key": "made a key of the service",
    "revoke_key": "revoked a key of the service",
    "set_health_limit": "set a limit of the health page",
}
ACTS = {
    name: Act(name, least, words)
    for least, acts in ((REVIEWER, _BY_REVIEWERS), (CURATOR, _BY_CURATORS), (OWNER, _BY_OWNERS))
    for name, words in acts.items()
} | {"enter": Act("enter", NOBODY, "came in by a share link")}
