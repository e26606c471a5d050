"""Makes the outline of the world and the places of countries anew: `templates/world.svg`, `places/country_points.py`.

    python tests/doubles/world_map.py FOLDER

FOLDER holds `land-110m.json`, `countries-110m.json` and `countries-50m.json` of the `world-atlas` package, version 2:
Natural Earth, public domain, as TopoJSON.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from monitor.web.places.projection import BOTTOM, placed  # noqa: E402  (run as a script)
from snapshots.countries import country_key  # noqa: E402
from snapshots.country_names import BY_CODE  # noqa: E402

Point = tuple[float, float]
NEAR = 0.45  # units of the map: a point that moves a line by less is left out
SMALL = 1.2  # an island that is less wide and high
_SAID = {  # Natural Earth's name → the registry's
    "United States of America": "United States",
    "Dem. Rep. Congo": "Democratic Republic of the Congo",
    "Congo": "Republic of the Congo",
    "Dominican Rep.": "Dominican Republic",
    "Central African Rep.": "Central African Republic",
    "Eq. Guinea": "Equatorial Guinea",
    "Côte d'Ivoire": "Ivory Coast",
    "Bosnia and Herz.": "Bosnia and Herzegovina",
    "Macedonia": "North Macedonia",
    "S. Sudan": "South Sudan",
    "Solomon Is.": "Solomon Islands",
    "Palestine": "Palestinian Territories",
    "eSwatini": "Eswatini",
    "W. Sahara": "Western Sahara",
    "Macao": "Macau",
    "Fr. Polynesia": "French Polynesia",
    "Faeroe Is.": "Faroe Islands",
    "Antigua and Barb.": "Antigua and Barbuda",
    "St. Kitts and Nevis": "Saint Kitts and Nevis",
    "St. Vin. and Gren.": "Saint Vincent and the Grenadines",
    "U.S. Virgin Is.": "U.S. Virgin Islands",
    "British Virgin Is.": "British Virgin Islands",
    "Cayman Is.": "Cayman Islands",
    "N. Mariana Is.": "Northern Mariana Islands",
    "Marshall Is.": "Marshall Islands",
    "Turks and Caicos Is.": "Turks and Caicos Islands",
    "Falkland Is.": "Falkland Islands",
    "Cook Is.": "Cook Islands",
    "São Tomé and Principe": "Sao Tome and Principe",
    "Vatican": "Vatican City",
    "Saint Lucia": "Saint Lucia",
    "St-Martin": "Saint Martin",
    "St-Barthélemy": "Saint Barthélemy",
    "Wallis and Futuna Is.": "Wallis and Futuna",
    "St. Pierre and Miquelon": "Saint Pierre and Miquelon",
}
# Natural Earth has these with their mother country.
_BESIDE = {
    "Réunion": (-21.1, 55.5),
    "Guadeloupe": (16.2, -61.5),
    "Martinique": (14.7, -61.0),
    "French Guiana": (4.0, -53.0),
    "Mayotte": (-12.8, 45.2),
    "Gibraltar": (36.1, -5.4),
}


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """Longitude and latitude of each arc."""
    (wide, high), (west, south) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * wide + west, y * high + south))
        found.append(line)
    return found


def simpler(line: list[Point]) -> list[Point]:
    """Douglas and Peucker's algorithm."""
    if len(line) < 3:
        return line
    (ax, ay), (bx, by) = line[0], line[-1]
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5

    def off(point: Point) -> float:
        if not length:
            return float(((point[0] - ax) ** 2 + (point[1] - ay) ** 2) ** 0.5)
        return float(abs((bx - ax) * (ay - point[1]) - (ax - point[0]) * (by - ay)) / length)

    at = max(range(1, len(line) - 1), key=lambda at: off(line[at]))
    if off(line[at]) < NEAR:
        return [line[0], line[-1]]
    return simpler(line[: at + 1])[:-1] + simpler(line[at:])


def drawn(line: list[Point], *, closed: bool) -> str:
    points = [(round(x, 1), round(y, 1)) for x, y in simpler([placed(lat, lon) for lon, lat in line])]
    if closed and (
        len(points) < 4
        or max(x for x, _ in points) - min(x for x, _ in points)
        + max(y for _, y in points) - min(y for _, y in points) < SMALL
    ):  # fmt: skip
        return ""
    text = f"M{points[0][0]:g} {points[0][1]:g}l"
    steps = [f"{round(b[0] - a[0], 1):g} {round(b[1] - a[1], 1):g}" for a, b in pairwise(points)]
    short = re.sub(r"(?<!\d)0\.", ".", text + " ".join(steps)).replace(" -", "-")
    return short + ("z" if closed else "")


def ring(arcs: list[list[Point]], numbers: list[int]) -> list[Point]:
    found: list[Point] = []
    for number in numbers:
        line = arcs[number] if number >= 0 else arcs[~number][::-1]
        found += line[1:] if found else line
    return found


def unwrapped(line: list[Point]) -> list[Point]:
    """The part beyond the date line is drawn where it hangs together, not at the other edge of the map."""
    found, turn = [line[0]], 0.0
    for (a, _), (b, lat) in pairwise(line):
        turn += 360 if a - b > 180 else -360 if b - a > 180 else 0
        found.append((b + turn, lat))
    mean = sum(lon for lon, _ in found) / len(found)
    shift = 360 if mean < -180 else -360 if mean > 180 else 0
    return [(lon + shift, lat) for lon, lat in found]


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    kind = geometry["type"]
    return geometry["arcs"] if kind == "MultiPolygon" else [geometry["arcs"]] if kind == "Polygon" else []


def outline(folder: Path) -> str:
    land = json.loads((folder / "land-110m.json").read_text())
    arcs = arcs_of(land)
    shore = ""
    for geometry in land["objects"]["land"]["geometries"]:
        for polygon in polygons(geometry):
            for numbers in polygon:
                line = unwrapped(ring(arcs, numbers))
                if max(lat for _, lat in line) > BOTTOM:
                    shore += drawn(line, closed=True)
    states = json.loads((folder / "countries-110m.json").read_text())
    sides: Counter[int] = Counter()
    for geometry in states["objects"]["countries"]["geometries"]:
        for polygon in polygons(geometry):
            for numbers in polygon:
                sides.update(number if number >= 0 else ~number for number in numbers)
    lines = arcs_of(states)
    borders = "".join(
        drawn(lines[number], closed=False) for number, times in sorted(sides.items()) if times > 1
    )
    return (
        "{# The world in the Natural Earth projection (places/projection.py), simplified. Made by"
        " tests/doubles/world_map.py\n   of Natural Earth's 1:110m land and countries: public domain,"
        " naturalearthdata.com. #}\n"
        f'<path class="land" d="{shore}"/>\n<path class="borders" d="{borders}"/>\n'
    )


def middle(line: list[Point]) -> tuple[float, Point]:
    """Area and centre of gravity."""
    area = x = y = 0.0
    for (ax, ay), (bx, by) in pairwise(line):
        cross = ax * by - bx * ay
        area, x, y = area + cross / 2, x + (ax + bx) * cross, y + (ay + by) * cross
    return (abs(area), (x / (6 * area), y / (6 * area))) if area else (0.0, line[0])


def points(folder: Path) -> str:
    topology = json.loads((folder / "countries-50m.json").read_text())
    arcs = arcs_of(topology)
    known = {country_key(name): code for code, name in BY_CODE.items()}
    found = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        said = geometry["properties"]["name"]
        code = known.get(country_key(_SAID.get(said, said)))
        if code is None:
            print(f"not known to the registry: {said}", file=sys.stderr)
            continue
        biggest = max(middle(unwrapped(ring(arcs, polygon[0]))) for polygon in polygons(geometry))
        if biggest[1][1] > BOTTOM:
            found[code] = (round(biggest[1][1], 1), round(biggest[1][0], 1))
    for name, (lat, lon) in _BESIDE.items():
        found.setdefault(known[country_key(name)], (lat, lon))
    print(f"no place: {[BY_CODE[code] for code in BY_CODE if code not in found]}", file=sys.stderr)
    lines, line = [], ""
    for code, (lat, lon) in sorted(found.items()):
        one = f"{code} {lat:g} {lon:g}"
        if len(line) + len(one) > 110:
            lines.append(line)
            line = ""
        line += ("|" if line else "") + one
    return "\n".join([*lines, line])


def with_table(module: str, table: str) -> str:
    before, _, rest = module.partition('_TABLE = """\n')
    return before + '_TABLE = """\n' + table + '\n"""' + rest.partition('"""')[2]


if __name__ == "__main__":
    given = Path(sys.argv[1])
    (ROOT / "monitor/web/templates/world.svg").write_text(outline(given))
    module = ROOT / "monitor/web/places/country_points.py"
    module.write_text(with_table(module.read_text(), points(given)))
