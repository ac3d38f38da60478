"""How pay_list_97.xls beside this file was made.

Needs LibreOffice (soffice), which the program itself does not:
    python tests/data/make_pay_list.py
"""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

import openpyxl

HERE = Path(__file__).parent
TITLES = ["序号", "姓 名", "岗位工资", "薪级工资", "公积金", "失业保险"]
PEOPLE: list[list[object]] = [
    [1, "测试甲", 3000, 1500.5, 500.5, 12.03],
    [2, "测试乙", "2,900.00", 1400, 400, 0],
]


def make() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "工资表"
    sheet.append(["测试学校工资发放表"])
    sheet.merge_cells("A1:F1")
    for row in (TITLES, *PEOPLE):
        sheet.append(row)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "pay_list_97.xlsx"
        book.save(plain)
        command = ["soffice", "--headless", "--convert-to", "xls:MS Excel 97", "--outdir", str(HERE), str(plain)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    make()
