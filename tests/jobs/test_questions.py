"""The questions of the child process: told by the folders that answer them, light until one is asked."""

import subprocess
import sys
from types import ModuleType

import pytest

from jobs.engine import questions
from jobs.engine.errors import QueryFailed
from tests.support.places import PROJECT


def test_each_question_is_answered_by_the_folder_of_its_kind() -> None:
    homes = {name: reply.__module__.split(".")[1] for name, reply in questions.all_answers().items()}
    assert homes == {
        "picture": "embed",
        "text": "embed",
        "texts": "embed",
        "look": "saliency",
        "conse": "zero_shot",
        "imagenet": "zero_shot",
        "mixtures": "zero_shot",
        "hashes": "service_index",
        "logits": "service_index",
    }


def test_a_folder_with_answers_needs_no_list_elsewhere(tmp_path, monkeypatch) -> None:
    (tmp_path / "mean_colour").mkdir()
    (tmp_path / "mean_colour" / "answers.py").touch()
    module = ModuleType("jobs.mean_colour.answers")
    module.ANSWERS = {"mean-colour": lambda *, path: {"colour": f"that of {path}"}}
    monkeypatch.setattr(questions, "JOBS", tmp_path)
    monkeypatch.setitem(sys.modules, "jobs.mean_colour", ModuleType("jobs.mean_colour"))
    monkeypatch.setitem(sys.modules, "jobs.mean_colour.answers", module)
    asked = {"kind": "mean-colour", "path": "a.png"}
    assert questions.answer(questions.all_answers(), asked) == {"colour": "that of a.png"}


def test_a_question_that_nobody_answers_is_refused_in_words() -> None:
    with pytest.raises(QueryFailed, match="Nothing answers the question 'dance'. There are: picture"):
        questions.answer(questions.all_answers(), {"kind": "dance"})


def test_answers_load_no_model_library_before_they_are_asked() -> None:
    code = (
        "import sys\n"
        "from jobs.engine.questions import all_answers\n"
        "all_answers()\n"
        "print(sorted({'torch', 'open_clip', 'sentence_transformers'} & set(sys.modules)))\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert shown.stdout.strip() == "[]", shown.stdout + shown.stderr
