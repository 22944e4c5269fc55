"""A dataset of points, without pictures: every page lives with it, and what works on vectors works."""

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from jobs.engine.errors import NothingToDo
from jobs.engine.supervisor import Supervisor
from pages.ui import media, owner
from tests.support.places import PROJECT
from tests.support.points import clouds, write_csv
from tests.support.running import run_job
from tests.support.seen_page import texts
from tests.support.visit import visit

PAGES = sorted(f"{path.parent.name}/page.py" for path in (PROJECT / "pages").glob("*/page.py"))


@pytest.fixture
def points(app_workspace, tmp_path):
    """60 points of three classes, of which two are the same and one has another's label."""
    vectors, labels = clouds(60)
    vectors[1] = vectors[4]
    labels[2] = labels[0]
    file = write_csv(tmp_path / "features.csv", [f"p{n:02}" for n in range(60)], labels, vectors)
    workspace = owner.get().workspace
    run_job(workspace, "import-vectors", "points", files=str(file), space="mobile")
    return workspace


def test_a_tile_shows_a_points_id_and_label_and_opens_no_file(points) -> None:
    client = TestClient(Starlette(routes=media.ROUTES))
    (row,) = points.read_text("SELECT id FROM image WHERE path = 'p03'").to_pylist()
    for address in (f"/vitrine/thumb/{row['id']}", f"/vitrine/picture/{row['id']}"):
        answer = client.get(address)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("image/svg")
        assert ">p03<" in answer.text and ">class 0<" in answer.text


@pytest.mark.long
def test_every_page_lives_with_points_before_and_after_results(points) -> None:
    for file in PAGES:
        app = visit(file, dataset="points")
        assert not app.exception, (file, app.exception)
    run_job(points, "neighbours", "points", k=5)
    run_job(points, "duplicates", "points")
    run_job(points, "projection", "points", method="pca")
    run_job(points, "medoids", "points", k=3)
    run_job(points, "label-issues", "points")
    run_job(points, "train", "points", model="logistic")
    (row,) = points.read_text("SELECT id FROM image WHERE path = 'p03'").to_pylist()
    for file in PAGES:
        app = visit(file, dataset="points", image=str(row["id"]))
        assert not app.exception, (file, app.exception)


@pytest.mark.long
def test_what_works_on_vectors_finds_what_was_planted(points) -> None:
    run_job(points, "neighbours", "points", k=5)
    job = run_job(points, "duplicates", "points", min_cosine=0.99999)
    assert job.figures["n_groups"] == 1 and job.figures["n_in_groups"] == 2
    job = run_job(points, "label-issues", "points")
    issues = points.read_text(
        "SELECT image.path FROM label_issue AS issue JOIN image ON image.id = issue.image_id WHERE kind <> 'outlier'"
    )
    assert "p02" in issues["path"].to_pylist()


@pytest.mark.parametrize("kind", ["embed", "detect", "saliency", "export", "train"])
def test_what_reads_pictures_is_refused_in_words(points, kind) -> None:
    with pytest.raises(NothingToDo, match="is a dataset of points"):
        Supervisor(points).start(kind, dataset="points", parameters={}, hold=True, trusted=True)


def test_an_id_that_looks_like_a_path_leads_to_no_file(app_workspace, tmp_path) -> None:
    secret = tmp_path / "secret.jpg"
    secret.write_bytes(b"secret")
    vectors, _ = clouds(3)
    ids = [str(secret), f"../../../../..{secret}", "C:\\secret.jpg"]
    file = write_csv(tmp_path / "f.csv", ids, ["a", "b", "c"], vectors)
    workspace = owner.get().workspace
    run_job(workspace, "import-vectors", "points", files=str(file), space="s")
    client = TestClient(Starlette(routes=media.ROUTES))
    rows = workspace.read_text("SELECT id, path FROM image").to_pylist()
    assert len(rows) == 3 and not any(row["path"].startswith("/") for row in rows)
    assert all(b"secret\n" not in client.get(f"/vitrine/picture/{row['id']}").content for row in rows)
    assert np.isfinite(len(texts(visit("pictures/page.py", dataset="points"))))


def test_the_page_shows_what_was_seen_of_each_file(app_workspace, tmp_path) -> None:
    vectors, labels = clouds(6, dim=4)
    vectors[1, 0] = np.nan
    write_csv(tmp_path / "a.csv", ["p0", "p1", "p2"], labels[:3], vectors[:3])
    write_csv(tmp_path / "b.csv", ["p2", "p3", "p0"], labels[2:5], vectors[2:5])
    (tmp_path / "c.csv").write_text("id,f0\nx,1\n")
    run_job(owner.get().workspace, "import-vectors", "points", files=str(tmp_path))
    app = visit("features/page.py", dataset="points")
    assert not app.exception and "of 6 rows in 3 files taken" in texts(app)
    files, problems = (frame.value for frame in app.dataframe)
    assert files["file"].tolist() == ["a.csv", "b.csv", "c.csv"] and files["n_taken"].tolist() == [2, 1, 0]
    assert files["n_repeated"].tolist() == [0, 1, 0] and "n_unmatched" not in files
    assert "1 features" in files["problem"].tolist()[2]
    assert sorted(problems["key"].tolist()) == ["p0", "p1"]


def test_the_page_is_there_before_any_dataset(app_workspace) -> None:
    app = visit("features/page.py")
    assert not app.exception and "Features computed elsewhere" in texts(app)
    assert next(each for each in app.button if "Check and import" in each.label).disabled


def test_the_overview_says_nothing_of_sizes_and_files_that_points_have_not(points) -> None:
    app = visit("overview/page.py", dataset="points")
    words = " ".join(element.value for element in (*app.subheader, *app.caption, *app.markdown))
    assert not app.exception and {metric.label for metric in app.metric} >= {"Points", "Classes"}
    assert not any(said in words for said in ("Sizes and formats", "GPS", "pixels"))
    assert "Size on disk" not in {metric.label for metric in app.metric}
