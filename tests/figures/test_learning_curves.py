"""Loss and scores by epoch; the loss over rising learning rates."""

from figures.colours import class_colour
from figures.learning_curves import loss_by_epoch, loss_by_rate, recall_by_epoch, score_by_epoch


def test_training_and_validation_are_two_lines_and_the_best_epoch_is_marked() -> None:
    chart = loss_by_epoch([(1, 2.0), (2, 1.0)], validation=[(2, 1.5)], best_epoch=2)
    assert chart.table.to_pylist() == [
        {"what": "training", "epoch": 1, "value": 2.0},
        {"what": "training", "epoch": 2, "value": 1.0},
        {"what": "validation", "epoch": 2, "value": 1.5},
    ]
    line, rule = chart.spec["layer"]
    assert line["encoding"]["color"]["scale"]["domain"] == ["training", "validation"]
    assert line["encoding"]["color"]["legend"] == {"orient": "top"}
    assert rule["encoding"] == {"x": {"datum": 2}} and chart.alt == "Loss by epoch"


def test_a_line_without_points_is_not_in_the_legend() -> None:
    chart = loss_by_epoch([(1, 2.0)], validation=[])
    (line,) = chart.spec["layer"]
    assert line["encoding"]["color"]["scale"]["domain"] == ["training"]
    assert line["encoding"]["color"]["legend"] is None


def test_a_score_is_in_percent_and_called_by_its_name() -> None:
    chart = score_by_epoch([(1, 0.5)], measure="Balanced accuracy")
    assert chart.spec["layer"][0]["encoding"]["y"]["axis"]["format"] == "~%"
    assert chart.alt == "Balanced accuracy by epoch"


def test_each_class_has_a_line_also_without_a_name_or_a_first_recall() -> None:
    chart = recall_by_epoch([(1, [0.1, None, 0.3]), (2, [0.2, 0.4, 0.5])], names=["cat\n", "dog"])
    assert [(row["what"], row["epoch"], row["value"]) for row in chart.table.to_pylist()] == [
        ("cat↵", 1, 0.1),
        ("class 2", 1, 0.3),
        ("cat↵", 2, 0.2),
        ("dog", 2, 0.4),
        ("class 2", 2, 0.5),
    ]
    scale = chart.spec["layer"][0]["encoding"]["color"]["scale"]
    assert scale == {"domain": ["cat↵", "class 2", "dog"], "range": [class_colour(place) for place in range(3)]}


def test_no_epoch_is_an_empty_chart() -> None:
    empty = [loss_by_epoch([], validation=[]), score_by_epoch([], measure="F1"), recall_by_epoch([], names=[])]
    assert all(chart.is_empty for chart in empty)


def test_the_rate_that_was_taken_is_marked_on_a_logarithmic_axis() -> None:
    chart = loss_by_rate([1e-4, 1e-2], losses=[2.0, 1.0], taken=1e-3)
    assert chart.table.to_pylist() == [{"rate": 1e-4, "loss": 2.0}, {"rate": 1e-2, "loss": 1.0}]
    line, rule = chart.spec["layer"]
    assert line["encoding"]["x"]["scale"]["type"] == "log" and rule["encoding"] == {"x": {"datum": 1e-3}}
    assert chart.alt == "Loss over rising learning rates"
