"""Preview of a messy roster of 5,000 rows × 20 columns against a library of 5,000, beside bare calamine.

python tests/benchmarks/preview.py [--runs 5]
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
from datetime import datetime, time
from pathlib import Path

import openpyxl
from measuring import heading, median_of, own_peak, say, timed
from people import DEPARTMENTS, GROUPS, Person, make_library, person
from python_calamine import CalamineWorkbook

from partyroom.features.exchange.import_model import preview_lines
from partyroom.features.exchange.plan import RosterPlan, plan_roster
from partyroom.features.exchange.service import existing_members, parse_file
from partyroom.features.exchange.verdicts import VerdictKind
from partyroom.storage.library import Library

ROWS = 5_000
LIMIT_S = 3.0
TITLES = (
    "序号", "姓 名", "性别", "民族", "出生年月", "身份证号码", "人员类别", "入党时间", "转正时间", "所在党小组",
    "所在科室", "工作岗位", "职称", "学历", "学位", "毕业院校", "参加工作时间", "联系电话", "家庭住址", "备注",
)  # fmt: skip


def main() -> None:
    """Make file and library, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    heading("Preview of a roster")
    with tempfile.TemporaryDirectory(prefix="partyroom-benchmark-") as scratch:
        path, folder = Path(scratch) / "messy.xlsx", Path(scratch) / "library"
        write_messy_roster(path)
        make_library(folder, ROWS)
        with Library.open(folder) as library:
            measure(path, library, runs)


def measure(path: Path, library: Library, runs: int) -> None:
    """Print the medians of the whole preview, of its parts, and of calamine alone."""
    bare = median_of(runs, lambda: read_bare(path))
    taken = [preview(path, library) for _ in range(runs)]
    parses, plans, totals = ([one[part] for one in taken] for part in range(3))
    plan = taken[-1][3]
    total = statistics.median(totals)
    say(f"  {path.stat().st_size / 1e6:.1f} MB, {counts(plan)}")
    say(f"  calamine alone          {bare:6.2f} s   1.0")
    say(f"  parse                   {statistics.median(parses):6.2f} s   {statistics.median(parses) / bare:.1f}")
    say(f"  members and plan        {statistics.median(plans):6.2f} s   {statistics.median(plans) / bare:.1f}")
    say(f"  preview in all          {total:6.2f} s   {total / bare:.1f}   peak {own_peak():.0f} MB")
    say(f"  under {LIMIT_S:.0f} s: {'yes' if total < LIMIT_S else 'NO'}")


def preview(path: Path, library: Library) -> tuple[float, float, float, RosterPlan]:
    """Seconds of reading the file, of comparing it with the library, of all until there is something to show."""
    parse_s, parsed = timed(lambda: parse_file(path))
    plan_s, plan = timed(lambda: library.read(lambda session: plan_roster(parsed, existing_members(session))))
    lines_s, _ = timed(lambda: preview_lines(plan))
    return parse_s, plan_s, parse_s + plan_s + lines_s, plan


def read_bare(path: Path) -> int:
    """What the fastest reader needs for the cells alone."""
    with CalamineWorkbook.from_path(path) as book:
        return sum(len(row) for row in book.get_sheet_by_index(0).to_python())


def counts(plan: RosterPlan) -> str:
    """What became of the rows."""
    parts = [f"{plan.count(kind)} {kind.value}" for kind in VerdictKind]
    return f"{len(plan.steps)} rows: {', '.join(parts)}, {len(plan.refusals)} refused, {len(plan.warnings)} warnings"


def write_messy_roster(path: Path) -> None:
    """A file as offices have them: half known people, a third new ones, faults in a tenth of the rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "党员名册"
    sheet.append(["虚构学校党支部党员花名册"])
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(TITLES))
    sheet.append(["填报单位：虚构学校党支部", *[None] * 17, "2026年11月"])
    sheet.append(list(TITLES))
    for number in range(ROWS):
        if number % 500 == 499:
            sheet.append([])
        sheet.append(_line(number, random.Random(number)))
    sheet.append(["填表人：虚构", *[None] * 15, "审核人："])
    book.save(path)


def _line(number: int, chance: random.Random) -> list[object]:
    one = person(number if number % 3 else number + ROWS)
    joined = chance.choice((f"{one.joined:%Y.%m}", f"{one.joined:%Y年%m月}", f"{one.joined:%Y%m%d}", f"{one.joined}"))
    return [
        number + 1,
        None if number % 1000 == 999 else f"{one.name[0]} {one.name[1:]}" if number % 7 == 0 else one.name,
        one.sex.label,
        chance.choice(("汉", "汉族", "回族", "")),
        datetime.combine(one.birth, time()) if number % 2 else f"{one.birth:%Y.%m}",
        _number(one, number),
        chance.choice(("正式党员", "正式", "中共党员", "")),
        joined,
        "待查" if number % 50 == 0 else None,
        GROUPS[one.group],
        DEPARTMENTS[one.department],
        "教师",
        chance.choice(("一级教师", "高级教师", "")),
        chance.choice(("大学本科", "本科", "研究生")),
        chance.choice(("学士", "硕士", "")),
        "虚构师范大学",
        f"{one.joined.year}.9",
        float(one.phone) if number % 5 == 0 else one.phone,
        "虚构市虚构区虚构路",
        "<b>&“备注”=1+1" if number % 100 == 0 else "",
    ]


def _number(one: Person, number: int) -> object:
    if number % 40 == 0:
        return f"{one.id_number[:-1]}{'1' if one.id_number[-1] != '1' else '2'}"
    if number % 60 == 0 and one.id_number.isdigit():
        return float(one.id_number)
    return one.id_number if number % 9 else ""


if __name__ == "__main__":
    main()
