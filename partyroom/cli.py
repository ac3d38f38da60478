"""The same use cases without a window, for scripts and tests: `partyroom --library DIR COMMAND …`."""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import MAXYEAR, MINYEAR, date
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from partyroom.core.arguments import WRONG_USAGE, ChineseParser
from partyroom.core.calendar import add_months, chinese_date, read_date, today
from partyroom.core.errors import DomainError, PartyroomError, StorageError
from partyroom.core.identity import check_identity
from partyroom.core.text import one_line
from partyroom.features.dues.domain import DuesCategory, RoundingUnit

DONE, REFUSED, USAGE = 0, 1, WRONG_USAGE
_STAGE_HELP = "会议的状态：已召开（默认）、计划、已取消、全部"


def build_parser() -> argparse.ArgumentParser:
    """The whole command line; without a command the window opens."""
    parser = ChineseParser(prog="partyroom", description="党建活动室：学校党支部的记录、台账和公文。")
    parser.add_argument("--library", type=Path, metavar="DIR", help="支部库所在的文件夹（默认：上次打开的）")
    parser.add_argument("--sample", action="store_true", help="在窗口里打开示例支部")
    commands = parser.add_subparsers(dest="command", metavar="命令")

    sample = commands.add_parser("sample", help="在文件夹里生成示例支部")
    sample.add_argument("folder", type=Path, metavar="DIR")
    sample.set_defaults(run=_sample)

    roster = commands.add_parser("import-roster", help="核对或导入花名册（不加 --apply 只核对）")
    roster.add_argument("file", type=Path, metavar="FILE")
    roster.add_argument("--apply", action="store_true", help="写入支部库")
    _json_option(roster)
    roster.set_defaults(run=_import_roster)

    listing = commands.add_parser("list", help="列出党员或会议")
    listing.add_argument("what", choices=("members", "meetings"), metavar="members|meetings")
    listing.add_argument("--stage", choices=("held", "planned", "cancelled", "all"), default="held", help=_STAGE_HELP)
    _json_option(listing)
    listing.set_defaults(run=_list)

    _add_export(commands)

    check = commands.add_parser("check", help="检查数据库、附件和结构是否完好")
    check.add_argument("--rebuild-index", action="store_true", help="先重建全文查找的索引，再检查")
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
    kinds = export.add_subparsers(dest="what", metavar="内容", required=True)
    minutes = kinds.add_parser("minutes", help="会议记录（record）或会议纪要（notice）")
    minutes.add_argument("--meeting", type=_meeting_id, metavar="ID")
    minutes.add_argument("--from", dest="first", metavar="D")
    minutes.add_argument("--to", dest="last", metavar="D")
    minutes.add_argument("--form", choices=("record", "notice"), default="record")
    minutes.add_argument("--format", choices=("pdf", "docx"), help="不写时看 PATH 的扩展名，再不然是 pdf")
    minutes.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    minutes.set_defaults(run=_export_minutes)
    roster = kinds.add_parser("roster", help="党员花名册（默认遮盖证件号码和电话）")
    roster.add_argument("--full", action="store_true", help="不遮盖")
    roster.add_argument("--format", choices=("pdf", "xlsx"), help="不写时看 PATH 的扩展名，再不然是 pdf")
    roster.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    roster.set_defaults(run=_export_roster)
    book = kinds.add_parser("book", help="整年的党支部工作手册（PDF/A），或空白手册")
    book.add_argument("--year", type=_year, required=True, metavar="Y")
    book.add_argument("--blank", action="store_true", help="空白手册，供手工填写")
    book.add_argument("--skip-missing", action="store_true", help="附件缺失或损坏的，不装入而继续生成")
    book.add_argument("-o", "--output", type=Path, required=True, metavar="PATH")
    book.set_defaults(run=_export_book)
    pack = kinds.add_parser("pack", help="迎检材料：编号的文件、目录和校验值，写成文件夹或 ZIP")
    pack.add_argument("--year", type=_year, required=True, metavar="Y")
    pack.add_argument("--full", action="store_true", help="不遮盖证件号码和电话")
    pack.add_argument("--copies", action="store_true", help="附 Word、Excel 副本")
    pack.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER|ZIP")
    pack.set_defaults(run=_export_pack)


def _year(text: str) -> int:
    year = int(text)
    if not MINYEAR <= year < MAXYEAR:
        raise ValueError(text)
    return year


_year.__name__ = "int"  # how argparse names the kind of value it expected


def _meeting_id(text: str) -> int:
    return min(max(int(text), 0), 2**63 - 1)  # what SQLite can look up; no meeting has either number


_meeting_id.__name__ = "int"  # how argparse names the kind of value it expected


def _add_calculators(commands: Any) -> None:
    calc = commands.add_parser("calc", help="计算器")
    kinds = calc.add_subparsers(dest="what", metavar="计算", required=True)
    identity = kinds.add_parser("id", help="核对公民身份号码")
    identity.add_argument("number", metavar="NUMBER")
    _json_option(identity)
    identity.set_defaults(run=_calc_id)
    dates = kinds.add_parser("date", help="按月推算日期")
    dates.add_argument("--from", dest="first", required=True, metavar="D")
    dates.add_argument("--months", type=int, required=True, metavar="N")
    _json_option(dates)
    dates.set_defaults(run=_calc_date)
    vote = kinds.add_parser("vote", help="核对表决：到会人数够不够，赞成票过没过")
    vote.add_argument("--kind", choices=("resolution", "acceptance", "election", "committee"), required=True)
    for name, words in (("should", "应到会有表决权的人数"), ("present", "实到会有表决权的人数"), ("yes", "赞成票数")):
        vote.add_argument(f"--{name}", type=int, required=True, metavar="N", help=words)
    _json_option(vote)
    vote.set_defaults(run=_calc_vote)
    dues = kinds.add_parser("dues", help="计算每月应交的党费")
    dues.add_argument("--base", metavar="X", help="计算基数（元）；按定额交纳的类别不用写")
    dues.add_argument("--category", choices=[one.value for one in DuesCategory], default="employed", help="党员类别")
    dues.add_argument("--rounding", choices=[one.text for one in RoundingUnit], default="0.01", help="取到分、角或元")
    dues.add_argument("--farmer-amount", metavar="X", help="省里给农民党员规定的数额（元）")
    dues.add_argument("--on", metavar="D", help="按哪一天的规定（默认：今天）")
    _json_option(dues)
    dues.set_defaults(run=_calc_dues)


def _json_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def run_command(options: argparse.Namespace) -> int:
    """Carry out a parsed command; problems go to stderr, one sentence a line, never a traceback."""
    command: Callable[[argparse.Namespace], int] = options.run
    try:
        status = command(options)
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except DomainError as error:
        for problem in error.problems:
            sys.stderr.write(problem.message + "\n")
    except PartyroomError as error:
        sys.stderr.write(f"{error}\n")
    except OSError as error:  # a path that no file can have, a drive that is gone
        sys.stderr.write(f"文件或文件夹用不了：{_FAULTS.get(error.errno or 0, '请检查路径、磁盘和权限。')}\n")
    else:
        return status
    return REFUSED


_FAULTS = {
    errno.ENAMETOOLONG: "名称太长。",
    errno.ENOSPC: "磁盘已满。",
    errno.EACCES: "没有权限。",
    errno.EPERM: "没有权限。",
    errno.EROFS: "磁盘是只读的。",
}


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
        raise DomainError(_unreadable(text) if recorded is None or not recorded.readable else _vague(text))
    return recorded.exact


def _vague(text: str) -> str:
    return f"日期“{one_line(text)}”没有写到日，请写成 2026-03-05 这样的年月日。"


def _unreadable(text: str) -> str:
    return f"看不懂日期“{one_line(text)}”，请写成 2026-03-05 这样的年月日。"


def _period(first: str, last: str) -> tuple[date, date]:
    """The days from `first` to `last`; a month or a year means its first day there, its last day here."""
    start, end = read_date(first), read_date(last)
    begins = None if start is None else start.first_day
    ends = None if end is None else end.last_day
    if begins is None or ends is None:
        unread = [text for text, day in ((first, begins), (last, ends)) if day is None]
        raise DomainError(*map(_unreadable, unread))
    if begins > ends:
        raise DomainError(f"开始日期{chinese_date(begins)}晚于结束日期{chinese_date(ends)}，请检查。")
    return begins, ends


def _output_format(options: argparse.Namespace, others: tuple[str, ...]) -> str:
    """The format asked for: by --format, else by the file's ending, else PDF."""
    ending = options.output.suffix.casefold().removeprefix(".")
    return str(options.format or (ending if ending in others else "pdf"))


def _refuse_bad_target(options: argparse.Namespace, target: Path) -> None:
    """Nothing is written where a folder is, nor over the library's own files, whatever the command line says."""
    if target.is_dir():
        raise StorageError(f"“{target}”是一个文件夹，请写出文件名。")
    _refuse_own_file(options, target)


def _refuse_own_file(options: argparse.Namespace, target: Path) -> None:
    own, place = _library_folder(options).resolve(), target.resolve()
    inside = place.is_relative_to(own) and place.relative_to(own).parts
    own_file = inside and (inside[0] == "attachments" or inside[0].startswith(("library.", "partyroom.lock")))
    if own_file or (inside and inside[0] == "backups" and target.exists()):
        raise StorageError(f"“{target.name}”是支部库自己的文件，不能覆盖；请换一个位置。")


def _write_output(path: Path, data: bytes) -> None:
    from partyroom.core.files import write_durably

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, data)
    except OSError as error:
        raise StorageError(f"文件“{path.name}”没有写成，请检查磁盘空间和文件夹权限。") from error
    _say(f"已生成：{path}")


def _sample(options: argparse.Namespace) -> int:
    from partyroom.sample.branch import make_sample

    make_sample(options.folder)
    _say(f"示例支部已生成：{options.folder}")
    return DONE


def _import_roster(options: argparse.Namespace) -> int:
    from partyroom.features.exchange.service import apply_roster, compare_roster, parse_file

    parsed = parse_file(options.file)  # before the library is opened: a bad file touches nothing
    with _library(options) as library:
        plan = library.read(lambda session: compare_roster(session, parsed))
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
    from partyroom.features.meetings import report as of_meetings
    from partyroom.features.members import report as of_members

    report: Any = of_members if options.what == "members" else of_meetings
    with _library(options) as library:
        rows = library.read(_members if options.what == "members" else partial(_meetings, stage=options.stage))
    if options.json:
        _print_json([report.row_as_json(row) for row in rows])
    else:
        _say(*("\t".join(line) for line in report.rows_as_text(rows)))
    return DONE


def _members(session: Any) -> list[Any]:
    from partyroom.features.members import service

    return service.all_details(session)


def _meetings(session: Any, stage: str) -> list[Any]:
    from partyroom.features.meetings import service

    query = service.MeetingQuery(stage="" if stage == "all" else stage, descending=False)
    return service.list_rows(session, service.list_meeting_ids(session, query))


def _export_minutes(options: argparse.Namespace) -> int:
    from partyroom.features.meetings import report, service
    from partyroom.features.organisation.service import get_branch

    if (options.meeting is None) == (options.first is None) or (options.first is None) != (options.last is None):
        usage_error("请给出 --meeting 编号，或者 --from 和 --to 两个日期。")
    period = None if options.meeting is not None else _period(options.first, options.last)
    _refuse_bad_target(options, options.output)

    def collect(session: Any) -> list[Any]:
        ids = [options.meeting] if period is None else service.meeting_ids_between(session, *period)
        if not ids:
            raise DomainError("这段时间里没有会议记录。")
        branch = get_branch(session)
        details = [service.get_meeting(session, meeting_id) for meeting_id in ids]
        return [report.minutes_document(detail, branch, options.form) for detail in details]

    with _library(options) as library:
        documents = library.read(collect)
    _write_output(options.output, _rendered(documents, _output_format(options, ("docx",))))
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

    _refuse_bad_target(options, options.output)
    file_format = _output_format(options, ("xlsx",))
    with _library(options) as library:
        members = library.read(service.all_details)
        branch = library.read(get_branch)
        if options.full:
            note = f"导出完整花名册（{file_format}）"
            library.write(note, lambda session: service.note_revealed(session, note))
    if file_format == "xlsx":
        data = render_xlsx(report.roster_sheet(members, branch, full=options.full))
    else:
        data = _rendered([report.roster_document(members, branch, today(), full=options.full)], "pdf")
    _write_output(options.output, data)
    return DONE


def _export_book(options: argparse.Namespace) -> int:
    from partyroom.features.archives.book_export import export_book

    _refuse_bad_target(options, options.output)
    with _library(options) as library:
        made = export_book(library, options.year, blank=options.blank, skip_missing=options.skip_missing)
    for sentence in (*made.problems, *made.warnings):
        sys.stderr.write(sentence + "\n")
    _write_output(options.output, made.book.data)
    return DONE


def _export_pack(options: argparse.Namespace) -> int:
    from partyroom.features.archives.pack_export import export_pack, sentences

    _refuse_own_file(options, options.output)
    with _library(options) as library:
        written = export_pack(library, options.year, options.output, full=options.full, copies=options.copies)
    for sentence in sentences(written):
        sys.stderr.write(sentence + "\n")
    _say(f"已生成：{options.output}（{written.files}个文件）")
    return DONE


def _check(options: argparse.Namespace) -> int:
    from partyroom.features.archives.filing_service import archive_problems
    from partyroom.features.dues.check_service import dues_problems
    from partyroom.features.meetings.search import index_problems, only_index, rebuild_index

    with _library(options) as library:
        if options.rebuild_index:
            count = library.write("重建全文查找的索引", rebuild_index).result
            _say(f"全文查找的索引已重建，共{count}次会议。")
        problems = library.check(index_problems, dues_problems, archive_problems)
    for problem in problems:
        sys.stderr.write(problem + "\n")
    if problems and only_index(problems):
        sys.stderr.write("会议记录本身没有问题：用 partyroom check --rebuild-index 重建索引即可。\n")
    if problems:
        return REFUSED
    _say("支部库完好：数据库、附件和结构都没有问题。")
    return DONE


def _backup(options: argparse.Namespace) -> int:
    _refuse_bad_target(options, options.path)
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
    converted = f"是15位旧号码，换算为18位是 {checked.normalised}。" if checked.valid and checked.converted else ""
    result = {
        "valid": checked.valid,
        "sex": checked.sex.value if checked.sex else None,
        "birth": checked.birth.isoformat() if checked.birth else None,
        "reason": checked.reason or converted,
    }
    if options.json:
        _print_json(result)
    elif checked.valid and checked.sex and checked.birth:
        _say(f"号码正确：{checked.sex.label}，{checked.birth.isoformat()} 出生。{converted}")
    else:
        _say(f"号码不正确：{checked.reason}")
    return DONE


def _calc_vote(options: argparse.Namespace) -> int:
    from partyroom.features.meetings.domain import VoteRule
    from partyroom.features.meetings.vote_calculation import calculate_vote, vote_sentence

    rule, counts = VoteRule(options.kind), (options.should, options.present, options.yes)
    outcome = calculate_vote(rule, *counts)
    if options.json:
        _print_json(asdict(outcome))
    else:
        _say(vote_sentence(rule, *counts))
    return DONE


def _calc_date(options: argparse.Namespace) -> int:
    result = add_months(_day(options.first), options.months)
    if options.json:
        _print_json({"date": result.isoformat()})
    else:
        _say(result.isoformat())
    return DONE


def _calc_dues(options: argparse.Namespace) -> int:
    from partyroom.features.dues.calculation import as_json, as_lines, calculate_dues

    category = DuesCategory(options.category)
    if options.base is None and category.by_base:
        usage_error("请用 --base 写明计算基数。")
    day = today() if options.on is None else _day(options.on)
    found = calculate_dues(
        category, options.base or "", day=day, rounding=options.rounding, farmer_amount=options.farmer_amount
    )
    if options.json:
        _print_json(as_json(found))
    else:
        _say(*as_lines(found))
    for warning in found.warnings:
        sys.stderr.write(warning + "\n")
    return DONE
