"""House rules on the shape of text, for lint.sh: reads paths from standard input, prints one line per breach.

- A line of Swift has at most 110 characters, comments and literals too; a line of prose at most 120, outside of tables,
  code and headings.
- A function of Sources has at most 60 lines.
- The path of a step is a literal in its declaration alone (Sources/Pipeline/Runs/Stage.swift and Steps.swift).
"""

import re
import sys

SWIFT_WIDTH, PROSE_WIDTH, FUNCTION_LINES = 110, 120, 60
FUNCTION = re.compile(r"^( *)(?:[\w@()\"]+ +)*(?:func\b|init[?]?[(<])")
STEP = re.compile(r'"[^"]*\b(?:1-construct|2-activate|3-collaborate|4-rank|evaluate|experiment)/[a-z][^"]*"')
DECLARATIONS = ("Sources/Pipeline/Runs/Stage.swift", "Sources/Pipeline/Runs/Steps.swift")


def swift(path, lines):
    for number, line in enumerate(lines, 1):
        if len(line) > SWIFT_WIDTH:
            yield number, f"{len(line)} characters; a line of Swift has at most {SWIFT_WIDTH}"
        is_code = not line.lstrip().startswith("//")
        if path.startswith("Sources/") and path not in DECLARATIONS and is_code and STEP.search(line):
            yield number, "spells a step's path; use its declaration in Steps"
    if path.startswith("Sources/"):
        yield from functions(lines)


def functions(lines):
    """Functions that are too long: from their first line to the brace at their own indentation."""
    for start, line in enumerate(lines):
        match = FUNCTION.match(line)
        if not match or line.rstrip().endswith("}"):
            continue
        indent = match.group(1)
        for end in range(start + 1, len(lines)):
            if lines[end] == indent + "}":
                if end - start + 1 > FUNCTION_LINES:
                    yield start + 1, f"a function of {end - start + 1} lines; at most {FUNCTION_LINES}"
                break
            # Another declaration at this level: the first one had no body of its own.
            if FUNCTION.match(lines[end]) and FUNCTION.match(lines[end]).group(1) == indent:
                break


def prose(lines):
    is_code = False
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("```"):
            is_code = not is_code
        free = is_code or line.startswith(("|", "#", "<")) or re.fullmatch(r"\s*[-*]? ?!?\[.*\]\(.*\)[.,]?", line)
        if len(line) > PROSE_WIDTH and not free:
            yield number, f"{len(line)} characters; a line of prose has at most {PROSE_WIDTH}"


def main():
    for path in sys.stdin.read().splitlines():
        if not path.endswith((".swift", ".md")):
            continue
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        for number, message in swift(path, lines) if path.endswith(".swift") else prose(lines):
            print(f"{path}:{number}: {message}")


main()
