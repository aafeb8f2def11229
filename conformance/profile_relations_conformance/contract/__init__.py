"""The OpenAPI document and the ledger of requirements, loaded."""
