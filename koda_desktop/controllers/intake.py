"""The intake: dropped files are checked one by one, shown, corrected and saved as drafts."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from koda_desktop.controllers.intake_becoming import Becoming, Revised
from koda_desktop.controllers.intake_fields import fields_of_file, missing, refused, value_of
from koda_desktop.controllers.intake_files import spread, tell_of
from koda_desktop.controllers.intake_state import (
    Becomes,
    IntakeFile,
    IntakeStage,
    ListingDraft,
    SecretLine,
    describe,
    describe_again,
    with_digest,
)
from koda_desktop.controllers.keeping import Keeping, with_kind, with_place
from koda_desktop.controllers.scenes import scene_of
from koda_desktop.controllers.tools import Latest, Tools
from koda_desktop.errors import Cancelled, GatesUnmet, KodaError, LocalFault
from koda_desktop.runtime.work import CancelToken
from koda_desktop.workflows.kept import Kept
from koda_desktop.workspace.facade import Workspace

if TYPE_CHECKING:
    from koda_desktop.controllers.intake_previews import IntakePreviews
    from koda_desktop.controllers.intake_view import IntakeView
    from koda_desktop.workflows.inspection import Inspection
    from koda_desktop.workspace.allowances import Allowances

MOST_FILES = 2_000
"""How many files are taken at once: each holds its package in memory until it is saved."""


_AT_ONCE = 2


class Inspect(Protocol):
    """Looks at one file, without what ``kept`` leaves to be removed.

    It blocks, lets the values pass that were said to be no secrets, and never raises for what a
    file holds."""

    def __call__(self, path: Path, kept: Kept, /) -> Inspection: ...


class IntakeController:
    """``keeping`` holds the kinds of removal that files are taken in without."""

    def __init__(
        self,
        tools: Tools,
        view: IntakeView,
        inspect: Inspect,
        allowances: Allowances,
        keeping: Keeping,
        previews: IntakePreviews,
    ) -> None:
        self._tools = tools
        self._view = view
        self._inspect = inspect
        self._allowances = allowances
        self._keeping = keeping
        self.previews = previews
        self._allowing = asyncio.Lock()
        self._is_stopped = False
        self._walking = CancelToken()
        self._workspace: Workspace | None = None
        self._files: dict[int, IntakeFile] = {}
        self._inspections: dict[int, Inspection] = {}
        self.becoming = Becoming(tools, inspect, self._files, self._inspections, self._put)
        previews.follow(self._inspections)
        self._next = 1
        self._added = Latest()

    def use(self, workspace: Workspace | None) -> None:
        """Save drafts in ``workspace`` from now on."""
        self._workspace = workspace
        self.becoming.use(workspace)

    @property
    def files(self) -> tuple[IntakeFile, ...]:
        return tuple(self._files.values())

    def add(self, paths: Iterable[Path], listing_id: str = "") -> None:
        """Check the files at ``paths``; of folders, all that are below them.

        A single one that was let go over the listing ``listing_id`` is offered as its next version.
        """
        work = self._add(tuple(paths), self._walking, listing_id)
        self._tools.spawn(work, f"intake.add.{self._added.next()}")

    async def _add(self, paths: tuple[Path, ...], stop: CancelToken, listing_id: str) -> None:
        room = MOST_FILES - len(self._files)
        try:
            found = await self._tools.pools.run("disk", spread, paths, room, stop)
            stop.check()
        except Cancelled:
            return
        tell_of(found, MOST_FILES, self._tools.messages)
        # What was added meanwhile takes its place too.
        becomes = Becomes(listing_id=listing_id if len(found.files) == 1 else "")
        added = [self._new(path, becomes) for path in found.files[: MOST_FILES - len(self._files)]]
        self._is_stopped = False
        self._view.show_files(self.files)
        await self._check_all([file.number for file in added])

    async def _check_all(self, numbers: Sequence[int]) -> None:
        waiting = deque(numbers)
        await asyncio.gather(*(self._check_next(waiting) for _ in range(_AT_ONCE)))
        if waiting:
            self._leave_unchecked(waiting)

    async def _check_next(self, waiting: deque[int]) -> None:
        while waiting and not self._is_stopped:
            await self._check(waiting.popleft())

    def _leave_unchecked(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            if number in self._files:
                file = replace(self._files[number], stage=IntakeStage.STOPPED)
                self._files[number] = file
        self._view.show_files(self.files)

    def stop(self) -> None:
        """Check no more files after the one that is being checked."""
        self._is_stopped = True

    def go_on(self) -> None:
        """Check the files that were left when the checking was stopped."""
        left = [n for n, file in self._files.items() if file.stage is IntakeStage.STOPPED]
        for number in left:
            self._files[number] = replace(self._files[number], stage=IntakeStage.CHECKING)
        self._is_stopped = False
        self._view.show_files(self.files)
        self._tools.spawn(self._check_all(left), f"intake.add.{self._added.next()}")

    def _new(self, path: Path, becomes: Becomes) -> IntakeFile:
        kinds = self._keeping.kinds
        file = IntakeFile(self._next, path, kept=Kept(kinds), remembered=kinds, becomes=becomes)
        self._files[file.number] = file
        self._next += 1
        return file

    async def _check(self, number: int) -> None:
        if number not in self._files:
            return
        try:
            inspection = await self._look(number)
        except KodaError as error:
            if number in self._files:
                self._put(replace(self._files[number], stage=IntakeStage.FAILED, note=str(error)))
            return
        if number in self._files:
            self._inspections[number] = inspection
            self._put(describe(self._files[number], inspection))
            self.becoming.checked(number)

    async def _look(self, number: int) -> Inspection:
        file = self._files[number]
        return await self._tools.pools.run("intake", self._inspect, file.path, file.kept)

    def draw(self, number: int) -> None:
        """Show the picture of file ``number``, once it is checked."""
        self._tools.spawn(self._draw(number), f"intake.draw.{number}")

    async def _draw(self, number: int) -> None:
        inspection = self._inspections.get(number)
        if inspection is not None:
            scene = await self._tools.pools.run("disk", scene_of, inspection)
            self._view.show_scene(number, scene)

    # -- what could be removed and is kept --

    def keep_kind(self, numbers: Iterable[int], kind: str, keep: bool) -> None:
        """Keep every removal of ``kind`` in these files, or none of them."""
        for number in numbers:
            file = self._files.get(number)
            if file is not None and any(choice.kind == kind for choice in file.choices):
                self._keep(number, with_kind(file.kept, kind, keep))

    def keep_place(self, number: int, kind: str, where: str, keep: bool) -> None:
        """Keep the removal of ``kind`` at one place of a file, or make it."""
        if number in self._files:
            self._keep(number, with_place(self._files[number], kind, where, keep))

    def remember(self, kind: str, remembered: bool) -> None:
        """Take in files that are added from now on with ``kind`` kept, or with it removed."""
        self._keeping.remember(kind, remembered)
        for number, file in self._files.items():
            self._files[number] = replace(file, remembered=self._keeping.kinds)
        self._view.show_files(self.files)

    def _keep(self, number: int, kept: Kept) -> None:
        file = self._files[number]
        if kept == file.kept or file.stage is not IntakeStage.CHECKED:
            return
        self._put(replace(file, kept=kept, is_rechecking=True))
        self._tools.spawn(self._look_again(number, kept), f"intake.keep.{self._added.next()}")

    async def _look_again(self, number: int, kept: Kept) -> None:
        """The report for ``kept``; dropped when another choice was made meanwhile."""
        try:
            inspection = await self._look(number) if number in self._files else None
        except KodaError as error:
            self._give_up(number, kept, error)
            return
        file = self._files.get(number)
        if inspection is not None and file is not None and file.kept == kept:
            self._inspections[number] = inspection
            self._put(describe_again(file, inspection))

    def _give_up(self, number: int, kept: Kept, error: KodaError) -> None:
        """Nothing is known any more of a file that could not be looked at again."""
        file = self._files.get(number)
        if file is not None and file.kept == kept:
            self._inspections.pop(number, None)
            failed = replace(file, stage=IntakeStage.FAILED, note=str(error), is_rechecking=False)
            self._put(replace(failed, can_save=False, is_publishable=False))

    # -- values that look like secrets and are none --

    def allow(self, number: int, digest: str, reason: str) -> None:
        """Let the value behind ``digest`` pass from now on, in every file; ``reason`` is kept."""
        work = self._one_by_one(self._allow(number, digest, reason))
        self._tools.spawn(work, f"intake.allow.{digest}")

    def forbid(self, digest: str) -> None:
        """Let the value behind ``digest`` block publishing again."""
        self._tools.spawn(self._one_by_one(self._forbid(digest)), f"intake.forbid.{digest}")

    async def _one_by_one(self, work: Coroutine[Any, Any, None]) -> None:
        """The list of allowed values is read, changed and written: one change at a time."""
        try:
            async with self._allowing:
                await work
        finally:
            work.close()

    async def _allow(self, number: int, digest: str, reason: str) -> None:
        secret = with_digest(self._files[number].secrets, digest) if number in self._files else None
        if secret is None:
            return
        await self._tools.pools.run(
            "disk",
            self._allowances.allow,
            digest,
            secret.kind,
            reason,
            masked=secret.masked,
            seen=f"{self._files[number].path.name}, {secret.places[0]}",
        )
        for file in self.files:
            held = with_digest(file.secrets, digest)
            if held is not None:
                declared = (*file.allowed, replace(held, reason=reason.strip()))
                await self._check_again(file.number, declared)

    async def _forbid(self, digest: str) -> None:
        await self._tools.pools.run("disk", self._allowances.forget, digest)
        for file in self.files:
            if with_digest(file.allowed, digest) is not None:
                left = tuple(one for one in file.allowed if one.digest != digest)
                await self._check_again(file.number, left)

    async def _check_again(self, number: int, allowed: tuple[SecretLine, ...]) -> None:
        """Look at a file again because what is ``allowed`` in it changed."""
        if number not in self._files:
            return
        kept = self._files[number].kept
        inspection = await self._look(number)
        file = self._files.get(number)
        if file is None:
            return
        self._files[number] = replace(file, allowed=allowed)
        if file.kept == kept:
            self._inspections[number] = inspection
            self._put(describe_again(self._files[number], inspection))

    # -- the form --

    def edit(self, number: int, draft: ListingDraft) -> None:
        """Remember what stands in the form of file ``number``."""
        if number in self._files:
            file = self._files[number]
            wrong = {
                k: v for k, v in file.wrong.items() if value_of(file.draft, k) == value_of(draft, k)
            }
            self._files[number] = replace(file, draft=draft, wrong=wrong)

    def set_price(self, numbers: Iterable[int], price_minor: int) -> None:
        """Give the files among ``numbers`` that have no price this one."""
        for number in numbers:
            file = self._files.get(number)
            if file is not None and file.draft.price_minor is None:
                self.edit(number, replace(file.draft, price_minor=price_minor))

    def remove(self, numbers: Iterable[int]) -> None:
        """Take files off the list; nothing on the disk is touched."""
        for number in tuple(numbers):
            self._forget(number)
        self._view.show_files(self.files)

    def clear(self) -> None:
        """Forget every file, and look for no more."""
        self._is_stopped = True
        self._walking.cancel()
        self._walking = CancelToken()
        for number in tuple(self._files):
            self._forget(number)

    def _forget(self, number: int) -> None:
        self._files.pop(number, None)
        self._inspections.pop(number, None)
        self.previews.forget(number)

    def save(self, numbers: Sequence[int], *, publish: bool) -> None:
        """Save these files as drafts and, with ``publish``, queue them.

        A file that holds an error or a secret is not published, and not saved on the way there.
        """
        if publish:
            numbers = [n for n in numbers if n in self._files and self._files[n].is_publishable]
        self._tools.spawn(self._save(tuple(numbers), publish), "intake.save")

    async def _save(self, numbers: tuple[int, ...], publish: bool) -> None:
        saved, revised = [], []
        for number in numbers:
            found = await self._save_one(number)
            if isinstance(found, Revised):
                revised.append(found)
            elif found:
                saved.append(found)
        done = {*saved, *(one.listing_id for one in revised)}
        if not done:
            return
        ready = [*saved, *(one.listing_id for one in revised if not one.is_published)]
        queued = await self._publish(ready) if publish and ready else False
        if revised and self._workspace is not None:
            await self._tools.store(self._workspace.wake)
        for number in [n for n, file in self._files.items() if file.listing_id in done]:
            self._forget(number)
        self._view.show_files(self.files)
        self._view.show_done(saved, queued, revised)

    async def _save_one(self, number: int) -> str | Revised:
        """The id of the new draft, or the listing that got the file.

        "" when it could not be saved; the file then says why.
        """
        file = self._files.get(number)
        inspection = self._inspections.get(number)
        if file is None or inspection is None or self._workspace is None or file.is_rechecking:
            return ""
        wrong = {} if file.becomes.match else missing(file.draft)
        if wrong:
            self._put(replace(file, wrong=wrong))
            return ""
        try:
            if file.becomes.match:
                return await self.becoming.save(self._workspace, number)
            fields = fields_of_file(file)
            draft = partial(self._workspace.draft, inspection, fields)
            listing_id = await self._tools.store(
                draft, await self.previews.pictures(number, inspection)
            )
        except KodaError as error:
            self._put(refused(self._files.get(number, file), error))
            return ""
        self._put(replace(file, stage=IntakeStage.SAVED, listing_id=listing_id, wrong={}, note=""))
        return listing_id

    async def _publish(self, ids: list[str]) -> bool:
        if self._workspace is None:
            return False
        try:
            await self._tools.store(self._workspace.publish, ids)
        except (GatesUnmet, LocalFault) as error:
            self._tools.messages.report(error)
            return False
        await self._tools.store(self._workspace.wake)
        return True

    def _put(self, file: IntakeFile) -> None:
        self._files[file.number] = file
        self._view.show_file(file)
