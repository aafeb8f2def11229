"""The report as JUnit XML: one test case for each requirement.

A failure is a `failure`, an error of the suite an `error`; what was not tested, a known failure, and a SHOULD that
fails in a run that is not strict, is `skipped` with its reason. Where none of them says why the run did not succeed, a
further case does: VERDICT.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from profile_relations_conformance.report.summary import WARNING, with_warnings
from profile_relations_conformance.target.shown_text import shown_lines

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
PACKAGE = "profile_relations"
VERDICT = "VERDICT"
"""The case that tells of what fails the run and is no requirement, such as a stale entry among the known failures."""
_TAGS = {
    "failed": "failure",
    "errored": "error",
    WARNING: "skipped",
    "not tested": "skipped",
    "does not apply": "skipped",
    "known failing": "skipped",
}


def render(document: dict[str, Any]) -> str:
    """Writes the whole report; characters that XML 1.0 forbids become escapes."""
    requirements = with_warnings(document)["requirements"]
    tags = [_TAGS.get(item["outcome"]) for item in requirements]
    is_silent = document["verdict"]["exit_code"] != 0 and not {"failure", "error"} & set(tags)
    tags += [_of_verdict(document["verdict"])] * is_silent
    totals = {
        "tests": str(len(tags)),
        "failures": str(tags.count("failure")),
        "errors": str(tags.count("error")),
        "skipped": str(tags.count("skipped")),
        "time": f"{document['seconds']:.3f}",
    }
    root = ET.Element("testsuites", _legal({"name": document["target"]["url"], **totals}))
    suite = ET.SubElement(root, "testsuite", _legal({"name": PACKAGE, **totals}))
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(document).items():
        ET.SubElement(properties, "property", _legal({"name": name, "value": value}))
    for item in requirements:
        _add_case(suite, item)
    if is_silent:
        _add_verdict(suite, document["verdict"])
    closing = [*document["verdict"]["stale"], document["verdict"]["sentence"]]
    ET.SubElement(suite, "system-out").text = _clean("\n".join(closing))
    ET.indent(root)
    return f"{DECLARATION}{ET.tostring(root, encoding='unicode')}\n"


def _properties(document: dict[str, Any]) -> dict[str, str]:
    versions = {
        f"version.{name}": f"{item['version']} {item['sha256']}" for name, item in document["versions"].items() if item
    }
    settings = {f"setting.{name}": str(value) for name, value in document["settings"].items()}
    return {"verdict": document["verdict"]["sentence"], **versions, **settings}


def _add_case(suite: ET.Element, item: dict[str, Any]) -> None:
    case = ET.SubElement(suite, "testcase", _legal({"classname": f"{PACKAGE}.{item['area']}", "name": item["id"]}))
    tag = _TAGS.get(item["outcome"])
    if tag is None:
        return
    outcome = ET.SubElement(case, tag, _legal({"message": _message(item)}))
    if tag != "skipped":
        outcome.set("type", item["level"] if tag == "failure" else "SuiteError")
    if item["failures"] or tag == "error":
        outcome.text = _clean(_details(item))


def _of_verdict(verdict: dict[str, Any]) -> str:
    return "failure" if verdict["exit_code"] == 1 else "error"


def _add_verdict(suite: ET.Element, verdict: dict[str, Any]) -> None:
    case = ET.SubElement(suite, "testcase", {"classname": f"{PACKAGE}.run", "name": VERDICT})
    outcome = ET.SubElement(case, _of_verdict(verdict), _legal({"message": verdict["sentence"], "type": VERDICT}))
    outcome.text = _clean("\n".join([*verdict["stale"], verdict["sentence"]]))


def _message(item: dict[str, Any]) -> str:
    if item["known_failing"]:
        return f"known failure: {item['known_failing']['reason']}"
    if item["outcome"] == WARNING:
        return f"warning, a SHOULD that fails: {item['statement']}"
    if item["outcome"] == "failed":
        return str(item["statement"])
    return "the suite itself erred" if item["outcome"] == "errored" else item["reason"] or "no request could be sent"


def _details(item: dict[str, Any]) -> str:
    lines = [f"{item['level']} {item['id']}: {item['statement']} [{item['page']}]"]
    for failure in item["failures"]:
        lines += ["", f"asked: {failure['mutation']}", f"expected: {failure['expected']}", f"got: {failure['actual']}"]
        lines += [f"replay: {failure['replay']}"] if failure["replay"] else []
    return "\n".join([*lines, item["reason"]] if item["reason"] else lines)


def _legal(attributes: dict[str, str]) -> dict[str, str]:
    return {name: _clean(value) for name, value in attributes.items()}


def _clean(text: str) -> str:
    """Makes a text visible; all characters that XML forbids are among those that become escapes."""
    return shown_lines(text)
