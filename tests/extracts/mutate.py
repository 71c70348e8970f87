"""Extracts spoilt in every way we could think of, the same for the same seed.

Every row holds SECRETS: an identifier, a date of birth, a postcode and a name that must not
come out in a problem list or a message, whatever has been done to the file.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
import zipfile
from pathlib import Path

import annex_a_files

from kentlib.extracts import specs

CHILDREN = ["ZQ48151623", "0048151642", "77123987.0"]
BORN = dt.date(2009, 11, 23)
POSTCODE, NAME = "QZ9 7XK", "Jemima Puddle"
SECRETS = [
    *CHILDREN,
    "77123987",
    *(BORN.strftime(form) for form in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d %B %Y")),
    "40140",
    POSTCODE,
    "QZ97XK",
    NAME,
]

JUNK = [
    "",
    " ",
    "\u00a0",
    "-",
    "#N/A",
    "#REF!",
    "x" * 40_000,
    "Z" * 300,
    "31/02/2017",
    "2017-13-45",
    "99/99/9999",
    "1.2E+11",
    "=1+1",
    "ab\u0000".replace("\u0000", ""),
    "🙂",
    "a) b) c)",
    '"',
    "true",
    -1,
    0,
    1e300,
    3.7,
    42_000,
    True,
    dt.date(1900, 1, 1),
    dt.date(2099, 1, 1),
    dt.datetime(2017, 3, 31, 12, 30),
    ("=1/0", "#DIV/0!"),
    ("=A1", ""),
    *SECRETS,
]

RETURN = {
    "header.csv": ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
    "episodes.csv": [
        *("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC"),
        *("REASON_PLACE_CHANGE", "HOME_POST", "PL_POST", "URN"),
    ],
    "missing.csv": ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
}
ORDINARY = {
    "SEX": "1",
    "ETHNIC": "WBRI",
    "DECOM": "01/05/2017",
    "DEC": "01/08/2017",
    "RNE": "S",
    "LS": "C1",
    "CIN": "N1",
    "PLACE": "U6",
    "PLACE_PROVIDER": "PR1",
    "REC": "E4A",
    "MISSING": "M",
    "MIS_START": "01/06/2017",
    "MIS_END": "02/06/2017",
}


def make(folder: Path, seed: int) -> Path:
    """Write one spoilt file (or several) into a folder; give the first."""
    rng = random.Random(seed)
    step = [_workbook, _table, _bytes, _archive][seed % 4]
    return step(folder, rng)


def _rows(number: int, rng: random.Random) -> list[list]:
    rows = []
    for child in CHILDREN:
        values = annex_a_files.row(number)
        for name, field in specs.annex_a()[number].fields.items():
            if name == "date_of_birth":
                values[name] = BORN
            elif field.kind == "id":
                values[name] = child
            elif field.kind == "postcode":
                values[name] = POSTCODE
            elif name in ("team", "worker"):
                values[name] = NAME
        rows.append(list(values.values()))
    return [annex_a_files.header(number), *rows]


def _sheets(rng: random.Random) -> dict[str, list[list]]:
    return {f"List {number}": _rows(number, rng) for number in [*rng.sample(range(1, 12), 2), 8]}


def _workbook(folder: Path, rng: random.Random) -> Path:
    sheets = _sheets(rng)
    for _ in range(rng.randint(1, 4)):
        name = rng.choice(list(sheets))
        cells = spoil(sheets.pop(name), rng)
        sheets[rng.choice([name, name, "Sheet1", "List 3", "Cover"])] = cells
    if rng.random() < 0.2:
        name = rng.choice(list(sheets))
        sheets[f"{name} (2)"] = [list(row) for row in sheets[name]]
    hidden = tuple(list(sheets)[1:]) if rng.random() < 0.2 else ()
    return annex_a_files.write(folder / "Annex A.xlsx", sheets, hidden=hidden)


def spoil(cells: list[list], rng: random.Random) -> list[list]:
    """One thing done to the cells of a sheet."""
    cells = [list(row) for row in cells]
    if not cells or not cells[0]:
        return cells
    width = len(cells[0])
    a, b = rng.randrange(width), rng.randrange(width)
    what = rng.randrange(14)
    if what == 0:  # columns dropped
        gone = set(rng.sample(range(width), rng.randint(1, width)))
        return [[cell for place, cell in enumerate(row) if place not in gone] for row in cells]
    if what == 1:  # two headers change places
        cells[0][a], cells[0][b] = cells[0][b], cells[0][a]
    elif what == 2:  # all headers change places
        rng.shuffle(cells[0])
    elif what in (3, 4, 5):  # cells of other kinds
        for _ in range(rng.randint(1, 30)):
            rng.choice(cells)[rng.randrange(width)] = rng.choice(JUNK)
    elif what == 6:  # no header, or nothing else
        return cells[1:] if rng.random() < 0.5 else cells[:1]
    elif what == 7:  # rows above
        return [[rng.choice(JUNK)] + [""] * (width - 1) for _ in range(rng.randint(1, 12))] + cells
    elif what == 8:  # rows again, blank, in another order
        return [cells[0], *rng.choices([*cells[1:], [""] * width, cells[0]], k=8)]
    elif what == 9:  # a column of one odd value
        value = rng.choice(JUNK)
        for row in cells[1:]:
            row[a] = value
    elif what == 10:  # the sheet moves right
        return [[""] * 3 + row for row in cells]
    elif what == 11:  # a column twice
        return [[*row, row[a], row[b]] for row in cells]
    elif what == 12:
        return []
    else:  # dates of every kind
        for row in cells[1:]:
            for place, cell in enumerate(row):
                if type(cell) is dt.date:
                    row[place] = rng.choice(
                        [cell.strftime("%d/%m/%Y"), (cell - dt.date(1899, 12, 30)).days, "", cell]
                    )
    return cells


def _csv_cells(rng: random.Random) -> tuple[str, list[list]]:
    name = rng.choice([*RETURN, "return_interviews.csv", "districts.csv", "List 8.csv"])
    if name in RETURN:
        special = {"DOB": BORN.strftime("%d/%m/%Y"), "HOME_POST": POSTCODE, "PL_POST": POSTCODE}
        header = RETURN[name]
        return name, [
            header,
            *(
                [child if place == 0 else (special | ORDINARY).get(column, "")
                 for place, column in enumerate(header)]
                for child in CHILDREN
            ),
        ]  # fmt: skip
    if name == "List 8.csv":
        cells = _rows(8, rng)
    else:
        spec = specs.districts() if name == "districts.csv" else specs.return_interviews()
        day = {"id": None, "moment": "03/05/2017 06:30", "code": "yes", "text": NAME}
        cells = [
            list(spec.fields),
            *([day.get(field.kind) or child for field in spec.fields.values()]
              for child in CHILDREN),
        ]  # fmt: skip
    return name, cells


def _text(cells: list[list], rng: random.Random) -> str:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=rng.choice(",,,;\t"), lineterminator=rng.choice(["\n", "\r\n"])
    )
    for row in cells:
        plain = [cell[1] if isinstance(cell, tuple) else cell for cell in row]
        writer.writerow(plain[: rng.randint(0, len(plain))] if rng.random() < 0.05 else plain)
    return out.getvalue()


def _table(folder: Path, rng: random.Random) -> Path:
    for _ in range(rng.randint(1, 3)):
        name, cells = _csv_cells(rng)
        for _ in range(rng.randint(0, 3)):
            cells = spoil(cells, rng)
        encoding = rng.choice(["utf-8", "utf-8-sig", "cp1252", "utf-16"])
        path = folder / name
        path.write_bytes(_text(cells, rng).encode(encoding, "replace"))
    return path


def _bytes(folder: Path, rng: random.Random) -> Path:
    if rng.random() < 0.6:
        path = annex_a_files.write(folder / "Annex A.xlsx", _sheets(rng))
    else:
        name, cells = _csv_cells(rng)
        path = folder / name
        path.write_text(_text(cells, rng), encoding="utf-8")
    content = bytearray(path.read_bytes())
    what = rng.randrange(6)
    if what == 0:
        content = content[: rng.randrange(len(content))]
    elif what == 1:
        for _ in range(rng.randint(1, 50)):
            content[rng.randrange(len(content))] = rng.randrange(256)
    elif what == 2:
        content = bytearray(rng.randbytes(rng.randrange(1, 5000)))
    elif what == 3:
        content = content[:4] + bytearray(rng.randbytes(2000))
    elif what == 4:
        start = rng.randrange(len(content))
        content[start : start + 100] = b""
    else:
        content += rng.randbytes(3000)
    path.write_bytes(bytes(content))
    return path


def _archive(folder: Path, rng: random.Random) -> Path:
    """A workbook whose zip is whole and whose parts are not, or a zip of tables."""
    path = folder / "Annex A.xlsx"
    if rng.random() < 0.3:
        path = folder / "return 2017-18.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for part in range(4):
                name, cells = _csv_cells(rng)
                archive.writestr(f"{part}/{name}", _text(spoil(cells, rng), rng))
        return path
    annex_a_files.write(path, _sheets(rng))
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    for _ in range(rng.randint(1, 2)):
        name = rng.choice(list(parts))
        part = bytearray(parts[name])
        what = rng.randrange(6)
        if what == 0:
            del parts[name]
            continue
        if what == 1:
            part = part[: rng.randrange(len(part))]
        elif what == 2:
            for _ in range(rng.randint(1, 30)):
                part[rng.randrange(len(part))] = rng.choice(b'<>"/0123456789abcXFD \x00\xff')
        elif what == 3:
            part = bytearray(rng.randbytes(500))
        elif what == 4:
            part = part.replace(b't="s"', rng.choice([b't="e"', b't="b"', b't="d"', b"", b't="n"']))
        else:
            old_text, new = rng.choice([
                (b' r="A2"', b' r="XFD1048576"'), (b' r="A2"', b' r="ZZZZ9"'), (b' r="A2"', b""),
                (b'<row r="2"', b'<row r="99999999999"'), (b"<v>", b"<v>999999999"),
                (b"dimension", b"dimensio"), (b"</row>", b""), (b'ref="A1', b'ref="A9'),
            ])  # fmt: skip
            part = part.replace(old_text, new)
        parts[name] = bytes(part)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new_archive:
        for name, part in parts.items():
            new_archive.writestr(name, part)
    return path
