"""Keys that people write and that this version does not take, with what to do instead."""

from typing import Final

__all__ = ["ELSEWHERE", "LACKING", "LATER", "OFFERED", "RESERVED"]

# Videos taken from another shot's clip, which Kling fetches from public addresses alone.
# They are answered by name, since a key that is silently left out is a clip that somebody
# pays for and did not want.
_EDIT: Final = (
    "providers fetch a video themselves, and a clip is a file on this machine",
    "upload the clip, and give its public address: {video: https://...}",
)
LATER: Final = {"shot": _EDIT, "frame": _EDIT}

# Fields of other video models, which the Omni body lacks (Kling's Omni reference, legacy
# body, 2026-03; gateways ignore unknown fields and bill all the same), and one of ours.
LACKING: Final = {
    "seed": (
        "Omni models take no seed: two renders of one prompt differ",
        "leave it out; reference images keep a look from shot to shot",
    ),
    "negative_prompt": (
        "Omni models take no negative prompt",
        "say it in prompt or style, such as: no lettering",
    ),
    "cfg_scale": (
        "Omni models take no cfg_scale",
        "leave it out, and say in the prompt what matters most",
    ),
    "external_task_id": (
        "omnibatch sets external_task_id itself, to find a task that was lost",
        "leave it out",
    ),
}

# Words of the wire and of other tools, and the key that says the same here.
ELSEWHERE: Final = {
    "audio": "sound: on",
    "callback": "callback_url",
    "description": "note, or prompt",
    "element": "references: {NAME: {element: id}}",
    "element_list": "references: {NAME: {element: id}}",
    "enable_audio": "sound: on",
    "id": "scene",
    "image": "first_frame, or references",
    "image_list": "references, first_frame and end_frame",
    "image_url": "first_frame, or references",
    "images": "references",
    "keep_original_sound": "sound: original",
    "last_frame": "end_frame",
    "model_name": "model",
    "multi_prompt": "multi_shot",
    "name": "id",
    "prompt_file": "prompt: {file: PATH}",
    "ratio": "aspect_ratio",
    "scenes": "shots: a scene is an item of shots, - scene: NAME with shots: below it",
    "seconds": "duration",
    "shot_type": "multi_shot",
    "start_frame": "first_frame",
    "text": "prompt",
    "tail_image": "end_frame",
    "variables": "vars",
    "video": "edit, or references",
    "video_list": "references: {NAME: {video: ...}}, or edit",
    "video_url": "edit, or references: {NAME: {video: ...}}",
}

# Names that templates know by themselves, in this version or the next; no variable may
# take one, and Jinja gives some of the others a meaning of its own.
RESERVED: Final = frozenset(
    {
        "and",
        "caller",
        "edit",
        "elif",
        "else",
        "false",
        "False",
        "if",
        "in",
        "is",
        "kwargs",
        "loop",
        "matrix",
        "name",
        "none",
        "None",
        "not",
        "or",
        "profile",
        "ref",
        "row",
        "scene",
        "self",
        "shot",
        "super",
        "take",
        "true",
        "True",
        "varargs",
    }
)

# The reserved words that stand for something in every template, now or in the next version.
OFFERED: Final = frozenset(
    {"edit", "matrix", "name", "profile", "ref", "row", "scene", "shot", "take"}
)
