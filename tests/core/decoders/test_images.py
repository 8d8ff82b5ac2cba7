"""Pictures that people bring: what is refused, in which words, and what is made of the rest."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageOps

from core.decoders.pictures import heif, images
from core.decoders.pictures.images import (
    MAX_BYTES,
    MAX_PIXELS,
    MAX_SIDE,
    check,
    crop,
    jpeg,
    thumbnail,
)
from core.errors import InvalidUpload
from tests.conftest import MakePicture
from tests.footage import RED, YELLOW, corners

ORIENTATION, GPS, MAKE = 0x0112, 0x8825, 0x010F


def opened(content: bytes) -> Image.Image:
    """The picture, decoded."""
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def empty_png(width: int, height: int) -> bytes:
    """A PNG whose header claims a size; what it decodes to is another matter."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(kind + data))
        return struct.pack(">I", len(data)) + kind + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * min(10**7, (width + 1) * height))
    parts = [chunk(b"IHDR", header), chunk(b"IDAT", rows), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


# -- refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"just some text, saved as picture.png\n" * 50,
        b"<html><body>" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>" * 30,
        b"%!PS-Adobe-3.0 EPSF-3.0\n" * 40,
        b"\x89PNG\r\n\x1a\n" + b"\0" * 900,
        b"\xff\xd8\xff\xe0" + b"\0" * 900,
        b"RIFF\0\0\0\0WEBPVP8 " + b"\0" * 900,
    ],
    ids=["empty", "text", "html", "svg", "eps", "png head", "jpeg head", "webp head"],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content: bytes) -> None:
    with pytest.raises(InvalidUpload) as caught:
        check(content)
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "ICO", "PPM"])
def test_other_kinds_of_picture_are_refused(picture: MakePicture, form: str) -> None:
    with pytest.raises(InvalidUpload, match="not a PNG, JPEG, WebP, HEIC or AVIF"):
        check(picture((64, 64), form))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_picture_that_was_cut_short_is_refused(
    picture: MakePicture, form: str, share: float
) -> None:
    content = picture((320, 180), form)
    with pytest.raises(InvalidUpload):
        check(content[: int(len(content) * share)])


@pytest.mark.parametrize("form", ["WEBP", "PNG"])
def test_an_animated_picture_is_refused(picture: MakePicture, form: str) -> None:
    more = [Image.effect_noise((64, 64), 80).convert("RGB")]
    with pytest.raises(InvalidUpload, match="animated"):
        check(picture((64, 64), form, save_all=True, append_images=more))


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((30_000, 30_000), "too many pixels"),
        ((30_000, 20), "30000 x 20 pixels"),
        ((20, 30_000), "20 x 30000 pixels"),
        ((MAX_SIDE + 1, 100), "8001 x 100 pixels"),
        ((7000, 7000), "7000 x 7000 pixels"),
    ],
)
def test_too_many_pixels_are_refused_by_the_header_alone(size: tuple[int, int], words: str) -> None:
    content = empty_png(*size)
    tracemalloc.start()
    with pytest.raises(InvalidUpload, match=words) as caught:
        check(content)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "at most 8000 a side and 33 million in all" in caught.value.message
    assert peak < 4_000_000


def test_too_many_bytes_are_refused() -> None:
    with pytest.raises(InvalidUpload, match="more than 64 MB"):
        check(b"\0" * (MAX_BYTES + 1024 * 1024))


def test_a_picture_of_a_few_bytes_is_refused(picture: MakePicture) -> None:
    tiny = io.BytesIO()
    Image.new("RGB", (8, 8)).save(tiny, "PNG")
    with pytest.raises(InvalidUpload, match="512 bytes"):
        check(tiny.getvalue())


def test_the_largest_picture_is_taken() -> None:
    side = int(MAX_PIXELS**0.5)
    found = check(empty_png(side, 300))
    assert (found.width, found.height) == (side, 300)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")  # Pillow says so on the way
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_whatever_is_wrong_inside_a_picture_only_our_own_error_comes_out(
    picture: MakePicture, form: str
) -> None:
    exif = Image.Exif()
    exif[MAKE], exif[ORIENTATION] = "Maker", 6
    content = picture((96, 64), form, exif=exif)
    dice = random.Random(form)
    for _ in range(250):
        spoilt = bytearray(content)
        for _ in range(dice.randrange(1, 6)):
            spoilt[dice.randrange(min(len(spoilt), dice.choice([60, 400, 10**6])))] ^= (
                dice.randrange(256)
            )
        try:
            found = check(bytes(spoilt))
        except InvalidUpload:
            continue
        assert opened(found.content).size == (found.width, found.height)


# -- taken ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("WEBP", "image/webp")],
)
def test_a_clean_picture_is_kept_byte_by_byte(
    picture: MakePicture, form: str, media_type: str
) -> None:
    content = picture((320, 180), form)
    found = check(content)
    assert found.content == content
    assert (found.media_type, found.width, found.height) == (media_type, 320, 180)
    assert found.notices == ()


def test_a_cmyk_picture_is_converted_and_said_so(picture: MakePicture) -> None:
    found = check(picture((320, 180), "JPEG", "CMYK"))
    assert opened(found.content).mode == "RGB"
    assert found.media_type == "image/jpeg"
    assert "CMYK" in found.notices[0]


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_orientation_is_applied_and_place_and_camera_are_gone(
    picture: MakePicture, form: str
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "SecretCamera"
    exif.get_ifd(GPS)[1] = "N"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    content = picture((320, 180), form, exif=exif)
    assert b"SecretCamera" in content
    found = check(content)
    assert (found.width, found.height) == (180, 320)
    clean = opened(found.content)
    assert clean.size == (180, 320)
    assert dict(clean.getexif()) == {}
    assert b"SecretCamera" not in found.content


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_is_turned_as_pillow_would(
    picture: MakePicture, orientation: int
) -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    content = picture((32, 20), "PNG", exif=exif)
    upright = ImageOps.exif_transpose(opened(content))
    assert opened(check(content).content).tobytes() == upright.tobytes()


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_picture_whose_metadata_is_broken_is_still_a_picture(picture: MakePicture) -> None:
    for exif in (b"Exif\0\0", b"Exif\0\0XX*\0", b"Exif\0\0MM\0*\0\0\0\x08\0\x09\x01\x12"):
        found = check(picture((320, 180), "JPEG", exif=exif))
        assert (found.width, found.height) == (320, 180)
        assert b"Exif" not in found.content


def test_comments_and_text_are_gone(picture: MakePicture) -> None:
    from PIL.PngImagePlugin import PngInfo

    info = PngInfo()
    info.add_text("parameters", "a private prompt")
    info.add_itxt("XML:com.adobe.xmp", "<x>author</x>")
    for content in (
        picture((64, 64), "PNG", pnginfo=info),
        picture((64, 64), "JPEG", comment=b"a private prompt"),
        picture((64, 64), "WEBP", xmp=b"<x>a private prompt</x>"),
    ):
        assert b"private" in content
        assert b"private" not in check(content).content


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_keeps_what_it_shows(mode: str) -> None:
    plain = Image.linear_gradient("L").resize((200, 200))
    if mode == "I;16":
        image = Image.frombytes(
            "I;16", plain.size, b"".join(bytes([v, v]) for v in plain.tobytes())
        )
    else:
        image = plain.convert(mode)
    out = io.BytesIO()
    image.save(out, "PNG")
    found = check(out.getvalue() + b"\0" * 600)
    shown = opened(found.content)
    assert shown.mode in ("RGB", "RGBA")
    assert abs(shown.convert("L").resize((1, 1)).getpixel((0, 0)) - 127) < 6  # type: ignore[operator]
    dark, light = shown.convert("L").getextrema()
    assert (dark, light) == (0, 255)


def test_transparency_survives() -> None:
    image = Image.effect_noise((64, 64), 80).convert("P")
    out = io.BytesIO()
    image.save(out, "PNG", transparency=3)
    assert opened(check(out.getvalue()).content).mode == "RGBA"


def test_a_phones_picture_with_a_second_one_inside_is_not_animated(picture: MakePicture) -> None:
    second = [Image.effect_noise((64, 64), 80).convert("RGB")]
    content = picture((320, 180), "MPO", save_all=True, append_images=second)
    found = check(content)
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 320, 180)
    assert opened(found.content).format == "JPEG"


def test_a_colour_profile_survives_when_the_file_has_to_be_written_anew(
    picture: MakePicture,
) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = picture((64, 64), "JPEG", icc_profile=profile, comment=b"hello")
    assert opened(check(content).content).info.get("icc_profile") == profile


# -- photos of phones -----------------------------------------------------------------------------


def photo(form: str, **options: Any) -> bytes:
    """A photo as phones make them, of four corners."""
    out = io.BytesIO()
    corners((320, 180)).save(out, form, quality=95, **options)
    return out.getvalue()


def shown(content: bytes, place: tuple[int, int]) -> list[int]:
    return list(opened(content).convert("RGB").getpixel(place))  # type: ignore[arg-type]


@pytest.mark.parametrize(("form", "name"), [("HEIF", "HEIC"), ("AVIF", "AVIF")])
def test_a_photo_of_a_phone_becomes_what_runway_takes(form: str, name: str) -> None:
    found = check(photo(form))
    assert (found.media_type, found.width, found.height) == ("image/jpeg", 320, 180)
    assert found.notices == (f"Turned from {name} into JPEG: Runway takes no {name}.",)
    assert opened(found.content).format == "JPEG"
    assert shown(found.content, (9, 9)) == pytest.approx(RED, abs=8)
    assert shown(found.content, (310, 170)) == pytest.approx(YELLOW, abs=8)


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
def test_a_photo_of_a_phone_is_upright_and_says_nothing_of_place_and_camera(form: str) -> None:
    image = corners((320, 180))
    exif = image.getexif()
    exif[ORIENTATION], exif[MAKE] = 6, "SecretCamera"
    out = io.BytesIO()
    image.save(out, form, quality=95, exif=exif.tobytes())
    assert b"SecretCamera" in out.getvalue()
    found = check(out.getvalue())
    assert (found.width, found.height) == (180, 320)
    assert shown(found.content, (170, 9)) == pytest.approx(RED, abs=8)
    assert b"SecretCamera" not in found.content


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
@pytest.mark.parametrize("told", ["by profile", "by number"])
def test_the_colours_of_a_display_p3_photo_are_right(form: str, told: str) -> None:
    """Reckoned by hand: linear light times the matrix from Display P3 to sRGB."""
    options: dict[str, Any] = (
        {"subsampling": "4:4:4"} if form == "AVIF" else {"chroma": 444, "matrix_coefficients": 1}
    )
    if told == "by profile":
        options["icc_profile"] = heif.display_p3()
    image = Image.new("RGB", (64, 64), (200, 100, 50))
    image.paste((90, 200, 40), (0, 32, 64, 64))
    out = io.BytesIO()
    image.save(out, form, quality=100, **options)
    content = out.getvalue()
    if told == "by number":
        place = content.index(b"colrnclx") + 8
        content = content[:place] + b"\0\x0c" + content[place + 2 :]
    found = check(content)
    assert shown(found.content, (32, 9)) == pytest.approx((215, 93, 31), abs=4)
    assert shown(found.content, (32, 54)) == pytest.approx((0, 204, 0), abs=4)
    assert not opened(found.content).info.get("icc_profile")


def test_a_transparent_photo_becomes_a_png() -> None:
    out = io.BytesIO()
    noise = Image.effect_noise((64, 64), 80).convert("RGBA")
    noise.putalpha(90)
    noise.save(out, "AVIF")
    found = check(out.getvalue())
    assert found.media_type == "image/png"
    assert opened(found.content).getpixel((9, 9))[3] == 90  # type: ignore[index]


@pytest.mark.parametrize("form", ["HEIF", "AVIF"])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9])
def test_a_photo_that_was_cut_short_is_refused(form: str, share: float) -> None:
    content = photo(form)
    with pytest.raises(InvalidUpload, match="damaged or cut short"):
        check(content[: int(len(content) * share)])


# -- previews -------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("shape", [(1280, 720), (720, 1280), (1584, 672), (960, 960), (64, 36)])
def test_a_crop_has_the_shape_asked_for(
    picture: MakePicture, form: str, shape: tuple[int, int]
) -> None:
    shown = opened(crop(picture((1000, 700), form), *shape))
    assert shown.format == "JPEG"
    assert max(shown.size) == min(960, max(shape))
    assert shown.width / shown.height == pytest.approx(shape[0] / shape[1], rel=0.01)


def test_a_crop_is_the_middle(picture: MakePicture) -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    out = io.BytesIO()
    image.save(out, "PNG")
    shown = opened(crop(out.getvalue(), 100, 100))
    for x in (8, 50, 92):
        red, _, blue = shown.getpixel((x, 50))  # type: ignore[misc]
        assert blue > 200 > 60 > red


@pytest.mark.slow
def test_a_thumbnail_is_small_and_whole(picture: MakePicture) -> None:
    shown = opened(thumbnail(picture((2000, 1000), "WEBP")))
    assert (shown.format, shown.size) == ("JPEG", (480, 240))


def test_transparent_pictures_can_be_previewed(picture: MakePicture) -> None:
    content = picture((64, 64), "PNG", "RGBA")
    assert opened(crop(content, 16, 9)).mode == "RGB"
    assert opened(thumbnail(content)).mode == "RGB"
    assert opened(jpeg(opened(content))).format == "JPEG"


def test_a_png_is_written_without_loss(picture: MakePicture) -> None:
    image = opened(picture((64, 64)))
    assert opened(images.png(image)).tobytes() == image.tobytes()
