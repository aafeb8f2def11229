"""Faults in the search by e-mail and phone: where an address is looked for, and what `resource_id` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.messages import INCORRECT_REQUEST, Refusal
from profile_relations_server.service import Service
from profile_relations_server.world import Channel

if TYPE_CHECKING:
    from profile_relations_server.contract import Row
    from profile_relations_server.messages import Body

Ids = list[str]


@breaks("MATCH-EMAIL")
class EmailInSubscriptionsAlone(Service):
    """`matching: email` searches subscriptions alone."""

    def find_by_email(self, body: Body) -> Ids:
        if "matching" not in body:
            return super().find_by_email(body)
        return self.emails_in_subscriptions(body["email"], body.get("resource_id"))


@breaks("MATCH-EMAIL-SUBSCRIPTION", "RESOURCE-OWN")
class EmailInProfileDataAlone(Service):
    """`matching: email` searches profile data alone."""

    def find_by_email(self, body: Body) -> Ids:
        return super().find_by_email(body) if "matching" not in body else self.emails_in_profile_data(body["email"])


@breaks("MATCH-EMAIL-SUBSCRIPTION", "MATCH-DEFAULT-EMAIL-SUBSCRIPTION", "RESOURCE-OWN")
class FirstSubscriptionAlone(Service):
    """Only the first subscription of a profile is searched."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        firsts = {item.profile_id: item.subscriptions[0] for item in self.store.profiles() if item.subscriptions}
        found = super().emails_in_subscriptions(address, resource_id)
        return [item for item in found if firsts[item].address == address]


@breaks("MATCH-EMAIL-SUBSCRIPTION", "MATCH-DEFAULT-EMAIL-SUBSCRIPTION")
class OneResourceByDefault(Service):
    """Without `resource_id` the subscriptions to resource 24 alone are searched."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        return super().emails_in_subscriptions(address, 24 if resource_id is None else resource_id)


@breaks("MATCH-EMAIL-PROFILE")
class EmailProfileInSubscriptions(Service):
    """`matching: email_profile` searches subscriptions, and `email` profile data: the two were mixed up."""

    def find_by_email_profile(self, body: Body) -> Ids:
        return self.emails_in_subscriptions(body["email"], None)


@breaks("MATCH-EMAIL-PROFILE")
class EmailProfileNeedsSubscription(Service):
    """`matching: email_profile` finds a profile only if it has a subscription too, since the query joins them."""

    def find_by_email_profile(self, body: Body) -> Ids:
        subscribed = {item.profile_id for item in self.store.profiles() if item.subscriptions}
        return [item for item in super().find_by_email_profile(body) if item in subscribed]


@breaks("MATCH-EMAIL-PROFILE-ONLY")
class EmailProfileIsEmail(Service):
    """`matching: email_profile` searches subscriptions too."""

    def find_by_email_profile(self, body: Body) -> Ids:
        return self.find_by_email(body)


@breaks("MATCH-EMAIL-PROFILE-ONLY")
class EmailProfileFallsBack(Service):
    """`matching: email_profile` searches the subscriptions to the resource that the request names."""

    def find_by_email_profile(self, body: Body) -> Ids:
        found = super().find_by_email_profile(body)
        if isinstance(body.get("resource_id"), int):
            found += self.emails_in_subscriptions(body["email"], body["resource_id"])
        return found


@breaks("MATCH-PHONE")
class PhoneInSubscriptionsAlone(Service):
    """A phone number in profile data is not searched."""

    def phones_in_profile_data(self, number: str) -> Ids:
        return []


@breaks("MATCH-PHONE", "MATCH-PHONE-SUBSCRIPTION", "MATCH-OTHER-SELECTORS")
class PhoneWithoutPlus(Service):
    """A phone number is looked up by its digits, but stored with its plus sign."""

    def find_by_phone(self, body: Body) -> Ids:
        return super().find_by_phone(body | {"phone": body["phone"].lstrip("+")})


@breaks("MATCH-PHONE-SUBSCRIPTION", "RESOURCE-OWN")
class PhoneInProfileDataAlone(Service):
    """A phone number in a subscription is not searched."""

    def phones_in_subscriptions(self, number: str, resource_id: int | None) -> Ids:
        return []


@breaks("MATCH-PHONE-SUBSCRIPTION", "RESOURCE-OWN")
class PhoneInEmailSubscriptions(Service):
    """A phone number is searched among the e-mail subscriptions."""

    def phones_in_subscriptions(self, number: str, resource_id: int | None) -> Ids:
        return list(self.store.by_subscription(Channel.EMAIL, number, resource_id))


@breaks("MATCH-OTHER-SELECTORS")
class FirstPhoneAlone(Service):
    """Only the first phone number in profile data is searched."""

    def phones_in_profile_data(self, number: str) -> Ids:
        return [item.profile_id for item in self.store.profiles() if item.phones[:1] == (number,)]


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
