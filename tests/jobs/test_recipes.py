"""Recipes: what one holds, in which order it runs, and what is said of one that cannot be run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.engine.recipes import MAX_BYTES, RecipeRefused, default_text, read_recipe


def names(text: str) -> list[str]:
    return [step.name for step in read_recipe(text).steps]


def test_the_default_recipe_can_be_run_and_begins_with_the_vectors() -> None:
    recipe = read_recipe(default_text())
    assert recipe.steps[0].kind == "embed" and len(recipe.steps) >= 8
    assert {"label-issues", "projection", "medoids", "duplicates"} <= {step.kind for step in recipe.steps}
    places = {step.name: place for place, step in enumerate(recipe.steps)}
    assert all(places[name] < places[step.name] for step in recipe.steps for name in (*step.needs, *step.after))


def test_a_step_stands_behind_what_it_waits_for_and_else_as_in_the_file() -> None:
    text = '[steps.map]\nkind = "projection"\nneeds = ["embed"]\n[steps.detect]\n[steps.embed]\n'
    assert names(text) == ["detect", "embed", "map"]


def test_an_import_comes_first_and_all_the_rest_needs_it() -> None:
    recipe = read_recipe('[steps.embed]\n[steps.medoids]\nneeds = ["embed"]\n').with_import({"folder": "/pictures"})
    assert [(step.name, step.needs) for step in recipe.steps] == [
        ("import", ()),
        ("embed", ("import",)),
        ("medoids", ("import", "embed")),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has no steps"),
        ("[steps]", "has no steps"),
        ("steps = 3", "cannot be read"),
        ("[steps.embed", "no TOML"),
        ('[steps.embed]\nneeds = ["embed"]', "embed waits for embed"),
        ('[steps.embed]\nneeds = ["medoids"]\n[steps.medoids]\nafter = ["embed"]', "in a circle"),
        ("[steps.paint]", "no job kind 'paint'"),
        ("[steps.medoids]\nparameters = { k = -1 }", "medoids"),
        ("[steps.medoids]\nparameters = { colour = 1 }", "colour"),
        ('[steps.medoids]\nneeds = ["embed"]', "no such step"),
        ("[steps.embed]\nwhen = 3", "steps.embed.when, which is not known"),
        ('[steps."A b"]', "cannot be a step's name"),
        ("[steps.embed]\nneeds = 3", "cannot be read"),
        ("\n".join(f'[steps.e{n}]\nkind = "embed"' for n in range(51)), "51 steps"),
        (f"title = '{'x' * MAX_BYTES}'\n[steps.embed]", "larger"),
        ("a = " + "[" * 5_000, "no TOML"),
    ],
)
def test_a_recipe_that_cannot_be_run_is_refused_in_a_sentence(text, said) -> None:
    with pytest.raises(RecipeRefused, match="(?s)" + said.replace(".", r"\.").replace("[", r"\[")):
        read_recipe(text)


@given(st.text(max_size=200) | st.builds("[steps.{}]\nkind = {!r}".format, st.text(max_size=9), st.text(max_size=9)))
def test_whatever_is_written_is_a_recipe_or_refused(text) -> None:
    try:
        assert read_recipe(text).steps
    except RecipeRefused as refused:
        assert str(refused)
