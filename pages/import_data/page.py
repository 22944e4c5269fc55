"""Import: name a folder or upload a zip, see what was found, decide, and watch it being taken in."""

import json

import streamlit as st

from jobs.engine.spec import JobView
from jobs.engine.supervisor import REFUSALS
from pages.import_data import by_hand, moved, preview, unpack
from pages.import_data import found as import_data_found
from pages.import_data import source as import_data_source
from pages.import_data.source import Seen
from pages.ui import job_cards, job_wording, session
from pages.ui.text import LONGEST_LINE, LONGEST_TEXT, count, plain
from store.connection import utc_now
from store.datasets import Dataset, list_datasets
from store.points import POINTS

MAX_LISTED = 30
FOLLOWED = "job"  # in the URL: a reload shows the same import again


def followed_job() -> JobView | None:
    """The import this page was last asked for, from the URL."""
    job_id = st.query_params.get(FOLLOWED)
    if not job_id:
        return None
    try:
        return session.supervisor().job(job_id)
    except REFUSALS:
        return None


def ask_reading(seen: Seen) -> bool:
    """Ask what the folder leaves open; False until it is answered."""
    if not seen.preview.options:
        return True
    titles = dict(seen.preview.options)
    keys = list(titles)
    given = seen.look.reading or None
    import_data_source.take_what_was_said(keys)
    st.subheader("One question first")
    answer = st.radio(
        plain(seen.preview.question),
        keys,
        index=keys.index(given) if given in keys else None,
        format_func=lambda key: plain(titles[key]),
        key="import_reading",
    )
    if answer and answer != seen.look.reading:
        import_data_source.change(reading=answer)
        st.rerun()
    if given and given not in keys:
        st.caption(plain(f"Read as said by hand: {given}."))
        return True
    if not answer:
        st.caption("Until you choose, this is shown as the first of these would read it.")
    return bool(answer)


def ask_links(seen: Seen) -> None:
    """Where links were not followed, offer to follow them."""
    if not seen.preview.n_links and not seen.look.follow_links:
        return
    follow_links = st.checkbox(
        "Follow links out of the folder, and to other folders",
        value=seen.look.follow_links,
        key="import_links",
        help="As to a store of pictures that class folders only link to. Nothing in either is changed.",
    )
    if follow_links != seen.look.follow_links:
        refusal = import_data_source.refusal_of(seen.look, seen.look.reading, follow_links=follow_links)
        if refusal:
            st.error(plain(refusal), icon=":material/block:")
            return
        import_data_source.change(follow_links=follow_links)
        st.rerun()


def ask_class_names(seen: Seen) -> None:
    """Where the classes are only numbers, offer to name them."""
    if not (seen.preview.names_are_numbers or seen.look.class_names):
        return
    numbers = ", ".join(str(number) for number in range(min(3, len(seen.preview.classes))))
    text = st.text_area(
        f"Class names, in the order {plain(numbers)}, … (one a line, or separated by commas)",
        placeholder="Cat, Lynx, Wolf",
        key="import_names",
        height=80,
        max_chars=LONGEST_TEXT,
    )
    if seen.refusal:
        st.error(plain(seen.refusal), icon=":material/block:")
    names = import_data_found.names_from_text(text or "")
    if names != seen.look.class_names:
        import_data_source.change(class_names=names)
        st.rerun()


def ask_order(seen: Seen, *, answered: bool) -> str | None:
    """Name, source and licence, and the start; the started job's id."""
    taken = [dataset.name for dataset in list_datasets(session.workspace())]
    twin = seen.twin
    st.subheader("Take it in")
    if twin is not None:
        say_what_is_new(seen, twin)
    with st.form("import_order"):
        # Suggested once a look: another visitor's import of the same folder must not change what stands here.
        kept = f"import_name {seen.preview.root}"
        if kept not in st.session_state:
            st.session_state[kept] = twin.name if twin else import_data_found.suggested_name(seen.look.name, taken)
        name = st.text_input("Name of the dataset", key=kept, max_chars=100)
        left, right = st.columns(2)
        source = left.text_input(
            "Source (optional)",
            value=((twin and twin.source) or "")[:LONGEST_LINE],
            placeholder="A URL, a course",
            max_chars=LONGEST_LINE,
        )
        licence = right.text_input(
            "Licence (optional)",
            value=((twin and twin.licence) or "")[:LONGEST_LINE],
            placeholder="CC BY 4.0",
            max_chars=LONGEST_LINE,
        )
        takes_boxes = _ask_boxes(seen.preview.n_boxes, twin)
        keeps = session.supervisor().intake.import_roots is None and st.checkbox(
            "Leave this reading in the folder, so that it is found the next time",
            help="As one small file, .vitrine-reading.json: the only thing that is ever written there.",
        )
        submitted = st.form_submit_button(
            "Import", type="primary", icon=":material/download:", disabled=not answered or bool(seen.refusal)
        )
    if not answered:
        st.caption("Answer the question above first.")
    if not submitted:
        return None
    parameters = {
        "folder": seen.preview.root,
        "reading": seen.look.reading,
        "labels": seen.look.labels,
        "class_names": json.dumps(seen.look.class_names) if seen.look.class_names else "",
        "source": source.strip(),
        "licence": licence.strip(),
        "follow_links": seen.look.follow_links,
        "keep_reading": keeps,
        "boxes": {True: "yes", False: "no", None: ""}[takes_boxes],
    }
    with st.spinner("Comparing with what is there already, then starting."):
        return job_cards.result_of(
            session.supervisor().start,
            "import",
            dataset=name.strip(),
            parameters=parameters,
            who=job_cards.who(),
        )


def _ask_boxes(n_boxes: int, twin: Dataset | None) -> bool | None:
    """Whether the boxes that the annotations hold are to come in as well; None where there are none."""
    if not n_boxes:
        return None
    return st.checkbox(
        f"And {'its box' if n_boxes == 1 else f'its {n_boxes:,} boxes'}, as annotated",
        value=twin is None or twin.import_options.get("boxes") != "no",
        help="As a detection, once the pictures are in: to be looked at, compared with a detector's, cut out and "
        "exported, on the page Detections.",
    )


def say_what_is_new(seen: Seen, twin: Dataset) -> None:
    """Before a second import: how much of it is new."""
    text = f"This folder is the dataset **{plain(twin.name)}** already: only what is new or changed is read."
    if seen.changes is not None:
        changes = seen.changes
        text += (
            f" {count(changes.n_new, 'file is', 'files are')} new or could not be read last time, "
            f"{count(changes.n_changed, 'has', 'have')} changed, "
            f"{count(changes.n_same, 'is as it was', 'are as they were')}."
        )
    st.info(text, icon=":material/update:")


def list_known(datasets: list[Dataset]) -> None:
    """The datasets of the workspace, each with a way to bring it up to date."""
    st.subheader("In this workspace")
    busy = {job.dataset_id for job in session.active_jobs() if job.kind in ("import", "move")}
    for dataset in datasets[:MAX_LISTED]:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            at = dataset.imported_at or dataset.created_at
            when = job_wording.when(at, zone=st.context.timezone, now=utc_now())
            st.markdown(
                f"**{plain(dataset.name)}**  \n:small[{count(dataset.n_images, 'image')}, {plain(dataset.root)}, "
                f"last looked at {when}]",
                width="stretch",
            )
            if not moved.is_there(dataset):
                st.badge("folder not there", icon=":material/folder_off:", color="orange")
                if job_id := moved.ask(dataset):
                    follow(job_id)
                    st.rerun()
                continue
            if dataset.layout == POINTS:
                session.link(session.PAGES.features, label="Features", icon=":material/table_rows:")
                continue
            st.button(
                "Import again",
                key=f"again-{dataset.id}",
                icon=":material/replay:",
                disabled=dataset.id in busy,
                help="Reads only what is new or changed since, as it was read the last time.",
                on_click=import_again,
                args=(dataset.name,),
            )
    if len(datasets) > MAX_LISTED:
        st.caption(f"{MAX_LISTED} of {len(datasets):,} datasets.")


def import_again(name: str) -> None:
    """Start an import of the dataset's own folder, and follow it."""
    follow(job_cards.result_of(session.supervisor().start, "import", dataset=name, who=job_cards.who()))


def follow(job_id: str | None) -> None:
    """Show this job's progress on this page from now on."""
    if job_id is not None:
        import_data_source.forget()
        st.query_params[FOLLOWED] = job_id


st.title("Import pictures")
with st.container(horizontal=True, vertical_alignment="center"):
    st.caption("The folder stays as it is: nothing in it is moved, renamed or changed.", width="content")
    with st.popover("How does this work?", type="tertiary"):
        st.markdown(
            "Each picture is decoded once. That one pass finds files that cannot be read, and measures size, "
            "brightness, contrast, sharpness and entropy, a SHA-256 of the file and of the pixels, and a "
            "64-bit perceptual hash (DCT). A file that fails becomes a row under *Import failures* with its "
            "reason: images + failures = files, always. A second import compares each file's size and time "
            "of change, and reads only those that are new or differ.\n\n"
            "Understood: class folders, with or without train/val/test above; labels as CSV, TSV, Parquet or "
            "JSON (also of COCO, Label Studio, FiftyOne and Hugging Face), at the top or in each split's folder; "
            "lists of names for splits. What was guessed is said, what can be meant in two ways is asked, and "
            "everything can be said by hand."
        )

job_cards.show_refusal()
followed = followed_job()
job_cards.show_active(kinds=("import", "move", unpack.KIND))
if followed is not None and not followed.is_active:
    job_cards.show_ended(followed)
    unpack.look_at_result(followed)
    after = session.supervisor().follower_of(followed.id)
    if after is not None and after.is_active:
        job_cards.show_active(kinds=(after.kind,))
    elif after is not None:
        job_cards.show_ended(after)

look = import_data_source.ask()
datasets = list_datasets(session.workspace())
seen_now = import_data_source.seen(look) if look else None
if seen_now is not None:
    has_answer = ask_reading(seen_now)
    ask_class_names(seen_now)
    ask_links(seen_now)
    started = moved.offer(seen_now.moved, root=seen_now.preview.root) if seen_now.moved else None
    if seen_now.preview.packed is not None:
        started = unpack.offer(seen_now.preview.packed, root=seen_now.preview.root) or started
    preview.show(seen_now.preview, seen_now.sheet)
    by_hand.ask(seen_now)
    started = ask_order(seen_now, answered=has_answer) or started
    if started:
        follow(started)
        st.rerun()
    job_cards.show_refusal()
elif datasets:
    list_known(datasets)
