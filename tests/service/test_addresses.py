"""The service tells no address on the web by which people could be seen that are blurred here."""

from service.facts import served
from tests.support.detected_workspace import land_boxes, small_street


def addresses(workspace, dataset) -> list[str | None]:
    return served(workspace, dataset).images["source_url"].to_pylist()


def test_addresses_are_told_until_a_detector_has_looked_for_people(workspace) -> None:
    street = small_street(workspace)
    with workspace.writing(street.id) as cursor:
        cursor.execute("UPDATE image SET source_url = 'https://a.example/' || path")
    assert addresses(workspace, street)[0] == "https://a.example/a.png"
    land_boxes(workspace, street, {"a.png": [(1, 0.9, 0, 0, 9, 9)]}, names=("tree", "car"))
    assert addresses(workspace, street)[0] == "https://a.example/a.png"
    land_boxes(workspace, street, {"a.png": [(0, 0.9, 0, 0, 9, 9)]})
    assert addresses(workspace, street) == [None] * 4
