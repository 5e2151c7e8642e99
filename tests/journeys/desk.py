"""One person's computer for journeys: the real ``koda`` in a data folder of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bson import ObjectId
from pymongo import MongoClient

from tests.fixtures_servers import MongodbDatabase, S3Bucket

SELLER_ID = "5e11e5000000000000000001"
KODA = (sys.executable, "-c", "import sys; from koda_desktop.cli import main; sys.exit(main())")


@dataclass(frozen=True)
class Answer:
    """What a command printed and how it ended."""

    code: int
    records: list[dict[str, Any]]
    errors: str

    @property
    def record(self) -> dict[str, Any]:
        (only,) = self.records
        return only

    @property
    def fault(self) -> dict[str, Any]:
        """The only error the command reported."""
        (only,) = [record["error"] for record in self.records if "error" in record]
        return dict(only)


@dataclass
class Computer:
    """Runs ``koda --json`` with this computer's data folder and environment."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def koda(self, *arguments: object, **environ: str) -> Answer:
        process = self.start(*arguments, **environ)
        out, errors = process.communicate(timeout=90)
        records = [json.loads(line) for line in out.splitlines()]
        return Answer(process.returncode, records, errors)

    def start(self, *arguments: object, **environ: str) -> subprocess.Popen[str]:
        """The command as a running process, for those who want to kill it."""
        return subprocess.Popen(
            [*KODA, "--json", "--data-dir", str(self.folder), *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONUTF8": "1", **self.environ, **environ},
        )

    def done(self, *arguments: object) -> Answer:
        """As ``koda``, for what must succeed."""
        answer = self.koda(*arguments)
        assert answer.code == 0, f"{arguments}: {answer.records} {answer.errors}"
        return answer

    def draft(self, path: Path, price: str = "9.99") -> str:
        answer = self.done("draft", path, "--price", price, "--category", "Productivity")
        return str(answer.record["id"])

    def state(self, listing_id: str) -> str:
        return str(self.done("show", listing_id).record["state"])


@dataclass(frozen=True)
class Market:
    """A marketplace of the operator's own, over the test's servers, looked at from behind."""

    database: MongodbDatabase
    bucket: S3Bucket
    connect: Callable[[], MongoClient[dict[str, Any]]]

    def products(self) -> list[dict[str, Any]]:
        with self.connect() as client:
            return list(client[self.database.name]["products"].find())

    def seller(self, **fields: Any) -> None:
        """Make or change the seller's account."""
        account = {"clerkId": "user_seller", "role": "user", "isBanned": False, **fields}
        with self.connect() as client:
            users = client[self.database.name]["users"]
            users.update_one({"_id": ObjectId(SELLER_ID)}, {"$set": account}, upsert=True)

    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        return boto3.session.Session().client(
            "s3",
            endpoint_url=self.bucket.endpoint,
            region_name=self.bucket.region,
            aws_access_key_id=self.bucket.access_key_id,
            aws_secret_access_key=self.bucket.secret_access_key,
            config=Config(s3={"addressing_style": "path"}),
        )

    def media_type(self, key: str) -> str:
        """The Content-Type an object is answered with."""
        client = self._client()
        try:
            return str(client.head_object(Bucket=self.bucket.name, Key=key)["ContentType"])
        finally:
            client.close()

    def objects(self) -> dict[str, bytes]:
        """Every object of the bucket, by key."""
        client = self._client()
        try:
            pages = client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket.name)
            keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
            return {
                key: client.get_object(Bucket=self.bucket.name, Key=key)["Body"].read()
                for key in keys
            }
        finally:
            client.close()


def make_market(database: MongodbDatabase, bucket: S3Bucket) -> Market:
    """A marketplace with one seller who may publish."""
    market = Market(database, bucket, lambda: MongoClient(database.uri))
    market.seller(onboardingComplete=True, firstName="Ada")
    return market


def make_computer(folder: Path, market: Market) -> Computer:
    """A computer whose workspace ``shop`` is ``market``; its secrets are in the environment."""
    computer = Computer(
        folder,
        {
            "KODA_MONGODB_URI": market.database.uri,
            "KODA_S3_ACCESS_KEY_ID": market.bucket.access_key_id,
            "KODA_S3_SECRET_ACCESS_KEY": market.bucket.secret_access_key,
        },
    )
    computer.done(
        *("workspace", "add", "shop", "--database", market.database.name),
        *("--s3-endpoint", market.bucket.endpoint, "--bucket", market.bucket.name),
        *("--region", market.bucket.region, "--user-id", SELLER_ID),
    )
    return computer
