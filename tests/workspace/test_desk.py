"""Workspaces are added, used and removed; their secrets go to the keyring and nowhere else."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from koda_desktop.errors import LocalFault, Misconfigured, NotFound, UsageError, VaultFault
from koda_desktop.runtime.paths import Paths
from koda_desktop.sync.vault import MemoryVault
from koda_desktop.workspace.desk import Desk
from koda_desktop.workspace.doctor import examine
from koda_desktop.workspace.info import NewWorkspace, WorkspaceInfo, WorkspaceKind
from koda_desktop.workspace.registry import Registry
from koda_desktop.workspace.secrets import Secret, Secrets, Vaults, holds_credentials

URI = "mongodb+srv://seller:hunter22@cluster.example/"
SHOP = WorkspaceInfo(
    "shop", WorkspaceKind.DIRECT, user_id="user_1", database="koda", bucket="files"
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path / "data")


@pytest.fixture
def vaults() -> Vaults:
    return Vaults(lambda _: MemoryVault())


@pytest.fixture
def desk(paths: Paths, vaults: Vaults) -> Desk:
    return Desk(paths, vaults=vaults)


def shop(uri: str = URI, **secrets: str) -> NewWorkspace:
    return NewWorkspace(SHOP, {Secret.MONGODB_URI.value: uri, **secrets})


def test_the_first_workspace_is_in_use_and_the_next_one_takes_over(desk: Desk) -> None:
    assert desk.current() is None
    sandbox = desk.add(NewWorkspace(WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)))
    assert desk.current() == sandbox
    added = desk.add(shop())
    assert desk.current() == added
    assert [info.name for info in desk.all()] == ["sandbox", "shop"]
    desk.use("sandbox")
    assert desk.current() == sandbox


def test_no_secret_reaches_the_list_on_disk(desk: Desk, paths: Paths, vaults: Vaults) -> None:
    desk.add(shop(**{Secret.S3_SECRET_ACCESS_KEY.value: "very-secret"}))
    for path in paths.root.rglob("*"):
        if path.is_file():
            assert b"hunter22" not in path.read_bytes()
            assert b"very-secret" not in path.read_bytes()
    secrets = Secrets(SHOP, vaults, {})
    assert secrets.get(Secret.MONGODB_URI) == URI
    assert secrets.get(Secret.S3_SECRET_ACCESS_KEY) == "very-secret"


def test_an_address_without_a_password_is_no_secret(desk: Desk, vaults: Vaults) -> None:
    info = desk.add(shop("mongodb://127.0.0.1:27017/"))
    assert info.mongodb_uri == "mongodb://127.0.0.1:27017/"
    assert vaults("shop").get(Secret.MONGODB_URI.value) is None
    assert Secrets(info, vaults, {}).get(Secret.MONGODB_URI) == "mongodb://127.0.0.1:27017/"


def test_the_environment_wins_and_is_not_kept(desk: Desk, vaults: Vaults) -> None:
    desk.add(shop())
    environ = {"KODA_MONGODB_URI": "mongodb://other/"}
    assert Secrets(SHOP, vaults, environ).get(Secret.MONGODB_URI) == "mongodb://other/"
    assert vaults("shop").get(Secret.MONGODB_URI.value) == URI


def test_without_a_keyring_the_secret_serves_for_this_session_and_that_is_said(
    paths: Paths,
) -> None:
    vaults = Vaults(lambda _: MemoryVault(VaultFault("There is no keyring.")))
    desk = Desk(paths, vaults=vaults)
    with pytest.raises(VaultFault) as told:
        desk.add(shop())
    assert "KODA_MONGODB_URI" in told.value.remedy
    info = desk.current()
    assert info is not None
    assert Secrets(info, vaults, {}).get(Secret.MONGODB_URI) == URI


def test_removing_forgets_the_secrets_and_keeps_the_listings(
    desk: Desk, paths: Paths, vaults: Vaults
) -> None:
    desk.add(shop())
    kept = paths.workspace("shop").ensure().store
    kept.write_bytes(b"listings")
    desk.remove("shop")
    assert desk.all() == []
    assert desk.current() is None
    assert vaults("shop").get(Secret.MONGODB_URI.value) is None
    assert kept.exists()


@pytest.mark.parametrize(
    "new",
    [
        shop(""),
        NewWorkspace(WorkspaceInfo("shop", WorkspaceKind.DIRECT)),
        NewWorkspace(WorkspaceInfo("../up", WorkspaceKind.SANDBOX)),
        NewWorkspace(WorkspaceInfo("con", WorkspaceKind.SANDBOX)),
        shop(**{Secret.S3_SECRET_ACCESS_KEY.value: "x" * 2_000}),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_added(desk: Desk, new: NewWorkspace) -> None:
    with pytest.raises(UsageError):
        desk.add(new)
    assert desk.all() == []


def test_names_are_taken_once(desk: Desk) -> None:
    desk.add(shop())
    with pytest.raises(UsageError):
        desk.add(shop())
    with pytest.raises(NotFound):
        desk.use("nowhere")


def test_a_damaged_list_is_told_and_kept(paths: Paths) -> None:
    paths.ensure()
    paths.workspaces_file.write_text("{")
    with pytest.raises(LocalFault):
        Registry(paths).all()
    assert paths.workspaces_file.read_text() == "{"


def test_fields_of_a_newer_version_do_not_stop_this_one(desk: Desk, paths: Paths) -> None:
    desk.add(NewWorkspace(WorkspaceInfo("sandbox", WorkspaceKind.SANDBOX)))
    content = json.loads(paths.workspaces_file.read_text())
    content["workspaces"][0]["later"] = "?"
    paths.workspaces_file.write_text(json.dumps(content))
    assert [info.name for info in desk.all()] == ["sandbox"]


@pytest.mark.parametrize(
    ("uri", "secret"),
    [
        (URI, True),
        ("mongodb://user@host/", True),
        ("mongodb://host:27017/?x=y", False),
        ("mongodb://[::1", True),
    ],
)
def test_what_makes_an_address_a_secret(uri: str, secret: bool) -> None:
    assert holds_credentials(uri) is secret


def test_new_keys_take_the_place_of_those_given_and_leave_the_others(
    desk: Desk, paths: Paths, vaults: Vaults
) -> None:
    key, secret = Secret.S3_ACCESS_KEY_ID, Secret.S3_SECRET_ACCESS_KEY
    info = desk.add(shop("mongodb://plain.example", **{key.value: "id", secret.value: "old"}))
    assert desk.update_keys("shop", {secret.value: "new", key.value: ""}) == info
    secrets = Secrets(info, vaults, {})
    assert (secrets.get(key), secrets.get(secret)) == ("id", "new")
    changed = desk.update_keys("shop", {Secret.MONGODB_URI.value: URI})
    assert changed.mongodb_uri == ""
    assert Secrets(changed, vaults, {}).get(Secret.MONGODB_URI) == URI
    assert b"hunter22" not in paths.workspaces_file.read_bytes()
    with pytest.raises(UsageError):
        desk.update_keys("shop", {secret.value: ""})
    with pytest.raises(NotFound):
        desk.update_keys("nobody", {secret.value: "x"})


KEY = "sk_" + "live_51Abcdefgh12345678"


def test_a_list_of_workspaces_with_a_secret_key_is_refused(desk: Desk, paths: Paths) -> None:
    paths.ensure()
    entry = {"name": "shop", "kind": "direct", "stripe_api_key": KEY}
    paths.workspaces_file.write_text(json.dumps({"version": 1, "workspaces": [entry]}))
    with pytest.raises(Misconfigured, match=r"workspaces\.json") as caught:
        desk.all()
    assert "koda doctor" in caught.value.remedy
    assert KEY not in str(caught.value.as_json())


def test_a_key_in_a_description_is_not_written(desk: Desk, paths: Paths) -> None:
    with pytest.raises(UsageError):
        desk.add(NewWorkspace(WorkspaceInfo("mine", WorkspaceKind.OFFLINE, database=KEY)))
    assert not paths.workspaces_file.exists()


def test_the_doctor_names_files_with_keys_and_the_permissions_needed(paths: Paths) -> None:
    paths.ensure()
    (paths.root / "stripe.toml").write_text(f'key = "{KEY}"\n')
    info = WorkspaceInfo("mine", WorkspaceKind.OFFLINE)
    found = {one.check: one for one in examine(paths, info, is_offline=True)}
    assert found["files"].is_well is False
    assert found["files"].what.startswith("stripe.toml holds a secret key")
    assert "Checkout Sessions (write)" in found["files"].remedy
    assert KEY not in str(found["files"].as_json())
    (paths.root / "stripe.toml").unlink()
    again = {one.check: one for one in examine(paths, info, is_offline=True)}
    assert again["files"].is_well is True


@pytest.mark.parametrize("key", ["pk_live_51Abcdefgh", "whsec_" + "abcdefgh1234", "hello"])
def test_what_cannot_settle_is_not_kept_as_the_stripe_key(desk: Desk, key: str) -> None:
    with pytest.raises(UsageError) as caught:
        desk.add(shop(**{Secret.STRIPE_API_KEY.value: key}))
    assert "rk_" in caught.value.remedy
    assert key not in str(caught.value.as_json())
    assert desk.all() == []


def test_a_restricted_key_is_kept_and_a_secret_one_may_be(desk: Desk, vaults: Vaults) -> None:
    for number, key in enumerate((KEY, KEY.replace("sk_", "rk_"))):
        info = replace(SHOP, name=f"shop-{number}")
        desk.add(NewWorkspace(info, {**shop().secrets, Secret.STRIPE_API_KEY.value: key}))
        assert Secrets(info, vaults, {}).get(Secret.STRIPE_API_KEY) == key
