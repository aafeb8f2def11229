"""The contract and its ledger, as a package of data: an installed suite or server reads them from here."""
