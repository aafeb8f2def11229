"""Faults in what `resource_id` does: which subscriptions it leaves in the search, and what it may be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.messages import INCORRECT_REQUEST, Refusal
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.service.match import Ids
    from profile_relations_server.service.messages import Body


@breaks("RESOURCE-OWN")
class ResourceHidesSubscriptions(Service):
    """With `resource_id` no subscription is searched."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        return [] if resource_id is not None else super().emails_in_subscriptions(address, resource_id)


@breaks("RESOURCE-OWN")
class FirstResourceOfAddress(Service):
    """An address that is subscribed to several resources is found with the first of them alone."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        rows = [(item, holder) for holder in self.store.profiles() for item in holder.subscriptions]
        first = next((item.resource_id for item, _ in rows if item.address == address), None)
        return super().emails_in_subscriptions(address, resource_id) if resource_id in {None, first} else []


@breaks("RESOURCE-OTHER")
class ResourceIsIgnored(Service):
    """`resource_id` is not looked at."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        return super().emails_in_subscriptions(address, None)

    def phones_in_subscriptions(self, number: str, resource_id: int | None) -> Ids:
        return super().phones_in_subscriptions(number, None)


@breaks("RESOURCE-OTHER")
class ResourceIsIgnoredForPhones(Service):
    """`resource_id` narrows the search by e-mail alone."""

    def phones_in_subscriptions(self, number: str, resource_id: int | None) -> Ids:
        return super().phones_in_subscriptions(number, None)


@breaks("RESOURCE-OTHER")
class AnySubscriptionToTheResource(Service):
    """With `resource_id`, an address finds its profile if any subscription of the profile is to that resource."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        found = super().emails_in_subscriptions(address, None)
        resources = {item.profile_id: {sub.resource_id for sub in item.subscriptions} for item in self.store.profiles()}
        return [item for item in found if resource_id is None or resource_id in resources[item]]


@breaks("RESOURCE-OTHER")
class ResourceIsAWish(Service):
    """An address that has no subscription to the resource is searched in all of them."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        return super().emails_in_subscriptions(address, resource_id) or super().emails_in_subscriptions(address, None)


@breaks("RESOURCE-OTHER")
class ResourceOfTheModeAlone(Service):
    """`resource_id` counts only where `matching` is there."""

    def find_by_email(self, body: Body) -> Ids:
        resource = body.get("resource_id") if "matching" in body else None
        return super().find_by_email({"email": body["email"], "resource_id": resource})


@breaks("RESOURCE-TYPE", "CONTRACT-MISTYPED")
class WrongResourceIsIgnored(Service):
    """A `resource_id` that is no integer counts as left out."""

    def validate(self, body: Body) -> Row:
        if "resource_id" in body and not self.contract.fits("resource_id", body["resource_id"]):
            del body["resource_id"]
        return super().validate(body)


@breaks("RESOURCE-TYPE")
class ResourceAsDigits(Service):
    """A `resource_id` of digits in a string is read as the number."""

    def validate(self, body: Body) -> Row:
        given = body.get("resource_id")
        if isinstance(given, str) and given.isdecimal():
            body["resource_id"] = int(given[:20])
        return super().validate(body)


@breaks("MATCH-EMAIL-SUBSCRIPTION", "MATCH-PHONE-SUBSCRIPTION")
class SubscriptionNeedsResource(Service):
    """An address is searched in subscriptions only if the request names a resource."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        return [] if resource_id is None else super().emails_in_subscriptions(address, resource_id)

    def phones_in_subscriptions(self, number: str, resource_id: int | None) -> Ids:
        return [] if resource_id is None else super().phones_in_subscriptions(number, resource_id)


@breaks("MATCH-EMAIL", "MATCH-PHONE", "MATCH-DEFAULT-EMAIL")
class ResourceIsRequired(Service):
    """A search by e-mail or phone without `resource_id` is refused."""

    def validate(self, body: Body) -> Row:
        row = super().validate(body)
        if "resource_id" in row.fields and "resource_id" not in body:
            raise Refusal(INCORRECT_REQUEST, "the request lacks resource_id")
        return row


@breaks("RESOURCE-TYPE")
class TrueResourceIsIgnored(Service):
    """A `resource_id` of true is ignored."""

    def validate(self, body: Body) -> Row:
        if body.get("resource_id") is True:
            del body["resource_id"]
        return super().validate(body)


@breaks("RESOURCE-OTHER")
class NegativeResourceIsAnyResource(Service):
    """A `resource_id` below 0 means any resource."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        return super().emails_in_subscriptions(address, None if (resource_id or 0) < 0 else resource_id)

    def phones_in_subscriptions(self, number: str, resource_id: int | None) -> Ids:
        return super().phones_in_subscriptions(number, None if (resource_id or 0) < 0 else resource_id)
