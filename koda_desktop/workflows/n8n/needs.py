"""What an n8n workflow needs beside credentials: AI models, languages, packages and set-up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from koda_desktop.workflows.n8n.credential_names import credential_name
from koda_desktop.workflows.n8n.node_types import LANGCHAIN, node_type
from koda_desktop.workflows.n8n.reading import Step
from koda_desktop.workflows.n8n.webhooks import has_webhook
from koda_desktop.workflows.requirements import Needs, distinct, model_names, setup_steps

_MODEL_KEYS = ("model", "modelId", "modelName", "chatModel", "textModel")
_MODEL_NODES = {"openAi", "googleGemini", "anthropic", "ollama", "mistralAi", "perplexity",
                "huggingFaceInference", "jinaAi"}  # fmt: skip
_SCRIPTS = {"function": "JavaScript", "functionItem": "JavaScript", "executeCommand": "Shell"}
_PICKED = ("__rl", "mode")


def ai_models(steps: Iterable[Step]) -> tuple[str, ...]:
    """The names of models chosen in AI steps, each once, as the services write them."""
    return model_names(name for step in steps if _is_ai(step) for name in _models(step))


def _is_ai(step: Step) -> bool:
    package, _, short = step.type.rpartition(".")
    return package == LANGCHAIN or short.removesuffix("Tool") in _MODEL_NODES


def _models(step: Step) -> Iterator[Any]:
    options = step.parameters.get("options")
    for given in (step.parameters, options if isinstance(options, dict) else {}):
        for key in _MODEL_KEYS:
            chosen = given.get(key)
            name = chosen.get("value") if isinstance(chosen, dict) else chosen
            # Old nodes write a full address; the name is its last part.
            yield name.removeprefix("models/") if isinstance(name, str) else None


def code_languages(steps: Iterable[Step]) -> tuple[str, ...]:
    """The languages a buyer finds code in, each once."""
    return distinct(language for step in steps for language in _languages(step))


def _languages(step: Step) -> Iterator[str]:
    short = step.type.rpartition(".")[2]
    if short in _SCRIPTS:
        yield _SCRIPTS[short]
    elif short in ("code", "toolCode"):
        chosen = step.parameters.get("language")
        is_python = isinstance(chosen, str) and chosen.lower().startswith("python")
        yield "Python" if is_python else "JavaScript"
    if step.parameters.get("operation") == "executeQuery" or short == "toolSqlAgent":
        yield "SQL"


def instructions(steps: list[Step], credentials: Iterable[str]) -> tuple[str, ...]:
    """The estimated set-up steps of a buyer."""
    chosen = (node_type(s.type).label for s in steps if _picks(s.parameters.values()))
    needs = Needs(
        connections=distinct(credential_name(kind) for kind in credentials),
        documents=distinct(chosen),
        packages=tuple(sorted(distinct(node_type(step.type).package for step in steps))),
        addresses=sum(has_webhook(s.raw) and node_type(s.type).trigger == "Webhook" for s in steps),
    )
    return setup_steps("n8n", needs, "Run it once and switch it on")


def _picks(values: Iterable[Any]) -> bool:
    """Whether a parameter is a document or list picked from one's own account."""
    return any(
        isinstance(value, dict)
        and all(key in value for key in _PICKED)
        and value.get("mode") == "list"
        and bool(value.get("value"))
        for value in values
    )
