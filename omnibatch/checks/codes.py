"""The stable codes of this room, and the two ways to raise one. docs/limits.md explains each."""

from enum import StrEnum
from typing import Final

from omnibatch.problems import Place, Problem

__all__ = ["MEANINGS", "Code", "error", "warning"]


class Code(StrEnum):
    """OB4xx: files and addresses. OB5xx: models and providers. A number is never reused."""

    FILE_MISSING = "OB401"
    NOT_A_FILE = "OB402"
    FILE_UNREADABLE = "OB403"
    FILE_EMPTY = "OB404"
    TOO_MANY_BYTES_TO_READ = "OB405"
    TOO_MANY_PIXELS = "OB406"
    OTHER_FORMAT = "OB407"
    UNKNOWN_FORMAT = "OB408"
    IMAGE_DAMAGED = "OB409"
    FILE_CHANGED = "OB410"
    IMAGE_BYTES = "OB411"
    IMAGE_SIDE = "OB412"
    IMAGE_RATIO = "OB413"
    IMAGE_FORMAT = "OB414"
    TOO_MANY_PARTS = "OB415"
    ADDRESS_MALFORMED = "OB421"
    ADDRESS_NOT_PUBLIC = "OB422"
    ADDRESS_WITH_PASSWORD = "OB423"
    VIDEO_IS_LOCAL = "OB431"
    VIDEO_DAMAGED = "OB432"
    VIDEO_FORMAT = "OB433"
    VIDEO_SECONDS = "OB434"
    VIDEO_SIDE = "OB435"
    VIDEO_FRAME_RATE = "OB436"
    VIDEO_BYTES = "OB437"

    UNKNOWN_PROVIDER = "OB501"
    UNKNOWN_MODEL = "OB502"
    PROVIDER_DROPPED = "OB503"
    DOUBT = "OB504"
    NO_PROVIDER = "OB505"
    PROMPT_EMPTY = "OB511"
    PROMPT_LENGTH = "OB512"
    PROMPT_NOT_TEXT = "OB513"
    TOKEN_MALFORMED = "OB514"
    TOKEN_NAMES_NOTHING = "OB515"
    TOKEN_NAMES_FRAME = "OB516"
    REFERENCE_UNNAMED = "OB517"
    MODE = "OB521"
    ASPECT_RATIO_MISSING = "OB522"
    ASPECT_RATIO = "OB523"
    ASPECT_RATIO_UNUSED = "OB524"
    DURATION_MISSING = "OB525"
    DURATION = "OB526"
    DURATION_PLAIN = "OB527"
    DURATION_UNUSED = "OB528"
    TOO_MANY_REFERENCES = "OB531"
    END_FRAME_ALONE = "OB532"
    FRAME_TWICE = "OB533"
    END_FRAME_IMAGES = "OB534"
    FRAME_ELEMENTS = "OB535"
    FRAME_IN_EDIT = "OB536"
    ELEMENT_ID = "OB537"
    ELEMENT_NOT_THERE = "OB538"
    SOUND = "OB541"
    SOUND_WITH_VIDEO = "OB542"
    SOUND_WITHOUT_VIDEO = "OB543"
    VIDEO_SILENT = "OB544"
    MULTI_SHOT = "OB551"
    MULTI_SHOT_FORM = "OB552"
    PART_COUNT = "OB553"
    PART_PROMPT_LENGTH = "OB554"
    PART_PROMPT_EMPTY = "OB555"
    PART_DURATION = "OB556"
    PART_SUM = "OB557"
    MULTI_SHOT_FRAMES = "OB558"
    PROMPT_BESIDE_PARTS = "OB559"
    CALLBACK = "OB561"
    EXTRA_RESERVED = "OB562"
    EXTRA_UNUSED = "OB563"
    EXTRA_NOT_JSON = "OB564"
    BUDGET_CURRENCY = "OB571"
    PRICE_UNUSED = "OB572"


MEANINGS: Final = {
    "OB401": "the file does not exist",
    "OB402": "it is a folder, a pipe or a device",
    "OB403": "it cannot be read",
    "OB404": "it has no bytes",
    "OB405": "it has more bytes than are read: 67,108,864 of an image, 268,435,456 of a video",
    "OB406": "it has more pixels than are decoded: 50,000,000, or of a progressive JPEG 75,000,000 "
    "samples",
    "OB407": "its bytes are of a known format other than PNG or JPEG, or of a video MP4 or MOV "
    "(SVG, GIF, WebP, HEIC, WebM, a Git LFS pointer, a saved web page, ...)",
    "OB408": "its bytes are of no format known here",
    "OB409": "it does not decode to its end: cut short or damaged",
    "OB410": "it has changed between check and sending (said by a run, never by validate)",
    "OB411": "too many bytes",
    "OB412": "a side has too few pixels",
    "OB413": "too long for its width, or too wide for its height",
    "OB414": "PNG or JPEG, but the model does not take that one",
    "OB415": "it is made of more parts (chunks, segments, scans) than are read",
    "OB421": "the address is not http:// or https:// with a host, or is malformed",
    "OB422": "the host is private: loopback, a local network, a name without a dot",
    "OB423": "the address carries a user name or a password",
    "OB431": "a video given as a local file",
    "OB432": "a video without its index, its pictures or its end: cut short or damaged",
    "OB433": "MP4 or MOV, but the model does not take that one",
    "OB434": "a video that is too short or too long",
    "OB435": "a video with a side of too few or too many pixels",
    "OB436": "a video with too few or too many frames a second",
    "OB437": "a video with too many bytes",
    "OB501": "no such provider",
    "OB502": "no such model at this provider",
    "OB503": "a provider of the list cannot take this shot and is left out (a warning)",
    "OB504": "the provider's page does not mention the model, sound: on or multi_shot (a warning)",
    "OB505": "the shot names no provider",
    "OB511": "the prompt is empty",
    "OB512": "the prompt is too long",
    "OB513": "the prompt holds half of a surrogate pair",
    "OB514": "something like <<<image1>>> or <<image_1>> that is not a token",
    "OB515": "a token beyond the end of its list",
    "OB516": "a token that names a frame",
    "OB517": "a listed image or element that no prompt names (a warning)",
    "OB521": "no such mode",
    "OB522": "no aspect ratio, first frame or video to edit",
    "OB523": "no such aspect ratio",
    "OB524": "an aspect ratio beside a first frame or an edit",
    "OB525": "no duration",
    "OB526": "too short or too long",
    "OB527": "a length that is not rendered from so little",
    "OB528": "a duration beside an edit",
    "OB531": "too many images and elements",
    "OB532": "an end frame without a first frame",
    "OB533": "two first frames, or two end frames",
    "OB534": "too many images beside an end frame",
    "OB535": "too many elements beside frames",
    "OB536": "a frame in an edit",
    "OB537": "an element id that is not a positive 64-bit number",
    "OB538": "an element that has no id at this provider",
    "OB541": "a sound that the model cannot do",
    "OB542": "sound: on beside a video",
    "OB543": "sound: original without a video",
    "OB544": "sound: original beside a video file that has no sound (a warning)",
    "OB551": "the model makes no multi-shot clips",
    "OB552": "both parts and auto, or neither",
    "OB553": "too many parts",
    "OB554": "the prompt of a part is too long",
    "OB555": "the prompt of a part is empty",
    "OB556": "a part shorter than a second",
    "OB557": "the parts do not add up to the duration",
    "OB558": "a frame in a multi-shot clip",
    "OB559": "a prompt beside listed parts",
    "OB561": "a callback that is not a public https address",
    "OB562": "an extra field for which the manifest has a key, or which omnibatch sets",
    "OB563": "extra for a provider that does not get the shot (a warning)",
    "OB564": "an extra value that JSON cannot carry",
    "OB571": "a budget in another currency than the prices",
    "OB572": "a price that fits no provider, model, mode or sound (a warning)",
}


def error(code: Code, place: Place, message: str, hint: str) -> Problem:
    """A finding that forbids buying."""
    return Problem(place=place, code=code.value, message=message, hint=hint)


def warning(code: Code, place: Place, message: str, hint: str) -> Problem:
    """A finding that forbids nothing."""
    return Problem(place=place, code=code.value, message=message, hint=hint, severity="warning")
