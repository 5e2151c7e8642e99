"""``koda workspace``: add, list, use and remove marketplaces, without a prompt."""

from __future__ import annotations

import argparse
import os
from typing import Any

from koda_desktop.cli.context import Context
from koda_desktop.errors import UsageError, VaultFault
from koda_desktop.workspace.desk import Desk
from koda_desktop.workspace.info import NewWorkspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.secrets import Secret


def add(context: Context, options: argparse.Namespace) -> bool:
    """Add a marketplace and use it. Values of the environment are used later, but not kept."""
    kind, name = _kind_and_name(options)
    info = WorkspaceInfo(
        name=name,
        kind=kind,
        user_id=options.user_id,
        mongodb_uri=options.mongodb_uri or "",
        database=options.database,
        s3_endpoint=options.s3_endpoint,
        bucket=options.bucket,
        region=options.region,
        stripe_api_base=options.stripe_api_base,
    )
    try:
        info = Desk(context.paths).add(NewWorkspace(info))
    except VaultFault as fault:
        context.output.fault(fault)
    context.output.result(_record(info, is_current=True), f"Added “{name}” ({kind}); it is in use.")
    return True


def _kind_and_name(options: argparse.Namespace) -> tuple[WorkspaceKind, str]:
    words = list(options.words)
    kind = options.kind
    if kind is None and words and words[0] in list(WorkspaceKind):
        kind = words.pop(0) if len(words) > 1 else words[0]
    if kind is None:
        kind = WorkspaceKind.DIRECT if _says_mongodb(options) else None
    if kind is None or len(words) > 1:
        raise UsageError(
            "Say which kind of workspace to add: sandbox, direct or offline.",
            remedy="For your own marketplace give --mongodb-uri (or KODA_MONGODB_URI).",
        )
    return WorkspaceKind(kind), (words[0] if words else str(kind)).lower()


def _says_mongodb(options: argparse.Namespace) -> bool:
    return bool(options.mongodb_uri or os.environ.get(Secret.MONGODB_URI.variable))


def show_all(context: Context, options: argparse.Namespace) -> bool:
    """List the workspaces; a star marks the one in use."""
    current = context.registry.current()
    for info in context.registry.all():
        is_current = info == current
        mark = "*" if is_current else " "
        where = info.database or str(info.kind)
        context.output.result(
            _record(info, is_current=is_current), f"{mark} {info.name:<20} {info.kind:<8} {where}"
        )
    return True


def use(context: Context, options: argparse.Namespace) -> bool:
    """Make a workspace the one in use."""
    info = context.registry.use(options.name)
    context.output.result(_record(info, is_current=True), f"“{info.name}” is in use.")
    return True


def remove(context: Context, options: argparse.Namespace) -> bool:
    """Forget a workspace and its secrets; the listings on this computer stay in its folder."""
    info = Desk(context.paths).remove(options.name)
    folder = context.paths.workspace(info.name).root
    text = f"Removed “{info.name}”. Its listings stay in {folder}."
    context.output.result({**_record(info, is_current=False), "folder": str(folder)}, text)
    return True


def _record(info: WorkspaceInfo, *, is_current: bool) -> dict[str, Any]:
    return {
        "name": info.name,
        "kind": info.kind.value,
        "current": is_current,
        "database": info.database,
        "bucket": info.bucket,
        "userId": info.user_id,
    }
