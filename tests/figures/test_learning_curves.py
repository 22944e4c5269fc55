"""Loss and scores by epoch; the loss over rising learning rates."""

import math

from figures.colours import class_colour
from figures.learning_curves import loss_by_epoch, loss_by_rate, recall_by_epoch, score_by_epoch


def test_training_and_validation_are_two_lines_and_the_best_epoch_is_marked() -> None:
    chart = loss_by_epoch([(1, 2.0), (2, 1.0)], validation=[(2, 1.5)], best_epoch=2)
    training, validation = chart.figure.data
    assert (list(training.x), list(training.y)) == ([1, 2], [2.0, 1.0])
    assert (list(validation.x), list(validation.y)) == ([2], [1.5])
    assert (training.name, validation.name) == ("training", "validation")
    assert chart.figure.layout.showlegend and chart.n_rows == 3
    (rule,) = chart.figure.layout.shapes
    assert rule.x0 == rule.x1 == 2 and rule.line.dash == "dash" and chart.alt == "Loss by epoch"


def test_a_line_without_points_is_not_in_the_legend() -> None:
    chart = loss_by_epoch([(1, 2.0)], validation=[])
    (line,) = chart.figure.data
    assert line.name == "training" and not chart.figure.layout.showlegend and not chart.figure.layout.shapes


def test_a_score_is_in_percent_and_called_by_its_name() -> None:
    chart = score_by_epoch([(1, 0.5)], measure="Balanced accuracy")
    assert chart.figure.layout.yaxis.tickformat == "~%"
    assert chart.figure.layout.yaxis.title.text == "Balanced accuracy"
    assert chart.alt == "Balanced accuracy by epoch"


def test_each_class_has_a_line_also_without_a_name_or_a_first_recall() -> None:
    chart = recall_by_epoch([(1, [0.1, None, 0.3]), (2, [0.2, 0.4, 0.5])], names=["cat\n", "dog"])
    assert [(line.name, list(line.x), list(line.y)) for line in chart.figure.data] == [
        ("cat↵", [1, 2], [0.1, 0.2]),
        ("class 2", [1, 2], [0.3, 0.5]),
        ("dog", [2], [0.4]),
    ]
    assert [line.line.color for line in chart.figure.data] == [class_colour(place) for place in range(3)]


def test_no_epoch_is_an_empty_chart() -> None:
    empty = [loss_by_epoch([], validation=[]), score_by_epoch([], measure="F1"), recall_by_epoch([], names=[])]
    assert all(chart.is_empty for chart in empty)


def test_the_rate_that_was_taken_is_marked_on_a_logarithmic_axis() -> None:
    chart = loss_by_rate([1e-4, 1e-2], losses=[2.0, 1.0], taken=1e-3)
    (line,), (rule,) = chart.figure.data, chart.figure.layout.shapes
    assert (list(line.x), list(line.y)) == ([1e-4, 1e-2], [2.0, 1.0])
    assert chart.figure.layout.xaxis.type == "log" and rule.x0 == rule.x1 == 1e-3
    low, high = chart.figure.layout.xaxis.range
    assert low < math.log10(1e-4) and high > math.log10(1e-2)
    assert chart.alt == "Loss over rising learning rates"
