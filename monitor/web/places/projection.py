"""From latitude and longitude to a place on our map. Pure.

The Natural Earth projection: B. Šavrič, B. Jenny, T. Patterson, D. Petrovič, L. Hurni, "A Polynomial Equation for the
Natural Earth Projection", Cartography and Geographic Information Science 38 (2011), pages 363 to 372.
"""

from __future__ import annotations

from math import radians

WIDTH = 720.0
TOP, BOTTOM = 84.0, -57.0  # degrees: nobody runs a trial beyond
_HALF = radians(180) * 0.8707  # of the equator, for a globe of radius 1


def placed(lat: float, lon: float) -> tuple[float, float]:
    """Right and down from the map's upper left corner."""
    across, up = _projected(lat, lon)
    return (across + _HALF) * _SCALE, (_CROWN - up) * _SCALE


def _projected(lat: float, lon: float) -> tuple[float, float]:
    phi, lam = radians(lat), radians(lon)
    two = phi * phi
    four = two * two
    x = lam * (0.8707 - 0.131979 * two + four * (-0.013791 + four * (0.003971 * two - 0.001529 * four)))
    y = phi * (1.007226 + two * (0.015085 + four * (-0.044475 + 0.028874 * two - 0.005916 * four)))
    return x, y


_SCALE = WIDTH / (2 * _HALF)
_CROWN = _projected(TOP, 0)[1]
HEIGHT = round((_CROWN - _projected(BOTTOM, 0)[1]) * _SCALE, 1)
