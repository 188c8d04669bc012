"""A body that asks for several shots in one clip (Kling's legacy omni-video reference)."""

from omnibatch.emulator.orders.fields import Body, OrderError, choice, flag, objects, text

__all__ = ["MAX_PROMPT", "check_parts", "read_prompt"]

MAX_PROMPT = 2500
_MAX_PART_PROMPT = 512
_MAX_PARTS = 6


def read_prompt(body: Body, model: str, *, framed: bool) -> str:
    """Return the words that describe the clip; raise `OrderError` where they are missing.

    For `shot_type: customize` these are the prompts of the parts, joined by ` / `;
    `framed` says that a first or end frame is given, which several shots rule out.
    """
    prompt = text(body, "prompt") or ""
    if len(prompt) > MAX_PROMPT:
        raise OrderError(f"prompt must not exceed {MAX_PROMPT} characters, got {len(prompt)}")
    kind = choice(body, "shot_type", ("customize", "intelligence"))
    parts = objects(body, "multi_prompt")
    if not flag(body, "multi_shot"):
        if kind or parts:
            raise OrderError("shot_type and multi_prompt need multi_shot")
    elif model == "kling-video-o1":
        raise OrderError(f"{model} does not support multi_shot")
    elif kind is None:
        raise OrderError("multi_shot needs a shot_type")
    elif framed:
        raise OrderError("multi_shot does not support first and end frames")
    elif kind == "customize":
        if prompt:
            raise OrderError("prompt is invalid with shot_type customize")
        return _join(parts)
    if not prompt.strip():
        raise OrderError("prompt is required")
    return prompt


def _join(parts: list[Body]) -> str:
    if not 1 <= len(parts) <= _MAX_PARTS:
        raise OrderError(f"multi_prompt takes 1 to {_MAX_PARTS} shots")
    prompts = []
    for index, part in enumerate(parts):
        prompt = text(part, "prompt")
        if not prompt or len(prompt) > _MAX_PART_PROMPT:
            raise OrderError(
                f"multi_prompt[{index}].prompt must have 1 to {_MAX_PART_PROMPT} characters"
            )
        prompts.append(prompt)
    return " / ".join(prompts)


def check_parts(body: Body, seconds: int) -> None:
    """Raise `OrderError` unless the parts' durations add up to `seconds`."""
    parts = objects(body, "multi_prompt")
    if not parts:
        return
    total = 0
    for index, part in enumerate(parts):
        value = text(part, "duration") or ""
        if not (value.isascii() and value.isdigit()) or int(value) < 1:
            raise OrderError(f"multi_prompt[{index}].duration must be a string such as '2'")
        total += int(value)
    if total != seconds:
        raise OrderError(f"multi_prompt durations add up to {total}, not to duration {seconds}")
