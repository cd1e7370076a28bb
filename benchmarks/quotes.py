"""What README and docs quote of reports: `python -m benchmarks.quotes` prints it into them anew.

A quote stands between `<!-- quote: report RUN; SECTION -->` and `<!-- end quote -->`: the section
of that title, or all where none is named, of what `stackgap report --format markdown` prints of a
run or probe of `benchmarks/results/`; `compare RUN RUN` quotes `stackgap compare` so, and
`slice_noise RUN...` the whole of what that module prints.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import chain, dropwhile, takewhile
from pathlib import Path

from benchmarks import slice_noise
from stackgap import project
from stackgap.analyse.compare import compared
from stackgap.cli.report import printed
from stackgap.report import markdown
from stackgap.run import store

PAGES = (project.ROOT / "README.md", *sorted(project.DOCS.glob("*.md")))

QUOTE = re.compile(
    r"(<!-- quote: (?P<what>[^;\n]+?)(?:; (?P<title>[^\n]+))? -->\n).*?(<!-- end quote -->)",
    re.DOTALL,
)


def renewed(page: str) -> str:
    """The page with every quote as it is printed today.

    Raises ValueError for a quote of what is never printed, and StoreError as loading does.
    """
    return QUOTE.sub(lambda found: f"{found[1]}{_quote(**found.groupdict())}\n{found[4]}", page)


def _quote(what: str, title: str | None) -> str:
    said = _said(*what.split())
    return said.strip() if title is None else "\n".join(_section(said, title)).strip()


def _said(command: str, *runs: str) -> str:
    folders = [project.RESULTS / run for run in runs]
    match command, folders:
        case "report", [folder]:
            return printed(folder, "markdown")
        case "compare", [before, after]:
            return markdown.render_comparison(compared(store.load(before), store.load(after)))
        case "slice_noise", _:
            return slice_noise.table(runs)
    raise ValueError(f"a quote is of report, compare or slice_noise, not of {command!r}")


def _section(said: str, title: str) -> Iterable[str]:
    heading = f"**{markdown.escaped(title)}**"
    found = dropwhile(lambda line: line != heading, said.splitlines())
    if next(found, None) is None:
        raise ValueError(f"no section {title!r} is printed")
    return chain([heading], takewhile(lambda line: not _begins_another(line), found))


def _begins_another(line: str) -> bool:
    # After the last section comes the command that measures the same again.
    return (line.startswith("**") and line.endswith("**")) or line.startswith("    ")


def pages() -> Iterator[tuple[Path, str]]:
    """Every page that quotes, and its text."""
    for page in PAGES:
        text = page.read_text()
        if QUOTE.search(text):
            yield page, text


def main() -> None:
    """Prints all quotes anew."""
    for page, text in pages():
        page.write_text(renewed(text))
        print(f"{page.relative_to(project.ROOT)}: quotes printed anew: {len(QUOTE.findall(text))}")


if __name__ == "__main__":
    main()
