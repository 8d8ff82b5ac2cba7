"""A still of curves and words, for a model that draws vectors."""

from __future__ import annotations

from xml.sax.saxutils import escape

import numpy as np

from core.emulator.drawing import lettering
from core.emulator.drawing.landscape import RIDGES, Landscape, Look
from core.emulator.drawing.planes import Field
from core.emulator.render_job import Job

_POINTS = 64


def poster(job: Job) -> str:
    width, height = job.width, job.height
    land = Landscape(Look(job.prompt, job.seed, job.colours, job.ground), width / height)
    shapes = [
        f'<rect width="{width}" height="{height}" fill="url(#sky)"/>',
        f'<circle cx="{land.sun[0] * height:.1f}" cy="{land.sun[1] * height:.1f}"'
        f' r="{0.105 * height:.1f}" fill="#fff1de"/>',
        *(_hill(land, ridge, width, height) for ridge in range(RIDGES)),
        *_words(job),
    ]
    sky = (
        '<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">'
        f'<stop offset="0" stop-color="{_hex(land.top)}"/>'
        f'<stop offset=".72" stop-color="{_hex(land.low)}"/></linearGradient>'
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}"><defs>{sky}</defs>{"".join(shapes)}</svg>\n'
    )


def _hill(land: Landscape, ridge: int, width: int, height: int) -> str:
    x = np.linspace(0, 1, _POINTS, dtype=np.float32)
    points = zip(x * width, land.line(ridge, x) * height, strict=True)
    line = " ".join(f"{across:.1f},{down:.1f}" for across, down in points)
    colour = _hex(land.hills[ridge])
    return f'<polygon points="0,{height} {line} {width},{height}" fill="{colour}"/>'


def _words(job: Job) -> list[str]:
    size, lines, places = lettering.poster_lines(job.prompt, (job.width, job.height))
    style = f'font-family="sans-serif" font-size="{size}" fill="#f6f4f0"'
    edge = lettering.margin((job.width, job.height))
    small = lettering.small_size((job.width, job.height))
    return [
        *(
            f'<text x="{edge}" y="{place:.0f}" {style}>{escape(line)}</text>'
            for line, place in zip(lines, places, strict=True)
        ),
        f'<text x="{edge}" y="{job.height - edge}" font-family="sans-serif" font-size="{small}"'
        f' letter-spacing="{small * 0.22:.1f}" fill="#e1e1e1">{lettering.MARK}</text>',
    ]


def _hex(colour: Field) -> str:
    return "#" + "".join(f"{round(min(255.0, max(0.0, float(part)))):02x}" for part in colour)
