"""Faults in the search by custom field: texts, numbers and tags."""

from __future__ import annotations

from typing import TYPE_CHECKING

from profile_relations_server.faults.registry import breaks
from profile_relations_server.service.pipeline import Service

if TYPE_CHECKING:
    from profile_relations_server.service.match import Ids
    from profile_relations_server.service.messages import Body


@breaks("MATCH-CUSTOM-TEXT", "MATCH-OTHER-SELECTORS")
class DigitsBecomeNumbers(Service):
    """A text of digits is searched as a number, so that the text is not found."""

    def text_in_field(self, name: str, text: str) -> Ids:
        return [] if text.isdecimal() else super().text_in_field(name, text)


@breaks("MATCH-CUSTOM-TEXT")
class LeadingZerosAreLost(Service):
    """A text is searched without the zeros that it begins with."""

    def text_in_field(self, name: str, text: str) -> Ids:
        return super().text_in_field(name, text.lstrip("0"))


@breaks("MATCH-CUSTOM-TEXT")
class QuotesAreDoubled(Service):
    """An apostrophe in a text is doubled before it is searched, since it is escaped twice."""

    def text_in_field(self, name: str, text: str) -> Ids:
        return super().text_in_field(name, text.replace("'", "''"))


@breaks("MATCH-CUSTOM-TEXT")
class LatinTextAlone(Service):
    """Characters beyond Latin-1's first half are lost from a text before it is searched."""

    def text_in_field(self, name: str, text: str) -> Ids:
        return super().text_in_field(name, text.encode("ascii", "ignore").decode())


@breaks("MATCH-CUSTOM-TEXT")
class OneCustomField(Service):
    """A text is searched in the field CRM_ID alone, whatever `field_name` says."""

    def text_in_field(self, name: str, text: str) -> Ids:
        return super().text_in_field("CRM_ID", text)


@breaks("MATCH-CUSTOM-NUMBER")
class NumbersMatchAsText(Service):
    """A number is searched among the texts."""

    def number_in_field(self, name: str, number: int) -> Ids:
        return list(self.store.by_text(name, str(number)))


@breaks("MATCH-CUSTOM-NUMBER")
class ZeroIsNothing(Service):
    """A `field_value` of 0 counts as left out and finds nobody."""

    def number_in_field(self, name: str, number: int) -> Ids:
        return super().number_in_field(name, number) if number else []


@breaks("MATCH-CUSTOM-NUMBER")
class NumbersWithoutSign(Service):
    """A number is searched without its sign."""

    def number_in_field(self, name: str, number: int) -> Ids:
        return super().number_in_field(name, abs(number))


@breaks("MATCH-OTHER-SELECTORS", "MATCH-CUSTOM-NUMBER")
class FirstNumberAlone(Service):
    """Only the first numeric field of a profile is searched."""

    def number_in_field(self, name: str, number: int) -> Ids:
        firsts = {
            item.profile_id: next((key for key, value in item.fields.items() if isinstance(value, int)), "")
            for item in self.store.profiles()
        }
        return [item for item in super().number_in_field(name, number) if firsts[item] == name]


@breaks("SELECTOR-UNKNOWN", "MATCH-CUSTOM-NUMBER")
class NumberInAnyField(Service):
    """A number is searched in all fields, whatever `field_name` says."""

    def number_in_field(self, name: str, number: int) -> Ids:
        return [item.profile_id for item in self.store.profiles() if number in item.fields.values()]


@breaks("SELECTOR-UNKNOWN")
class TextInAnyField(Service):
    """A text is searched in all fields, whatever `field_name` says."""

    def text_in_field(self, name: str, text: str) -> Ids:
        return [item.profile_id for item in self.store.profiles() if text in item.fields.values()]


@breaks("SELECTOR-UNKNOWN")
class UnknownFieldIsDefault(Service):
    """A `field_name` that no profile has means the field CRM_ID."""

    def find_by_custom(self, body: Body) -> Ids:
        names = {name for item in self.store.profiles() for name in item.fields}
        known = body["field_name"] if body["field_name"] in names else "CRM_ID"
        return super().find_by_custom(body | {"field_name": known})


@breaks("MATCH-TAGS")
class TagsInStoredOrder(Service):
    """Tags are compared as one string, so that their order counts."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        held = {item.profile_id: item.fields.get(name) for item in self.store.profiles()}
        return [key for key, tags in held.items() if isinstance(tags, tuple) and tags and ", ".join(tags) == text]


@breaks("MATCH-TAGS")
class TagsAreOneTag(Service):
    """A combination of tags is searched as one tag."""

    def split_tags(self, text: str) -> frozenset[str]:
        return frozenset({text} - {""})


@breaks("MATCH-TAGS")
class TagsKeepTheirSpace(Service):
    """Tags are split at the comma alone, so that all but the first begin with a space."""

    def split_tags(self, text: str) -> frozenset[str]:
        return frozenset(text.split(",")) - {""}


@breaks("MATCH-TAGS")
class FirstTagFieldAlone(Service):
    """Only the first tag field of a profile is searched."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        firsts = {
            item.profile_id: next((key for key, value in item.fields.items() if isinstance(value, tuple)), "")
            for item in self.store.profiles()
        }
        return [item for item in super().tags_in_field(name, text) if firsts[item] == name]


@breaks("MATCH-TAGS")
class LatinTagsAlone(Service):
    """Tags in another script are not found."""

    def split_tags(self, text: str) -> frozenset[str]:
        return frozenset(tag if tag.isascii() else "?" * len(tag) for tag in super().split_tags(text))


@breaks("MATCH-TAGS-ALL")
class AnyTagIsEnough(Service):
    """A profile is found that has any of the tags."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        found = (self.store.by_tags(name, frozenset({tag}), exactly=False) for tag in sorted(self.split_tags(text)))
        return [item for ids in found for item in ids]


@breaks("MATCH-TAGS-ALL")
class UnknownTagsAreIgnored(Service):
    """A tag that no profile has counts as left out."""

    def split_tags(self, text: str) -> frozenset[str]:
        held = (value for item in self.store.profiles() for value in item.fields.values() if isinstance(value, tuple))
        return super().split_tags(text) & {tag for tags in held for tag in tags}


@breaks("MATCH-TAGS-ALL", "MATCH-TAGS")
class FirstTagDecides(Service):
    """Only the first tag is searched."""

    def split_tags(self, text: str) -> frozenset[str]:
        return frozenset([text.partition(",")[0].strip()]) - {""}


@breaks("MATCH-TAGS-ALL")
class MoreTagsThanTheProfileHas(Service):
    """A profile is found whose tags are all among those asked for: the subset is taken the wrong way round."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        asked = self.split_tags(text)
        held = {item.profile_id: item.fields.get(name) for item in self.store.profiles()}
        return [key for key, tags in held.items() if isinstance(tags, tuple) and tags and asked.issuperset(tags)]


@breaks("SELECTOR-EMPTY")
class NoTagsMatchAnyTags(Service):
    """An empty combination of tags finds the first profile that has the field, since all of none are there."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        if self.split_tags(text):
            return super().tags_in_field(name, text)
        return [item.profile_id for item in self.store.profiles() if isinstance(item.fields.get(name), tuple)]


@breaks("SELECTOR-UNKNOWN")
class TagsByBeginning(Service):
    """A tag is found by how it begins."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        asked = self.split_tags(text)
        found = []
        for profile in self.store.profiles():
            tags = profile.fields.get(name)
            known = tags if isinstance(tags, tuple) else ()
            if asked and all(any(tag.startswith(item) for tag in known) for item in asked):
                found.append(profile.profile_id)
        return super().tags_in_field(name, text) or found


@breaks("SELECTOR-UNKNOWN")
class FieldByBeginning(Service):
    """The name of a custom field may be cut short."""

    def text_in_field(self, name: str, text: str) -> Ids:
        names = {
            field for profile in self.store.profiles() for field in profile.fields if name and field.startswith(name)
        }
        return [found for field in sorted(names) for found in super(FieldByBeginning, self).text_in_field(field, text)]


@breaks("SELECTOR-UNKNOWN")
class TagsOfAnyField(Service):
    """Tags are searched in all tag fields, whatever `field_name` says."""

    def tags_in_field(self, name: str, text: str) -> Ids:
        names = sorted({field for item in self.store.profiles() for field in item.fields})
        return [found for field in names for found in super(TagsOfAnyField, self).tags_in_field(field, text)]


@breaks("SELECTOR-UNKNOWN")
class UnknownFieldFindsTheFirst(Service):
    """A `field_name` that no profile has finds the first profile, since nothing is compared."""

    def find_by_custom(self, body: Body) -> Ids:
        names = {name for item in self.store.profiles() for name in item.fields}
        return super().find_by_custom(body) if body["field_name"] in names else [self.store.profiles()[0].profile_id]
