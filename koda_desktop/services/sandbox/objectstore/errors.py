"""The errors this store answers with: codes, statuses and sentences of the S3 API reference."""

from __future__ import annotations

_ERRORS: dict[str, tuple[int, str]] = {
    "AccessDenied": (403, "Access Denied"),
    "AuthorizationHeaderMalformed": (400, "The authorization header is malformed."),
    "AuthorizationQueryParametersError": (400, "The query parameters for signing are malformed."),
    "BadDigest": (400, "The checksum you specified did not match what was received."),
    "BucketAlreadyOwnedByYou": (409, "Your previous request to create the bucket succeeded."),
    "BucketNotEmpty": (409, "The bucket you tried to delete is not empty."),
    "EntityTooLarge": (400, "Your proposed upload exceeds the maximum allowed size."),
    "EntityTooSmall": (400, "A part other than the last is smaller than the minimum size."),
    "IncompleteBody": (400, "Fewer or more bytes were received than the headers announced."),
    "InsufficientStorage": (507, "The disk of this store is full. Nothing was stored."),
    "InvalidAccessKeyId": (403, "The access key ID you provided does not exist in our records."),
    "InvalidArgument": (400, "Invalid argument."),
    "InvalidBucketName": (400, "The specified bucket is not valid."),
    "InvalidDigest": (400, "The Content-MD5 you specified is not valid."),
    "InvalidPart": (400, "One or more of the specified parts could not be found or differ."),
    "InvalidPartOrder": (400, "The list of parts was not in ascending order."),
    "InvalidRange": (416, "The requested range is not satisfiable."),
    "InvalidRequest": (400, "The request is not valid."),
    "InvalidToken": (400, "The provided token is malformed or otherwise not valid."),
    "InvalidURI": (400, "The specified URI could not be parsed."),
    "KeyTooLongError": (400, "Your key is too long."),
    "MalformedXML": (400, "The XML you provided was not well formed or not as expected."),
    "MetadataTooLarge": (400, "Your metadata headers exceed the maximum allowed size."),
    "MethodNotAllowed": (405, "The specified method is not allowed against this resource."),
    "MissingContentLength": (411, "You must provide the Content-Length HTTP header."),
    "NoSuchBucket": (404, "The specified bucket does not exist."),
    "NoSuchKey": (404, "The specified key does not exist."),
    "NoSuchUpload": (404, "The specified multipart upload does not exist."),
    "NotImplemented": (501, "This store does not implement what the request asks for."),
    "NotModified": (304, "Not Modified"),
    "PreconditionFailed": (412, "At least one of the preconditions you specified did not hold."),
    "RequestTimeTooSkewed": (403, "The request time and the server’s time differ too much."),
    "SignatureDoesNotMatch": (
        403,
        "The request signature we calculated does not match the signature you provided.",
    ),
    "SlowDown": (503, "The file is in use just now. Please try again."),
    "XAmzContentSHA256Mismatch": (400, "The x-amz-content-sha256 header does not match the body."),
}


class S3Error(Exception):
    """An answer that is an error. ``fields`` become further elements of the XML body."""

    def __init__(self, code: str, message: str | None = None, **fields: str) -> None:
        self.status, standard = _ERRORS[code]
        self.code = code
        self.message = message or standard
        self.fields = fields
        super().__init__(f"{code}: {self.message}")
