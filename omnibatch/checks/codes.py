"""The stable codes of this room, and the two ways to raise one. docs/limits.md explains each."""

from enum import StrEnum

from omnibatch.problems import Place, Problem

__all__ = ["Code", "error", "warning"]


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
    ADDRESS_MALFORMED = "OB421"
    ADDRESS_NOT_PUBLIC = "OB422"
    ADDRESS_WITH_PASSWORD = "OB423"
    VIDEO_IS_LOCAL = "OB431"

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
    SOUND = "OB541"
    SOUND_WITH_VIDEO = "OB542"
    SOUND_WITHOUT_VIDEO = "OB543"
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


def error(code: Code, place: Place, message: str, hint: str) -> Problem:
    """A finding that forbids buying."""
    return Problem(place=place, code=code.value, message=message, hint=hint)


def warning(code: Code, place: Place, message: str, hint: str) -> Problem:
    """A finding that forbids nothing."""
    return Problem(place=place, code=code.value, message=message, hint=hint, severity="warning")
