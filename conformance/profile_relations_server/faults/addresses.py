"""Faults in the search by e-mail and phone: where an address is looked for, and what `resource_id` does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.contract import MODE_FIELD
from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service
from profile_relations_server.world.model import Channel

if TYPE_CHECKING:
    from profile_relations_server.service.match import Ids
    from profile_relations_server.service.messages import Body


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


class _Joining(Service):
    """Joins profiles with their subscriptions."""

    def subscribed(self, found: Ids) -> Ids:
        """Drops the profiles that have no subscription, as an inner join does."""
        subscribed = {item.profile_id for item in self.store.profiles() if item.subscriptions}
        return [item for item in found if item in subscribed]


@breaks("MATCH-EMAIL")
class EmailNeedsSubscription(_Joining):
    """`matching: email` finds nobody without a subscription, since the query joins them."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return self.subscribed(found) if MODE_FIELD in body else found


@breaks("MATCH-DEFAULT-EMAIL")
class DefaultEmailNeedsSubscription(_Joining):
    """An e-mail without `matching` finds nobody without a subscription, since the query joins them."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return found if MODE_FIELD in body else self.subscribed(found)


@breaks("MATCH-PHONE")
class PhoneNeedsSubscription(_Joining):
    """`matching: phone` finds nobody without a subscription, since the query joins them."""

    def find_by_phone(self, body: Body) -> Ids:
        return self.subscribed(super().find_by_phone(body))


class _Counting(Service):
    """Takes an address that stands in several subscriptions for one that several profiles share."""

    def unique(self, body: Body, found: Ids) -> Ids:
        """Finds nobody where there is more than one row."""
        subscriptions = [item for profile in self.store.profiles() for item in profile.subscriptions]
        rows = sum(item.address == body["email"] for item in subscriptions)
        return [] if rows > 1 and "resource_id" not in body else found


@breaks("MATCH-EMAIL-SUBSCRIPTION")
class TwoSubscriptionsAreTwoProfiles(_Counting):
    """`matching: email` finds nobody by an address of two subscriptions of a profile: it seems to be shared."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return self.unique(body, found) if MODE_FIELD in body else found


@breaks("MATCH-DEFAULT-EMAIL-SUBSCRIPTION")
class TwoSubscriptionsNeedAMode(_Counting):
    """An e-mail without `matching` finds nobody by an address of two subscriptions: it seems to be shared."""

    def find_by_email(self, body: Body) -> Ids:
        found = super().find_by_email(body)
        return found if MODE_FIELD in body else self.unique(body, found)


@breaks("SELECTOR-UNKNOWN")
class AddressOfAnyChannel(Service):
    """A subscription is found by its address whatever its channel is, so that a phone number is an `email` too."""

    def emails_in_subscriptions(self, address: str, resource_id: int | None) -> Ids:
        found = super().emails_in_subscriptions(address, resource_id)
        return found or self.phones_in_subscriptions(address, resource_id)


@breaks("SELECTOR-UNKNOWN")
class PlusPartIsDropped(Service):
    """What stands between a plus sign and the at sign of an address is dropped before the search."""

    def emails_in_profile_data(self, address: str) -> Ids:
        local, at, host = address.partition("@")
        return super().emails_in_profile_data(local.partition("+")[0] + at + host)


@breaks("SELECTOR-UNKNOWN")
class UnderscoreIsAnyCharacter(Service):
    """An underscore in an address stands for any character, as it does in a pattern of SQL."""

    def emails_in_profile_data(self, address: str) -> Ids:
        def like(email: str) -> bool:
            pairs = zip(email, address, strict=False)
            return len(email) == len(address) and all(asked in {mine, "_"} for mine, asked in pairs)

        return [item.profile_id for item in self.store.profiles() if item.email and like(item.email)]
