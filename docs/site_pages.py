"""What MkDocs asks of us: the site's pages in order, and those that lie outside docs/ or are made (docs/site_text.py).

A page of the dashboard has its page here in docs/pages, a job kind in docs/jobs, a subject's tables in docs/data-model;
each stands in the navigation by being there, in the dashboard's order. The notebook, CONTRIBUTING.md and the like
become pages of the site without a copy in docs/.
"""

import json
import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

from docs import site_text
from docs.hosts import foreign

_FETCHED = re.compile(r'"https://unpkg\.com/[^"]*"')


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The navigation, of what lies in the folders."""
    subjects = [
        {path.stem.replace("_", " ").capitalize(): f"data-model/{path.name}"}
        for path in site_text.pages_in("data-model")
    ]
    kinds = [{path.stem: f"jobs/{path.name}"} for path in site_text.pages_in("jobs")]
    config.nav = [
        {
            "Start here": [
                "index.md",
                {"In a notebook": "notebook.md"},
                {"Who may see, who may change": "access.md"},
                {"For others, with https": "deploy.md"},
                {"Glossary": "glossary.md"},
            ]
        },
        {"Pages": [{"All pages": "pages/index.md"}, *site_text.dashboard()]},
        {"Methods": [{"How each works": "methods.md"}, {"Benchmarks": "benchmarks.md"}, {"Decisions": "decisions.md"}]},
        {
            "Commands and jobs": [
                {"Commands": "commands.md"},
                {"The service": "service.md"},
                {"Vectors in Qdrant": "qdrant.md"},
                {"Health and alerts": "health.md"},
                {"Scale": "scale.md"},
                {"Jobs": [{"All kinds": "jobs/index.md"}, *kinds]},
            ]
        },
        {"Data model": [{"Tables": "data-model.md"}, *subjects]},
        {
            "Project": [
                {"Contributing": "contributing.md"},
                {"Changelog": "changelog.md"},
                {"Security": "security.md"},
                {"In containers": "containers.md"},
                {"Every day, by Airflow": "airflow.md"},
                {"Reporting a weakness": "reporting.md"},
                {"Licences": "licences.md"},
                {"Apache License": "licence.md"},
            ]
        },
    ]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The pages that are made, and those that lie elsewhere in the repository."""
    made = {
        "notebook.md": site_text.notebook_as_page(
            json.loads((site_text.PROJECT / site_text.NOTEBOOK).read_text(encoding="utf-8"))
        ),
        "pages/index.md": site_text.list_of_pages(),
        "jobs/index.md": site_text.list_of_kinds(),
        **{name: (site_text.PROJECT / path).read_text(encoding="utf-8") for path, name in site_text.OUTSIDE.items()},
    }
    made["licence.md"] = f"# Apache License\n\n```\n{made['licence.md'].strip()}\n```\n"
    for name, text in made.items():
        files.append(File.generated(config, name, content=text))
    icon = site_text.PROJECT / "pages" / "ui" / "vitrine.svg"
    files.append(File.generated(config, "pictures/vitrine.svg", abs_src_path=str(icon)))
    return files


def on_page_markdown(markdown: str, *, page: Page, config: MkDocsConfig, files: Files) -> str:
    """The text with links that lead where the site has what the repository has there."""
    return site_text.with_links_of_the_site(markdown, name=page.file.src_uri)


def on_post_build(config: MkDocsConfig) -> None:
    """Cut out what the theme would fetch for old browsers and diagrams; anything else from another host is an error."""
    for script in Path(config.site_dir, "assets", "javascripts").glob("bundle.*.js"):
        script.write_text(_FETCHED.sub('"data:,"', script.read_text(encoding="utf-8")), encoding="utf-8")
    for source_map in Path(config.site_dir).rglob("*.map"):
        source_map.unlink()
    found = foreign(Path(config.site_dir))
    if found:
        raise PluginError("The site would load from other hosts:\n" + "\n".join(found))
