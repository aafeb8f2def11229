// The TypeScript types of the contract must tell its rows apart; `tsc` fails on each line that doesn't do as said here.
import type { components, paths } from "./types";

type Schemas = components["schemas"];
type Request = paths["/relations/get"]["post"]["requestBody"]["content"]["application/json"];

const always = { token: "secret", rel_id: 2 };
export const accepted: Request[] = [
  { ...always, email: "john@example.com", resource_id: 24 } satisfies Schemas["DefaultEmailRequest"],
  { ...always, profile_id: "669e6968ebf4ac52b623a997" } satisfies Schemas["DefaultProfileIdRequest"],
  { ...always, matching: "email", email: "john@example.com", resource_id: 24 } satisfies Schemas["EmailRequest"],
  { ...always, matching: "email_profile", email: "john@example.com" } satisfies Schemas["EmailProfileRequest"],
  { ...always, matching: "phone", phone: "+79000000000" } satisfies Schemas["PhoneRequest"],
  { ...always, matching: "profile_id", profile_id: "669e6968ebf4ac52b623a997" } satisfies Schemas["ProfileIdRequest"],
  { ...always, matching: "custom", field_name: "LOYALTY", field_value: 7 } satisfies Schemas["CustomRequest"],
];

// @ts-expect-error: a search by phone needs the phone
export const incomplete: Schemas["PhoneRequest"] = { ...always, matching: "phone" };
// @ts-expect-error: the mode is that of another row
export const otherMode: Schemas["PhoneRequest"] = { ...always, matching: "email", phone: "+79000000000" };
// @ts-expect-error: no mode of that name exists
export const unknownMode: Schemas["EmailRequest"] = { ...always, matching: "EMAIL", email: "john@example.com" };
// @ts-expect-error: a search by e-mail in profile data takes no resource
export const noResource: Schemas["EmailProfileRequest"] = { ...always, matching: "email_profile", email: "", resource_id: 24 };
// @ts-expect-error: the value of a custom field is a text or a whole number
export const noList: Schemas["CustomRequest"] = { ...always, matching: "custom", field_name: "TAGS", field_value: ["a"] };
// @ts-expect-error: no row does without the relation type
export const noType: Request = { token: "secret", matching: "profile_id", profile_id: "" };
