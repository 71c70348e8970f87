"""From params files to jobs: everything that can be wrong is said before a kernel starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kentlib import parameters, paths
from kentlib.errors import DataError
from kentlib.reports import notebook


@dataclass(frozen=True)
class Job:
    """One report to make: a notebook, its parameters whole, and the name of its files."""

    notebook: Path
    params: dict[str, Any]
    name: str


class PlanError(DataError):
    """Nothing can run. `problems` holds one line for each thing to mend."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


def plan(files: Sequence[Path] = (), *, notebooks: Path | None = None) -> list[Job]:
    """The jobs that params files ask for.

    Parameters
    ----------
    files
        Params files named NOTEBOOK.yaml or NOTEBOOK.ANYTHING.yaml; the name without ".yaml"
        is the report's. Without files, all in params/.
    notebooks
        The folder of the notebooks; notebooks/ of this collection unless given.

    Returns
    -------
    One job per file. A parameter that the file leaves out has the notebook's own value.

    Raises
    ------
    PlanError
        Names every problem of every file.
    """
    folder = notebooks or paths.NOTEBOOKS
    files = list(files) or sorted(paths.PARAMS.glob("*.yaml"))
    if not files:
        raise PlanError(["There is no params file: params/ holds none."])
    jobs: dict[str, Job] = {}
    problems: list[str] = []
    for file in files:
        try:
            job = _job(file, folder)
        except PlanError as error:
            problems += [f"{_shown(file)}: {problem}" for problem in error.problems]
        except DataError as error:
            problems.append(f"{_shown(file)}: {error}")
        else:
            if job.name in jobs:
                problems.append(f"{_shown(file)}: another file asks for the report {job.name}.")
            jobs[job.name] = job
    if problems:
        raise PlanError([" ".join(problem.split()) for problem in problems])
    return list(jobs.values())


def read_params(file: Path) -> dict[str, Any]:
    """The values in a params file.

    Raises
    ------
    DataError
        The file is missing, is not YAML (the line is named), sets a name twice, or is not a
        list of `name: value` lines.
    """
    import yaml

    try:
        content = file.read_text(encoding="utf-8")
        values = yaml.load(content, Loader=_loader())
    except OSError as error:
        raise DataError(f"it cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise DataError("it is not text in UTF-8.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise DataError(f"{where}{getattr(error, 'problem', None) or error}.") from None
    if not isinstance(values, dict) or not all(isinstance(name, str) for name in values):
        raise DataError("it must hold lines such as `authority: Kent` and nothing else.")
    return values


def _job(file: Path, folder: Path) -> Job:
    if file.suffix != ".yaml":
        raise DataError("a params file's name ends in .yaml.")
    name = file.name.removesuffix(".yaml")
    about = name.partition(".")[0]
    known = sorted(path.stem for path in folder.glob("*.ipynb"))
    if about not in known:
        raise DataError(
            f"its name must begin with a notebook's; {about!r} is none of {', '.join(known)}."
        )
    source = folder / f"{about}.ipynb"
    given = read_params(file)
    declared = notebook.parameters(notebook.read(source), source.name)
    if not declared:
        raise DataError(f"{source.name} has no cell tagged parameters.")
    values = {one: given.get(one, told.default) for one, told in declared.items()}
    problems = [
        parameters.unknown_name(one, list(declared)) for one in given if one not in declared
    ]
    catalogue = parameters.NOTEBOOKS.get(about, {})
    problems += [
        parameters.wrong_type(one, values[one], told.kind)
        for one, told in declared.items()
        if one not in catalogue and told.kind and not parameters.is_a(values[one], told.kind)
    ]
    looked_up = {one: value for one, value in values.items() if one in catalogue}
    if looked_up:
        problems += parameters.problems(about, looked_up)
    if problems:
        raise PlanError(problems)
    return Job(source, values, name)


def _shown(file: Path) -> str:
    return f"{file.parent.name}/{file.name}" if file.parent.name else file.name


def _loader() -> type:
    """A safe YAML loader that refuses a name set twice, which YAML forbids and PyYAML lets by."""
    import yaml

    class Loader(yaml.SafeLoader):
        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
            names = [self.construct_object(key, deep=True) for key, _ in node.value]
            for (key, _), name in zip(node.value, names, strict=True):
                if names.count(name) > 1:
                    raise yaml.constructor.ConstructorError(
                        problem=f"{name} is set more than once", problem_mark=key.start_mark
                    )
            return super().construct_mapping(node, deep)

    return Loader
