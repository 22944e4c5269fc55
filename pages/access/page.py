"""Access: share links, the roles of those who sign in, and what was done."""

import streamlit as st

from pages.access import links, log, people
from pages.ui import explain, job_cards, session, visitors
from pages.ui.text import plain
from store.acts import CURATOR, OWNER, REVIEWER, VIEWER, WORDS_OF_ROLES

VIEWS = LINKS, PEOPLE, LOG = "Share links", "People who sign in", "What was done"


def draw_how() -> None:
    """The popover on roles and ways in."""
    explain.how(
        "Whoever opens Vitrine on the machine where it runs is its owner. Others come in by a **share link**, or by a "
        "**sign-in** with an address that has a role. Every change is held against the role where it is saved, not "
        "only where a button is drawn; pictures and pages are held against it at each request. A link that is revoked, "
        "or a role that is taken away, counts at the next click.",
        parameters=[
            *(f"{role.capitalize()}: {WORDS_OF_ROLES[role]}." for role in (OWNER, CURATOR, REVIEWER, VIEWER)),
            "Reviewers and viewers see people blurred wherever a detector has looked for people, unless it is said "
            "otherwise, and no folders of this machine.",
            "Of a link only a hash of its secret is kept; it is shown once, signed with a key that stays in the "
            "workspace (access.key).",
            "The log grows and is never changed by the app; whoever may write the workspace's file may change it.",
        ],
        label="How is this held?",
    )


with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
    st.title("Access")
    draw_how()
job_cards.show_refusal()
wrong = visitors.trouble(session.workspace())
if wrong:
    st.error(plain(wrong), icon=":material/report:")
view = st.segmented_control(
    "View", VIEWS, default=LINKS, required=True, key="view", bind="query-params", label_visibility="collapsed"
)
if view == PEOPLE:
    people.show()
elif view == LOG:
    log.show()
else:
    links.show()
