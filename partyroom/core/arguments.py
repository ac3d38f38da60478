"""A command line that explains itself in Chinese: usage, headings and what is wrong with what was typed."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn

WRONG_USAGE = 2

# What argparse of Python 3.11 to 3.13 says, and what we say.
_SENTENCES = (
    (re.compile(r"the following arguments are required: (.+)"), r"缺少 \1。"),
    (re.compile(r"unrecognized arguments: (.+)"), r"不认识 \1。"),
    (re.compile(r"argument (.+?): invalid choice: '?(.*?)'? \(choose from (.+)\)"), r"\1 不能写“\2”，可以写 \3。"),
    (re.compile(r"argument (.+?): expected one argument"), r"\1 后面缺少内容。"),
    (re.compile(r"argument (.+?): invalid int value: '(.*)'"), r"\1 应当是整数，不能写“\2”。"),
    (re.compile(r"argument (.+?): ignored explicit argument '(.*)'"), r"\1 后面不能写“\2”。"),
    (re.compile(r"argument (.+?): not allowed with argument (.+)"), r"\1 不能和 \2 一起用。"),
    (re.compile(r"one of the arguments (.+) is required"), r"\1 里要写一个。"),
)


def translated(message: str) -> str:
    """What argparse complains about, as a Chinese sentence; unknown complaints as they are."""
    for pattern, sentence in _SENTENCES:
        found = pattern.fullmatch(message)
        if found is not None:
            return found.expand(sentence)
    return message


class _Formatter(argparse.RawDescriptionHelpFormatter):
    """Help with Chinese headings."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class ChineseParser(argparse.ArgumentParser):
    """An argument parser that ends wrong usage with status 2 and one Chinese sentence. Options are never shortened."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(formatter_class=_Formatter, add_help=False, allow_abbrev=False, **settings)
        self._positionals.title, self._optionals.title = "内容", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and end."""
        self.print_usage(sys.stderr)
        sys.stderr.write(f"命令写法不对：{translated(message)}\n")
        sys.exit(WRONG_USAGE)
