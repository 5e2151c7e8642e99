"""The guards that keep DESIGN's invariants, each with a patch that takes it away.

A patch is exact source text, so that one that no longer fits fails loudly. ``notices`` says which
part of the suite must fail without the guard: seeds of the simulation, or tests by name.
"""

from __future__ import annotations

from dataclasses import dataclass

POWER_FILES = "tests/faults/test_power_files.py"
POWER = "tests/faults/test_power.py"
OBJECTS = "tests/marketplace/test_objects_contract.py"
RESTORED = "tests/sync/test_devices.py"
PORTS = "tests/marketplace/test_ports_contract.py"
UNPACKING = "tests/sync/engine/test_unpacking.py"


@dataclass(frozen=True, slots=True)
class Seeds:
    """The first failing one of these seeds is enough."""

    count: int = 400
    first: int = 1


@dataclass(frozen=True, slots=True)
class Suite:
    """These tests, one of which must fail."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guard:
    """``text`` in ``file`` is what guards; ``instead`` is the program without it."""

    name: str
    file: str
    text: str
    instead: str
    notices: Seeds | Suite = Seeds()


ENGINE = "koda_desktop/sync/engine"

GUARDS: tuple[Guard, ...] = (
    Guard(
        "field guard of a push",
        "koda_desktop/services/mongodb/products.py",
        "        **{name: _holds(name, edit.base) for name in edit.changes},\n",
        "",
        Suite((PORTS,)),
    ),
    Guard(
        "receipt guard of a push",
        "koda_desktop/services/mongodb/products.py",
        '        receipt: {"$not": {"$gte": edit.receipt.sequence}},\n',
        "",
        Suite((PORTS,)),
    ),
    Guard(
        "owner guard of a push",
        "koda_desktop/services/mongodb/products.py",
        '        "sellerId": encode_field("sellerId", edit.seller_id),\n',
        "",
        Suite((PORTS,)),
    ),
    Guard(
        "receipt proves that an edit was applied",
        "koda_desktop/marketplace/receipts.py",
        'return mark.get("s") == receipt.sequence and mark.get("o") == receipt.operation_id',
        'return "s" in mark',
    ),
    Guard(
        "freeze before send",
        f"{ENGINE}/settling.py",
        "            frozen.append(outbox.freeze(tx, operation, content))",
        "            import dataclasses as d\n"
        "            sending = outbox.OperationState.SENDING\n"
        "            frozen.append(d.replace(operation, payload=content, state=sending))",
    ),
    Guard(
        "a lane's head holds the lane",
        "koda_desktop/sync/outbox.py",
        "SELECT 1 FROM outbox AS before WHERE before.lane = o.lane AND before.op_seq < o.op_seq",
        "SELECT 1 FROM outbox AS before WHERE 0 AND before.op_seq < o.op_seq",
    ),
    Guard(
        "a declared dependency holds",
        "koda_desktop/sync/outbox.py",
        "        AND NOT EXISTS (SELECT 1 FROM outbox_dep AS d WHERE d.op_id = o.op_id)\n",
        "",
        Suite(("tests/sync/test_outbox.py",)),
    ),
    Guard(
        "place and rows in one transaction",
        f"{ENGINE}/pulling.py",
        "    # Of several changes of one listing the last has the newest copy.\n",
        "    now = parts.stamps.now()\n"
        "    parts.store.write(lambda tx: feed_state.save_token(tx, batch.token, now))\n",
    ),
    Guard(
        "an answer out of order is not written over a newer one",
        f"{ENGINE}/applying.py",
        "    late = [one for one, row in known.items() if row.heard > asked_at]\n",
        "    late: list[str] = []\n",
    ),
    Guard(
        "a lost stream is followed by an audit",
        "koda_desktop/sync/feed_state.py",
        '    tx.run("UPDATE cursor SET token = NULL WHERE stream = ?", (_STREAM,))\n'
        "    compare_everything(tx, now)\n",
        '    tx.run("UPDATE cursor SET token = NULL WHERE stream = ?", (_STREAM,))\n',
        Suite(("tests/sync/engine",)),
    ),
    Guard(
        "pages overlap",
        f"{ENGINE}/pulling.py",
        "OVERLAP = timedelta(seconds=30)",
        "OVERLAP = timedelta(seconds=0)",
        Suite(("tests/sync/engine/test_pulling.py",)),
    ),
    Guard(
        "quarantine",
        f"{ENGINE}/applying.py",
        '    problem = "" if is_plain_listing(document) else _problem(document)\n',
        '    problem = ""\n',
    ),
    Guard(
        "an unreadable answer is set apart",
        f"{ENGINE}/applying.py",
        "    edits.take_server_copy(tx, entity, expected if told.problem else document, stamps)",
        "    edits.take_server_copy(tx, entity, document, stamps)",
        Suite(("tests/sync/engine/test_pushing.py",)),
    ),
    Guard(
        "the merge base is kept until the acknowledgement",
        "koda_desktop/sync/lane_parts.py",
        "    entities.save_shown(tx, entity, base, edited, updated_at)",
        "    entities.save_document(tx, entity, overlay(base, edited), updated_at)",
    ),
    Guard(
        "a frozen edit is not rebased",
        "koda_desktop/sync/edits.py",
        "    if not lane.is_sending:\n",
        "    if True:\n",
        Suite(("tests/sync/engine/test_pushing.py",)),
    ),
    Guard(
        "nothing is due while only an answer is waited for",
        f"{ENGINE}/core.py",
        "            return max(wait, GRACE_SECONDS - self._following.lateness(now))\n",
        "            wait = max(wait, GRACE_SECONDS - self._following.lateness(now))\n",
        Suite(("tests/sync/engine/test_due.py",)),
    ),
    Guard(
        "an edit behind a registration is no part of what was registered",
        f"{ENGINE}/publishing.py",
        "overlay(entities.base_document(tx, entity), sent)",
        "entity.document",
        Suite(("tests/sync/engine/test_publishing.py",)),
    ),
    Guard(
        "an edit that moved gets a new receipt",
        "koda_desktop/sync/edits.py",
        "    outbox.drop(tx, frozen)\n"
        "    if lane.open is not None:\n"
        "        outbox.drop(tx, lane.open)\n"
        "    append_edit("
        "tx, frozen.lane, values, bases, stamps, frozen.created_at, waits_held=waits_held)",
        "    if lane.open is not None:\n"
        "        outbox.drop(tx, lane.open)\n"
        '    changed = replace(frozen, payload={"changes": values}, base=bases)\n'
        "    outbox.release(tx, changed)",
        Suite(("tests/sync/engine/test_pushing.py",)),
    ),
    Guard(
        "what may be registered is not withdrawn",
        "koda_desktop/sync/publication.py",
        "    return any(one.verb is Verb.REGISTER and one.is_frozen for one in operations)",
        "    return False",
    ),
    Guard(
        "an edit whose listing was deleted is put aside, and told",
        f"{ENGINE}/applying.py",
        "    if lane_parts.of_lane(operations).waits:\n        if not _put_aside",
        "    for one in operations:\n        outbox.drop(tx, one)\n"
        "    if False:\n        if not _put_aside",
    ),
    Guard(
        "a part of a batch passes no event that is not written",
        f"{ENGINE}/pulling.py",
        "[*first.values(), len(events)][1:]",
        "[len(events)] * len(first)",
    ),
    Guard(
        "a long pass of pages begins where it may have missed something",
        "koda_desktop/sync/feed_state.py",
        "_earlier(cursor, took)",
        "cursor",
        Suite(("tests/sync/engine/test_pulling.py",)),
    ),
    Guard(
        "a restored store takes a new name",
        "koda_desktop/sync/devices.py",
        "    return db.row(sql, (sequence,)) is None",
        "    return False",
        Suite((RESTORED,)),
    ),
    Guard(
        "numbers below the highest that were given out are noticed",
        f"{ENGINE}/reaching.py",
        "        found += devices.sequences_from(documents, lowest, name)\n",
        "",
        Suite((RESTORED,)),
    ),
    Guard(
        "what other work registered is adopted",
        f"{ENGINE}/settling.py",
        "    edits.adopt(tx, entity, document, stamps)\n",
        "",
        Suite((RESTORED,)),
    ),
    Guard(
        "a refused edit gets a new receipt",
        "koda_desktop/sync/edits.py",
        "    outbox.drop(tx, frozen)\n"
        "    if following is not None:\n"
        "        outbox.drop(tx, following)\n"
        "    aside = append_edit(tx, frozen.lane, values, bases, stamps, frozen.created_at)\n",
        "    if following is not None:\n"
        "        outbox.drop(tx, following)\n"
        '    aside = replace(frozen, payload={"changes": values}, base=bases)\n',
        Suite(("tests/sync/engine/test_pushing.py",)),
    ),
    Guard(
        "an audit asks for what was told while it read",
        f"{ENGINE}/auditing.py",
        "    different += sorted(since)\n",
        "",
        Suite(("tests/sync/engine/test_feed.py",)),
    ),
    Guard(
        "a wait that is over is forgotten at any event",
        f"{ENGINE}/core.py",
        "        self._forget_what_is_over()\n        if isinstance(event, Finished):\n",
        "        if isinstance(event, Wake):\n"
        "            self._forget_what_is_over()\n"
        "        if isinstance(event, Finished):\n",
        Suite(("tests/sync/engine/test_due.py",)),
    ),
    Guard(
        "a page whose process ended is unpacked here",
        f"{ENGINE}/ahead.py",
        "look_at(documents) if told is None else told",
        "[] if told is None else told",
        Suite((UNPACKING,)),
    ),
    Guard(
        "the page before is written first",
        f"{ENGINE}/ahead.py",
        "self._waiting.popleft()",
        "self._waiting.pop()",
        Suite((UNPACKING,)),
    ),
    Guard(
        "the last page of a turn is waited for",
        f"{ENGINE}/pulling.py",
        "    ahead.finish()\n",
        "",
        Suite((UNPACKING,)),
    ),
    Guard(
        "an answer that nobody took goes with its process",
        f"{ENGINE}/pulling.py",
        "        parts.end_unpackers()\n        raise\n",
        "        raise\n",
        Suite((UNPACKING,)),
    ),
    Guard(
        "a page keeps the number of its question while it is unpacked",
        f"{ENGINE}/ahead.py",
        "_Waiting(self._handed_over(page), page.documents, asked_at)",
        "_Waiting(self._handed_over(page), page.documents, asked_at + 9)",
        Suite((UNPACKING,)),
    ),
    Guard(
        "what a first pull leaves out is made with its last page",
        "koda_desktop/sync/feed_state.py",
        "    late_indexes.make(tx)\n",
        "",
        Suite(("tests/sync/engine/test_late_indexes.py",)),
    ),
    Guard(
        "a file that has its name is not fetched again",
        f"{ENGINE}/downloading.py",
        "        if not self._was_finished():\n",
        "        if True:\n",
        Suite(("tests/sync/engine/test_downloading.py",)),
    ),
    Guard(
        "words that a listing had are taken out of the index",
        "koda_desktop/sync/search.py",
        "    tx.run(_FORGET, (last,))\n",
        "",
    ),
    Guard(
        "a search looks through what the index does not hold",
        "koda_desktop/sync/search.py",
        'if not is_searching or db.row("SELECT 1 FROM listing_fts_pending LIMIT 1") is None:\n',
        "if True:\n",
    ),
    Guard(
        "a file that was revised elsewhere is a conflict",
        "koda_desktop/sync/revision_merging.py",
        "    elif not same(theirs, base):\n"
        "        _hold_in_conflict(tx, entity, revision, theirs, document, stamps)\n",
        "    elif not same(theirs, base):\n"
        "        outbox.save(tx, replace(revision, base=theirs))\n",
        Suite(("tests/sync/engine/test_revising.py",)),
    ),
    Guard(
        "a revision is guarded by the file it replaces",
        "koda_desktop/marketplace/listings.py",
        "    return Edit(request.listing_id, changes, base, request.receipt)\n",
        "    return Edit(request.listing_id, {}, {}, request.receipt)\n",
        Suite(("tests/marketplace/test_revising_rules.py",)),
    ),
    Guard(
        "an object is stored and the promised one before a listing gets it",
        "koda_desktop/marketplace/listings.py",
        "            _document_gate(wrong),\n            *self._object_gates(user, request),\n",
        "            _document_gate(wrong),\n",
        Suite(("tests/marketplace/test_revising_rules.py",)),
    ),
    Guard(
        "a version from before a revision does not come back",
        "koda_desktop/sync/revisions.py",
        "        _take_version_from_edits(tx, replace(lane, conflict=None), base, stamps)\n",
        "",
    ),
    Guard(
        "the files of versions and of what waits stay staged",
        "koda_desktop/sync/staging.py",
        "  UNION SELECT sha256 FROM revision\n"
        "  UNION SELECT payload ->> '$.file.sha256' FROM outbox"
        " WHERE verb IN ('upload', 'revise')\n",
        "",
        Suite(("tests/sync/engine/test_revising.py",)),
    ),
    Guard(
        "an audit compares a listing whose revision waits",
        f"{ENGINE}/auditing.py",
        '    " AND NOT (SELECT is_at_server FROM entity WHERE id = lane)"\n',
        "",
        Seeds(100, 950),
    ),
    Guard(
        "If-None-Match of a PUT",
        "koda_desktop/services/s3/signing.py",
        'params["IfNoneMatch"] = headers["If-None-Match"] = "*"',
        "pass",
        Suite((PORTS, OBJECTS)),
    ),
    Guard(
        "If-None-Match at completion",
        "koda_desktop/services/s3/multipart.py",
        '{"MultipartUpload": listed, "IfNoneMatch": "*"}',
        '{"MultipartUpload": listed}',
        Suite((OBJECTS,)),
    ),
    Guard(
        "checksums are compared on resume",
        f"{ENGINE}/sending.py",
        "        is_equal = there.crc32 == part.crc32\n",
        "        is_equal = True\n",
        Suite(("tests/sync/engine/test_uploading.py",)),
    ),
    Guard(
        "HEAD before a completion that may have been made",
        "koda_desktop/marketplace/uploads.py",
        "            return self._is_promised(before, upload, parts, crc32)\n",
        "            return False\n",
        Suite(("tests/marketplace/test_upload_rules.py",)),
    ),
    Guard(
        "HEAD after a completion whose answer was lost",
        "koda_desktop/marketplace/uploads.py",
        "            return self._is_promised(after, upload, parts, crc32)\n",
        "            return False\n",
        Suite(("tests/marketplace/test_upload_rules.py",)),
    ),
    Guard(
        "a download is verified before it gets its name",
        f"{ENGINE}/downloading.py",
        "        if sha256 != self._plan.sha256:\n",
        "        if not sha256:\n",
    ),
    Guard(
        "bytes are synced before a part of a download counts",
        "koda_desktop/sync/transfers/partial.py",
        "            os.fsync(self._descriptor)\n",
        "            pass\n",
        Suite((POWER_FILES,)),
    ),
    Guard(
        "a wait that was written down is never longer than the cap",
        "koda_desktop/sync/backoff.py",
        "            self._until = monotonic + min(max(left, 0.0), CAP_SECONDS)",
        "            self._until = monotonic + max(left, 0.0)",
    ),
    Guard(
        "an object is stored and the promised one before it is registered",
        "koda_desktop/marketplace/listings.py",
        "        return (owned, present, *object_problems(self._objects, stored, request.file))",
        "        return (owned, present)",
        Suite(("tests/marketplace/test_listing_rules.py",)),
    ),
    Guard(
        "staged bytes are verified before they are sent",
        "koda_desktop/sync/staging.py",
        "is_whole = path.stat().st_size == size and self._digest(path, cancel) == sha256",
        "is_whole = path.stat().st_size == size",
        Suite(("tests/sync/test_staging.py",)),
    ),
    Guard(
        "a staged file is synced before it gets its name",
        "koda_desktop/sync/staging.py",
        "                os.fsync(stream.fileno())\n",
        "",
        Suite((POWER_FILES,)),
    ),
    Guard(
        "the staging folder is synced after the rename",
        "koda_desktop/sync/staging.py",
        "            fsync_directory(self._folder)\n",
        "",
        Suite((POWER_FILES,)),
    ),
    Guard(
        "a person's edit is synced before it is accepted",
        "koda_desktop/sync/store/writer.py",
        "synchronous={'FULL' if durable else 'NORMAL'}",
        "synchronous=NORMAL",
        Suite((POWER,)),
    ),
    Guard(
        "a transaction that failed is rolled back whole",
        "koda_desktop/sync/store/writer.py",
        '            self._connection.execute("ROLLBACK")',
        '            self._connection.execute("COMMIT")',
        Suite(("tests/sync/store",)),
    ),
)
