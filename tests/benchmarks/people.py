"""People who do not exist, for rosters and libraries of any size: ID numbers of region 99, deterministic."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from partyroom import schema
from partyroom.core.calendar import RecordedDate
from partyroom.core.identity import Sex
from partyroom.core.names import initials, sort_key
from partyroom.features.members.domain import Category, Employment, Standing
from partyroom.features.members.tables import Member
from partyroom.features.organisation.tables import DepartmentRecord, GroupRecord
from partyroom.storage.library import Library

SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"
GIVEN = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥一二三四五六七八九十天地玄黄宇宙"
DEPARTMENTS = [f"第{number}科室" for number in range(1, 13)]
GROUPS = ["第一党小组", "第二党小组", "第三党小组"]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True)
class Person:
    """What rosters have a column for."""

    name: str
    id_number: str
    sex: Sex
    birth: date
    joined: date
    phone: str
    department: int
    group: int


def person(number: int) -> Person:
    """The person with this number; always the same."""
    chance = random.Random(number)
    birth = date(1960, 1, 1) + timedelta(days=chance.randrange(15_000))
    joined = birth + timedelta(days=365 * 19 + chance.randrange(7_000))
    return Person(
        name=chance.choice(SURNAMES) + chance.choice(GIVEN) + chance.choice(GIVEN),
        id_number=identity_number(birth, number % 1000),
        sex=Sex.MALE if number % 2 else Sex.FEMALE,
        birth=birth,
        joined=joined,
        phone=f"199{number:08d}",
        department=chance.randrange(len(DEPARTMENTS)),
        group=chance.randrange(len(GROUPS)),
    )


def identity_number(birth: date, sequence: int) -> str:
    """A number with the right check digit (GB 11643-1999) of the region 990000, which does not exist."""
    front = f"990000{birth:%Y%m%d}{sequence:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, front, strict=True))
    return front + "10X98765432"[total % 11]


def make_library(folder: Path, count: int) -> None:
    """Make a library with the people 0 to `count` - 1, past the services: they would take minutes."""
    assert schema.TABLES
    with Library.create(folder) as library:
        library.write("benchmark", lambda session: _fill(session, count))


def _fill(session: Session, count: int) -> None:
    connection = session.connection()
    for table, names in ((DepartmentRecord.__table__, DEPARTMENTS), (GroupRecord.__table__, GROUPS)):
        connection.execute(insert(table), [{"id": i, "name": name} for i, name in enumerate(names, 1)])
    for start in range(0, count, 10_000):
        rows = [_row(number) for number in range(start, min(start + 10_000, count))]
        connection.execute(insert(Member.__table__), rows)


def _row(number: int) -> dict[str, object]:
    one = person(number)
    key, letters = _spelt(one.name)
    return {
        "id": number + 1,
        "name": one.name,
        "name_key": key,
        "initials": letters,
        "id_number": one.id_number,
        "sex": one.sex,
        "birth": RecordedDate.of(one.birth),
        "ethnicity": "汉族",
        "category": Category.FULL,
        "standing": Standing.ACTIVE,
        "employment": Employment.ON_DUTY,
        "joined": RecordedDate.of(one.joined),
        "full_since": RecordedDate.of(one.joined + timedelta(days=365)),
        "department_id": one.department + 1,
        "group_id": one.group + 1,
        "post": "教师",
        "education": "大学本科",
        "phone": one.phone,
        "address": "虚构市虚构区",
    }


@cache
def _spelt(name: str) -> tuple[str, str]:
    return sort_key(name), initials(name)
