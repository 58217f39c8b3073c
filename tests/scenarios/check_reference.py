#!/usr/bin/env python3
"""Checks the reference of the scenario file in sim/README.md against scenarios/scenario.schema.json and `bully_sim lint`.

Usage: check_reference.py BULLY_SIM
Each block of YAML in the reference, completed by a name and processes, must be accepted by both. Each key of the
schema must be used by a block, at its place, and stand as code in the text; each word of an enumeration must stand as code.
"""
import json
import pathlib
import re
import sys
import tempfile

import jsonschema
import yaml

from check_schema import Loader, SCENARIOS, lint, subschemas

HEADING = "## Reference of the scenario file"


def reference(text):
    return text.split("\n" + HEADING + "\n")[1].split("\n## ")[0]


def blocks(section):
    return re.findall(r"^```yaml\n(.*?)^```", section, re.MULTILINE | re.DOTALL)


def whole(block):
    """A scenario file of a block: the required keys are added where it has none."""
    document = yaml.load(block, Loader)
    missing = {"name": "name: t\n", "processes": "processes: 4\n"}
    return "".join(line for key, line in missing.items() if key not in document) + block


def words_in_code(section):
    code = blocks(section)
    code += re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", section, flags=re.MULTILINE | re.DOTALL))
    return set(re.findall(r"\w+", "\n".join(code)))


class Used:
    """The keys of the schema that documents use, each as (where it is defined, key)."""

    def __init__(self, schema):
        self.definitions = schema["definitions"]
        self.keys = set()

    def accepts(self, schema, value):
        return jsonschema.Draft7Validator({**schema, "definitions": self.definitions}).is_valid(value)

    def visit(self, schema, value):
        if "$ref" in schema:
            schema = self.definitions[schema["$ref"].rsplit("/", 1)[1]]
        for key, part in schema.get("properties", {}).items():
            if isinstance(value, dict) and key in value:
                self.keys.add((id(schema), key))
                self.visit(part, value[key])
        if isinstance(value, list) and isinstance(schema.get("items"), dict):
            for item in value:
                self.visit(schema["items"], item)
        for branch in schema.get("anyOf", []) + schema.get("allOf", []):
            if self.accepts(branch, value):
                self.visit(branch, value)
        if "if" in schema:
            self.visit(schema.get("then" if self.accepts(schema["if"], value) else "else", {}), value)


def check_blocks(program, schema, section):
    validator = jsonschema.Draft7Validator(schema)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "scenario.yaml"
        (file.parent / "measured.txt").write_text("1ms\n2.5ms\n", encoding="utf-8")
        for block in blocks(section):
            file.write_text(whole(block), encoding="utf-8")
            accepted, message = lint(program, file)
            if not accepted:
                yield f"bully_sim lint: {message}\n{block}"
            for error in validator.iter_errors(yaml.load(whole(block), Loader)):
                yield f"the schema refuses {'/'.join(map(str, error.absolute_path))}: {error.message}\n{block}"


def check_coverage(schema, section):
    used = Used(schema)
    for block in blocks(section):
        used.visit(schema, yaml.load(whole(block), Loader))
    words = words_in_code(section)
    for sub in subschemas(schema):
        if isinstance(sub.get("properties"), dict) and "type" in sub:  # without: a condition, such as `not`
            for key in sub["properties"]:
                if key not in words:
                    yield f"the reference doesn't have the key `{key}` as code"
                elif (id(sub), key) not in used.keys:
                    yield f"no example of the reference uses `{key}` among {', '.join(sub['properties'])}"
        for word in sub.get("enum", []):
            if isinstance(word, str) and word not in words:
                yield f"the reference doesn't have the word `{word}` as code"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    program = str(pathlib.Path(sys.argv[1]).resolve())
    schema = json.loads((SCENARIOS / "scenario.schema.json").read_text(encoding="utf-8"))
    section = reference((SCENARIOS.parent / "sim" / "README.md").read_text(encoding="utf-8"))
    wrong = [*check_blocks(program, schema, section), *check_coverage(schema, section)]
    print("\n".join(wrong) or f"{len(blocks(section))} examples, good")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
