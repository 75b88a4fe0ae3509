"""Program code, which has words as prose does, and is said by nobody: told by the signs that its lines have."""

from __future__ import annotations

import re

_LEAST_SHARE = 0.3
_LEAST_INDENTED = 0.3
"""Share of the lines that begin with blanks, from which on fewer lines need signs of code."""
_LEAST_SHARE_INDENTED = 0.2
_FEWEST = 5
"""Lines of code, below which it may be what somebody quotes."""
_SIGNED = re.compile(
    r"[{};]\s*+(?://.*|#.*)?\Z|\w\([^()]*\)\s*+(?:->[^:]+)?:\s*\Z|\w\([^()]*\)\s*+[,;)]*+\s*\Z|"
    r"[\w\])\"'] ?(?:[-+*/|&:<>!=]?=|=>|->|<-|::|&&|\|\|)=? ?[\w\"'\[({$&*!-]|\w\.\w+\(|\w\[[^\]]*\]|"
    r"\A[\])}]++[,;:)]*+\Z"
)
"""What code has in a line, and speech has not: braces, calls, assignments, comparisons."""
_KEYWORD = re.compile(
    r"(?:import|from|package|use|using|#include|#define|@?\w*interface|"
    r"(?:pub |export |public |private |static |async |default |abstract |final )*"
    r"(?:fn|def|func|function|class|struct|enum|const|let|var|val|void|int|impl|trait|module))\b [\w<{*(\"'.]|"
    r"(?:if|elif|for|while|switch|match|with|try|except|else|catch|case|return|yield|raise|throw|end)\b.*[:;{})]\s*\Z|"
    r"(?:return|pass|break|continue|end|else|try|fi|done|esac)\Z|@\w|//|/\*|\*/|<\?php|#!|--\s|\$\w"
)
"""How a line of code begins."""
_SPEAKS = re.compile(
    r"[@:]?[^\W\d_][^\n:=(){}]{0,40}(?:::? +[^\W\d_]\S* \S+ \S+ | = (?![\"'][^\"]*[\"'][,;)]*\Z)"
    r"(?:[\"“]?[^\W\d_][\w'’-]*[,.?!]? ){3})"
)
"""A label, and words: who speaks of code does not write it."""


def is_program_code(text: str) -> bool:
    """Is a good part of the lines of a text code of some programming language?"""
    lines = [line for line in text.split("\n") if line.strip()]
    indented = sum(line[0] in " \t" for line in lines) >= _LEAST_INDENTED * len(lines)
    code = sum(_is_code(line.strip()) for line in lines)
    return code >= max(_FEWEST, (_LEAST_SHARE_INDENTED if indented else _LEAST_SHARE) * len(lines))


def _is_code(line: str) -> bool:
    return not _SPEAKS.match(line) and (_KEYWORD.match(line) is not None or _SIGNED.search(line) is not None)
