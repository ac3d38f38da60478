"""The same use cases without a window, for scripts and tests: `partyroom --library DIR COMMAND …`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

from partyroom.core.calendar import add_months, read_date, today
from partyroom.core.errors import DomainError, PartyroomError
from partyroom.core.identity import check_identity

DONE, REFUSED, USAGE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong with the command line in Chinese and ends with status 2."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        sys.stderr.write(f"命令写法不对：{message}\n")
        sys.exit(USAGE)


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; without a command the window opens."""
    parser = _Parser(prog="partyroom", description="党建活动室：学校党支部的记录、台账和公文。")
    parser.add_argument("--library", type=Path, metavar="DIR", help="支部库所在的文件夹（默认：上次打开的）")
    parser.add_argument("--sample", action="store_true", help="在窗口里打开示例支部")
    commands = parser.add_subparsers(dest="command", metavar="命令", parser_class=_Parser)

    sample = commands.add_parser("sample", help="在文件夹里生成示例支部")
    sample.add_argument("folder", type=Path, metavar="DIR")
    sample.set_defaults(run=_sample)

    roster = commands.add_parser("import-roster", help="核对或导入花名册（不加 --apply 只核对）")
    roster.add_argument("file", type=Path, metavar="FILE")
    roster.add_argument("--apply", action="store_true", help="写入支部库")
    _json_option(roster)
    roster.set_defaults(run=_import_roster)

    listing = commands.add_parser("list", help="列出党员或会议")
    listing.add_argument("what", choices=("members", "meetings"))
    _json_option(listing)
    listing.set_defaults(run=_list)

    _add_export(commands)

    check = commands.add_parser("check", help="检查数据库、附件和结构是否完好")
    check.set_defaults(run=_check)
    backup = commands.add_parser("backup", help="把整个支部库备份成一个文件")
    backup.add_argument("path", type=Path, metavar="PATH")
    backup.set_defaults(run=_backup)
    restore = commands.add_parser("restore", help="从备份文件恢复到 --library 指定的文件夹")
    restore.add_argument("path", type=Path, metavar="PATH")
    restore.set_defaults(run=_restore)

    _add_calculators(commands)
    return parser


def _add_export(commands: Any) -> None:
    export = commands.add_parser("export", help="生成会议记录、纪要或花名册")
    kinds = export.add_subparsers(dest="what", metavar="内容", required=True, parser_class=_Parser)
    minutes = kinds.add_parser("minutes", help="会议记录（record）或会议纪要（notice）")
    minutes.add_argument("--meeting", type=int, metavar="ID")
    minutes.add_argument("--from", dest="first", metavar="D")
    minutes.add_argument("--to", dest="last", metavar="D")
    minutes.add_argument("--form", choices=("record", "notice"), default="record")
    minutes.add_argument("--format", choices=("pdf", "docx"), default="pdf")
    minutes.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    minutes.set_defaults(run=_export_minutes)
    roster = kinds.add_parser("roster", help="党员花名册（默认遮盖证件号码和电话）")
    roster.add_argument("--full", action="store_true", help="不遮盖")
    roster.add_argument("--format", choices=("pdf", "xlsx"), default="pdf")
    roster.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    roster.set_defaults(run=_export_roster)


def _add_calculators(commands: Any) -> None:
    calc = commands.add_parser("calc", help="计算器")
    kinds = calc.add_subparsers(dest="what", metavar="计算", required=True, parser_class=_Parser)
    identity = kinds.add_parser("id", help="核对公民身份号码")
    identity.add_argument("number", metavar="NUMBER")
    _json_option(identity)
    identity.set_defaults(run=_calc_id)
    dates = kinds.add_parser("date", help="按月推算日期")
    dates.add_argument("--from", dest="first", required=True, metavar="D")
    dates.add_argument("--months", type=int, required=True, metavar="N")
    _json_option(dates)
    dates.set_defaults(run=_calc_date)


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def run_command(options: argparse.Namespace) -> int:
    """Carry out a parsed command; problems go to stderr, one sentence a line, never a traceback."""
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        return command(options)
    except DomainError as error:
        for problem in error.problems:
            sys.stderr.write(problem.message + "\n")
    except PartyroomError as error:
        sys.stderr.write(f"{error}\n")
    return REFUSED


def usage_error(message: str) -> NoReturn:
    """Stop with status 2 and a sentence."""
    build_parser().error(message)


@contextmanager
def _library(options: argparse.Namespace) -> Iterator[Any]:
    from partyroom import schema
    from partyroom.storage.library import Library

    assert schema.TABLES
    with Library.open(_library_folder(options)) as library:
        yield library


def _library_folder(options: argparse.Namespace) -> Path:
    if options.library is None:
        usage_error("请用 --library 指定支部库所在的文件夹。")
    return Path(options.library)


def _print_json(data: object) -> None:
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=1, default=str) + "\n")


def _say(*lines: str) -> None:
    for line in lines:
        sys.stdout.write(line + "\n")


def _day(text: str) -> date:
    recorded = read_date(text)
    if recorded is None or recorded.exact is None:
        raise DomainError(f"看不懂日期“{text}”，请写成 2026-03-05 这样的年月日。")
    return recorded.exact


def _write_output(path: Path, data: bytes) -> None:
    from partyroom.core.errors import StorageError
    from partyroom.storage.attachments import write_durably

    if path.is_dir():
        raise StorageError(f"“{path.name}”是一个文件夹，请写出文件名。")
    try:
        write_durably(path, data)
    except OSError as error:
        raise StorageError(f"文件“{path.name}”没有写成，请检查磁盘空间和文件夹权限。") from error
    _say(f"已生成：{path}")


def _sample(options: argparse.Namespace) -> int:
    from partyroom.sample import make_sample

    make_sample(options.folder)
    _say(f"示例支部已生成：{options.folder}")
    return DONE


def _import_roster(options: argparse.Namespace) -> int:
    from partyroom.features.exchange.service import apply_roster, read_roster

    with _library(options) as library:
        plan = library.read(lambda session: read_roster(session, options.file))
        if options.apply:
            library.automatic_backup()
            library.write(f"导入花名册：{options.file.name}", lambda session: apply_roster(session, plan))
    if options.json:
        _print_json(plan.as_json(applied=options.apply))
    else:
        _say(*plan.summary(applied=options.apply))
    for issue in plan.refusals:
        sys.stderr.write(issue.message + "\n")
    return DONE


def _list(options: argparse.Namespace) -> int:
    with _library(options) as library:
        rows = library.read(_member_lines if options.what == "members" else _meeting_lines)
    if options.json:
        _print_json(rows)
    else:
        _say(*("\t".join(str(value) for value in row.values() if value is not None) for row in rows))
    return DONE


def _member_lines(session: Any) -> list[dict[str, object]]:
    from partyroom.features.members import report, service

    keys = ("name", "sex", "birth", "category", "joined", "full_since", "group", "department", "id_number", "phone")
    lines: list[dict[str, object]] = []
    for member in service.all_details(session):
        line: dict[str, object] = {"id": int(member.id)}
        line |= {key: report.shown(member.draft, key, full=False) for key in keys}
        lines.append(line | {"posts": "、".join(post.label for post in member.posts)})
    return lines


def _meeting_lines(session: Any) -> list[dict[str, object]]:
    from partyroom.features.meetings import service

    ids = service.list_meeting_ids(session, service.MeetingQuery(descending=False))
    return [
        {
            "id": row.id,
            "starts_at": row.starts_at.isoformat(sep=" ", timespec="minutes"),
            "kind": row.kind,
            "title": row.title,
            "place": row.place,
            "chair": row.chair,
            "expected": row.expected,
            "present": row.present,
        }
        for row in service.list_rows(session, ids)
    ]


def _export_minutes(options: argparse.Namespace) -> int:
    from partyroom.features.meetings import report, service
    from partyroom.features.organisation.service import get_branch

    if (options.meeting is None) == (options.first is None) or (options.first is None) != (options.last is None):
        usage_error("请给出 --meeting 编号，或者 --from 和 --to 两个日期。")

    def collect(session: Any) -> list[Any]:
        ids = [options.meeting]
        if options.meeting is None:
            ids = service.meeting_ids_between(session, _day(options.first), _day(options.last))
        if not ids:
            raise DomainError("这段时间里没有会议记录。")
        branch = get_branch(session)
        details = [service.get_meeting(session, meeting_id) for meeting_id in ids]
        return [report.minutes_document(detail, branch, options.form) for detail in details]

    with _library(options) as library:
        documents = library.read(collect)
    _write_output(options.output, _rendered(documents, options.format))
    return DONE


def _rendered(documents: Sequence[Any], file_format: str) -> bytes:
    if file_format == "docx":
        from partyroom.documents.word import render_docx

        return render_docx(documents)
    from partyroom.documents.pdf import render_pdf

    rendered = render_pdf(documents)
    for sentence in rendered.missing:
        sys.stderr.write(sentence + "\n")
    return rendered.data


def _export_roster(options: argparse.Namespace) -> int:
    from partyroom.documents.sheet import render_xlsx
    from partyroom.features.members import report, service
    from partyroom.features.organisation.service import get_branch

    with _library(options) as library:
        members = library.read(service.all_details)
        branch = library.read(get_branch)
        if options.full:
            note = f"导出完整花名册（{options.format}）"
            library.write(note, lambda session: service.note_revealed(session, note))
    if options.format == "xlsx":
        data = render_xlsx(report.roster_sheet(members, branch, full=options.full))
    else:
        data = _rendered([report.roster_document(members, branch, today(), full=options.full)], "pdf")
    _write_output(options.output, data)
    return DONE


def _check(options: argparse.Namespace) -> int:
    with _library(options) as library:
        problems = library.check()
    for problem in problems:
        sys.stderr.write(problem + "\n")
    if problems:
        return REFUSED
    _say("支部库完好：数据库、附件和结构都没有问题。")
    return DONE


def _backup(options: argparse.Namespace) -> int:
    with _library(options) as library:
        library.backup_to(options.path)
    _say(f"已备份到：{options.path}")
    return DONE


def _restore(options: argparse.Namespace) -> int:
    from partyroom import schema
    from partyroom.storage.library import restore_library

    assert schema.TABLES
    folder = _library_folder(options)
    restore_library(options.path, folder)
    _say(f"已恢复到：{folder}")
    return DONE


def _calc_id(options: argparse.Namespace) -> int:
    checked = check_identity(options.number)
    result = {
        "valid": checked.valid,
        "sex": checked.sex.value if checked.sex else None,
        "birth": checked.birth.isoformat() if checked.birth else None,
        "reason": checked.reason,
    }
    if options.json:
        _print_json(result)
    elif checked.valid and checked.sex and checked.birth:
        _say(f"号码正确：{checked.sex.label}，{checked.birth.isoformat()} 出生。")
    else:
        _say(f"号码不正确：{checked.reason}")
    return DONE


def _calc_date(options: argparse.Namespace) -> int:
    result = add_months(_day(options.first), options.months)
    if options.json:
        _print_json({"date": result.isoformat()})
    else:
        _say(result.isoformat())
    return DONE
