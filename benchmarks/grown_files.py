"""The project's sample files repeated under ids, names and texts of their own, to any size.

No two copies share a text, so that nothing is read once for many: as if the steps were a person's.
"""

from __future__ import annotations

import io
import itertools
import json
import re
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parents[1] / "resources" / "samples"
LEAD_DIGEST = SAMPLES / "lead-digest.n8n.json"

_MAKE_REFERENCE = re.compile(r"\{\{(\d+)\.")
_ZAPIER_ID = re.compile(r"(?<!\d)2918401(\d\d)(?!\d)")
_WORDS = ("type", "module", "selected_api", "typeVersion", "z", "d", "g", "action", "type_of")
"""What keeps its meaning only unchanged."""


def grown_n8n(size: int) -> bytes:
    """One workflow of all n8n samples' steps."""
    samples = [flow for path in sorted(SAMPLES.glob("*.n8n.json")) for flow in _flows(path)]
    nodes: list[Any] = []
    connections: dict[str, Any] = {}
    for part in _copies(samples, size, _n8n_copy):
        nodes += part["nodes"]
        connections |= part["connections"]
    return _written(samples[0] | {"nodes": nodes, "connections": connections})


def _flows(path: Path) -> list[Any]:
    found = _sample(path)
    listed = found if isinstance(found, list) else [found]
    return [flow.get("workflow", flow) for flow in listed]


def _n8n_copy(sample: Any, number: int) -> Any:
    links = json.dumps(sample["connections"])
    for node in sample["nodes"]:
        links = links.replace(json.dumps(node["name"]), json.dumps(f"{node['name']} {number}"))
    nodes = [
        _numbered(node, number) | {"name": f"{node['name']} {number}"} for node in sample["nodes"]
    ]
    return {"nodes": nodes, "connections": json.loads(links)}


def grown_make(size: int) -> bytes:
    """One scenario of the Make sample's modules."""
    sample = _sample(SAMPLES / "order-alerts.make.json")
    copies = _copies([sample["flow"]], size, _make_copy)
    return _written(sample | {"flow": [module for flow in copies for module in flow]})


def _make_copy(flow: Any, number: int) -> Any:
    shift = number * 10
    text = _MAKE_REFERENCE.sub(
        lambda found: f"{{{{{int(found[1]) + shift}.", json.dumps(_numbered(flow, number))
    )
    return _shifted(json.loads(text), shift)


def _shifted(value: Any, shift: int) -> Any:
    if isinstance(value, list):
        return [_shifted(item, shift) for item in value]
    if isinstance(value, dict):
        return {
            key: item + shift if key == "id" and isinstance(item, int) else _shifted(item, shift)
            for key, item in value.items()
        }
    return value


def grown_zapier(size: int) -> bytes:
    """One export of many copies of the sample's Zap."""
    sample = _sample(SAMPLES / "signup-follow-up.zapier.json")
    return _written(sample | {"zaps": list(_copies([sample["zaps"][0]], size, _zapier_copy))})


def _zapier_copy(zap: Any, number: int) -> Any:
    text = json.dumps(_numbered(zap, number))
    return json.loads(_ZAPIER_ID.sub(lambda found: f"{3_000_000 + number}{found[1]}", text))


def grown_node_red(size: int) -> bytes:
    """Many copies of the Node-RED sample's flow."""
    sample = _sample(SAMPLES / "greenhouse.node-red.json")
    return _written([node for flow in _copies([sample], size, _node_red_copy) for node in flow])


def _node_red_copy(flow: Any, number: int) -> Any:
    text = json.dumps(
        _numbered(flow, number, keep=(*_WORDS, "id", "wires", "nodes", "links", "broker"))
    )
    for node in flow:
        text = text.replace(f'"{node["id"]}"', f'"{node["id"][:10]}{number:06x}"')
    return json.loads(text)


def grown_other(size: int) -> bytes:
    """JSON of no platform: what stands in the steps of the n8n sample."""
    sample = _sample(LEAD_DIGEST)
    pages = [node["parameters"] | {"title": node["name"]} for node in sample["nodes"]]
    return _written({"catalogue": list(_copies(pages, size, _numbered))})


def grown_source(size: int) -> bytes:
    """Functions that read settings and call a service."""
    part = (
        'def step_{n}(lead: dict[str, str]) -> bool:\n    """Send one lead on."""\n'
        '    token = os.environ["CRM_TOKEN_{n}"]\n    answer = requests.post(URL, json=lead)\n'
        "    if answer.ok and len(lead) > {n}:\n        return bool(token)\n    return False\n\n\n"
    )
    parts = ["import os\n\nimport requests\n\nURL = 'https://crm.example/leads'\n\n\n"]
    parts += [part.format(n=n) for n in range(size // len(part) + 1)]
    return "".join(parts).encode()


def grown_archive(size: int) -> bytes:
    """A zip that unpacks to ``size`` bytes of workflows and some Python beside them."""
    flow, source = grown_n8n(size // 40), grown_source(size // 100)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for number in range(size // len(flow)):
            name = zipfile.ZipInfo(f"flows/{number}.json")
            archive.writestr(name, flow, zipfile.ZIP_DEFLATED)
        archive.writestr(zipfile.ZipInfo("tools/leads.py"), source, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def one_long_text(size: int) -> bytes:
    """A workflow with a single script of ``size`` characters in it."""
    sample = _sample(LEAD_DIGEST)
    line = "const total = items.reduce((sum, item) => sum + item.json.price * 1.19, 0);\n"
    sample["nodes"][0]["parameters"]["jsCode"] = line * (size // len(line) + 1)
    return _written(sample)


def _sample(path: Path) -> Any:
    return json.loads(path.read_bytes())


def _written(document: Any) -> bytes:
    return json.dumps(document, indent=2).encode()


def _copies(samples: list[Any], size: int, copied: Callable[[Any, int], Any]) -> Iterable[Any]:
    """Copies of the samples in turn until they have ``size`` bytes when written."""
    length = 0
    for number, sample in enumerate(itertools.cycle(samples)):
        if length >= size:
            return
        copy = copied(sample, number)
        length += len(json.dumps(copy, indent=2))
        yield copy


def _numbered(value: Any, number: int, keep: tuple[str, ...] = _WORDS) -> Any:
    """``value`` with the number of its copy at the end of every text."""
    if isinstance(value, str):
        return f"{value} {number}" if value else value
    if isinstance(value, list):
        return [_numbered(item, number, keep) for item in value]
    if isinstance(value, dict):
        return {
            key: item if key in keep else _numbered(item, number, keep)
            for key, item in value.items()
        }
    return value
