"""The numbers beside the ethics sheet, and what leaves nothing of a picture that was taken down."""

from evidence.bundle.contents import contents_of
from evidence.case import Case
from evidence.ethics import answers
from evidence.licences import NO_CHANGES, NO_COMMERCE, NO_LICENCE, licence_choices, licence_groups, terms_of
from store.origin import LicenceText
from store.privacy import switch_blur
from store.project import write_project_text
from store.reports import report_pictures
from store.service_index import served_images
from store.takedown import take_down
from tests.support.detected_workspace import land_boxes, small_street
from tests.support.small_workspace import image_row, land, new_dataset


def said(case: Case) -> dict[str, str]:
    return {each.title: each.sentence for each in answers(case)}


def test_people_are_counted_where_a_detector_looked(workspace) -> None:
    street = small_street(workspace)
    assert said(Case(workspace, street))["People"].startswith("No detector has looked for people")
    assert not next(each for each in answers(Case(workspace, street)) if each.title == "People").is_known
    boxes = {"a.png": [(0, 0.9, 0, 0, 9, 9)], "b.png": [(0, 0.1, 0, 0, 9, 9)], "c.png": []}
    land_boxes(workspace, street, boxes)
    people = said(Case(workspace, street))["People"]
    assert people == (
        "1 picture shows people, of 3 pictures that a detector looked at, from a score of 0.2 on; nobody is blurred."
    )
    switch_blur(workspace, street.id, blurs=True, who="ada")
    assert said(Case(workspace, street))["People"].endswith("they are blurred.")


def test_licences_are_put_together_and_what_they_forbid_is_counted() -> None:
    texts = [
        LicenceText("CC BY-NC 4.0", "own", 3),
        LicenceText("cc-by-nc-4.0", "dataset", 2),
        LicenceText("", "unknown", 9),
    ]
    groups = licence_groups([*texts, LicenceText("all rights reserved", "own", 1)])
    assert [(each.title, each.n, each.n_own, each.n_of_dataset) for each in groups] == [
        ("CC-BY-NC-4.0", 5, 3, 2),
        ("ARR", 1, 1, 0),
        (NO_LICENCE, 9, 0, 0),
    ]
    assert licence_choices(groups) == {
        NO_LICENCE: ("",),
        NO_COMMERCE: ("CC BY-NC 4.0", "cc-by-nc-4.0", "all rights reserved"),
        NO_CHANGES: ("all rights reserved",),
        "CC-BY-NC-4.0": ("CC BY-NC 4.0", "cc-by-nc-4.0"),
        "ARR": ("all rights reserved",),
    }


def test_terms_are_those_of_the_sheet(workspace) -> None:
    dataset = new_dataset(workspace, "cats")
    assert answers(Case(workspace, dataset)) == []
    land(workspace, dataset.id, [image_row("a.jpg", licence="CC BY-ND 4.0"), image_row("b.jpg")])
    assert not terms_of(Case(workspace, dataset)).is_passed_on
    write_project_text(workspace, dataset.id, field="use-changed", text="yes", edition=0, who="ada")
    terms = terms_of(Case(workspace, dataset))
    assert (terms.n, terms.n_unknown, terms.n_no_changes, terms.n_no_commerce) == (2, 1, 1, 0)
    assert terms.is_passed_on and not terms.is_commercial
    assert said(Case(workspace, dataset))["Licences"] == (
        "The licence of 1 of 2 pictures is known; 1 picture may not be passed on changed."
    )


def test_what_was_taken_down_is_in_no_bundle_report_or_index(workspace) -> None:
    dataset = new_dataset(workspace, "cats")
    land(workspace, dataset.id, [image_row(f"{n}.jpg", label=0) for n in range(5)])
    take_down(workspace, dataset.id, what="picture", value="2", who="ada")
    found = contents_of(Case(workspace, dataset), shown=[1, 2], most_pictures=100, seed=1)
    assert sorted(found.pictures.image_ids) == [1, 3, 4, 5]
    assert report_pictures(workspace, dataset.id, image_ids=[1, 2])["image_id"].to_pylist() == [1]
    assert served_images(workspace, dataset.id)["image_id"].to_pylist() == [1, 3, 4, 5]
    assert said(Case(workspace, dataset))["Takedowns"] == "1 takedown stands, for 1 picture."
