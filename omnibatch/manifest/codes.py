"""The stable codes of this room's problems, and what each means.

Scripts and editors match on codes: one is never reused for another meaning.
`docs/problems.md` explains each. The YAML reader owns OB1xx.
"""

from typing import Final

__all__ = ["MEANINGS"]

UNREADABLE: Final = "OB200"
UNKNOWN_KEY: Final = "OB201"
NOT_YET: Final = "OB202"
LACKING: Final = "OB203"
MISSING_KEY: Final = "OB204"
WRONG_TYPE: Final = "OB205"
EMPTY: Final = "OB206"
WRONG_VALUE: Final = "OB207"
OUT_OF_RANGE: Final = "OB208"
WRONG_COUNT: Final = "OB209"
BAD_NAME: Final = "OB210"
DUPLICATE_ID: Final = "OB211"
WRONG_VERSION: Final = "OB212"
DOES_NOT_APPLY: Final = "OB213"
UNCHECKED: Final = "OB214"

BAD_INCLUDE: Final = "OB220"
DEFINED_TWICE: Final = "OB221"
NESTED_SCENE: Final = "OB222"
BAD_PROMPT_FILE: Final = "OB223"

EMPTY_MATRIX: Final = "OB230"
BAD_COMBINATION: Final = "OB231"
EXCLUDES_NOTHING: Final = "OB232"
TOO_MANY_SHOTS: Final = "OB233"
ID_NOT_OF_ROW: Final = "OB234"
BRACES: Final = "OB235"

NO_PROFILE: Final = "OB240"
UNKNOWN_PROFILE: Final = "OB241"
FORMER_ID: Final = "OB242"

MIXED_CURRENCIES: Final = "OB260"
ABSURD_PRICE: Final = "OB261"

TEMPLATE_SYNTAX: Final = "OB300"
TEMPLATE_REFUSED: Final = "OB301"
UNDEFINED: Final = "OB302"
VARIABLE_CYCLE: Final = "OB303"
TEMPLATE_SIZE: Final = "OB304"
TEMPLATE_FAILED: Final = "OB305"
UNUSED_VARIABLE: Final = "OB306"

UNKNOWN_REFERENCE: Final = "OB310"
WRONG_KIND: Final = "OB311"
BAD_TOKEN: Final = "OB312"
SECOND_VIDEO: Final = "OB313"
TURNED: Final = "OB314"
UNKNOWN_SHOT: Final = "OB315"
FRAME_RING: Final = "OB316"
MENTION: Final = "OB317"

FILE_MISSING: Final = "OB320"
PATH_REFUSED: Final = "OB321"
URL_REFUSED: Final = "OB322"

BAD_OUTPUT: Final = "OB330"
OUTPUT_COLLISION: Final = "OB331"

MEANINGS: Final = {
    UNREADABLE: "the manifest cannot be read",
    UNKNOWN_KEY: "a key that does not exist",
    NOT_YET: "a key that is known and not taken",
    LACKING: "a word of other models that Omni models do not know",
    MISSING_KEY: "a key that is needed is missing",
    WRONG_TYPE: "a text, number, list or map where another is meant",
    EMPTY: "nothing where a value is meant",
    WRONG_VALUE: "a value that is not one of those allowed",
    OUT_OF_RANGE: "a number below or above its limits",
    WRONG_COUNT: "too short or too long a text or list, or one entry twice",
    BAD_NAME: "an id or a name with characters that it may not have",
    DUPLICATE_ID: "two shots with one id",
    WRONG_VERSION: "a version of the format that this omnibatch does not read",
    DOES_NOT_APPLY: "a key on a shot to which it does not apply",
    UNCHECKED: "raw fields are sent unchecked (a warning)",
    BAD_INCLUDE: "a file that cannot be included",
    DEFINED_TWICE: "a name that two libraries define",
    NESTED_SCENE: "a scene inside a scene",
    BAD_PROMPT_FILE: "a prompt's file that cannot be read",
    EMPTY_MATRIX: "a matrix, or rows, of which nothing is left",
    BAD_COMBINATION: "a combination that the matrix does not have, or twice",
    EXCLUDES_NOTHING: "an exclude that matches no combination (a warning)",
    TOO_MANY_SHOTS: "more shots, or combinations, than are read",
    ID_NOT_OF_ROW: "an id that is the same for every row",
    BRACES: "a text of a matrix that looks like a template (a warning)",
    NO_PROFILE: "no profile is chosen, where there are some",
    UNKNOWN_PROFILE: "a profile that does not exist",
    FORMER_ID: "a former id that another shot has, or claims",
    MIXED_CURRENCIES: "prices or a budget in different currencies",
    ABSURD_PRICE: "a price that is more than any clip costs (a warning)",
    TEMPLATE_SYNTAX: "a template that cannot be read",
    TEMPLATE_REFUSED: "a template that uses what manifests may not",
    UNDEFINED: "a template with a name that does not exist",
    VARIABLE_CYCLE: "variables that need each other",
    TEMPLATE_SIZE: "a template, or its text, over the limit",
    TEMPLATE_FAILED: "a template that cannot be worked out",
    UNUSED_VARIABLE: "a --var that nothing uses",
    UNKNOWN_REFERENCE: "the name of a reference that does not exist",
    WRONG_KIND: "a reference of another kind than is needed",
    BAD_TOKEN: "a token such as <<<image_3>>> that stands for nothing",
    SECOND_VIDEO: "a second video, where a shot may carry one",
    TURNED: "an invisible character in a prompt that turns its direction (a warning)",
    UNKNOWN_SHOT: "a frame of a shot, or of a take, that does not exist",
    FRAME_RING: "shots that need frames of each other's clips",
    MENTION: "a reference that is called by @ (a warning)",
    FILE_MISSING: "a file that is not there",
    PATH_REFUSED: "a path that leads out, or to something that is not a file",
    URL_REFUSED: "an address that a provider could not fetch",
    BAD_OUTPUT: "an output path that cannot be used",
    OUTPUT_COLLISION: "two shots with one output path",
}
