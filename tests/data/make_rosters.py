"""How roster_97.xls and roster_password.xlsx beside this file were made.

Needs xlwt and msoffcrypto-tool, which the program itself does not:
    python tests/data/make_rosters.py
"""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import msoffcrypto.format.ooxml  # type: ignore[import-not-found]
import openpyxl
import xlwt  # type: ignore[import-not-found]

HERE = Path(__file__).parent
TITLES = ["序号", "姓 名", "性别", "民族", "出生年月", "身份证号", "入党时间", "党小组", "联系电话"]
PEOPLE: list[list[object]] = [
    [1, "测试甲", "男", "汉", dt.date(1985, 6, 15), "990000198506151232", 20050701, "", 13800000001],
    [2, "测试乙", "女", "回族", 31213, 990000198506151240, "2006.7", "", "13800000002"],
    [3, "测试丙", "男", "汉族", "1962年3月", "990000196203030178", "1985/7/1", "", "0000-1234567"],
]


def make_old() -> None:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("党员名册")
    day = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    sheet.write_merge(0, 0, 0, 8, "测试学校党支部党员花名册")
    for column, title in enumerate(TITLES):
        sheet.write(1, column, title)
    for row, person in enumerate(PEOPLE, start=2):
        for column, value in enumerate(person):
            if column != 7:
                style = [day] if isinstance(value, dt.date) else []
                sheet.write(row, column, value, *style)
    sheet.write_merge(2, 3, 7, 7, "第一党小组")
    sheet.write(4, 7, "第二党小组")
    sheet.write(6, 0, "填表人：测试丁")
    sheet.write(6, 6, "2026年11月22日")
    book.save(str(HERE / "roster_97.xls"))


def make_locked() -> None:
    book = openpyxl.Workbook()
    book.active.append(["姓名", "性别"])
    book.active.append(["测试甲", "男"])
    plain = io.BytesIO()
    book.save(plain)
    plain.seek(0)
    with (HERE / "roster_password.xlsx").open("wb") as target:
        msoffcrypto.format.ooxml.OOXMLFile(plain).encrypt("secret", target)


if __name__ == "__main__":
    make_old()
    make_locked()
