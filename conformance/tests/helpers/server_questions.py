"""Questions that tell a faulty server from the correct one: right requests, near misses, and bodies that are none."""

from __future__ import annotations

import json
from typing import Any

from profile_relations_server.service.messages import Call
from profile_relations_server.world.reader import load_world

from tests.helpers.asked_service import ANA, JOHN, LI, MARY

TOKEN = load_world().tokens[0]

CUSTOM: list[tuple[str, Any]] = [
    ("CRM_ID", "123420"),
    ("CRM_ID", "00042"),
    ("CRM_ID", "o'hara"),
    ("CITY", "Zürich"),
    ("SHOP", "123420"),
    ("NONE", "123420"),
    ("NONE", 7),
    ("SHOP", 7),
    ("LOYALTY", 7),
    ("LOYALTY", -3),
    ("BALANCE", 0),
    ("LOYALTY", 7.5),
    ("LOYALTY", True),
    ("TAGS", "tag-2, tag-1"),
    ("TAGS", "vip, north, early-bird"),
    ("TAGS", "vip, north, early-bird, none"),
    ("TAGS", "south, weekly, новичок"),
    ("TAGS", "vip, none"),
    ("TAGS", ""),
    ("INTERESTS", "tea, running"),
    ("INTERESTS", "tag-2, tag-1"),
    ("LOYALTY", 1250),
    ("LOYALTY", 2**32 + 7),
    ("BALANCE", ""),
]
REQUESTS: list[dict[str, Any]] = [
    *(
        {"profile_id": profile, "rel_id": rel_id}
        for profile in (JOHN, MARY, ANA, LI)
        for rel_id in (2, 3, 8, -2, 2**40)
    ),
    *({"profile_id": profile, "rel_id": 21} for profile in ("5c050494d83c36767394c42e", "5b984ae48d55c34db7316d55")),
    {"profile_id": "5b984ae48d55c34db7316d55", "rel_id": 8},
    *({"profile_id": JOHN, "rel_id": value} for value in ("2", 2.5, True, None, [2], 2**63)),
    *({"profile_id": value} for value in ("0" * 24, "", "nobody' OR '1'='1", 5, None, [JOHN], {"a": {"b": 1}})),
    *({"matching": mode} for mode in ("email", "email_profile", "phone", "profile_id", "custom")),
    *(
        {"matching": mode, "profile_id": JOHN}
        for mode in ("email", "phone", "profile_id", "telegram", "PROFILE_ID", "")
    ),
    *({"matching": mode, "profile_id": JOHN} for mode in (None, 0, 3, ["profile_id"])),
    *({"matching": mode, "email": "john@example.com"} for mode in ("email", "email_profile", "email_x", "phone")),
    *({"matching": mode, "email": "john.news@example.com"} for mode in ("email", "email_profile")),
    *({"matching": "email", "email": "john.news@example.com", "resource_id": item} for item in (24, 31, 99, "24", "x")),
    {"matching": "email", "email": "john.offers@example.org", "resource_id": 24},
    {"matching": "email", "email": "li.chen@example.com", "resource_id": 40, "rel_id": 3},
    {"matching": "email_profile", "email": "john.news@example.com", "resource_id": 24},
    {"matching": "email_profile", "email": "zoe@example.com"},
    *({"matching": "email", "email": value} for value in (None, 5, "", "john", "x" * 5000, "x" * 70000)),
    *({"email": value} for value in ("john@example.com", "john.news@example.com", "john.offers@example.org", "", 5)),
    {"email": "john@example.com", "resource_id": "x"},
    {"email": "john.news@example.com", "resource_id": 31},
    {"email": "john@example.com", "profile_id": MARY},
    {"matching": "email", "email": "john@example.com", "profile_id": MARY, "phone": "+12025550143"},
    {"matching": "email", "email": "nobody@example.com", "profile_id": MARY},
    {"matching": "phone", "phone": "+79000000000", "email": "mary.hill@example.com"},
    {"matching": "phone", "phone": "+79000000000", "field_name": "CRM_ID", "field_value": "00042"},
    {"phone": "+79000000000"},
    {"email": "john@example.com", "exr": 1, "colour": 1},
    *(
        {"matching": "phone", "phone": phone}
        for phone in ("+79000000000", "+12025550144", "+79000000017", "", "\0", "\U0001f600")
    ),
    *({"matching": "phone", "phone": text} for text in ("\ud800", '"', "{{7}}")),
    *({"matching": "phone", "phone": "+79000000017", "resource_id": resource} for resource in (31, 24)),
    *({"matching": "custom", "field_name": name, "field_value": value} for name, value in CUSTOM),
    {"matching": "custom", "field_value": "123420"},
    *({"profile_id": JOHN, "rel_id": rel_id} for rel_id in (2, 3, 2, 77)),
    {"matching": "profile_id", "profile_id": "5b984ae48d55c34db7316d55", "rel_id": 8},
    *(mode | {"email": "zoe@example.com", "rel_id": 21} for mode in ({}, {"matching": "email"})),
    *(mode | {"email": "li.chen@example.com", "rel_id": 3} for mode in ({}, {"matching": "email"})),
    {"matching": "phone", "phone": "+33199000001", "rel_id": 21},
    {"matching": "почта", "profile_id": JOHN},
    *({"matching": mode, "profile_id": JOHN} for mode in (" profile_id", "profile-id")),
    {"matching": "email", "email": "+79000000017"},
    *({"matching": "profile_id", "profile_id": value} for value in ("john@example.com", "5af1023c84f66195")),
    {"matching": "profile_id", "profile_id": "6751b8f1c5e3db9bcb75befa"},
    {"matching": "custom", "field_name": "CRM_ID", "profile_id": JOHN},
    {"matching": "phone", "phone": "+99900000000041", "profile_id": JOHN},
    *(
        {"matching": "custom", "field_name": name, "field_value": value}
        for name, value in (("TAGS", "ta, tag"), ("CRM_I", "123420"), ("TAGS", ["tag-1", "tag-2"]))
    ),
    *({"email": value} for value in ("john+x@example.com", "j_hn@example.com")),
    *({"email": "john.news@example.com", "resource_id": value} for value in (0, 2**64)),
    {"email": "john@example.com", "resource_id": True},
    {"matching": "phone", "phone": 79000000000},
    {"profile_id": JOHN, "rel_id": "2abc"},
    {"profile_id": JOHN} | {f"unknown_{number}": number for number in range(101)},
    *({"token": token, "profile_id": JOHN} for token in ("%", f"{TOKEN[:-1]}x")),
    {"matching": "profile_id", "profile_id": JOHN, "email": "mary.hill@example.com"},
    *({"profile_id": JOHN, "rel_id": value} for value in (2 + 2**32, 2 + 2**64, 0, -1)),
    *({"matching": name, "profile_id": JOHN} for name in ("toString", "__class__")),
    {"matching": "phone", "phone": "7.9e10"},
    {"email": "john.news@example.com", "resource_id": -1},
    {"matching": "profile_id", "profile_id": "\0"},
    *({"matching": "custom", "field_name": name, "field_value": 7} for name in (5, "\ud800")),
    {},
    {"matching": []},
    *(
        {"token": token, "profile_id": JOHN}
        for token in ("", None, True, [TOKEN], {"$ne": ""}, 5, "x", TOKEN.upper(), f" {TOKEN}")
    ),
    *({"token": token, "profile_id": JOHN} for token in (TOKEN[:9], TOKEN + "x", "0" * 32, TOKEN[:16] + "0" * 16)),
]
RIGHT = json.dumps({"token": TOKEN, "rel_id": 2, "profile_id": JOHN}).encode()
NO_TYPE = {"token": TOKEN, "matching": "custom", "field_name": "CRM_ID", "field_value": "123420"}
BODIES = [
    *(json.dumps({"token": TOKEN, "rel_id": 2} | fields).encode() for fields in REQUESTS),
    *(json.dumps(fields).encode() for fields in (NO_TYPE, {"token": TOKEN, "profile_id": JOHN}, {"profile_id": JOHN})),
    json.dumps({"rel_id": 2, "profile_id": JOHN}).encode(),
    json.dumps({"rel_id": 2, "matching": "email_profile", "email": "john@example.com"}).encode(),
    *(b"", b"{", RIGHT[:-1], b"[]", b"[" + RIGHT + b"]", b"null", b"[" * 500, b"\xef\xbb\xbf" + RIGHT),
    *(RIGHT[:-1] + more for more in (b',"rel_id":2}', b',"x":NaN}', b",}", b"/* all of it */}")),
    *(RIGHT + more for more in (b" x", RIGHT)),
]
CALLS = [
    *(Call(body, "application/json") for body in BODIES),
    *(Call(RIGHT, content_type) for content_type in ("text/plain", None)),
    Call(RIGHT.replace(TOKEN.encode(), b"made-up"), "text/plain"),
    Call(b"rel_id=2&profile_id=" + JOHN.encode(), "application/x-www-form-urlencoded"),
    *(
        Call(body, "application/json", authorization="Bearer made-up")
        for body in (
            RIGHT.replace(JOHN.encode(), MARY.encode()),
            json.dumps({"rel_id": 2, "profile_id": JOHN}).encode(),
        )
    ),
    *(Call(RIGHT, "application/json", method) for method in ("GET", "PUT", "DELETE", "HEAD")),
    *(Call(RIGHT, "application/json") for _ in range(45)),
]
