"""When the core wants to be woken: never at once while only an answer is waited for."""

from __future__ import annotations

from koda_desktop.errors import ServerDown
from koda_desktop.sync.engine.core import GRACE_SECONDS, Core
from koda_desktop.sync.engine.jobs import Finished, Job, JobKind, Wake
from tests.sync.desk import Desk
from tests.sync.fake_marketplace import FakeMarketplace, Server


def connected(desk: Desk, server: Server) -> tuple[Core, list[Job]]:
    """A core that has reached the marketplace, and what it wants then."""
    core = Core(desk.parts, lambda: FakeMarketplace(server), uniform=lambda _, most: most)
    [connect] = core.step(Wake(is_asked=True))
    return core, core.step(Finished(connect, connect.work()))


def test_nothing_is_due_while_a_question_is_out(desk: Desk, server: Server) -> None:
    core, [question] = connected(desk, server)
    assert question.kind is JobKind.FOLLOW
    assert core.due_in() >= 1.0


def test_nothing_is_due_while_the_stream_is_listened_to(desk: Desk, server: Server) -> None:
    core, jobs = connected(desk, server)
    core.listens = True
    while jobs[0].kind is not JobKind.LISTEN:
        jobs = core.step(Finished(jobs[0], jobs[0].work()))
    core.step(Wake(is_asked=True))
    assert core.due_in() >= 1.0


def test_news_is_asked_for_beside_work_that_takes_long(desk: Desk, server: Server) -> None:
    listing_id = desk.draft()
    desk.commands.publish([listing_id])
    core, [upload] = connected(desk, server)
    assert upload.kind is JobKind.PUBLISH
    assert 0 < core.due_in() <= GRACE_SECONDS
    desk.clock.seconds += core.due_in()
    [question] = core.step(Wake())
    assert question.kind is JobKind.FOLLOW


def test_nothing_is_due_while_the_marketplace_is_being_reached(desk: Desk, server: Server) -> None:
    core = Core(desk.parts, lambda: FakeMarketplace(server), uniform=lambda _, most: most)
    [connect] = core.step(Wake(is_asked=True))
    assert connect.kind is JobKind.CONNECT
    desk.clock.seconds += 2 * GRACE_SECONDS
    assert core.step(Wake()) == []
    assert core.due_in() >= 1.0


def test_nothing_is_listened_to_and_nothing_is_due_while_a_file_goes_out(
    desk: Desk, server: Server
) -> None:
    core, jobs = connected(desk, server)
    core.listens = True
    while jobs[0].kind is not JobKind.LISTEN:
        jobs = core.step(Finished(jobs[0], jobs[0].work()))
    [listen] = jobs
    desk.commands.publish([desk.draft()])
    [upload] = core.step(Wake())
    assert upload.kind is JobKind.PUBLISH
    desk.clock.seconds += 1.0
    assert core.step(Finished(listen, listen.work())) == []
    assert core.due_in() >= 1.0
    desk.clock.seconds += core.due_in()
    assert [job.kind for job in core.step(Wake())] == [JobKind.FOLLOW]


def test_a_server_without_a_stream_is_not_listened_to(desk: Desk, server: Server) -> None:
    server.feed.is_supported = False
    core, jobs = connected(desk, server)
    core.listens = True
    while jobs:
        jobs = core.step(Finished(jobs[0], jobs[0].work()))
    assert core.due_in() >= 1.0


def test_a_wait_that_is_over_is_forgotten_at_any_event(desk: Desk, server: Server) -> None:
    """While the stream is listened to there may never be a moment without an event."""
    core, jobs = connected(desk, server)
    core.listens = True
    while jobs[0].kind is not JobKind.LISTEN:
        jobs = core.step(Finished(jobs[0], jobs[0].work()))
    [listen] = jobs
    core.tally.storage = ServerDown("Down.")
    core.storage.failed(desk.clock.monotonic(), core.tally.storage)
    desk.commands.publish([desk.draft()])
    assert [job.kind for job in core.step(Wake())] == []
    desk.clock.seconds += core.storage.wait(desk.clock.monotonic())
    jobs = core.step(Finished(listen, listen.work()))
    assert JobKind.PUBLISH in [job.kind for job in jobs]
