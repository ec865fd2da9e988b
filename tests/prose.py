# Copyright (c) 2026 camfleet.axis contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Check the language of the repository: code, comments, messages, names, and docs.

proselint runs the checks: its own on the guides, and the project's terms, listed here, on every file. A term also
counts inside a name: ``_told`` has the term ``told``. ``python -m tests.prose`` fails on any finding. With ``--count``
it prints how often each term occurs in a checkout, so that two versions can be compared.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from proselint.checks import __register__ as PROSELINT
from proselint.registry.checks import Check
from proselint.registry.checks.engine import Fancy, Padding
from proselint.registry.checks.types import Existence

CHECKOUT = Path(__file__).resolve().parent.parent
#: What stands between two words of a term: white space, also across lines of a comment or a text, or underscores.
_GAP = r"(?:[\s_#*]|[\"']\s+f?[\"'])+"
_IZE = "summar|recogn|normal|serial|initial|organ|author|minim|optim|canonical|synchron|custom|priorit"
#: By term, a regular expression in which a blank is any gap: what to write instead.
TERMS = {
    r"t(?:old|ells?|elling)": "say, report, show, or name",
    r"stand(?:s|ing)? (?:in|there)": "be in, be",
    r"whoever": "who, or the role",
    r"(?:some|no|any|every)body": "name the actor, or use the passive",
    r"(?:task's|its|own|the) words? (?:on|for|that)": "permission, allowance, or text",
    r"mend(?:s|ed|ing)?": "fix, repair, or correct",
    r"gravest": "most severe",
    r"slips? of the pen": "typing error",
    r"for ever": "forever, without limit",
    r"anew": "again",
    r"all the same": "anyway, still",
    r"shall": "must or will",
    r"minds? the case": "is case-sensitive",
    r"(?:go|goes|going|went|gone) on": "continue",
    r"by itself": "automatically, alone",
    r"in line(?! \d| \{| with)": "compliant",
    r"fright(?:s|en|ened)?": "surprise",
    r"(?<!there\s)is no(?! longer| more)": "is not a",
    r"(?-i:Give) (?:it|at|the|a|an|one|each|this|that|them|hours|seconds|conditions)": "set, or specify",
    r"look(?:s|ed|ing)? back": "read back",
    r"look(?:s|ed|ing)? (?:at|for|from|into)": "check, read, or search",
    r"a look": "a read, or a check",
    r"(?:ask(?:s|ed|ing)|(?-i:ask)(?![-_]| \{))": "request",
    r"turn(?:s|ed|ing)? away": "reject",
    r"turn(?:s|ed|ing)? (?:this|the|an|its|every|each) \w+ away": "reject",
    r"behaviours?": "behavior",
    r"colour(?:s|ed|ing)?": "color",
    r"licences?": "license",
    rf"(?:{_IZE})is(?:e|es|ed|ing|ation)": "-ize",
    r"into line": "make compliant",
    r"(?:hold|held|holds) against": "compare",
    r"what records to": "the recording actions of",
    r"analys(?:e|es|ed|ing)": "analyze",
    r"neighbours?|favou?rs? of|honours?|harbours?": "-or",
    r"catalogues?|centres?|defences?|fulfils?|learnt|whilst|amongst|grey": "the US spelling",
}
#: proselint's own checks that fit technical text, on the guides.
_OWN_CHECKS = (
    "archaism",
    "cliches",
    "lexical_illusions",
    "malapropisms",
    "needless_variants",
    "nonwords",
    "redundancy",
)
_GUIDES = {".md", ".rst"}
#: Texts of others, texts that a tool writes, and the list of terms.
_EXCLUDED = re.compile(
    r"LICENSE|docs/images/|changelogs/changelog\.yaml|CHANGELOG\.md|CODE_OF_CONDUCT\.md|tests/prose\.py"
)
#: Test names stay readable in a list of failures.
MAX_TEST_NAME = 65
_TEST_NAME = re.compile(r"def (test_\w+)")


@dataclass(frozen=True)
class Finding:
    """One finding, where it is, and what to write instead."""

    path: Path
    line: int
    text: str
    instead: str
    term: str

    def __str__(self) -> str:
        """Return the line for the terminal."""
        return f"{self.path}:{self.line}: {self.text!r}: {self.instead}"


def _checks() -> tuple[Check, ...]:
    return tuple(
        Check(
            Existence((rf"(?<![A-Za-z]){term.replace(' ', _GAP)}(?![A-Za-z])",), padding=Padding.RAW),
            engine=Fancy(),
            path=term,
            message=instead,
        )
        for term, instead in TERMS.items()
    )


def find(checkout: Path) -> Iterator[Finding]:
    """Yield the findings in all files under version control in a checkout."""
    terms = _checks()
    own = tuple(check for check in PROSELINT if check.path.partition(".")[0] in _OWN_CHECKS)
    listed = subprocess.run(["git", "ls-files"], cwd=checkout, check=True, capture_output=True, text=True).stdout
    for name in (name for name in listed.splitlines() if not _EXCLUDED.match(name)):
        path = checkout / name
        if not path.is_file():
            continue
        text = f"\n{path.read_text(encoding='utf-8')}\n"
        checks = (*terms, *own) if path.suffix in _GUIDES else terms
        for check in checks:
            for result in check.check(text):
                start, end = result.span
                yield Finding(
                    Path(name), text.count("\n", 0, start) or 1, text[start:end], str(result.message), check.path
                )
        for match in _TEST_NAME.finditer(text):
            if len(match[1]) > MAX_TEST_NAME:
                line = text.count("\n", 0, match.start())
                yield Finding(Path(name), line, match[1], f"at most {MAX_TEST_NAME} characters", "long test names")


def main() -> int:
    """Print the findings, or how many there are of each term."""
    parser = argparse.ArgumentParser(prog="python -m tests.prose", description=__doc__)
    parser.add_argument("checkout", type=Path, nargs="?", default=CHECKOUT)
    parser.add_argument("--count", action="store_true", help="print the number of findings of each term")
    options = parser.parse_args()
    findings = list(find(options.checkout))
    if options.count:
        counts = Counter(finding.term for finding in findings)
        print("\n".join(f"{count:6} {term}" for term, count in counts.most_common()))
    else:
        print("\n".join(map(str, findings)))
    print(f"{len(findings)} findings")
    return 1 if findings and not options.count else 0


if __name__ == "__main__":
    sys.exit(main())
